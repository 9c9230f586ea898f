"""Exercise 11.3: time a training after a warm-up that cannot help it."""

from dataclasses import dataclass, field
from numbers import Real

from mnist_lab.exercises.engine.compare import kind_of
from mnist_lab.exercises.engine.model import Exercise

import torch

MAKING = 2.0  # seconds of the processor to make a network


REQUEST = 0.125  # seconds of the processor to ask for a training


FIRST, LATER = 40.0, 7.0  # seconds that the device then needs: the first training also prepares things


SEEDS = (3, 8)


DIGITS, NOISE = "digits", "noise"


@dataclass(eq=False)
class Network:
    """A network of one weight, and what it was trained on."""

    weight: float
    made_at: float
    seen: list = field(default_factory=list)


@dataclass
class Reading:
    """One look at the clock: the time, whether the device was at work, and what was trained so far."""

    time: float
    busy: bool
    trained: list


@dataclass
class Track:
    """A device that does its work behind the processor's back; time passes only here."""

    now: float = 100.0
    done_at: float = 0.0
    networks: list = field(default_factory=list)
    trained: list = field(default_factory=list)  # (network, what on), in order
    readings: list = field(default_factory=list)

    def make_network(self):
        self.now += MAKING
        self.networks.append(Network(torch.rand(()).item(), self.now))
        return self.networks[-1]

    def train(self, network, batches):
        torch.rand(3)  # as dropout and a shuffled loader draw
        self.now += REQUEST
        self.done_at = max(self.now, self.done_at) + (LATER if self.trained else FIRST)
        network.seen.append(batches)
        self.trained.append((network, batches))

    def synchronize(self):
        self.now = max(self.now, self.done_at)

    def clock(self):
        self.readings.append(Reading(self.now, self.done_at > self.now, list(self.trained)))
        return self.now


def how_fair_it_is(fair_run):
    """Return the faults of fair_run(make_network, train, digits, noise, *, seed, synchronize, clock)."""
    found, weights = [], []
    for disturbance, seed in enumerate((*SEEDS, SEEDS[0])):
        torch.default_generator.manual_seed(100 + disturbance)
        track = Track()
        came = fair_run(
            track.make_network, track.train, DIGITS, NOISE,
            seed=seed, synchronize=track.synchronize, clock=track.clock,
        )  # fmt: skip
        problem = _not_a_pair(came)
        if problem:
            return [problem]
        found += _faults(track, *came)
        weights.append(came[0].weight)
    return list(dict.fromkeys(found + _seeding(weights)))


def _not_a_pair(came):
    if not isinstance(came, tuple | list) or len(came) != 2:
        return f"A network and a number of seconds were to come back, and {kind_of(came)} came."
    if isinstance(came[1], Network) and not isinstance(came[0], Network):
        return "The network came second; it was to come first, then the seconds."
    if not isinstance(came[0], Network) or not isinstance(came[1], Real):
        return f"A network and a number were to come back: {kind_of(came[0])} and {kind_of(came[1])} came."
    return None


def _faults(track, network, seconds):
    """Was there a warm-up that cannot help, and is the time that of the training alone?"""
    found = _warm_up(track, network)
    if network.seen != [DIGITS]:
        found.append(
            f"The network that came back was trained on {', then '.join(network.seen) or 'nothing'}."
        )
    if len(track.readings) < 2 or len(track.readings) % 2:
        return [*found, f"The clock was read {len(track.readings)} times, where two readings are needed."]
    start, stop = track.readings[-2:]  # the warm-up may have been timed as well
    found += _start(start, network, track)
    if stop.busy:
        found.append("The clock was stopped while the device was still at work.")
    if (network, DIGITS) not in stop.trained:
        found.append("The clock was stopped before the network was trained on the digits.")
    if abs(seconds - (stop.time - start.time)) > 1e-6:
        found.append("The seconds that came back are not the second reading minus the first.")
    return found


def _warm_up(track, network):
    if not track.trained or track.trained[0] == (network, DIGITS):
        return ["The first training of all is the one that counts: there was no warm-up."]
    first, batches = track.trained[0]
    found = ["The warm-up used the network that came back."] if first is network else []
    return found + (["The warm-up saw the digits."] if batches == DIGITS else [])


def _start(start, network, track):
    if (network, DIGITS) in start.trained:
        return ["The clock was started after the training on the digits."]
    if track.trained and not start.trained and track.trained[0] != (network, DIGITS):
        return ["The clock was started before the warm-up."]
    found = ["The clock was started while the device was still at work."] if start.busy else []
    made_before = network.made_at <= start.time
    return found + (["The clock was started when the network was already made."] if made_before else [])


def _seeding(weights):
    """The weights of two seeds, and of the first one once more, against those that the seeds draw."""
    right = []
    for seed in SEEDS:
        torch.default_generator.manual_seed(seed)
        right.append(torch.rand(()).item())
    if weights[:2] == right:
        return []
    if weights[0] != weights[2]:
        return ["The same seed draws other weights each time."]
    if weights[0] == weights[1]:
        return ["Every seed draws the same weights."]
    return ["The weights are not the ones that the seed draws first: the warm-up had drawn before."]


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


fair_without_warm_up = variant(warm_up=None)


naive = variant(warm_up=None, before=False, after=False, made="outside", seeded="first")


MISTAKES = (
    (fair_without_warm_up,
     "There is no warm-up: the first training of all also prepares things, and here it is the one that "
     "counts. Train another network on noise before."),
    (variant(warm_up="digits"),
     "The warm-up was on the digits. Its network is thrown away, but whatever else keeps something of these "
     "digits has them ready now. Noise can leave nothing behind."),
    (same_network("noise"),
     "The network that counts went through the warm-up: it was pushed about by noise before it saw a digit. "
     "Warm up with one that is thrown away."),
    (same_network("digits"),
     "The warm-up was training that nobody timed: the network that comes back has seen the digits twice. "
     "Warm up with another one, on noise."),
    (same_network("noise", made="inside"),
     "The warm-up is on the clock, and its network is the one that counts. Train another one on noise, "
     "before the clock starts."),
    (variant(after=False),
     "The clock is stopped while the device is still at work: you timed the request. `synchronize()` after "
     "`train` too."),
    (variant(before=False),
     "The clock is started while the device is busy with the warm-up, and the training pays for it. "
     "`synchronize()` before you start."),
    (variant(before=False, after=False),
     "Nobody waited: the device is busy when the clock starts and when it stops. `synchronize()` before each "
     "reading."),
    (variant(seeded="first"),
     "The seed comes before the warm-up, which draws weights and more. So the network that counts depends on "
     "how long the warm-up was. Set the seed after it."),
    (variant(seeded="never"),
     "The seed is not used: the same seed trains another network each time. `torch.manual_seed(seed)` after "
     "the warm-up."),
    (variant(seeded="always the same"),
     "Every seed trains the same network, so five runs would be one. `torch.manual_seed(seed)` with the seed "
     "that comes in."),
    (variant(made="outside"),
     "The network was made before the clock started. The task says from its making on: whoever has a costly "
     "beginning, such as whitened filters, pays for it."),
    (variant(made="outside", before=False),
     "The clock starts too late for the making of the network, and while the device is busy with the "
     "warm-up. Wait, start, make, train."),
    (variant(made="outside", seeded="first"),
     "The seed is set before the warm-up, which draws from it, and the network is made before the clock "
     "starts. Warm up, seed, clock, make."),
    (warm_up_on_the_clock,
     "The warm-up is on the clock. Start it after the warm-up, when the device is idle."),
    (naive, "Neither warm-up nor waiting, and the network is made before the clock starts. Begin with "
     "`train(make_network(), noise)`."),
    (variant(warm_up=None, before=False, after=False),
     "Neither warm-up nor waiting: this is the time of a request, and of the first one."),
    (returns_the_other,
     "The network of the warm-up came back, which has seen noise only. Return the one that was trained on "
     "the digits."),
    (variant(give=lambda network, seconds: (seconds, network)),
     "The order is the network first, then the seconds."),
    (variant(give=lambda network, seconds: seconds),
     "Only the seconds came back. How good the network is belongs beside them, so return both."),
    (variant(give=lambda network, seconds: network),
     "Only the network came back. Return it together with the seconds."),
    (variant(give=lambda network, seconds: (network, -seconds)), "Later minus earlier: `clock() - start`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="11.3",
    title="A warm-up that cannot help",
    kind="function",
    difficulty=2,
    minutes=6,
    points=3,
    reference=fair_run,
    probe=how_fair_it_is,
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
