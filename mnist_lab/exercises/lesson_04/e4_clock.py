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
    in_seconds = [1000 * float(number) for number in numbers]
    if all(abs(number - right) < 1e-6 for right, number in zip(RIGHT, in_seconds, strict=True)):
        return ["The three numbers are right in seconds, not in milliseconds."]
    for place, right, number in zip(PLACES, RIGHT, map(float, numbers), strict=True):
        if not abs(number - right) < 1e-6:
            return [f"The time {place} is not {number:g} ms."]
    return []


def _is_plain(number):
    return isinstance(number, Real) and not isinstance(number, bool)


# What a number amounts to is told, since one number does not say how it came about. Of an answer with several
# wrong numbers the first one is told.
MISTAKES = (
    ((0.003, 0.016, 0.0035), "All three are right, in seconds. The answer is wanted in milliseconds, a "
     "thousand times as many."),
    ((16, 16, 3.5), "16 ms is the time with waiting. The processor does not wait by itself: it hands over "
     "three requests, one millisecond each, and reads the clock at once."),
    ((0, 16, 3.5), "Handing over a request is work for the processor too: a millisecond for each of "
     "the three."),
    ((1, 16, 3.5), "1 ms is a single request. Each of the three takes the processor a millisecond. Only the "
     "work behind them is not waited for."),
    ((5, 16, 3.5), "5 ms is one piece of work, and nobody waited for any. The clock is read as soon as the "
     "three requests are handed over."),
    ((15, 16, 3.5), "15 ms is the work of the device, and nobody waited for it. The clock is read as soon as "
     "the three requests are handed over."),
    ((18, 16, 3.5), "18 ms is requests and work, one after the other. But the processor does not stand still "
     "during the work: it hands over its requests, and the clock is read at once."),
    ((6, 16, 3.5), "6 ms is one request and one piece of work, waited for. There are three requests, and "
     "nobody waits."),
    ((8, 16, 3.5), "8 ms is more than the processor is busy. The first piece of work runs side by side with "
     "the next two requests, and the clock is read after the third."),
    ((3, 18, 3.5), "18 ms is requests and work, one after the other. But only the first request comes before "
     "the work. While the device works, the processor already hands over the other two."),
    ((3, 15, 3.5), "15 ms is the work alone. The device cannot begin before the first request has arrived."),
    ((3, 3, 3.5), "3 ms is the requests. Waiting means until the device has done the third piece of work."),
    ((3, 8, 3.5), "At 8 ms the device is not done: it does one piece after the other. At the third request "
     "it is still busy with the first, and two more are waiting."),
    ((3, 6, 3.5), "At 6 ms the first piece of work is done. The other two come after it, one by "
     "one."),
    ((3, 16, 0.5), "0.5 ms is one piece of work. Before the last one can begin, three requests have to be "
     "handed over."),
    ((3, 16, 1.5), "1.5 ms is the work alone, as if the requests cost nothing. Here the device waits for "
     "requests: small batches are all overhead."),
    ((3, 16, 4.5), "4.5 ms is requests and work, one after the other. The device works on the first piece "
     "while the processor hands over the second; only the last piece comes on top."),
    ((3, 16, 3),
     "3 ms is the requests. The last piece of work begins only when the third request has arrived."),
    ((3, 16, 2.5), "2.5 ms would be right if the device always had something to do. But it has finished each "
     "piece before the next request arrives, and stands idle."),
    ((3, 16, 1), "The processor needs a millisecond for each of the three requests, however little work "
     "there is behind them."),
)  # fmt: skip


EXERCISE = Exercise(
    id="4.4",
    title="What the clock shows",
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
