"""What is installed, what fits, what is broken, and the one command that mends it."""

import sys

from mnist_lab.workshop.doctor.diagnosis import Finding, diagnose
from mnist_lab.workshop.doctor.facts import Facts, collect_facts

__all__ = ["Facts", "Finding", "collect_facts", "diagnose", "report"]


def report(facts=None):
    """Return the report as text, and whether every lesson could run.

    A tick or a cross a line, and under each cross the command that mends it; in plain ASCII marks
    where the encoding of standard output has no tick.
    """
    findings = diagnose(collect_facts() if facts is None else facts)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    text = _render(findings, *_marks(encoding))
    return text.encode(encoding, "replace").decode(encoding), not any(
        finding.needed and not finding.ok for finding in findings
    )


def _marks(encoding):
    try:
        "✓✗".encode(encoding)
    except UnicodeEncodeError:
        return "[ok]", "[x] "
    return "✓", "✗"


def _render(findings, tick, cross):
    lines = []
    for finding in findings:
        mark = tick if finding.ok else cross
        lines.append(f"{mark} {finding.name:<12} {finding.detail}")
        if not finding.ok:
            lines.append(f"{'':{len(mark) + 14}}mend it: {finding.mend}")
    return "\n".join([*lines, "", _verdict(findings)])


def _verdict(findings):
    crosses = [finding for finding in findings if not finding.ok]
    needed = [finding.name for finding in crosses if finding.needed]
    if needed:
        return f"Lessons could not run. Mend first: {', '.join(needed)}."
    if crosses:
        names = ", ".join(finding.name for finding in crosses)
        return f"Lessons can run. Worth mending: {names}."
    return "Lessons can run. Nothing to mend."
