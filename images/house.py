"""The package as a house of three storeys, drawn from the table in mnist_lab/README.md."""

import re
from pathlib import Path
from textwrap import fill

from mnist_lab.plots import BLUE, GREEN, ORANGE, new_figure

from matplotlib.patches import Rectangle

TABLE = Path(__file__).parents[1] / "mnist_lab" / "README.md"
STOREYS = {  # name: its colour, and what it holds
    "taught": (BLUE, "what the lessons\nteach, and what\nthat rests on"),
    "shown": (ORANGE, "a lesson's cells\ncall it"),
    "workshop": (GREEN, "commands run it"),
}
COLUMNS = 5
WIDTH, HEIGHT, GAP = 2.3, 0.85, 0.12  # of a room, in inches
MARGIN = 1.75  # left of the rooms, for the name of the storey


def read_rooms():
    """Return (storey, room, what lives there) in the order of the table."""
    row = r"^\| (\w+) \| `([\w/.]+)` \| (.+) \|$"
    return re.findall(row, TABLE.read_text(encoding="utf-8"), re.M)


def house():
    """Return a Figure of the three storeys, with their rooms in the order of the table."""
    rooms = read_rooms()
    rows = {storey: -(-sum(storey == row[0] for row in rooms) // COLUMNS) for storey in STOREYS}
    width = MARGIN + COLUMNS * (WIDTH + GAP) + GAP
    height = sum(rows.values()) * (HEIGHT + GAP) + len(rows) * 2 * GAP + 0.4
    figure, axes = new_figure(width=width, height=height)
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axes.set_axis_off()
    top = GAP
    for storey, (colour, holds) in STOREYS.items():
        bottom = top + rows[storey] * (HEIGHT + GAP) + GAP
        axes.add_patch(Rectangle((0, top), width, bottom - top - GAP / 2, color=colour, alpha=0.15, lw=0))
        axes.text(GAP, top + 2 * GAP, storey, weight="bold", fontsize=13, va="top")
        axes.text(GAP, top + 2 * GAP + 0.3, holds, fontsize=8, va="top")
        for place, (_, room, text) in enumerate(row for row in rooms if row[0] == storey):
            down, right = divmod(place, COLUMNS)
            corner = MARGIN + right * (WIDTH + GAP), top + GAP + down * (HEIGHT + GAP)
            draw_room(axes, corner, room.removeprefix("workshop/"), text, colour)
        top = bottom + GAP
    axes.text(GAP, top + 0.2, "A room may import only rooms that stand before it.", fontsize=10, va="center")
    return figure


def draw_room(axes, corner, name, text, colour):
    """Draw a room whose upper left corner is given: its name, and what lives in it."""
    left, top = corner
    axes.add_patch(Rectangle(corner, WIDTH, HEIGHT, facecolor="white", edgecolor=colour, lw=1.2))
    axes.text(left + 0.08, top + 0.09, name, family="monospace", weight="bold", fontsize=9, va="top")
    words = fill(text.replace("`", ""), 36)
    axes.text(left + 0.08, top + 0.34, words, fontsize=7.5, va="top", linespacing=1.25)
