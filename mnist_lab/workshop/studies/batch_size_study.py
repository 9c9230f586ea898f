"""Small and large batches, run by `mnist-lab study batch_sizes` for lesson 07.

The recipe of the hyperparameter study with each batch size, once with equal epochs, once with equal steps, as
many as the smallest batch takes. Each run is scored on 1,000 training digits that it left out; nothing is
chosen. n is the number of seeds.
"""

from dataclasses import asdict
from functools import partial
from itertools import product

from mnist_lab.devices import describe, pick_device
from mnist_lab.workshop.studies import hyperparameter_study
from mnist_lab.workshop.studies.hyperparameter_study import Trial, num_steps, run_tasks
from mnist_lab.workshop.studies.tables import columns
from mnist_lab.workshop.studies.workers import StudyRuns

SIZES = [16, 64, 256, 1_024]
SOURCES = ("workshop/studies/batch_size_study.py", *hyperparameter_study.SOURCES)


def run(*, seeds=5, workers=1, device="auto", sizes=SIZES):
    """Run everything and return the table as plain numbers; what was finished is kept until the end."""
    finished = StudyRuns("batch_sizes", SOURCES)
    run_pairs = partial(run_tasks, device=device, workers=workers, finished=finished)
    table = size_table(run_pairs, sizes, seeds)
    finished.remove()
    return {"device": describe(pick_device(device)), "trial": asdict(Trial()), **table}


def size_table(run_pairs, sizes, seeds):
    """Return the accuracies by batch size, once with equal epochs, once with the steps of the smallest."""
    kinds = {"equal_epochs": None, "equal_steps": num_steps(Trial(batch_size=min(sizes)))}
    table = {"sizes": sizes}
    for kind, limit in kinds.items():
        trials = [Trial(batch_size=size, num_steps=limit) for size in sizes]
        runs = run_pairs([*product(trials, range(seeds))])
        table[kind] = [columns(runs[i : i + seeds]) for i in range(0, len(runs), seeds)]
    return table
