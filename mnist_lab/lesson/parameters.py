"""The ranges of a lesson's parameters: declared in the lesson, read by the commands too."""

from mnist_lab.ranges import check_number

MOST_SEED = 2**32 - 1  # what Python, numpy and torch all take


def check_parameters(values, **ranges):
    """Raise ValueError, with name and range, for the first parameter that cannot work.

    values are the parameters, such as globals(). A range is (least, most), of whole numbers if least
    is one. most may be another parameter, "RUN_EPOCHS" or "RUN_EPOCHS - 1", or depend on the digits:
    {"bundled": 3_500, "full": 55_000}, where "full" stands for every set but the bundled one.
    DIGITS, OTHER_SET, DEVICE, SEED and SHEETS are known without a range.
    """
    for name, check in KNOWN.items():
        if name in values:
            check(name, values[name])
    for name, (least, most) in ranges.items():
        most, why = _resolved(most, values)
        check_number(name, values.get(name), least, most, why=why, advice=_advice(name))


def _resolved(most, values):
    """Return the number that the upper end of a range stands for, and what it comes from."""
    if isinstance(most, str):
        name, _, less = most.partition(" - ")
        return values[name] - int(less or 0), f" ({most})"
    if isinstance(most, dict):
        is_bundled = values["DIGITS"].lower() == "bundled"
        return most["bundled" if is_bundled else "full"], f" (DIGITS is {values['DIGITS']!r})"
    return most, ""


def _check_set(name, value):
    from mnist_lab.data._files import known_name

    if name != "OTHER_SET" or value != "":
        try:
            known_name(value)
        except ValueError as error:
            raise ValueError(str(error).replace("DIGITS", name, 1)) from error


def _check_device(name, value):
    """Refuse what torch has no kind of device for; pick_device says which ones a machine has."""
    import torch

    try:
        fits = isinstance(value, str) and (value == "auto" or torch.device(value).type != "meta")
    except RuntimeError:
        fits = False
    if not fits:
        names = '"auto", "cpu", "cuda", "cuda:1", "mps" or "xpu"'
        raise ValueError(f"{name} is {names}, but got {value!r:.60}; {_advice(name)}.")


def _check_photos(name, value):
    """Refuse what is no folder with files in it; "" stands for none."""
    from mnist_lab.handwriting.writers import photos_in

    found = photos_in(value) if isinstance(value, str) else []
    if value != "" and not (found and found[0].is_file()):
        what = f'{name} is "" or a folder with photos in it'
        raise ValueError(f"{what}, but got {value!r:.200}; {_advice(name)}.")


def _check_seed(name, value):
    check_number(name, value, 0, MOST_SEED, advice=_advice(name))


def _advice(name):
    return f"set it in the lesson's cell of parameters, or by -p {name}"


KNOWN = {
    "DIGITS": _check_set,
    "OTHER_SET": _check_set,
    "DEVICE": _check_device,
    "SEED": _check_seed,
    "SHEETS": _check_photos,
}
