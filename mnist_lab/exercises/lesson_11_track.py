"""Lesson 11: networks that never were, trained on a device with a clock of its own."""

from dataclasses import dataclass, field
from numbers import Real

from mnist_lab.exercises.compare import kind_of

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
