"""Studies: experiments too long for a lesson, run by `mnist-lab study NAME`, read with `recorded`.

A study is a module with a function run(*, seeds, workers, device) that returns plain numbers for
mnist_lab/results/NAME.json. Its docstring says what is compared, what is chosen on what, and n.
"""

from mnist_lab.workshop.studies import audit_study as audit
from mnist_lab.workshop.studies import batch_size_study as batch_sizes
from mnist_lab.workshop.studies import compile_study
from mnist_lab.workshop.studies import curve_study as curve
from mnist_lab.workshop.studies import hyperparameter_study as hyperparameters
from mnist_lab.workshop.studies import overfitting_study as overfitting
from mnist_lab.workshop.studies import remedies_study as remedies

STUDIES = {
    "overfitting": overfitting,
    "remedies": remedies,
    "hyperparameters": hyperparameters,
    "batch_sizes": batch_sizes,
    "audit": audit,
    "compile": compile_study,
    "curve": curve,
}


def find_study(name):
    """Return the study of that name, or raise ValueError naming those that exist."""
    if name not in STUDIES:
        raise ValueError(f"There is no study {name!r}; there are {', '.join(STUDIES)}. Choose one of them.")
    return STUDIES[name]
