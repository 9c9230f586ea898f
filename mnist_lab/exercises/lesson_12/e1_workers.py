"""Exercise 12.1: how many workers a sweep takes, with whole jobs and a start for each worker."""

import math

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number


def workers_needed(jobs, seconds_each, start, limit):
    jobs_each = (limit - start) // seconds_each
    return math.ceil(jobs / jobs_each)


def sweeps(generator):
    return [
        call(jobs, seconds_each, start, limit)
        for jobs, seconds_each, start, limit in (
            (10, 40, 5, 60),
            (12, 20, 10, 60),
            (7, 10, 5, 45),
            (9, 10, 10, 40),
            (20, 2.5, 0.5, 10),
            (30, 20, 12, 110),
            (300, 14, 3, 900),
            (10_000, 15, 60, 28_800),
            drawn(generator),
            drawn(generator),
        )
    ]


def drawn(generator):
    """Return a sweep in which a worker can end at least one job."""
    jobs, seconds_each = whole_number(generator, 20, 200), whole_number(generator, 5, 30)
    return jobs, seconds_each, whole_number(generator, 2, 20), 10 * whole_number(generator, 6, 30)


JOBS_EACH = "(limit - start) // seconds_each"
WORKERS = "math.ceil(jobs / jobs_each)"

MISTAKES = (
    (JOBS_EACH, "limit // seconds_each",
     "Whole jobs, good. But the start is still free: a worker has `limit - start` seconds for its jobs."),
    (JOBS_EACH, "(limit - start) / seconds_each",
     "The start is paid, but jobs are still divided: half a job at the end of the limit is no job. `//` "
     "rounds down."),
    (JOBS_EACH, "limit // (seconds_each + start)",
     "Here each job pays for a start. A worker starts once and then takes one job after another."),
    (JOBS_EACH, "limit / (seconds_each + start)",
     "Here each job pays for a start, and jobs are divided. A worker starts once, and what is left of the "
     "limit is filled with whole jobs."),
    (WORKERS, "math.ceil((jobs * seconds_each + start) / limit)",
     "One start was paid for all, and the jobs were one long piece of work. Each worker has to start, and no "
     "job goes over from one to the next."),
    (JOBS_EACH, "(limit + start) // seconds_each",
     "The start makes the time for jobs shorter, not longer: `limit - start`."),
    (JOBS_EACH, "math.ceil((limit - start) / seconds_each)",
     "Rounded up, the last job of each worker ends after the limit. What fits in is rounded down."),
    (JOBS_EACH, "round((limit - start) / seconds_each)",
     "`round` also rounds up, and then the last job ends after the limit. What fits in is rounded down: "
     "`//`."),
    (JOBS_EACH, "limit // seconds_each - 1",
     "A start was counted as long as a job. It takes `start` seconds: take them off the limit, before you "
     "divide."),
    (JOBS_EACH, "limit // seconds_each - start",
     "Seconds were taken from a number of jobs. Take the start off the limit, which is in seconds too, and "
     "then divide."),
    (JOBS_EACH, "limit - start // seconds_each",
     "Without brackets `//` goes first, so only the start was divided: `(limit - start) // seconds_each`."),
    (JOBS_EACH, "seconds_each // (limit - start)",
     "The division is upside down: how often do the seconds of a job fit into the time?"),
    (WORKERS, "jobs // jobs_each",
     "The first line is right. The second one was right as well: rounded down, one worker is missing for the "
     "jobs left over."),
    (WORKERS, "jobs / jobs_each",
     "The first line is right. The second one was right as well: workers are counted, so `math.ceil` rounds "
     "them up."),
    (WORKERS, "jobs // jobs_each + 1",
     "The first line is right. The second one was right as well: where the jobs come out even, one more "
     "worker would have nothing to do."),
    (WORKERS, "jobs_each",
     "Those are the jobs that one worker can end. Keep the second line, which makes workers of them."),
)  # fmt: skip


EXERCISE = Exercise(
    id="12.1",
    title="How many workers",
    difficulty=1,
    minutes=5,
    points=2,
    reference=workers_needed,
    given={"(limit - start) //": "limit /"},
    cases=sweeps,
    why="A worker is no help with a job that it cannot finish in time. The closer the limit comes to one "
    "job, the more of the workers' time goes into starts and leftovers.",
    hints=(
        "Only the first line has to change: how many jobs can one worker end within the limit?",
        "Its start comes off the limit once, before the first job. What is left is filled with whole jobs.",
        "`//` divides and rounds down: `(limit - start) // seconds_each`.",
    ),
    mistakes=MISTAKES,
)
