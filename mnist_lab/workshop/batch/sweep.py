"""Run a lesson once for each point of a grid, in a pool, and keep what comes as it comes."""

import contextlib
import io
from pathlib import Path

from mnist_lab.files import write_whole
from mnist_lab.plots.sweep import picture
from mnist_lab.workshop.batch.jobs import Job, keep, perform_in_worker, source_of
from mnist_lab.workshop.batch.sweep_rows import figure_names, is_of, is_whole, read_rows, row_of, write_rows

from tqdm import tqdm


def run_sweep(plan, output_dir, pool, *, timeout=None):
    """Run each point of a plan that has not passed yet; return the rows of all, in the plan's order.

    Each run leaves its notebook, and results.csv and results.jsonl are written anew after it; timeout is
    in seconds for a cell. Raises OSError if the tables cannot be written.
    """
    points, source = plan.points(), source_of(plan.path)
    found = {row["notebook"].removesuffix(".ipynb"): row for row in read_rows(output_dir) if is_whole(row)}
    rows = {name: found[name] for name, point in points.items() if is_of(found.get(name), point)}
    jobs = [
        Job(name, plan.lesson, source, plan.folder, parameters, timeout)
        for name, parameters in points.items()
        if not _is_finished(rows.get(name), output_dir)
    ]
    write_rows(output_dir, rows.values())
    with contextlib.closing(pool.run(perform_in_worker, jobs)) as ended, _bar(points, jobs) as bar:
        try:
            for job, result in ended:
                run = keep(job, result, output_dir)
                rows[job.name] = row_of(job.parameters, run)
                rows = {name: rows[name] for name in points if name in rows}
                write_rows(output_dir, rows.values())
                if bar.disable or run.error:
                    tqdm.write(f"{run.name}: {run.status}{run.error and ', '}{run.error}")
                bar.update()
        except KeyboardInterrupt:  # it may have come between the two tables
            write_rows(output_dir, rows.values())
            raise
    return list(rows.values())


def _is_finished(row, output_dir):
    return row and row["status"] == "passed" and (Path(output_dir) / row["notebook"]).is_file()


def _bar(points, jobs):
    finished = len(points) - len(jobs)
    return tqdm(total=len(points), initial=finished, unit="run", disable=None, leave=False)


def chosen_figure(plan, rows, figure=None):
    """Return the name of the figure to look at: the wanted one, one of validation, or the first recorded."""
    names = figure_names(rows, {name for point in plan.points().values() for name in point})
    names = [name for name in names if any(isinstance(row.get(name), int | float) for row in rows)]
    if figure and figure not in names:
        raise ValueError(f"The lesson recorded no number {figure!r}; there are {', '.join(names) or 'none'}.")
    return figure or next((name for name in names if "validation" in name), names[0] if names else None)


def write_picture(plan, output_dir, rows, *, figure=None):
    """Draw a figure over the axes of the plan into sweep.png and return its path; None without axes."""
    axes = {name: levels for name, levels in plan.grid.items() if len(levels) > 1}
    if not axes and plan.num_seeds:
        axes = {"SEED": list(range(plan.num_seeds))}
    figure = chosen_figure(plan, rows, figure)
    if not axes or not figure:
        return None
    image = io.BytesIO()
    title = f"{plan.lesson}, {len(rows)} runs"
    picture(rows, axes, figure, title=title).savefig(image, format="png", dpi=150)
    path = Path(output_dir) / "sweep.png"
    write_whole(path, image.getvalue())
    return path
