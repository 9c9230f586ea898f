"""Untouched stubs: told by their source, and by their bytecode where there is none."""

import inspect

from mnist_lab.exercises.engine.untouched import body_of, is_untouched

import pytest
import torch
from torch import nn


def stub(x, *, y=1):
    """Do something.

    An example.
    """
    ...


def passes(x):
    pass


def has_a_gap(x):
    y = ...
    return x + y


def hands_a_gap_on(x):
    return x.permute(...)


def hands_a_named_gap_on(x):
    return x.sum(dim=...)


def returns_a_gap(x):
    y = x + 1
    if y:
        return ...
    return y


def gap_within(x):
    def inner(z):
        return ...

    return inner(x)


def uses_an_ellipsis(x, i):
    return x[..., i] + x[..., 0] + x[...]


def fills_all_of_it(x):
    x[...] = 0
    return x


def given_loop(x):
    """Given."""
    return [value + 1 for value in x if value != "a"]


def same_loop(x):
    """Other words, other place."""
    return [value + 1 for value in x if value != "a"]


def other_loop(x):
    """Given."""
    return [value + 2 for value in x if value != "a"]


def without_source(function):
    """The same function as Python knows it where nobody kept its lines, so that bytecode decides."""
    names = {}
    exec(inspect.getsource(function), names)
    compiled = names[function.__name__]
    assert body_of(compiled) is None
    return compiled


def with_source(function):
    return function


both_ways = pytest.mark.parametrize("known", [with_source, without_source])
STUBS = [stub, passes, has_a_gap, hands_a_gap_on, hands_a_named_gap_on, returns_a_gap, gap_within]


@both_ways
@pytest.mark.parametrize("answer", STUBS)
def test_a_stub_is_untouched(answer, known):
    assert is_untouched(known(answer))


@both_ways
@pytest.mark.parametrize("answer", [uses_an_ellipsis, fills_all_of_it, given_loop])
def test_a_function_of_one_s_own_is_touched(answer, known):
    assert not is_untouched(known(answer))


@pytest.mark.parametrize("answer", [len, nn.ReLU(), nn.ReLU, 0, "", [], torch.argmax, lambda x: x])
def test_what_was_never_a_stub_is_touched(answer):
    assert not is_untouched(answer)


@pytest.mark.parametrize("answer", [..., None])
def test_a_placeholder_is_untouched(answer):
    assert is_untouched(answer)


@both_ways
def test_code_that_was_given_is_untouched_until_it_changes(known):
    assert is_untouched(known(same_loop), given_loop)
    assert not is_untouched(known(other_loop), given_loop)
