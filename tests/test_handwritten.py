"""The hand-written adjoints that the benchmarks measure against are right themselves."""

import copy
import importlib

import numpy as np
import pytest

from benchmarks.handwritten import NAMES, handwritten
from benchmarks.trees import leaves, same_structure

STEP = 1e-6


@pytest.fixture(params=NAMES)
def program(request):
    module = importlib.import_module(f"tests.corpus.{request.param}")
    return getattr(module, request.param), module.WRT, module.example


def disagreements(function, wrt, args, gradients):
    """Elements of the gradient that differ from central differences, as text."""
    found = []
    gradients = (gradients,) if len(wrt) == 1 else gradients
    for argnum, gradient in zip(wrt, gradients, strict=True):
        assert same_structure(args[argnum], gradient)
        pairs = zip(leaves(args[argnum]), leaves(gradient), strict=True)
        for leaf, ((path, value), (_, bar)) in enumerate(pairs):
            for index in np.ndindex(np.shape(value)):
                measured = central_difference(function, args, argnum, leaf, index)
                claimed = np.asarray(bar)[index]
                if not np.isclose(claimed, measured, rtol=2e-6, atol=2e-8 * scale_of(gradients)):
                    found.append(f"argument {argnum}{path}{list(index)}: {claimed} / {measured}")
    return found


def central_difference(function, args, argnum, leaf, index):
    ends = []
    for sign in (1.0, -1.0):
        moved = list(copy.deepcopy(args))
        moved[argnum] = shifted(moved[argnum], leaf, index, sign * STEP)
        ends.append(function(*moved))
    return (ends[0] - ends[1]) / (2.0 * STEP)


def shifted(tree, leaf, index, by):
    """The argument with one element of one leaf moved: in place where it is an array."""
    if isinstance(tree, float):
        return tree + by
    array = list(leaves(tree))[leaf][1]
    array[index] += by
    return tree


def scale_of(gradients):
    return max(1.0, *(np.abs(leaf).max() for _, leaf in leaves(gradients)))


@pytest.mark.parametrize("seed", [0, 1])
def test_gradient_is_that_of_central_differences(program, seed):
    function, wrt, example = program
    args = example(np.random.default_rng(seed))
    value, gradients = handwritten(function.__name__)(*args)
    np.testing.assert_allclose(value, function(*args), rtol=1e-12)
    assert disagreements(function, wrt, args, gradients) == []


def test_check_can_fail(program):
    """A gradient with one element off by a thousandth is noticed."""
    function, wrt, example = program
    args = example(np.random.default_rng(2))
    _, gradients = handwritten(function.__name__)(*args)
    damaged = [copy.deepcopy(gradients)] if len(wrt) == 1 else list(copy.deepcopy(gradients))
    arrays = [leaf for _, leaf in leaves(damaged) if isinstance(leaf, np.ndarray)]
    worst = max(arrays, key=lambda array: np.abs(array).max())
    worst.flat[np.abs(worst).argmax()] *= 1.001
    assert len(disagreements(function, wrt, args, damaged[0] if len(wrt) == 1 else damaged)) == 1


def test_arguments_are_left_alone_and_gradients_are_their_own(program):
    function, _, example = program
    args = example(np.random.default_rng(3))
    before = copy.deepcopy(args)
    _, gradients = handwritten(function.__name__)(*args)
    given = [leaf for _, leaf in leaves(args) if isinstance(leaf, np.ndarray)]
    for (_, ours), (_, theirs) in zip(leaves(before), leaves(args), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    made = [leaf for _, leaf in leaves(gradients) if isinstance(leaf, np.ndarray)]
    for k, array in enumerate(made):
        assert array.flags.writeable
        assert not any(np.may_share_memory(array, other) for other in given + made[:k])
