"""Every corpus program, in every mode and with every analysis and pass on and off, against the dual-number oracle."""

import copy

import numpy as np
import pytest

from tests.generated import PROGRAMS, SWITCHES, assert_close, leaves, load, module_text, program, run
from tests.oracle import gradient, jvp, random_tangents

_gradients = {}


def oracle(name):
    """Return the oracle's gradients of a program (computed once)."""
    if name not in _gradients:
        function, args, wrt = program(name)
        _gradients[name] = gradient(function, copy.deepcopy(args), wrt)
    return _gradients[name]


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("switch", SWITCHES)
def test_value_and_gradient(name, switch):
    function, args, wrt = program(name)
    value, gradients = run(function, args, wrt, "value_and_grad", SWITCHES[switch])
    assert_close(value, function(*copy.deepcopy(args)))
    assert_close(gradients, oracle(name))


@pytest.mark.parametrize("name", PROGRAMS)
def test_gradient_alone(name):
    function, args, wrt = program(name)
    assert_close(run(function, args, wrt, "grad")[1], oracle(name))


@pytest.mark.parametrize("name", PROGRAMS)
def test_pullback_may_be_called_again(name):
    function, args, wrt = program(name)
    text, entry = module_text(function, args, wrt, "vjp")
    value, pullback = load(text, entry)(*copy.deepcopy(args))
    assert_close(value, function(*copy.deepcopy(args)))
    assert_close(pullback(1.0), oracle(name))
    assert_close(pullback(1.0), oracle(name))
    assert_close(pullback(-2.0), [-2.0 * leaf for leaf in leaves(oracle(name))])


@pytest.mark.parametrize("name", PROGRAMS)
def test_tangent(name):
    function, args, wrt = program(name)
    tangents = random_tangents(np.random.default_rng(1), args, wrt)
    text, entry = module_text(function, args, wrt, "jvp")
    dots = [copy.deepcopy(tangents[i]) for i in wrt]
    value, dot = load(text, entry)(*copy.deepcopy(args), *dots)
    want_value, want = jvp(function, copy.deepcopy(args), tangents)
    assert_close(value, want_value)
    assert_close(dot, want)


@pytest.mark.parametrize("name", PROGRAMS)
def test_gradients_are_fresh(name):
    function, args, wrt = program(name)
    text, entry = module_text(function, args, wrt, "value_and_grad")
    mine = copy.deepcopy(args)
    _, gradients = load(text, entry)(*mine)
    arrays = _arrays(gradients)
    inside = _arrays(mine)
    for i, array in enumerate(arrays):
        assert array.flags.writeable
        assert not any(np.shares_memory(array, other) for other in arrays[i + 1 :] + inside)


def _arrays(value):
    if isinstance(value, tuple | list):
        return [array for item in value for array in _arrays(item)]
    if isinstance(value, dict):
        return [array for item in value.values() for array in _arrays(item)]
    if isinstance(value, np.ndarray):
        return [value]
    return [array for item in vars(value).values() for array in _arrays(item)] if hasattr(value, "__dict__") else []


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_text_again(name):
    function, args, wrt = program(name)
    assert module_text(function, args, wrt, "value_and_grad") == module_text(function, args, wrt, "value_and_grad")
