"""The nearest of the known names, for a sentence that refuses another one."""

import difflib


def did_you_mean(name, known, *, cutoff=0.6, shown=repr):
    """Return " Did you mean …?" with the nearest of the known names as shown writes it; "" if none is."""
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=cutoff)
    return f" Did you mean {shown(near[0])}?" if near else ""
