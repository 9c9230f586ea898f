"""Exercise 4.4: what the clock shows while a device works behind the processor's back."""

from numbers import Real

from mnist_lab.exercises.engine.model import Exercise

RIGHT = (3, 16, 3.5)


PLACES = ("without waiting", "with waiting", "with waiting and little work")


MISREAD = {
    (0, 16): "The processor does not wait by itself. It hands over three requests, one millisecond each, and "
    "the clock is read at once.",
    (0, 1): "Each of the three requests takes the processor a millisecond. Only the work behind them is not "
    "waited for.",
    (0, 15): "That is the work of the device, and nobody waited for it. The clock is read as soon as the "
    "three requests are handed over.",
    (0, 18): "Requests and work were added, as if the processor stood still during the work. It hands over "
    "its requests, and the clock is read at once.",
    (0, 6): "That is one request and one piece of work, waited for. There are three requests, and nobody "
    "waits.",
    (0, 8): "The first request and the work that it starts run side by side with the next two. The processor "
    "reads the clock after three requests.",
    (1, 18): "Only the first request comes before the work. While the device works, the processor already "
    "hands over the other two.",
    (1, 15): "That is the work alone. The device cannot begin before the first request has arrived.",
    (1, 3): "These are the requests. Waiting means until the device has done the third piece of work.",
    (1, 8): "The device does one piece after the other. At the third request it is still busy with the "
    "first, and two more are waiting.",
    (1, 6): "That is the first piece of work, done. The other two come after it, one after the other.",
    (2, 1.5): "That is the work alone, as if the requests cost nothing. Here the device waits for requests: "
    "small batches are all overhead.",
    (2, 4.5): "Requests and work were added. The device works on the first piece while the processor hands "
    "over the second; only the last piece comes on top.",
    (2, 3): "These are the requests. The last piece of work begins only when the third request has arrived.",
    (2, 2.5): "That holds if the device always has something to do. It has finished each piece before the "
    "next request arrives, and stands idle.",
    (2, 1): "The processor needs a millisecond for each of the three requests, however little work there is "
    "behind them.",
}


def what_was_misread(answer):
    """Return the first of the three numbers that is wrong, in a sentence."""
    numbers = list(answer) if isinstance(answer, list | tuple) else []
    if len(numbers) != 3 or not all(map(_is_plain, numbers)):
        return ["The answer is three numbers in milliseconds, such as (1, 2, 3)."]
    for place, right, came in zip(PLACES, RIGHT, map(float, numbers), strict=True):
        if not abs(came - right) < 1e-6:
            return [f"The time {place} is not {came:g} ms."]
    return []


def _is_plain(number):
    return isinstance(number, Real) and not isinstance(number, bool)


def misreadings():
    """Each wrong number, with its sentence; the numbers before it are right."""
    found = []
    for (place, came), sentence in MISREAD.items():
        found.append(((*RIGHT[:place], came, *RIGHT[place + 1 :]), sentence))
    return tuple(found)


MISTAKES = misreadings()


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
