"""Lesson 11: time a training after a warm-up that cannot help it."""

from mnist_lab.exercises.lesson_11_track import how_fair_it_is
from mnist_lab.exercises.model import Exercise, Mistake

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


def variant(
    *, warm_up="noise", seeded="after", before=True, after=True, made="inside", give=lambda n, s: (n, s)
):
    """Return a timed training with some of its parts left out, or in another order."""

    def fair_run(make_network, train, digits, noise, *, seed, synchronize, clock):
        if seeded == "first":
            torch.manual_seed(seed)
        if warm_up:
            train(make_network(), {"noise": noise, "digits": digits}[warm_up])
        if seeded in ("after", "always the same"):
            torch.manual_seed(seed if seeded == "after" else 0)
        network = make_network() if made == "outside" else None
        if before:
            synchronize()
        start = clock()
        network = network or make_network()
        train(network, digits)
        if after:
            synchronize()
        return give(network, clock() - start)

    return fair_run


def same_network(on, *, made="outside"):
    """Return a timed training whose warm-up uses the network that is then trained."""

    def fair_run(make_network, train, digits, noise, *, seed, synchronize, clock):
        torch.manual_seed(seed)
        start = clock() if made == "inside" else None
        network = make_network()
        train(network, {"noise": noise, "digits": digits}[on])
        synchronize()
        start = start or clock()
        train(network, digits)
        synchronize()
        return network, clock() - start

    return fair_run


def warm_up_on_the_clock(make_network, train, digits, noise, *, seed, synchronize, clock):
    synchronize()
    start = clock()
    train(make_network(), noise)
    torch.manual_seed(seed)
    network = make_network()
    train(network, digits)
    synchronize()
    return network, clock() - start


def returns_the_other(make_network, train, digits, noise, *, seed, synchronize, clock):
    thrown_away = make_network()
    train(thrown_away, noise)
    torch.manual_seed(seed)
    synchronize()
    start = clock()
    train(make_network(), digits)
    synchronize()
    return thrown_away, clock() - start


def only_made(make_network, train, digits, noise, *, seed, synchronize, clock):
    make_network()
    return fair_without_warm_up(
        make_network, train, digits, noise, seed=seed, synchronize=synchronize, clock=clock
    )


fair_without_warm_up = variant(warm_up=None)
naive = variant(warm_up=None, before=False, after=False, made="outside", seeded="first")

EXERCISES = [
    Exercise(
        id="11.3",
        title="A warm-up that cannot help",
        kind="function",
        difficulty=2,
        minutes=6,
        points=3,
        reference=fair_run,
        probe=how_fair_it_is,
        why="What is warmed up is the machine. The network that counts has seen nothing, and its seed gives "
        "the same run with a warm-up as without one.",
        hints=(
            "Six things, in this order: warm up, seed, clock, make, train, clock. Where does somebody have "
            "to wait?",
            "The warm-up is `train(make_network(), noise)`: its network gets no name, so nothing of it is "
            "left. It draws random numbers, so the seed is set after it.",
            "`synchronize()` before the first reading, since the warm-up may still be at work, and before "
            "the second one. At the end `return network, clock() - start`.",
        ),
        mistakes=(
            Mistake(
                fair_without_warm_up,
                "There is no warm-up: the first training of all also prepares things, and here it is the one "
                "that counts. Train another network on noise before.",
            ),
            Mistake(
                variant(warm_up="digits"),
                "The warm-up was on the digits. Its network is thrown away, but whatever else keeps "
                "something of these digits has them ready now. Noise can leave nothing behind.",
            ),
            Mistake(
                same_network("noise"),
                "The network that counts went through the warm-up: it was pushed about by noise before it "
                "saw a digit. Warm up with one that is thrown away.",
            ),
            Mistake(
                same_network("digits"),
                "The warm-up was training that nobody timed: the network that comes back has seen the digits "
                "twice. Warm up with another one, on noise.",
            ),
            Mistake(
                same_network("noise", made="inside"),
                "The warm-up is on the clock, and its network is the one that counts. Train another one on "
                "noise, before the clock starts.",
            ),
            Mistake(
                variant(after=False),
                "The clock is stopped while the device is still at work: you timed the request. "
                "`synchronize()` after `train` too.",
            ),
            Mistake(
                variant(before=False),
                "The clock is started while the device is busy with the warm-up, and the training pays for "
                "it. `synchronize()` before you start.",
            ),
            Mistake(
                variant(before=False, after=False),
                "Nobody waited: the device is busy when the clock starts and when it stops. `synchronize()` "
                "before each reading.",
            ),
            Mistake(
                variant(seeded="first"),
                "The seed comes before the warm-up, which draws weights and more. So the network that counts "
                "depends on how long the warm-up was. Set the seed after it.",
            ),
            Mistake(
                variant(seeded="never"),
                "The seed is not used: the same seed trains another network each time. "
                "`torch.manual_seed(seed)` after the warm-up.",
            ),
            Mistake(
                variant(seeded="always the same"),
                "Every seed trains the same network, so five runs would be one. `torch.manual_seed(seed)` "
                "with the seed that comes in.",
            ),
            Mistake(
                variant(made="outside"),
                "The network was made before the clock started. The task says from its making on: whoever "
                "has a costly beginning, such as whitened filters, pays for it.",
            ),
            Mistake(
                variant(made="outside", before=False),
                "The clock starts too late for the making of the network, and while the device is busy with "
                "the warm-up. Wait, start, make, train.",
            ),
            Mistake(
                variant(made="outside", seeded="first"),
                "The seed is set before the warm-up, which draws from it, and the network is made before the "
                "clock starts. Warm up, seed, clock, make.",
            ),
            Mistake(
                warm_up_on_the_clock,
                "The warm-up is on the clock. Start it after the warm-up, when the device is idle.",
            ),
            Mistake(
                naive,
                "Neither warm-up nor waiting, and the network is made before the clock starts. Begin with "
                "`train(make_network(), noise)`.",
            ),
            Mistake(
                variant(warm_up=None, before=False, after=False),
                "Neither warm-up nor waiting: this is the time of a request, and of the first one.",
            ),
            Mistake(
                returns_the_other,
                "The network of the warm-up came back, which has seen noise only. Return the one that was "
                "trained on the digits.",
            ),
            Mistake(
                variant(give=lambda network, seconds: (seconds, network)),
                "The order is the network first, then the seconds.",
            ),
            Mistake(
                variant(give=lambda network, seconds: seconds),
                "Only the seconds came back. How good the network is belongs beside them, so return both.",
            ),
            Mistake(
                variant(give=lambda network, seconds: network),
                "Only the network came back. Return it together with the seconds.",
            ),
            Mistake(
                variant(give=lambda network, seconds: (network, -seconds)),
                "Later minus earlier: `clock() - start`.",
            ),
        ),
    ),
]
