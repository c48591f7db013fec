"""Section 2: the cotangent that comes in is the caller's, residuals are there for the next call.

Functions with arrays and containers of them as results, each with a cotangent that cannot be written.
"""

import copy

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import arrays
from tests.corpus.arrays_in_list import forward
from tests.corpus.cholesky_loops import cholesky
from tests.corpus.conv1d_loops import conv1d
from tests.corpus.kalman import update
from tests.corpus.kmeans_objective import squared_distances
from tests.corpus.lstm import cell
from tests.corpus.nbody import accelerations
from tests.corpus.self_attention import softmax
from tests.generated import assert_close, leaves


def two_writes_of_one_value(x):
    out = np.zeros((3, 2))
    d = x[0] * x[1]
    out[1] -= d
    out[0] += d
    return out, np.sum(x)


def whole_store(x, y):
    out = np.zeros(4)
    np.exp(x, out[::-1])
    out **= 2
    out[...] *= y
    return out, x


def list_and_dict(x, y):
    rows = [x * y, x]
    rows.append(rows[0] + y)
    rows[1] *= 2.0
    return {"rows": rows, "last": rows[-1], "view": rows[0][1:]}


def swapped(x, y):
    a, b = x.copy(), y.copy()
    for _ in range(3):
        a, b = b, a
        a[1:] += b[:-1] * a[1:]
    return a, b


def normal(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape)


SPD = normal(3, 3) @ normal(3, 3).T + 3.0 * np.eye(3)
PARAMS = {"Wx": normal(3, 8), "Wh": normal(2, 8), "b": normal(8)}
PROGRAMS = [
    (two_writes_of_one_value, (normal(4),)),
    (whole_store, (normal(4), normal(5)[:4])),
    (list_and_dict, (normal(4), normal(5)[:4])),
    (swapped, (normal(4), normal(5)[:4])),
    (cholesky, (SPD,)),
    (conv1d, (normal(2, 7), normal(3, 2, 3), normal(3), 2)),
    (update, (normal(3), SPD, normal(2), normal(2, 3), np.eye(2))),
    (squared_distances, (normal(4, 2), normal(3, 2))),
    (cell, (PARAMS, normal(3), normal(2), normal(5)[:2])),
    (accelerations, (normal(4, 3), np.abs(normal(4)), 0.1)),
    (softmax, (normal(2, 3, 3),)),
    (forward, (normal(3), [normal(3, 3), normal(4, 3)[:3]])),
]


def cotangent(value, rng):
    """Return a random cotangent of a value; its arrays cannot be written."""
    if isinstance(value, dict):
        return {key: cotangent(item, rng) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([cotangent(item, rng) for item in value])
    if isinstance(value, np.ndarray):
        bar = rng.normal(size=value.shape)
        bar.setflags(write=False)
        return bar
    return float(rng.normal())


@pytest.mark.parametrize(("function", "args"), PROGRAMS, ids=lambda part: getattr(part, "__name__", None))
def test_the_cotangent_stays(function, args):
    y, pullback = s2sad.vjp(function, *copy.deepcopy(args))
    y_bar = cotangent(y, np.random.default_rng(3))
    first = pullback(y_bar)
    again = pullback(y_bar)
    assert_close(again, first, 0.0)
    for array in arrays(list(first)):
        assert array.flags.writeable
        assert not any(np.shares_memory(array, other) for other in arrays([y, y_bar, list(again)]))


@pytest.mark.parametrize(("function", "args"), PROGRAMS, ids=lambda part: getattr(part, "__name__", None))
def test_the_pullback_is_the_transpose_of_the_tangent(function, args):
    rng = np.random.default_rng(4)
    y, pullback = s2sad.vjp(function, *copy.deepcopy(args))
    y_bar = cotangent(y, rng)
    dots = tuple(cotangent(arg, rng) if not isinstance(arg, int) else None for arg in args)
    _, y_dot = s2sad.jvp(function, copy.deepcopy(args), copy.deepcopy(dots))
    left = sum(np.sum(a * b) for a, b in zip(leaves(y_bar), leaves(y_dot), strict=True))
    bars = [bar for bar, dot in zip(pullback(y_bar), dots, strict=True) if dot is not None]
    right = sum(np.sum(a * b) for a, b in zip(leaves(bars), leaves([d for d in dots if d is not None]), strict=True))
    np.testing.assert_allclose(left, right, rtol=1e-10, atol=1e-10)
