"""tqdm's progress bar: a widget in notebooks, text elsewhere and in notebooks without ipywidgets."""

import warnings

with warnings.catch_warnings(action="ignore"):  # tqdm would warn of the text
    from tqdm.auto import tqdm

__all__ = ["tqdm"]
