"""Generating and running derivatives of test programs with chosen switches."""

from __future__ import annotations

import copy
import importlib
import inspect
import linecache
from pathlib import Path

import numpy as np

import s2sad  # noqa: F401  (fills the rule table)
from s2sad.compile import generate
from s2sad.frontend.signature import type_of
from s2sad.frontend.values import Knowledge
from s2sad.transforms.assemble import Options

HERE = Path(__file__).parent
PROGRAMS = sorted(path.stem for path in (HERE / "corpus").glob("*.py") if path.stem != "__init__")


def program(name):
    """Return (function, arguments, positions to differentiate) of a corpus program."""
    module = importlib.import_module(f"tests.corpus.{name}")
    return getattr(module, name), module.example(np.random.default_rng(0)), module.WRT


def module_text(function, args, wrt, mode, options=None, static=()):
    """Return (text, name of the entry, captured values) of a derivative module."""
    names = list(inspect.signature(function).parameters)
    types = [(name, type_of(value, name, name in static)) for name, value in zip(names, args, strict=False)]
    knowledge = Knowledge(static={f"{function.__name__}.{name}" for name in static})
    header = [f"{mode} of {function.__name__}"]
    picked = [names[i] for i in wrt]
    text, lowered, unit, name = generate(function, types, picked, mode, False, knowledge, header, options)
    learnt = {s.partition(".")[2] for s in unit.knowledge.static if s.startswith(f"{function.__name__}.")}
    if learnt - set(static):
        return module_text(function, args, wrt, mode, options, tuple(learnt & set(names)))
    assert not lowered.captured
    return text, name


_count = [0]


def load(text, name):
    """Execute a generated module from registered source; return one function of it."""
    _count[0] += 1
    file = f"<generated {_count[0]}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names = {"__name__": f"generated_{_count[0]}"}
    exec(compile(text, file, "exec"), names)
    return names[name]


def run(function, args, wrt, mode, options=None):
    """Return (value, gradients) from a freshly generated module."""
    text, name = module_text(function, args, wrt, mode, options)
    made = load(text, name)
    args = copy.deepcopy(args)
    if mode == "vjp":
        value, pullback = made(*args)
        return value, pullback(1.0)
    if mode == "grad":
        gradient = made(*args)
        return None, gradient if len(wrt) > 1 else (gradient,)
    value, gradient = made(*args)
    return value, gradient if len(wrt) > 1 else (gradient,)


def leaves(value):
    """Return the numeric leaves of a value in order."""
    if isinstance(value, tuple | list):
        return [leaf for item in value for leaf in leaves(item)]
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if value is None:
        return []
    if hasattr(value, "__dict__") and not isinstance(value, np.ndarray):
        return [leaf for item in vars(value).values() for leaf in leaves(item)]
    return [np.asarray(value, float)]


def assert_close(have, want, rtol=1e-9):
    """Compare two structures leaf by leaf."""
    a, b = leaves(have), leaves(want)
    assert len(a) == len(b)
    for x, y in zip(a, b, strict=True):
        assert x.shape == y.shape
        scale = max(1.0, float(np.max(np.abs(y), initial=0.0)))
        np.testing.assert_allclose(x, y, rtol=rtol, atol=rtol * scale)


SWITCHES = {
    "all": Options(),
    "no-passes": Options(passes=False),
    "no-activity": Options(activity=False),
    "no-tbr": Options(tbr=False),
    "nothing": Options(activity=False, tbr=False, passes=False),
}
