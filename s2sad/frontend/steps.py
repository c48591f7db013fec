"""Initial value problems of `scipy.integrate` in Python: they are differentiated step by step.

The steps are those of `scipy.integrate.RK45` and `RK23`, with their tables, one after the other as SciPy makes them (E.
Hairer, S. Norsett, G. Wanner, Solving Ordinary Differential Equations I, II.4 and II.6). The derivative is that of all
of it: also of how long the steps are, which the errors say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.frontend.prelude import fixed

Array = Any
Slope = Callable[..., Any]

TOO_SHORT = "the step of the integration became shorter than the numbers there allow"
COMPLEX = "initial value problems are accepted of real numbers"
WITHOUT = "scipy.integrate.solve_ivp is accepted without events and without dense_output"


def slope_at(fun: Slope, t: Any, y: Array, args: Any, tfirst: bool) -> Array:
    """The right-hand side as an array."""
    return np.asarray(fun(t, y, *args) if tfirst else fun(y, t, *args), dtype=float)


def rms(x: Array) -> Any:
    """The norm of errors; where there are none it has no derivative, and nothing depends on it."""
    return np.linalg.norm(x) / len(x) ** 0.5 if np.any(x) else np.float64(0.0)


def first_step(
    fun: Slope, t: Any, y: Array, f: Array, span: Any, order: int, tolerances: Any, args: Any, tfirst: bool
) -> Any:
    """A length that the first two derivatives suggest."""
    rtol, atol, longest = tolerances
    sign = 1.0 if span >= 0 else -1.0
    scale = atol + np.abs(y) * rtol
    d0, d1 = rms(y / scale), rms(f / scale)
    h0 = 1e-6 if d0 < 1e-5 or d1 < 1e-5 else 0.01 * d0 / d1
    h0 = min(h0, abs(span))
    f1 = slope_at(fun, t + h0 * sign, y + h0 * sign * f, args, tfirst)
    d2 = rms((f1 - f) / scale) / h0
    if d1 <= 1e-15 and d2 <= 1e-15:
        h1 = max(1e-6, h0 * 1e-3)
    else:
        h1 = (0.01 / max(d1, d2)) ** (1 / (order + 1))
    return min(100 * h0, h1, abs(span), longest)


def stages(fun: Slope, solver: Any, t: Any, y: Array, f: Array, h: Any, args: Any, tfirst: bool) -> tuple[Array, Array]:
    """The slopes of one step, the last of them where it leads; and that place."""
    count = len(solver.C)
    k = np.empty((count + 1, len(y)))
    k[0] = f
    for s in range(1, count):
        dy = np.dot(k[:s].T, solver.A[s, :s]) * h
        k[s] = slope_at(fun, t + solver.C[s] * h, y + dy, args, tfirst)
    y_new = y + h * np.dot(k[:-1].T, solver.B)
    k[-1] = slope_at(fun, t + h, y_new, args, tfirst)
    return k, y_new


def step(
    fun: Slope,
    solver: Any,
    order: int,
    t: Any,
    tf: Any,
    y: Array,
    f: Array,
    length: Any,
    sign: Any,
    tolerances: Any,
    args: Any,
    tfirst: bool,
) -> tuple[Any, Array, Array, Any]:
    """One step: where it ends, the solution there, the slopes, how long the next is to be."""
    rtol, atol, longest = tolerances
    shortest = fixed(10 * np.abs(np.nextafter(t, sign * np.inf) - t))
    length = min(max(length, shortest), longest)
    most = 10.0
    while True:
        if length < shortest:
            raise ValueError(TOO_SHORT)
        t_new = t + length * sign
        if sign * (t_new - tf) > 0:
            t_new = tf
        h = t_new - t
        length = abs(h)
        k, y_new = stages(fun, solver, t, y, f, h, args, tfirst)
        scale = atol + np.maximum(np.abs(y), np.abs(y_new)) * rtol
        error = rms(np.dot(k.T, solver.E) * h / scale)
        if error < 1:
            break
        length = length * max(0.2, 0.9 * error ** (-1 / (order + 1)))
        most = 1.0
    factor = most if error == 0 else min(most, 0.9 * error ** (-1 / (order + 1)))
    return t_new, y_new, k, length * factor


class Solution:
    """What `solve_ivp` gives."""

    def __init__(self, t: Array, y: Array) -> None:
        self.t = t
        self.y = y
        self.success = True
        self.status = 0


def solve_ivp(
    fun: Slope,
    t_span: Any,
    y0: Array,
    method: str = "RK45",
    t_eval: Any = None,
    dense_output: bool = False,
    events: Any = None,
    vectorized: bool = False,
    args: Any = None,
    *,
    first_step: Any = None,
    max_step: Any = np.inf,
    rtol: Any = 1e-3,
    atol: Any = 1e-6,
) -> Any:
    """`scipy.integrate.solve_ivp`."""
    from scipy.integrate import RK23, RK45
    from scipy.integrate._ivp.ivp import OdeResult

    if dense_output or events is not None:
        raise NotImplementedError(WITHOUT)
    if method not in ("RK45", "RK23"):
        raise NotImplementedError("scipy.integrate.solve_ivp is accepted with the methods RK45 and RK23")
    solver, order = (RK45, 4) if method == "RK45" else (RK23, 2)
    more = () if args is None else args
    tolerances = rtol, atol, max_step
    if t_eval is None:
        found = at_steps(fun, solver, order, t_span, y0, more, first_step, tolerances)
    else:
        found = at_places(fun, solver, order, t_span, y0, more, first_step, tolerances, np.asarray(t_eval))
    return OdeResult(found[0], found[1])


def at_steps(
    fun: Slope, solver: Any, order: int, t_span: Any, y0: Array, args: Any, first: Any, tolerances: Any
) -> tuple[Array, Array]:
    """The ends of the steps, and the solution there."""
    t, tf, sign, y, f, length = at_start(fun, order, t_span, y0, args, first, tolerances)
    ts = [t]
    ys = [y]
    while sign * (t - tf) < 0:
        t, y, k, length = step(fun, solver, order, t, tf, y, f, length, sign, tolerances, args, True)
        f = k[-1]
        ts.append(t)
        ys.append(y)
    return np.array(ts), np.array(ys).T


def at_places(
    fun: Slope,
    solver: Any,
    order: int,
    t_span: Any,
    y0: Array,
    args: Any,
    first: Any,
    tolerances: Any,
    places: Array,
) -> tuple[Array, Array]:
    """The solution at places, from the polynomial of the step that each lies in."""
    t, tf, sign, y, f, length = at_start(fun, order, t_span, y0, args, first, tolerances)
    low, high = min(t, tf), max(t, tf)
    if np.any(places < low) or np.any(places > high):
        raise ValueError("Values in `t_eval` are not within `t_span`.")
    if np.any(sign * np.diff(places) <= 0):
        raise ValueError("Values in `t_eval` are not properly sorted.")
    found = []
    at = 0
    while sign * (t - tf) < 0:
        t_old, y_old = t, y
        t, y, k, length = step(fun, solver, order, t, tf, y, f, length, sign, tolerances, args, True)
        f = k[-1]
        h = t - t_old
        q = np.dot(k.T, solver.P)
        while at < len(places) and sign * (places[at] - t) <= 0:
            x = (places[at] - t_old) / h
            found.append(y_old + h * np.dot(q, np.cumprod(np.full(q.shape[1], x))))
            at += 1
    return places, np.array(found).T


def at_start(fun: Slope, order: int, t_span: Any, y0: Array, args: Any, first: Any, tolerances: Any) -> Any:
    """Where it begins and ends, the direction, the solution, its slope, the length of the first step."""
    if np.iscomplexobj(y0):
        raise NotImplementedError(COMPLEX)
    if tolerances[2] <= 0:
        raise ValueError("`max_step` must be positive.")
    t, tf = 1.0 * t_span[0], 1.0 * t_span[1]
    y = np.asarray(y0, dtype=float)
    f = slope_at(fun, t, y, args, True)
    length = first_step(fun, t, y, f, tf - t, order, tolerances, args, True) if first is None else first
    return t, tf, 1.0 if tf >= t else -1.0, y, f, length


def odeint(
    func: Slope,
    y0: Array,
    t: Array,
    args: Any = None,
    rtol: Any = 1.49012e-8,
    atol: Any = 1.49012e-8,
    tfirst: bool = False,
) -> Array:
    """`scipy.integrate.odeint`: to its tolerances, by steps that end at each time."""
    from scipy.integrate import RK45

    more = () if args is None else args if isinstance(args, tuple) else (args,)
    tolerances = rtol, atol, np.inf
    if np.iscomplexobj(y0):
        raise NotImplementedError(COMPLEX)
    y = np.atleast_1d(np.asarray(y0, dtype=float))
    f = slope_at(func, t[0], y, more, tfirst)
    length = first_step(func, t[0], y, f, t[1] - t[0], 4, tolerances, more, tfirst) if len(t) > 1 else 0.0
    found = [y]
    for i in range(1, len(t)):
        now, end = t[i - 1], t[i]
        sign = 1.0 if end >= now else -1.0
        while sign * (now - end) < 0:
            now, y, k, length = step(func, RK45, 4, now, end, y, f, length, sign, tolerances, more, tfirst)
            f = k[-1]
        found.append(y)
    return np.array(found)
