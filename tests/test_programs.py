"""Five programs of 340 lines, as people write them: each is differentiated whole, without a change for the tool."""

import copy
import importlib.util
import pathlib
import sys

import numpy as np
import pytest

import s2sad
from tests.generated import assert_close

PROGRAMS = pathlib.Path(__file__).parent.parent / "examples" / "programs"
NAMES = ["physics", "formulas", "probabilistic", "network", "raytracer"]


@pytest.fixture
def program(request, monkeypatch):
    spec = importlib.util.spec_from_file_location(request.param, PROGRAMS / f"{request.param}.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, request.param, module)
    spec.loader.exec_module(module)
    return module


def differences(function, args, at, step=1e-6):
    """Central differences with respect to each element of an argument."""
    found = np.zeros(np.shape(args[at]))
    for index in np.ndindex(np.shape(args[at])):
        ends = []
        for sign in (1, -1):
            moved = list(copy.deepcopy(args))
            shift = np.zeros(np.shape(args[at]))
            shift[index] = sign * step
            moved[at] = args[at] + shift if np.ndim(args[at]) else float(args[at] + shift)
            ends.append(function(*moved))
        found[index] = (ends[0] - ends[1]) / (2 * step)
    return found


@pytest.mark.parametrize("program", NAMES, indirect=True)
def test_the_gradient_of_a_program(program):
    args = program.ARGUMENTS
    everything = tuple(range(len(args)))
    value, slopes = s2sad.value_and_grad(program.FUNCTION, argnums=everything)(*copy.deepcopy(args))
    assert_close(value, program.FUNCTION(*copy.deepcopy(args)), 1e-12)
    for at in everything:
        want = differences(program.FUNCTION, args, at)
        np.testing.assert_allclose(slopes[at], want, rtol=1e-4, atol=1e-5 * np.max(np.abs(want)))
        assert np.max(np.abs(want)) > 0
    dots = tuple(np.full(np.shape(arg), 0.5) if np.ndim(arg) else 0.5 for arg in args)
    _, along = s2sad.jvp(program.FUNCTION, copy.deepcopy(args), dots)
    assert_close(along, sum(np.sum(0.5 * slope) for slope in slopes), 1e-8)


@pytest.mark.parametrize("program", NAMES, indirect=True)
def test_the_program_is_left_as_it_was(program):
    before = program.FUNCTION(*copy.deepcopy(program.ARGUMENTS))
    s2sad.grad(program.FUNCTION)(*copy.deepcopy(program.ARGUMENTS))
    assert program.FUNCTION(*copy.deepcopy(program.ARGUMENTS)) == before
    assert not getattr(program, "_STACK", [])
