"""`s2sad explain`: what is active, where a path ends and why, what is kept, what is refused."""

import numpy as np
import pytest

import s2sad
from s2sad.explain import explained, kept

X = np.full((3, 4), 0.5)


def damped(v, k):
    w = np.sin(v)
    for _ in range(3):
        w = w * np.exp(-k * w)
    return w


def model(x, k):
    best = np.argmax(x)
    fixed = s2sad.stop_gradient(x * k)
    large = x > 0.5
    tenths = np.round(x * 10)
    y = damped(x, k) * fixed
    s = 0.0
    for i in range(len(x)):
        z = np.tanh(y[i]) * int(k * 3)
        s = s + np.sum(z * z)
    return s + np.sum(tenths) + best * 0.0 + np.sum(large)


def counted(x, k):
    n = int(k * 10)
    return np.sum(x**2) * n


def unread(x, k):
    half = k / 2  # noqa: F841
    return np.sum(x)


def unruled(x, k):
    return np.histogram_bin_edges(x * k)[0]


def test_where_paths_end_and_why():
    text = explained(model, (X, 0.7), ("x", "k"))
    for part in (
        "best = np.argmax(x)    by argmax: a place moves in jumps",
        "fixed = s2sad.stop_gradient(x * k)    by stop_gradient: s2sad.stop_gradient asks for it",
        "large = x > 0.5    by greater: a decision is not a number",
        "tenths = np.round(x * 10)    by round: it is constant between jumps",
        "z = np.tanh(y[i]) * int(k * 3)    by int: it is constant between jumps",
        "in damped, with a derivative with respect to v, k",
    ):
        assert part in text
    assert "  y: active" in text and "  fixed: inactive" in text


def test_why_a_gradient_is_zero():
    assert "k: cut" in explained(counted, (X, 0.7), ("x", "k"))
    assert "its gradient is zero: every path from it ends below" in explained(counted, (X, 0.7), ("x", "k"))
    assert "its gradient is zero: no result depends on it" in explained(unread, (X, 0.7), ("x", "k"))
    assert s2sad.grad(counted, argnums=1)(X, 0.7) == 0.0


def test_what_is_kept_and_how_much():
    lines = kept(model, (X, 0.7))
    assert any("y float64 (3, 4)" in line and "96 bytes" in line for line in lines)
    sizes = [int(line.split()[0]) for line in lines]
    assert sizes[-1] == sum(sizes[:-1]) and "bytes in all" in lines[-1]
    more = [int(kept(model, (np.full((n, 4), 0.5), 0.7))[-1].split()[0]) for n in (3, 6)]
    assert more[1] > 1.5 * more[0]


def test_what_is_refused():
    with pytest.raises(s2sad.UnsupportedError, match="histogram_bin_edges"):
        kept(unruled, (X, 0.7))
