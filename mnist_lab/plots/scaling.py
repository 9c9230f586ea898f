"""What more workers give, in pictures: jobs as they end, lanes of whole jobs, a step's parts, speed-ups."""

import math

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, new_figure

STYLES = ((BLUE, "o", "-"), (ORANGE, "s", "--"), (GREEN, "^", "-."), (PINK, "v", ":"))
LINES = tuple((colour, style) for colour, _, style in STYLES)


def finished(runs, *, title=""):
    """Return a Figure of how many jobs had ended after how many seconds, a line of steps each run.

    runs is a dict of name: the seconds at which its jobs ended, one after another.
    """
    figure, axes = new_figure(height=2.8)
    for (name, ends), (colour, mark, style) in zip(runs.items(), STYLES, strict=False):
        counts = range(len(ends) + 1)
        axes.step([0, *ends], counts, where="post", color=colour, linestyle=style)
        axes.plot(ends, counts[1:], mark, color=colour, markersize=5, label=name)
    axes.set(xlabel="seconds since the start", ylabel="jobs that have ended")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="upper left")
    axes.set_title(title, fontsize=11)
    return figure


def lanes(jobs, *, workers, seconds_each, start, limit, title=""):
    """Return a Figure with a lane a worker: its start, then one whole job after another, and the limit.

    Each job goes to the worker that is free first. One that ends after the limit is red and hatched.
    """
    figure, axes = new_figure(height=1.3 + 0.42 * workers)
    axes.barh(range(workers), start, color=GREY, height=0.6, label="start")
    for number in range(jobs):
        turn, lane = divmod(number, workers)
        begin = start + turn * seconds_each
        is_late = begin + seconds_each > limit
        look = {"color": RED, "hatch": "///"} if is_late else {"color": SKY}
        axes.barh(lane, seconds_each, left=begin, height=0.6, edgecolor="white", **look)
        axes.text(begin + seconds_each / 2, lane, str(number + 1), ha="center", va="center", fontsize=9,
                  bbox={"color": "white", "pad": 1})  # fmt: skip
    axes.axvline(limit, color="black", linestyle="--", label="limit")
    axes.set_label(f"{start:g} to start, {seconds_each:g} a job, limit {limit:g}")
    axes.set_yticks(range(workers), [f"worker {number}" for number in range(1, workers + 1)])
    axes.invert_yaxis()
    longest = start + math.ceil(jobs / workers) * seconds_each
    axes.set(xlabel="seconds", xlim=(0, 1.08 * max(longest, limit)))
    axes.legend(fontsize=8, loc="lower right")
    axes.set_title(title, fontsize=11)
    return figure


def steps(ways, *, title=""):
    """Return a Figure with a panel a size of batch: the milliseconds of a step in each way, as a bar.

    ways is a dict of size: dict of name: (seconds of computing, seconds of adding up).
    """
    figure, panels = new_figure(height=2.6, columns=len(ways), sharey=True, squeeze=False)
    for axes, (size, rows) in zip(panels[0], ways.items(), strict=True):
        computing, adding = zip(*([1000 * part for part in parts] for parts in rows.values()), strict=True)
        places = range(len(rows))
        axes.use_sticky_edges = False
        axes.barh(places, computing, color=BLUE, height=0.6, label="computing")
        axes.barh(places, adding, left=computing, color=ORANGE, hatch="///", edgecolor="white", height=0.6,
                  label="adding up, and waiting for it")  # fmt: skip
        axes.set_yticks(places, rows)
        axes.set(xlabel="milliseconds a step", xlim=(0, None))
        axes.set_title(f"{size} images a batch", fontsize=10)
    panels[0, 0].invert_yaxis()
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=8, loc="outside lower center", ncols=2)
    figure.suptitle(title, fontsize=11)
    return figure


def speed_ups(shares, *, most=1024, title=""):
    """Return a Figure of Amdahl's law over the number of workers: a line for each share that stays whole.

    shares is a dict of name: the share in [0, 1] that cannot be divided. Both axes are logarithmic.
    """
    figure, axes = new_figure(height=3.2)
    workers = [2**power for power in range(int(math.log2(most)) + 1)]
    axes.plot(workers, workers, color=GREY, linewidth=1, label="nothing stays whole")
    for (name, share), (colour, style) in zip(shares.items(), LINES, strict=False):
        line = [1 / (share + (1 - share) / number) for number in workers]
        axes.plot(workers, line, color=colour, linestyle=style, label=f"{name}: {share:.2%} stays whole")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set(xlabel="workers (log scale)", ylabel="times as fast (log scale)")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="upper left")
    axes.set_title(title, fontsize=11)
    return figure
