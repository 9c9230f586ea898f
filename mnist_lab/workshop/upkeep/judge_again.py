"""Judge the stored tables of the studies anew: `python -m mnist_lab.workshop.upkeep.judge_again`.

Nothing is trained: the verdicts follow from the stored numbers of the seeds, by the code that a study
itself uses. It prints each verdict that changes, and notes in the file that it was judged again, by what
rule and when.
"""

from datetime import date

from mnist_lab import lesson
from mnist_lab.files import write_json
from mnist_lab.workshop.studies import audit_study, overfitting_table

JUDGES = {"audit": audit_study.judge_rows, "overfitting": overfitting_table.judge_rows}
RULE = (
    "Verdicts and p from the stored by_seed: Student's t, 95 %, two-sided, for n pairs, corrected by Holm "
    "for all comparisons with one baseline. Nothing was trained again."
)


def main():
    for name in JUDGES:
        changed = judge_again(name)
        print(f"{name}: {len(changed)} verdicts changed", *changed, sep="\n  ")


def judge_again(name):
    """Judge the stored table of that name anew, and return a line for each verdict that is another now."""
    stored = lesson.recorded(name)
    old = verdicts(stored["arms"])
    JUDGES[name](stored["arms"])
    new = verdicts(stored["arms"])
    header = {"judged_again": {"date": date.today().isoformat(), "what": RULE}}
    write_json(lesson.RESULTS / f"{name}.json", after_header(stored, header))
    return [
        f"{place}: {old.get(place, {}).get('verdict')} → {row['verdict']} "
        f"({row['difference']:+}, standard error {row['standard_error']}, n = {row['n']}, "
        f"p = {row['p']}, one of {row['family']})"
        for place, row in new.items()
        if old.get(place, {}).get("verdict") != row["verdict"]
    ]


def verdicts(table, place=""):
    """Return {place: dictionary} of every dictionary in the table that holds a verdict."""
    if not isinstance(table, dict):
        return {}
    if "verdict" in table:
        return {place: table}
    return {
        where: row
        for key, value in table.items()
        for where, row in verdicts(value, f"{place} · {key}" if place else key).items()
    }


def after_header(stored, note):
    """Return the stored result with the note behind the fields that every result begins with."""
    head = {key: value for key, value in stored.items() if key in HEADER}
    return head | note | {key: value for key, value in stored.items() if key not in HEADER | note.keys()}


HEADER = {"command", "commit", "date", "n", "device", "versions", "digits"}


if __name__ == "__main__":
    main()
