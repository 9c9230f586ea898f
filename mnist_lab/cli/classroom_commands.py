"""Commands for teachers."""

import sys

from mnist_lab.cli.group import main
from mnist_lab.cli.shared import command_line, device_line, refusals

import click

FOLDER = click.option("--folder", type=click.Path(), help="Where the lessons are.  [default: notebooks/]")
FORCE = click.option("--force", is_flag=True, help="Write anew what is there already.")
TIMEOUT = click.option(
    "--timeout", type=click.IntRange(min=1), metavar="SECONDS", help="The most for a cell."
)
LESSONS = click.argument("lessons", nargs=-1, metavar="[LESSON]...")


@main.group()
def classroom():
    """For teachers: graded assignments, solved lessons, slides, grades, and the report on a class."""


@classroom.command()
@click.argument("course_dir", type=click.Path())
@LESSONS
@FORCE
@FOLDER
def build(course_dir, lessons, force, folder):
    """Turn lessons into nbgrader assignments in COURSE_DIR.

    All lessons if none is named. A folder that is new or empty becomes a course. What comes next is
    nbgrader's and is printed.
    """
    from mnist_lab.workshop.classroom.build import build as build_assignments

    with refusals(course_dir):
        course, assignments = build_assignments(course_dir, _chosen(lessons, folder), force=force)
    for assignment in assignments:
        click.echo(assignment)
    _say_settings(course)
    others = ", and so for each" if assignments[1:] else ""
    click.echo(f"Next, in {course.folder}: nbgrader generate_assignment {assignments[0].name}{others}")


def _say_settings(course):
    """Say what became of the course's settings."""
    from mnist_lab.workshop.classroom.course import NEEDED, SECRET, SETTINGS

    if course.lost:
        click.echo(
            f"{SECRET} was not there, so hidden cases are new from here on, and work that is graded again "
            "may get other marks. If anything was graded, bring back your copy."
        )
    if course.settings == "absent":
        click.echo(f"This is a new course: {SETTINGS} has its settings, and any of them may be changed.")
    if course.settings == "other":
        click.echo(f"{SETTINGS} is your own and was left as it is. The assignments need these lines in it:\n")
        click.echo(NEEDED)


@classroom.command()
@click.argument("output_dir", metavar="DIR", type=click.Path())
@LESSONS
@FORCE
@FOLDER
@TIMEOUT
def solutions(output_dir, lessons, force, folder, timeout):
    """Write lessons solved and executed into DIR.

    As notebooks and pages, all lessons if none is named. Exit
    status 0 only if every lesson ran and every exercise took its own reference.
    """
    from mnist_lab.workshop.batch.index import text_table
    from mnist_lab.workshop.classroom.solutions import write_solutions

    options = {"timeout": timeout, "command": command_line(), "device": device_line()}
    with refusals(output_dir):
        runs, left = write_solutions(_chosen(lessons, folder), output_dir, force=force, **options)
    click.echo(f"\n{text_table(runs)}\n{output_dir}")
    for name, ids in left.items():
        click.echo(f"{name}: the check of {', '.join(ids)} did not take its own reference.")
    if any(run.status == "interrupted" for run in runs):
        sys.exit(130)
    sys.exit(0 if all(run.status == "passed" for run in runs) and not left else 1)


@classroom.command()
@click.argument("class_file", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@click.option("--apart", type=click.FloatRange(min=0), metavar="POINTS", help="[default: 0.4]")
@click.option("--images", type=click.IntRange(min=1), metavar="N", help="Test digits.  [default: 1,000]")
def experiment(class_file, apart, images):
    """Draw the class experiment: one recipe, a seed for each seat.

    FILE has a line a seat, such as "17 0.968": the seat's SEED and the test accuracy that lesson 03
    recorded. The results.csv of a sweep of lesson 03 with --seeds does as well. How many pairs of
    seats lie at least POINTS apart is counted. The picture goes beside FILE.
    """
    from mnist_lab.workshop.classroom.experiment import (
        APART,
        NUM_IMAGES,
        class_result,
        draw,
        read_class,
        report,
    )

    options = {"num_images": images or NUM_IMAGES, "apart": APART if apart is None else apart}
    with refusals(f"The picture of {class_file}"):
        result = class_result(read_class(class_file), **options)
        click.echo(f"{report(result)}\n{draw(result, class_file)}")


def _chosen(lessons, folder):
    from mnist_lab.workshop.batch.lessons import NOTEBOOKS, choose

    return choose(lessons, folder=folder or NOTEBOOKS)


@classroom.command()
@click.argument("output_dir", metavar="DIR", type=click.Path())
@LESSONS
@FORCE
@FOLDER
@click.option("--aspect", type=click.Choice(["16:9", "4:3"]), default="16:9", show_default=True)
@click.option("--stored", is_flag=True, help="Run nothing: take the outputs that are there, less sharp.")
@TIMEOUT
def slides(output_dir, lessons, force, folder, aspect, stored, timeout):
    """Write lessons as slides into DIR.

    A page each, which needs no network; all lessons if none is named. Each lesson is run for it, so that
    its figures are sharp, and its seconds are printed: some minutes for all of them.
    """
    from mnist_lab.workshop.batch.index import text_table
    from mnist_lab.workshop.classroom.slides import write_slides

    options = {"force": force, "aspect": aspect, "stored": stored, "timeout": timeout}
    with refusals(output_dir):
        runs = write_slides(_chosen(lessons, folder), output_dir, **options)
    click.echo(f"{text_table(runs)}\n{output_dir}")
    sys.exit(0 if all(run.status == "passed" for run in runs) else 1)


@classroom.command()
@click.argument("course_dir", type=click.Path())
@click.option("--names", is_flag=True, help="Say who made which mistake; else no student is named.")
def report(course_dir, names):
    """Write a report on the class: what to teach again.

    It is class_report.html and .csv in COURSE_DIR, and comes from nbgrader's gradebook, the graded
    notebooks, and the concept tests that were handed in with them.
    """
    from mnist_lab.workshop.classroom.class_report import write_report

    with refusals(course_dir):
        group, paths = write_report(course_dir, named=names)
    handed_in = {record.student for record in group.records} | set(group.sheets)
    click.echo(f"{len(handed_in)} of {len(group.students)} students have handed in something.")
    if group.remarks:
        click.echo(f"Not counted, or with care: {len(group.remarks)}. The report says what.")
    click.echo("\n".join(map(str, paths)))


@classroom.command()
@click.argument("course_dir", type=click.Path())
def collect(course_dir):
    """Before grading: set names right, say who is missing.

    And which answers are identical. A single copy such as "03_training (1).ipynb" is taken as meant;
    nothing is lost. What cannot be decided is listed with the name that it should have. Who is missing
    is known from nbgrader's roster.
    """
    from mnist_lab.workshop.classroom.collect import collect as collect_course

    with refusals(course_dir):
        said = collect_course(course_dir)
    click.echo("\n".join(said) or "Every hand-in has its right name, and none is missing.")


@classroom.command()
@click.argument("course_dir", type=click.Path())
@click.option(
    "--for", "kind", type=click.Choice(["csv", "moodle", "canvas"]), default="csv", show_default=True
)
@click.option(
    "--roster", type=click.Path(exists=True, dir_okay=False), metavar="FILE", help="Who has which id."
)
def grades(course_dir, kind, roster):
    """Write grades with a status each; for Moodle, Canvas.

    It is grades.csv in COURSE_DIR, or grades_moodle.csv or grades_canvas.csv. What was not graded has no
    number: Moodle and Canvas take that as no grade, in place of one that they have. FILE is the gradebook
    that Moodle or Canvas exports, a CSV file; learners are found in it by id or email.
    """
    if bool(roster) != (kind != "csv"):
        raise click.UsageError("--for moodle and --for canvas go with --roster FILE, and nothing else does.")
    from collections import Counter

    from mnist_lab.workshop.classroom.grades import write_grades

    with refusals(course_dir):
        path, rows, left = write_grades(course_dir, kind=kind, roster=roster)
    for status, number in Counter(row["status"] for row in rows.values()).most_common():
        click.echo(f"{number} {status}")
    if left:
        click.echo(f"Left out, for the roster lacks them: {', '.join(left)}.")
    click.echo(path)
