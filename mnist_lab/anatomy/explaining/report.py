"""What explain_shapes says."""

import textwrap
from dataclasses import dataclass

WIDTH = 76  # characters of a line when a report is printed


@dataclass(frozen=True)
class ShapeReport:
    """What explain_shapes found; ok is True if every shape fits and no images mix, and then only the two
    shapes are set, and in note what could not be told.

    operation, path, line, function and code say where; received is the shape that came, or several
    for a sum, cat or matmul; fits is the value of the setting that would fit where stands is written.
    """

    input_shape: tuple
    output_shape: object = None
    operation: object = None
    name: str = ""
    path: object = None
    line: object = None
    function: str = ""
    code: str = ""
    received: object = None
    setting: object = None
    stands: object = None
    fits: object = None
    message: str = "Every shape fits."
    note: str = ""
    heading: str = "Does not fit"

    @property
    def ok(self):
        return self.operation is None

    def __str__(self):
        if self.ok:
            came = "come" if is_several(self.output_shape) else "comes"
            words = f"{self.message} {self.input_shape} goes in, {spelled(self.output_shape)} {came} out."
            return textwrap.fill(f"{words} {self.note}", WIDTH) if self.note else words
        inside = f" in {self.path}" if self.path and self.path not in self.name else ""
        line = f", line {self.line} of {self.function}" if self.line else ""
        lines = [f"{self.heading}: {self.name}{inside}{line}"]
        lines += [f"    {self.code}"] if self.code else []
        lines.append(f"  received   {spelled(self.received)}")
        if self.fits is not None:
            stands = f", where {self.stands} stands" if self.stands is not None else ""
            lines.append(f"  would fit  {self.setting} {self.fits}{stands}")
        because = textwrap.fill(
            self.message, WIDTH, initial_indent="  because    ", subsequent_indent=" " * 13
        )
        return "\n".join([*lines, because])

    __repr__ = __str__


def is_several(shapes):
    return bool(shapes) and isinstance(shapes[0], tuple)


def spelled(shapes):
    """One shape, or several joined by and."""
    return " and ".join(map(str, shapes)) if is_several(shapes) else str(shapes)
