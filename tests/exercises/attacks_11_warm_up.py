"""Answers to exercise 11.3 that nearly pass, and right ones of another kind."""

from mnist_lab.devices import seed_everything

import numpy as np
import torch


def running(
    *,
    warm=lambda make, train, noise, digits: train(make(), noise),
    sown=torch.manual_seed,
    waits=(True, True),
    sown_first=False,
    made_first=False,
    batches=lambda digits, noise: digits,
):
    """Return a fair run with one of its pieces exchanged."""

    def fair_run(make_network, train, digits, noise, *, seed, synchronize, clock):
        sown(seed) if sown_first else None
        warm(make_network, train, noise, digits)
        synchronize() if waits[0] else None
        None if sown_first else sown(seed)
        network = make_network() if made_first else None
        start = clock()
        network = network or make_network()
        train(network, batches(digits, noise))
        synchronize() if waits[1] else None
        return network, clock() - start

    return fair_run


def in_a_fork(make_network, train, digits, noise, *, seed, synchronize, clock):
    """Draw for the warm-up where nobody sees it, sow before it, and read all clocks at once."""
    torch.manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        train(make_network(), noise)
    synchronize()
    looks = [clock()]
    network = make_network()
    train(network, digits)
    synchronize()
    looks.append(clock())
    return [network, float(np.diff(looks)[0])]


def twice_warm(make_network, train, digits, noise, *, seed, synchronize, clock):
    for _ in range(2):
        train(make_network(), list(noise))
        synchronize()
    start = clock()
    seed_everything(seed)
    network = make_network()
    train(network, list(digits))
    synchronize()
    print("seconds:", clock() - start)
    return network, clock() - start


def one_warm_network(make_network, train, digits, noise, *, seed, synchronize, clock):
    network = make_network()
    train(network, noise)
    synchronize()
    torch.manual_seed(seed)
    start = clock()
    train(network, digits)
    synchronize()
    return network, clock() - start


def the_better_of_two(make_network, train, digits, noise, **options):
    first = running()(make_network, train, digits, noise, **options)
    second = running()(make_network, train, digits, noise, **options)
    return first[0], min(first[1], second[1])


def returned_untrained(make_network, train, digits, noise, *, seed, synchronize, clock):
    _, seconds = running()(
        make_network, train, digits, noise, seed=seed, synchronize=synchronize, clock=clock
    )
    torch.manual_seed(seed)
    return make_network(), seconds


def nine_seconds(make_network, train, digits, noise, **options):
    network, _ = running()(make_network, train, digits, noise, **options)
    return network, 9.0


RIGHT = {
    "11.3": [running(), running(sown=seed_everything), in_a_fork, twice_warm],
}
WRONG = {
    "11.3": [
        running(warm=lambda make, train, noise, digits: None),
        running(warm=lambda make, train, noise, digits: make()),
        running(warm=lambda make, train, noise, digits: train(make(), digits)),
        running(waits=(False, True)),
        running(waits=(True, False)),
        running(sown=lambda seed: None),
        running(sown=lambda seed: torch.manual_seed(0)),
        running(sown=lambda seed: torch.manual_seed(seed + 1)),
        running(sown_first=True),
        running(made_first=True),
        running(batches=lambda digits, noise: noise),
        running(batches=lambda digits, noise: [*digits, *digits]),
        running(batches=lambda digits, noise: [*noise, *digits]),
        one_warm_network,
        the_better_of_two,
        returned_untrained,
        nine_seconds,
    ],
}
