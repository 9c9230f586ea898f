"""Exercise 4.1: Runs or fails, and where?"""

from mnist_lab.exercises.engine.model import Exercise

RIGHT = (2, 0, 2, 1, 2)  # of the snippets A to E: 0 if it runs, else the line that fails

SAID = {0: "you say that it runs", 1: "you say that line 1 fails", 2: "you say that line 2 fails"}


def what_was_misread(answer):
    """Return the first snippet that was read wrongly, in a sentence."""
    parts = answer if isinstance(answer, str | list | tuple) else ()
    numbers = [str(part) for part in parts if str(part) not in " ,;()[]"]
    if len(numbers) != len(RIGHT) or set(numbers) - {"0", "1", "2"}:
        return ["The answer is five numbers for A to E, each of them 0, 1 or 2, such as (0, 0, 0, 0, 0)."]
    for letter, right, number in zip("ABCDE", RIGHT, map(int, numbers), strict=True):
        if number != right:
            return [f"Snippet {letter}: {SAID[number]}."]
    return []


# Each misreads one snippet. Of an answer with several misreadings the first one is told.
MISTAKES = (
    ((0, 0, 2, 1, 2), "A: `images.to(device)` returns a copy, and nobody keeps it: `images` is still on the "
     "processor. `images = images.to(device)` would do."),
    ((1, 0, 2, 1, 2), "A: Asking for a copy on the device is allowed. That nobody keeps it shows in the next "
     "line, where the images are still on the processor."),
    ((2, 2, 2, 1, 2), "B: A tensor's `to` returns a copy, but a module's `to` changes the module itself. "
     "Without an assignment the weights are on the device."),
    ((2, 1, 2, 1, 2), "B: `model.to(device)` may stand alone. A module moves its own weights and hands "
     "itself back, so nothing is lost."),
    ((2, 0, 0, 1, 2), "C: The network is on the device, but what its `forward` makes anew is not: "
     "`torch.randn` makes tensors on the processor unless `device=` says otherwise."),
    ((2, 0, 1, 1, 2), "C: Line 1 makes a tensor on the processor, which always works. It fails where the two "
     "devices meet, in the sum."),
    ((2, 0, 2, 0, 2), "D: The labels are tensors too, and they were left behind on the processor. The loss "
     "needs logits and labels on one device."),
    ((2, 0, 2, 2, 2), "D: It does not get so far: the loss in line 1 already meets logits on the device and "
     "labels on the processor."),
    ((2, 0, 2, 1, 0), "E: NumPy only knows the processor's memory, and `.numpy()` copies nothing over by "
     "itself. `.cpu().numpy()` does it in two moves."),
    ((2, 0, 2, 1, 1), "E: Line 1 is all on the device: network, images and `argmax`. It fails where NumPy "
     "wants what the processor cannot reach."),
)  # fmt: skip


EXERCISE = Exercise(
    id="4.1",
    title="Runs or fails, and where?",
    difficulty=1,
    minutes=4,
    points=2,
    reference=RIGHT,
    probe=what_was_misread,
    why="A copy has to be kept, a module moves itself, and everything that meets must be on one device.",
    hints=(
        "Write behind each name on which device it is, line by line. Only where two devices meet does "
        "something fail.",
        "A tensor's `to` returns a copy. A module's `to` changes the module. What is made anew is made on "
        "the processor.",
        "One of the five runs. Of the others, one fails in its first line, because the labels were left "
        "behind.",
    ),
    mistakes=MISTAKES,
)
