"""Before grading: hand-ins with other names, who has handed in nothing, what is identical."""

from itertools import count

from mnist_lab.near_names import did_you_mean
from mnist_lab.workshop.classroom.alike import cells_of, pairs_alike, say_alike, touched
from mnist_lab.workshop.classroom.course import course_folder, read_gradebook
from mnist_lab.workshop.classroom.handed_in import hand_ins, source_of_assignment
from mnist_lab.workshop.classroom.report_records import grouped

NO_ROSTER = (
    "Who has handed in nothing is not known, for there is no roster. Type in the course folder: "
    "nbgrader db student import FILE, a CSV file with the columns id, first_name, last_name, email."
)


def collect(folder):
    """Put hand-ins with a copy's name in place; return sentences on that, and on all else to see to.

    Nothing is overwritten or deleted: of two notebooks one stays beside the other as NAME.ipynb.kept.
    Raises ValueError if the folder is no course or its gradebook is damaged.
    """
    folder = course_folder(folder)
    with read_gradebook(folder) as gradebook:
        roster = [student.id for student in gradebook.students] if gradebook else []
    said = _put_in_place(folder)
    found = hand_ins(folder)
    for path in [each.path for each in found if cells_of(each.path) is None]:
        name = path.relative_to(folder / "submitted").as_posix()
        said.append(f"{name} cannot be read as a notebook; ask for it anew.")
    for learner in dict.fromkeys(each.learner for each in found):
        if roster and learner and learner not in roster:
            said.append(f"{learner} is not in the roster.{did_you_mean(learner, roster, cutoff=0.8)}")
    for name, group in grouped((each.lesson, each) for each in found).items():
        lacking = [learner for learner in roster if learner not in {each.learner for each in group}]
        said += [f"{name}: nothing from {', '.join(lacking)}."] if lacking else []
        said += [
            f"{name}: {' and '.join(pair[:2])}: {say_alike(pair)}"
            for pair in pairs_alike(folder, name, group)
        ]
    return [*said, *([] if roster else [NO_ROSTER])]


def _put_in_place(folder):
    """Rename what is meant; say so, and what is left."""
    said, root = [], folder / "submitted"
    for target, group in grouped((each.target, each) for each in hand_ins(folder) if not each.fits).items():
        wanted, names = target.relative_to(root), [each.path.relative_to(root) for each in group]
        if len(group) == 1 and group[0].is_copy:
            said.append(f"{names[0].as_posix()}: {_take(group[0], folder)}")
        else:
            several = " Several are meant for it: choose one." if names[1:] else ""
            said += [f"{name.as_posix()} should be {wanted.as_posix()}.{several}" for name in names]
    return said


def _take(each, folder):
    """Move a hand-in to its place; return what became of it and of a notebook that was there."""
    path, target, said = each.path, each.target, "taken as handed in, now "
    said += target.relative_to(folder / "submitted").as_posix()
    if not target.parent.exists() and path.parent.name != each.learner:
        path = path.parent.rename(target.parent) / path.name
    target.parent.mkdir(exist_ok=True)
    if target.exists() and not path.samefile(target):  # it is where .IPYNB and .ipynb are one name
        source = source_of_assignment(folder, each.lesson)
        others = (target.with_name(f"{target.name}.kept{'' if n == 1 else n}") for n in count(1))
        kept = next(other for other in others if not other.exists())
        if touched(target, source) and not touched(path, source):
            path.rename(kept)
            return f"as it was given out, so the other one counts; kept as {kept.name}."
        target.rename(kept)
        said += f"; what was there is kept as {kept.name}"
    path.rename(target)
    graded = (folder / "autograded" / each.learner / each.lesson).exists()
    return f"{said}.{' Grade it anew: nbgrader autograde --force.' if graded else ''}"
