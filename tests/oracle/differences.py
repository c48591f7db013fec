"""Finite differences that know when they are no evidence."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

import numpy as np

from .rebind import is_users
from .trees import clone, is_float_leaf, map_leaves

Trace = list[tuple[CodeType, int]]


def branch_trace(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, Trace]:
    """The result and the bytecode offsets executed in the user's code.

    Offsets, not lines: `a if c else b` and `p and q` branch within a line.
    """
    trace: Trace = []
    here = os.path.dirname(__file__)

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "opcode":
            trace.append((frame.f_code, frame.f_lasti))
        return local

    def enter(frame: FrameType, event: str, _: Any) -> Any:
        name = frame.f_globals.get("__name__")
        if frame.f_code.co_filename.startswith(here) or not is_users(name):
            return None
        frame.f_trace_opcodes = True
        return local

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        return function(*args), trace
    finally:
        sys.settrace(before)


def shifted(args: tuple[Any, ...], tangents: Any, step: float) -> tuple[Any, ...]:
    """Fresh arguments `args + step * tangents`, with the layout of the originals."""

    def move(leaf: Any, tangent: Any) -> Any:
        if isinstance(leaf, np.ndarray):
            twin = clone(leaf)
            if tangent is not None and is_float_leaf(leaf):
                twin.flags.writeable = True
                twin += step * np.asarray(tangent)
                twin.flags.writeable = leaf.flags.writeable
            return twin
        if tangent is None or not is_float_leaf(leaf):
            return leaf
        return leaf + type(leaf)(step * tangent)

    return tuple(map_leaves(move, args, tangents))


def directional(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    tangents: Any,
    eps: float = 1e-4,
    settled: float = 1e-2,
) -> float | None:
    """The derivative of a scalar function along `tangents`, by Richardson's central differences.

    None where the branch trace differs between the points used, or where halving the step moves
    the quotient by more than `settled` (a jump or a kink that no branch shows, as in `x[x > 0]`).
    """
    # From Python 3.12 on, the first run that asks for opcode events misses some of them.
    branch_trace(function, shifted(args, tangents, 0.0))
    steps = (eps, -eps, eps / 2, -eps / 2)
    runs = [branch_trace(function, shifted(args, tangents, step)) for step in steps]
    if any(trace != runs[0][1] for _, trace in runs[1:]):
        return None
    values = [float(value) for value, _ in runs]
    coarse = (values[0] - values[1]) / (2 * eps)
    fine = (values[2] - values[3]) / eps
    if not abs(coarse - fine) <= settled * (1.0 + abs(fine)):
        return None
    return (4.0 * fine - coarse) / 3.0
