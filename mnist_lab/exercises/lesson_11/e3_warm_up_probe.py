"""The check of exercise 11.3: a device with a clock, and networks that keep what they were trained on."""

from collections import namedtuple
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from numbers import Real

from mnist_lab.exercises.engine.compare import kind_of
from mnist_lab.exercises.engine.slow_device import SlowDevice
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch

DIGITS, NOISE = ["digits"], ["noise"]  # lists of batches

# Seconds: of the processor to make a network and to ask for a training, of the device for the first training,
# which also prepares things, and for later ones
Pace = namedtuple("Pace", "making request first later")
Reading = namedtuple("Reading", "time busy trained")  # a look at the clock, and what was trained so far


@dataclass(eq=False)
class Network:
    """A network of one weight, and what it was trained on."""

    weight: float
    made_at: float
    seen: list = field(default_factory=list)


@dataclass(eq=False)
class Track(SlowDevice):
    """Makes networks and trains them, and keeps which was trained on what, in order."""

    pace: Pace = None
    trained: list = field(default_factory=list)  # (network, what on)

    def make_network(self):
        self.now += self.pace.making
        return Network(torch.rand(()).item(), self.now)

    def train(self, network, batches):
        torch.rand(3)  # as dropout and a shuffled loader draw
        self.ask(self.pace.request, self.pace.later if self.trained else self.pace.first)
        batches = list(batches)
        network.seen += batches
        self.trained.append((network, batches))

    def reading(self):
        return Reading(self.now, self.is_busy, list(self.trained))


def how_fair_it_is(fair_run, generator):
    """Return the faults of fair_run(make_network, train, digits, noise, *, seed, synchronize, clock)."""
    return faults_of(fair_run, generator, _warm_up, _timing, _seeding)


def faults_of(fair_run, generator, *kinds):
    """Return the faults of these kinds in three runs, the third one with the seed of the first."""
    seeds, runs, number = different_numbers(generator, 2, 1, 1000), [], partial(whole_number, generator)
    for disturbance, seed in enumerate((*seeds, seeds[0])):
        torch.default_generator.manual_seed(100 + disturbance)
        pace = Pace(number(4, 12) / 4, number(1, 3) / 8, number(30, 50), number(12, 36) / 4)
        track = Track(pace=pace)
        returned = fair_run(
            track.make_network, track.train, DIGITS, NOISE,
            seed=seed, synchronize=track.synchronize, clock=track.clock,
        )  # fmt: skip
        problem = _not_a_pair(returned)
        if problem:
            return [problem]
        runs.append((track, *returned))
    of_runs = (fault for run in runs for kind in kinds if kind is not _seeding for fault in kind(*run))
    return list(dict.fromkeys([*of_runs, *(_seeding(seeds, runs) if _seeding in kinds else [])]))


def _not_a_pair(returned):
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        return f"A network and a number of seconds were to come back, and {kind_of(returned)} came."
    first, second = returned
    if isinstance(second, Network) and not isinstance(first, Network):
        return "The network came second; it was to come first, then the seconds."
    if not isinstance(first, Network) or not isinstance(second, Real):
        return f"A network and a number were to come back: {kind_of(first)} and {kind_of(second)} came."
    return None


def _warm_up(track, network, seconds):
    """Was there a warm-up that cannot help?"""
    if not track.trained or track.trained[0] == (network, DIGITS):
        faults = ["The first training of all is the one that counts: there was no warm-up."]
    else:
        first, batches = track.trained[0]
        faults = ["The warm-up used the network that came back."] if first is network else []
        faults += ["The warm-up saw the digits."] if batches == DIGITS else []
    if network.seen != DIGITS:
        seen = ", then ".join(map(str, network.seen)) or "nothing"
        faults.append(f"The network that came back was trained on {seen}.")
    return faults


def _timing(track, network, seconds):
    """Is the time that of the making and the training alone?"""
    if len(track.readings) < 2:
        return ["The clock was read less than twice, and two readings are needed."]
    pairs = combinations(track.readings, 2)  # the warm-up may have been timed as well
    fitting = [(start, stop) for start, stop in pairs if abs(stop.time - start.time - seconds) < 1e-6]
    start, stop = fitting[-1] if fitting else track.readings[-2:]
    faults = _start(start, network, track)
    if stop.busy:
        faults.append("The clock was stopped while the device was still at work.")
    if (network, DIGITS) not in stop.trained:
        faults.append("The clock was stopped before the network was trained on the digits.")
    if not fitting:
        faults.append("The seconds that came back are not the second reading minus the first.")
    return faults


def _start(start, network, track):
    if (network, DIGITS) in start.trained:
        return ["The clock was started after the training on the digits."]
    if track.trained and not start.trained and track.trained[0] != (network, DIGITS):
        return ["The clock was started before the warm-up."]
    faults = ["The clock was started while the device was still at work."] if start.busy else []
    made_before = network.made_at <= start.time
    return faults + (["The clock was started when the network was already made."] if made_before else [])


def _seeding(seeds, runs):
    """The weights of two seeds, and of the first one once more, against those that the seeds draw."""
    weights, expected = [network.weight for _, network, _ in runs], []
    for seed in seeds:
        torch.default_generator.manual_seed(seed)
        expected.append(torch.rand(()).item())
    if weights[:2] == expected:
        return []
    if weights[0] != weights[2]:
        return ["The same seed draws other weights each time."]
    if weights[0] == weights[1]:
        return ["Every seed draws the same weights."]
    return ["The weights are not the ones that the seed draws first. Perhaps the warm-up had drawn before?"]


def part(kind):
    return 1, lambda fair_run, generator: faults_of(fair_run, generator, kind)


PARTS = {
    "warms up with another network": part(_warm_up),
    "times making and training": part(_timing),
    "draws the weights of its seed": part(_seeding),
}
