"""The handout: shape formula, loop and debugging tree on one A4 page that prints in grey."""

import textwrap

from mnist_lab.anatomy import trace_shapes
from mnist_lab.models import SimpleCNN

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

INK, SOFT, PALE, PAPER = "black", "0.35", "0.92", "white"  # greys only: what is seen is what is printed
A4 = 210, 297  # mm
LEFT, RIGHT = 15, 195

FORMULA = (
    r"$\left\lfloor\frac{\mathrm{size}\,+\,2\cdot\mathrm{padding}\,-\,\mathrm{reach}}"
    r"{\mathrm{stride}}\right\rfloor+1$"
)

RULES = (
    "padding is on both sides · round down\neach filter spans all input channels\n"
    "flatten(1) keeps N; view(-1, …) may not"
)

LOOP = """\
model.train()
for images, labels in loader:
    logits = model(images)
    loss = F.cross_entropy(logits, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

model.eval()
num_correct, num_samples = 0, 0
with torch.inference_mode():
    for images, labels in held_out_loader:
        logits = model(images)
        num_correct += (logits.argmax(dim=1) == labels).sum().item()
        num_samples += len(labels)
accuracy = num_correct / num_samples"""

NOTES = {
    0: "dropout drops",
    2: "forward: (N, K), a score for each class",
    3: "wants logits: no softmax before it",
    4: "backward adds to what is there, so empty first",
    5: "calculates the slopes; moves nothing",
    6: "moves the weights, against the slopes",
    8: "dropout rests",
    10: "no notes for gradients; eval() does not imply it",
    13: "dim=1: the axis of the classes",
    15: "one division, at the end",
}

# (question, the answer that leads aside, where it leads); the other answer leads down
TREE = [
    (
        "Does it crash?",
        "yes",
        "Print the shapes from the first layer on: where is N lost? Images are float32, labels int64, all on "
        "one device.",
    ),
    (
        "Is the first loss near ln K? (ten classes: 2.30)",
        "no",
        "Print the smallest and the largest pixel. Are the images normalised, and as they were in training?",
    ),
    (
        "Does one step move the weights of every layer?",
        "no",
        "No gradient just before step: lines in a wrong order, or a detach. There is one: the optimizer "
        "holds other weights.",
    ),
    (
        "Is one batch, over and over, learned by heart?",
        "no",
        "Flat: rate too small. Jumps or nan: rate too large, or zero_grad is missing. Stuck near 1.46: "
        "softmax before the loss.",
    ),
    (
        "Does the held-out loss fall?",
        "no",
        "Flat from the start: labels shuffled apart? Look at a batch. First down, then up: overfitting. "
        "More digits, augmentation.",
    ),
    (
        "Score the same digits twice: the same number?",
        "no",
        "eval() was forgotten: dropout still drops.",
    ),
]
END = "Then it learns. Test digits once; other seeds; a simple rival beside it."


def handout():
    """Return the Figure of the page; its axes are in mm from the upper left corner."""
    figure = Figure(figsize=(A4[0] / 25.4, A4[1] / 25.4))
    page = figure.add_axes((0, 0, 1, 1))
    page.set(xlim=(0, A4[0]), ylim=(A4[1], 0))
    page.axis("off")
    page.text(LEFT, 14, "mnist-lab on one page", fontsize=17, weight="bold", va="center")
    page.text(RIGHT, 14, "sizes 01 · loop 03 · repair 08", fontsize=9, color=SOFT, ha="right", va="center")
    draw_sizes(page, top=21)
    draw_loop(page, top=109)
    draw_tree(page, top=194)
    return figure


def heading(page, y, text):
    page.plot([LEFT, RIGHT], [y, y], color=INK, linewidth=0.8)
    page.text(LEFT, y + 5, text, fontsize=12, weight="bold", va="center")


def draw_sizes(page, *, top):
    """The formula, eight pixels with their starting positions, and the shapes of SimpleCNN."""
    heading(page, top, "How large is the output? Count the starting positions")
    page.text(LEFT + 2, top + 17, FORMULA, fontsize=16, va="center")
    reach = r"reach $=$ dilation $\cdot$ (kernel $-$ 1) $+$ 1"
    page.text(LEFT + 82, top + 14, reach, fontsize=9.5, va="center")
    words = "28 pixels, kernel 3: 25 // 1 + 1 = 26\nPooling counts alike: kernel 2, stride 2."
    page.text(LEFT + 82, top + 21.5, words, fontsize=9.5, va="center", linespacing=1.4)
    draw_starts(page, LEFT + 2, top + 34)
    rows = [("input", (1, 1, 28, 28), "")]
    for row in trace_shapes(SimpleCNN(), (1, 1, 28, 28)):
        if row.kind in ("Conv2d", "MaxPool2d", "Flatten", "Linear"):
            rows.append((row.name, row.shape, f"{row.parameters:,}" if row.parameters else ""))
    x, y = LEFT + 104, top + 33
    for name, where, align in (("layer", 0, "left"), ("shape", 24, "left"), ("parameters", 76, "right")):
        page.text(x + where, y, name, fontsize=9, color=SOFT, ha=align, va="center")
    for i, (name, shape, parameters) in enumerate(rows, 1):
        line = y + 5.4 * i
        text = "N, " + ", ".join(map(str, shape[1:]))
        page.text(x, line, name, fontsize=9, family="monospace", va="center")
        page.text(x + 24, line, f"({text})", fontsize=9, family="monospace", va="center")
        page.text(x + 76, line, parameters, fontsize=9, family="monospace", ha="right", va="center")


def draw_starts(page, x, y, *, size=8, kernel=3, padding=1, stride=2, side=7.4):
    """A row of pixels with its padding, and below it the kernel at each of its starts."""
    total = size + 2 * padding
    for i in range(total):
        is_padding = not padding <= i < total - padding
        look = {"facecolor": PALE if is_padding else PAPER, "edgecolor": INK, "linewidth": 0.8}
        page.add_patch(Rectangle((x + i * side, y), side, side, **look))
        if is_padding:
            middle = x + (i + 0.5) * side, y + side / 2
            page.text(*middle, "0", fontsize=9, color=SOFT, ha="center", va="center")
    starts = range(0, total - kernel + 1, stride)
    for row, start in enumerate(starts):
        top = y + side + 3 + 5 * row
        left, right = x + start * side, x + (start + kernel) * side
        page.plot([left + 0.6, right - 0.6], [top, top], color=INK, linewidth=3.2, solid_capstyle="butt")
        page.text(right + 2, top, f"start at {start}", fontsize=8.5, va="center")
    words = f"{size} pixels, kernel {kernel}, padding {padding}, stride {stride}: {len(starts)} starts"
    page.text(x, y + side + 6 + 5 * len(starts), words, fontsize=9.5, va="center")
    page.text(x, y + side + 17 + 5 * len(starts), RULES, fontsize=9.5, va="center", linespacing=1.45)


def draw_loop(page, *, top):
    heading(page, top, "The loop")
    for i, line in enumerate(LOOP.splitlines()):
        y = top + 12.5 + 4.6 * i
        page.text(LEFT + 2, y, line, fontsize=8.8, family="monospace", va="center")
        if i in NOTES:
            page.text(RIGHT, y, NOTES[i], fontsize=8.8, style="italic", ha="right", va="center")


def draw_tree(page, *, top):
    """Questions down the left side; each has one answer that leads aside and one that leads on."""
    heading(page, top, "It crashes, or it runs and does not learn")
    step, width = 13.2, 62
    for i, (question, aside, where) in enumerate(TREE):
        y = top + 15 + step * i
        draw_box(page, LEFT, y, width, question, facecolor=PALE, weight="bold", wrap=32)
        draw_box(page, LEFT + width + 15, y, RIGHT - LEFT - width - 15, where, facecolor=PAPER, wrap=66)
        arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}
        page.annotate("", (LEFT + width + 14.5, y), (LEFT + width + 0.5, y), arrowprops=arrow)
        page.text(LEFT + width + 7, y - 2, aside, fontsize=8.5, ha="center", va="center")
        page.annotate("", (LEFT + 10, y + step - 5), (LEFT + 10, y + 5), arrowprops=arrow)
        on = "no" if aside == "yes" else "yes"
        page.text(LEFT + 12, y + step / 2, on, fontsize=8, va="center")
    page.text(LEFT + 1, top + 13.5 + step * len(TREE), END, fontsize=9, weight="bold", va="center")


def draw_box(page, x, y, width, text, *, facecolor, wrap, weight="normal"):
    box = FancyBboxPatch((x + 1, y - 4), width - 2, 8, boxstyle="round,pad=1", facecolor=facecolor,
                         edgecolor=INK, linewidth=0.8)  # fmt: skip
    page.add_patch(box)
    lines = "\n".join(textwrap.wrap(text, wrap))
    page.text(x + 2, y, lines, fontsize=8.3, weight=weight, va="center", linespacing=1.15)
