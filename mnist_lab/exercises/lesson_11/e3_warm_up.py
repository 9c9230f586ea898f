"""Exercise 11.3: time a training after a warm-up that cannot help it."""

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.lesson_11.e3_warm_up_probe import PARTS, how_fair_it_is

import torch


def fair_run(make_network, train, digits, noise, *, seed, synchronize, clock):
    train(make_network(), noise)
    torch.manual_seed(seed)
    synchronize()
    start = clock()
    network = make_network()
    train(network, digits)
    synchronize()
    return network, clock() - start


RIGHT_ORDER = "warm up, seed, wait, start, make, train, wait"
MOVES = {
    "warm up": "train(make_network(), noise)",
    "seed": "torch.manual_seed(seed)",
    "wait": "synchronize()",
    "start": "start = clock()",
    "make": "network = make_network()",
    "train": "train(network, digits)",
    "train on noise": "train(network, noise)",
}


def in_order(moves):
    """Return the edit of the reference that makes these moves before the clock is read again."""
    return {_lines(RIGHT_ORDER): _lines(moves)}


def _lines(moves):
    return "\n    ".join(MOVES[move] for move in moves.split(", "))


MISTAKES = (
    (in_order("seed, wait, start, make, train, wait"),
     "There is no warm-up: the first training of all also prepares things, and here it is the one that "
     "counts. Train another network on noise before."),
    ("make_network(), noise", "make_network(), digits",
     "The warm-up was on the digits. Its network is thrown away, but whatever else keeps something of these "
     "digits has them ready now. Noise can leave nothing behind."),
    (in_order("seed, make, train on noise, wait, start, train, wait"),
     "The network that counts went through the warm-up: it was pushed about by noise before it saw a digit. "
     "Warm up with one that is thrown away."),
    (in_order("seed, make, train, wait, start, train, wait"),
     "The warm-up was training that nobody timed: the network that comes back has seen the digits twice. "
     "Warm up with another one, on noise."),
    (in_order("seed, start, make, train on noise, wait, train, wait"),
     "The warm-up is on the clock, and its network is the one that counts. Train another one on noise, "
     "before the clock starts."),
    (in_order("warm up, seed, wait, start, make, train"),
     "The clock is stopped while the device is still at work: you timed the request. `synchronize()` after "
     "`train` too."),
    (in_order("warm up, seed, start, make, train, wait"),
     "The clock is started while the device is busy with the warm-up, and the training pays for it. "
     "`synchronize()` before you start."),
    (in_order("warm up, seed, start, make, train"),
     "Nobody waited: the device is busy when the clock starts and when it stops. `synchronize()` before each "
     "reading."),
    (in_order("seed, warm up, wait, start, make, train, wait"),
     "The seed comes before the warm-up, which draws weights and more. So the network that counts depends on "
     "how long the warm-up was. Set the seed after it."),
    (in_order("warm up, wait, start, make, train, wait"),
     "The seed is not used: the same seed trains another network each time. `torch.manual_seed(seed)` after "
     "the warm-up."),
    ("manual_seed(seed)", "manual_seed(0)",
     "Every seed trains the same network, so five runs would be one. `torch.manual_seed(seed)` with the seed "
     "that comes in."),
    (in_order("warm up, seed, make, wait, start, train, wait"),
     "The network was made before the clock started. The task says from its making on: whoever has a costly "
     "beginning, such as whitened filters, pays for it."),
    (in_order("warm up, seed, make, start, train, wait"),
     "The clock starts too late for the making of the network, and while the device is busy with the "
     "warm-up. Wait, start, make, train."),
    (in_order("seed, warm up, make, wait, start, train, wait"),
     "The seed is set before the warm-up, which draws from it, and the network is made before the clock "
     "starts. Warm up, seed, clock, make."),
    (in_order("wait, start, warm up, seed, make, train, wait"),
     "The warm-up is on the clock. Start it after the warm-up, when the device is idle."),
    (in_order("seed, make, start, train"),
     "Neither warm-up nor waiting, and the network is made before the clock starts. Begin with "
     "`train(make_network(), noise)`."),
    (in_order("seed, start, make, train"),
     "Neither warm-up nor waiting: this is the time of a request, and of the first one."),
    ({MOVES["warm up"]: "thrown_away = make_network()\n    train(thrown_away, noise)",
      "return network": "return thrown_away"},
     "The network of the warm-up came back, which has seen noise only. Return the one that was trained on "
     "the digits."),
    ("network, clock() - start", "clock() - start, network",
     "The order is the network first, then the seconds."),
    ("network, clock() - start", "clock() - start",
     "Only the seconds came back. How good the network is belongs beside them, so return both."),
    (", clock() - start", "", "Only the network came back. Return it together with the seconds."),
    ("clock() - start", "start - clock()", "Later minus earlier: `clock() - start`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="11.3",
    title="A warm-up that cannot help",
    difficulty=2,
    minutes=6,
    points=3,
    reference=fair_run,
    probe=how_fair_it_is,
    parts=PARTS,
    why="What is warmed up is the machine. The network that counts has seen nothing, and its seed gives the "
    "same run with a warm-up as without one.",
    hints=(
        "Six things, in this order: warm up, seed, clock, make, train, clock. Where does somebody have to "
        "wait?",
        "The warm-up is `train(make_network(), noise)`: its network gets no name, so nothing of it is left. "
        "It draws random numbers, so the seed is set after it.",
        "`synchronize()` before the first reading, since the warm-up may still be at work, and before the "
        "second one. At the end `return network, clock() - start`.",
    ),
    mistakes=MISTAKES,
)
