"""Second derivatives of corpus programs, by running s2sad on its own result.

The Hessian along one random direction is found in every way there is: the tangent of a gradient, the pullback of a
gradient, the gradient of a function that contracts a gradient, and the same with the emitted text, loaded as ordinary
code. Each is compared with differences of the first gradient, and all with each other.
"""

from __future__ import annotations

import copy
import functools
import importlib.util
import linecache

import numpy as np
import pytest

import s2sad
from tests.generated import PROGRAMS, leaves, program
from tests.oracle import random_tangents
from tests.oracle.differences import shifted
from tests.oracle.trees import map_leaves


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "s2sad-cache"))


def several(items):
    """Return a tuple, or its one item: how a gradient is given."""
    return tuple(items) if len(items) > 1 else items[0]


@functools.cache
def setting(name):
    """Return (gradient function, arguments, positions, direction) of a corpus program."""
    function, args, wrt = program(name)
    return s2sad.grad(function, argnums=several(wrt)), args, wrt, random_tangents(np.random.default_rng(2), args, wrt)


def full(args, tangents):
    """Return tangents with zeros where there are none."""

    def fill(leaf, tangent):
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
            return np.zeros(leaf.shape) if tangent is None else tangent
        return (0.0 if tangent is None else tangent) if isinstance(leaf, float | np.floating) else None

    return tuple(map_leaves(fill, args, tangents))


@functools.cache
def differences(name):
    """Return the derivative of the gradient along the direction, by Richardson's central differences."""
    df, args, _, direction = setting(name)

    def slope(step):
        ends = [leaves(df(*shifted(args, direction, s))) for s in (step, -step)]
        return [(a - b) / (2.0 * step) for a, b in zip(*ends, strict=True)]

    pairs = zip(slope(1e-4), slope(5e-5), strict=True)
    return [(4.0 * fine - coarse) / 3.0 for coarse, fine in pairs]


def agree(have, want, rtol):
    """Compare leaves, relative to the largest entry of all of them."""
    have, want = leaves(have), leaves(want)
    assert len(have) == len(want)
    scale = max(1.0, *(float(np.max(np.abs(leaf), initial=0.0)) for leaf in want))
    for a, b in zip(have, want, strict=True):
        np.testing.assert_allclose(a, b, rtol=0.0, atol=rtol * scale)


# --- the ways -------------------------------------------------------------------------------------------------
def tangent_of(gradient, name):
    """Forward over reverse."""
    _, args, _, direction = setting(name)
    return s2sad.jvp(gradient, copy.deepcopy(args), full(args, direction))[1]


def pullback_of(gradient, name):
    """Reverse over reverse: the Hessian is symmetric, so a cotangent is a direction."""
    _, args, wrt, direction = setting(name)
    y, pullback = s2sad.vjp(gradient, *copy.deepcopy(args))
    bars = full(args, direction)
    found = pullback(several([bars[i] for i in wrt]))
    again = pullback(several([bars[i] for i in wrt]))
    agree([again[i] for i in wrt], [found[i] for i in wrt], 0.0)
    agree(y, setting(name)[0](*copy.deepcopy(args)), 1e-12)
    return [found[i] for i in wrt]


def contracted(gradient, name):
    """Reverse over reverse: the gradient of `sum(gradient * direction)`."""
    df, args, wrt, direction = setting(name)
    names = list(df._names[: len(args)])
    bars = full(args, direction)
    terms = [
        f"np.sum(g{path} * directions{path})"
        for path in paths(several([args[i] for i in wrt]), several([bars[i] for i in wrt]))
    ]
    text = (
        f"def contraction({', '.join(names)}):\n    g = gradient({', '.join(names)})\n    return {' + '.join(terms)}\n"
    )
    file = f"<contraction of {name} {id(gradient)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    space = {"np": np, "gradient": gradient, "directions": several([bars[i] for i in wrt]), "__name__": "contractions"}
    exec(compile(text, file, "exec", dont_inherit=True), space)
    return s2sad.grad(space["contraction"], argnums=several(wrt))(*copy.deepcopy(args))


def paths(value, bar):
    """Yield how each float inside a gradient is reached."""
    if isinstance(value, tuple | list):
        for i, item in enumerate(value):
            yield from (f"[{i}]{rest}" for rest in paths(item, bar[i]))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (f"[{key!r}]{rest}" for rest in paths(item, bar[key]))
    elif isinstance(value, float | np.floating | np.ndarray) and bar is not None:
        yield ""


def emitted(name, folder):
    """Return the generated gradient as a function of an ordinary module."""
    df, args, _, _ = setting(name)
    lowered = df.lower(*copy.deepcopy(args))
    path = lowered.write(folder / f"emitted_{name}.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, lowered.report().split(":")[0])


# --- the programs ---------------------------------------------------------------------------------------------
WAYS = {"tangent": tangent_of, "pullback": pullback_of, "contraction": contracted}
CASES = [(name, way) for way in WAYS for name in PROGRAMS]


@pytest.mark.parametrize(("name", "way"), CASES)
def test_against_differences(name, way):
    agree(WAYS[way](setting(name)[0], name), differences(name), 1e-8)


@pytest.mark.parametrize(("name", "way"), CASES)
def test_of_the_emitted_text(name, way, tmp_path):
    agree(WAYS[way](emitted(name, tmp_path), name), differences(name), 1e-8)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_ways_agree(name):
    df = setting(name)[0]
    forward = tangent_of(df, name)
    agree(pullback_of(df, name), forward, 1e-8)
    agree(contracted(df, name), forward, 1e-8)


# --- third order, and the check itself ------------------------------------------------------------------------
def quartic(x):
    return np.sum(x**4) * x[0]


def test_third_order():
    x = np.array([0.5, -1.25, 2.0])
    v = np.array([1.0, 2.0, -1.0])

    def second(x):
        return np.sum(s2sad.grad(quartic)(x) * np.array([1.0, 2.0, -1.0]))

    # d/de of the Hessian along v, at x + e v, by differences of the second derivative
    found = s2sad.jvp(s2sad.grad(second), (x,), (v,))[1]
    slope = s2sad.grad(second)
    step = 1e-4
    np.testing.assert_allclose(found, (slope(x + step * v) - slope(x - step * v)) / (2.0 * step), rtol=1e-6)


def cut(x):
    return np.sum(x * x * s2sad.stop_gradient(x))


def test_a_wrong_second_derivative_is_found():
    x = np.array([0.5, -1.25, 2.0])
    wrong = s2sad.jvp(s2sad.grad(cut), (x,), (np.ones(3),))[1]
    with pytest.raises(AssertionError):
        agree([wrong], [6.0 * x], 1e-8)
