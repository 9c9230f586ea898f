"""Exercise 4.4: what the clock shows while a device works behind the processor's back."""

from numbers import Real

from mnist_lab.exercises.engine.model import Exercise

RIGHT = (3, 16, 3.5)

PLACES = ("without waiting", "with waiting", "with waiting and little work")


def what_was_misread(answer):
    """Return the first of the three numbers that is wrong, in a sentence."""
    numbers = list(answer) if isinstance(answer, list | tuple) else []
    if len(numbers) != 3 or not all(map(_is_plain, numbers)):
        return ["The answer is three numbers in milliseconds, such as (1, 2, 3)."]
    for place, right, number in zip(PLACES, RIGHT, map(float, numbers), strict=True):
        if not abs(number - right) < 1e-6:
            return [f"The time {place} is not {number:g} ms."]
    return []


def _is_plain(number):
    return isinstance(number, Real) and not isinstance(number, bool)


# Each has one wrong number. Of an answer with several the first one is told.
MISTAKES = (
    ((16, 16, 3.5), "The processor does not wait by itself. It hands over three requests, one millisecond "
     "each, and the clock is read at once."),
    ((1, 16, 3.5), "Each of the three requests takes the processor a millisecond. Only the work behind them "
     "is not waited for."),
    ((15, 16, 3.5), "That is the work of the device, and nobody waited for it. The clock is read as soon as "
     "the three requests are handed over."),
    ((18, 16, 3.5), "Requests and work were added, as if the processor stood still during the work. It hands "
     "over its requests, and the clock is read at once."),
    ((6, 16, 3.5),
     "That is one request and one piece of work, waited for. There are three requests, and nobody waits."),
    ((8, 16, 3.5), "The first request and the work that it starts run side by side with the next two. The "
     "processor reads the clock after three requests."),
    ((3, 18, 3.5), "Only the first request comes before the work. While the device works, the processor "
     "already hands over the other two."),
    ((3, 15, 3.5), "That is the work alone. The device cannot begin before the first request has arrived."),
    ((3, 3, 3.5), "These are the requests. Waiting means until the device has done the third piece of work."),
    ((3, 8, 3.5), "The device does one piece after the other. At the third request it is still busy with the "
     "first, and two more are waiting."),
    ((3, 6, 3.5), "That is the first piece of work, done. The other two come after it, one after the other."),
    ((3, 16, 1.5), "That is the work alone, as if the requests cost nothing. Here the device waits for "
     "requests: small batches are all overhead."),
    ((3, 16, 4.5), "Requests and work were added. The device works on the first piece while the processor "
     "hands over the second; only the last piece comes on top."),
    ((3, 16, 3),
     "These are the requests. The last piece of work begins only when the third request has arrived."),
    ((3, 16, 2.5), "That holds if the device always has something to do. It has finished each piece before "
     "the next request arrives, and stands idle."),
    ((3, 16, 1), "The processor needs a millisecond for each of the three requests, however little work "
     "there is behind them."),
)  # fmt: skip


EXERCISE = Exercise(
    id="4.4",
    title="What the clock shows",
    kind="value",
    difficulty=2,
    minutes=4,
    points=2,
    reference=RIGHT,
    probe=what_was_misread,
    why="Without waiting you time the requests. With little work behind each request they are nearly all "
    "there is, on any device.",
    hints=(
        "Draw two lines from left to right, one for the processor, one for the device. Put in the three "
        "requests first.",
        "The device begins its first piece when the first request has arrived, at 1 ms. It does one piece "
        "after the other.",
        "With pieces of 5 ms it is busy without a break from 1 ms on. With pieces of 0.5 ms it waits for "
        "each request; the last one arrives at 3 ms.",
    ),
    mistakes=MISTAKES,
)
