"""Why a gradient is what it is: what carries derivatives, where a path ends and why, what is kept and how much of it.

>>> import numpy as np
>>> from s2sad.explain import explained
>>> def f(x):
...     best = np.argmax(x)
...     return np.sum(x * x) + best
>>> print(explained(f, (np.ones(3),), ("x",)))  # doctest: +ELLIPSIS
parameters
  x: active
...
"""

from __future__ import annotations

import ast
import functools
import linecache
import os
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from s2sad.analysis.activity import Activity, find_activity
from s2sad.analysis.alias import find_aliases
from s2sad.api import vjp
from s2sad.backends.emit import one_line
from s2sad.frontend.lower import lower
from s2sad.frontend.values import Knowledge
from s2sad.ir.nodes import (
    Assign,
    Call,
    Expr,
    Function,
    Move,
    Op,
    Stmt,
    Var,
    exprs_of,
    reads,
    subexpressions,
    targets_of,
    walk,
)
from s2sad.rules.core import TABLE

PLACE = "a place moves in jumps"
STEPS = "it is constant between jumps"
DECISION = "a decision is not a number"
ENDS = {
    PLACE: "argmax argmin argsort argpartition searchsorted digitize nonzero flatnonzero",
    STEPS: "round floor ceil trunc rint fix floor_divide sign heaviside int",
    DECISION: "less less_equal greater greater_equal equal not_equal isnan isfinite isinf isclose logical_and "
    "logical_or logical_not logical_xor not and or is is_not in",
    "s2sad.stop_gradient asks for it": "stop_gradient",
    "whole numbers move in jumps": "astype array asarray",
    "a real number has no imaginary part": "imag",
    "it runs as it stands": "opaque library",
}
WHY = {name: why for why, names in ENDS.items() for name in names.split()}
UNCOUNTED = {"shape", "len", "size", "field", "ndim", "zeros_like", "ones_like", "empty_like"}  # ask for no values


def explained(function: Any, args: tuple[Any, ...], wrt: tuple[str, ...], types: Any = None, static: Any = ()) -> str:
    """Return a report on the derivative of a function at example arguments.

    Raises UnsupportedError with everything that is refused.
    """
    from s2sad.frontend.parameters import parameter_names
    from s2sad.frontend.signature import type_of

    names = parameter_names(function)
    types = types or [(n, type_of(v, n, n in static)) for n, v in zip(names, args, strict=False)]
    lowered, _ = lower(function, types, Knowledge(static={f"{function.__name__}.{name}" for name in static}))
    lines = ["parameters"]
    lines += _parameters(lowered, set(wrt))
    lines += list(_function(lowered, {p for p in lowered.params if p.name in wrt}, set()))
    return "\n".join(lines)


def kept(function: Any, args: tuple[Any, ...]) -> list[str]:
    """Return what the pullback of a function keeps after a call: names, shapes, bytes."""
    _, pullback = vjp(function, *args)
    inner = pullback._function
    found = []
    for name, cell in zip(inner.__code__.co_freevars, inner.__closure__ or (), strict=True):
        size = _bytes(cell.cell_contents, set())
        if size:
            found.append((size, f"{name}{_shape(cell.cell_contents)}"))
    total = sum(size for size, _ in found)
    lines = [f"{size:>10} bytes  {name}" for size, name in sorted(found, reverse=True)]
    return [*lines, f"{total:>10} bytes in all"]


def _shape(value: Any) -> str:
    return f" {value.dtype} {value.shape}" if isinstance(value, np.ndarray) else f" ({type(value).__name__})"


def _bytes(value: Any, seen: set[int]) -> int:
    """Return the memory of the arrays and numbers in a value."""
    if id(value) in seen:
        return 0
    seen.add(id(value))
    if isinstance(value, np.ndarray | np.generic):
        return int(value.nbytes)
    if isinstance(value, float | int):
        return 8
    if isinstance(value, list | tuple):
        return sum(_bytes(item, seen) for item in value)
    if isinstance(value, dict):
        return sum(_bytes(item, seen) for item in value.values())
    inside = () if isinstance(value, type) or hasattr(value, "__code__") else getattr(value, "__dict__", {}).values()
    return sum(_bytes(item, seen) for item in inside)


# --- one function -----------------------------------------------------------------------------------------------------
def _parameters(function: Function, wrt: set[str]) -> Iterator[str]:
    """Say of each parameter whether it carries a derivative; of one that was asked for and does not, why."""
    aliases = find_aliases(function)
    whole = find_activity(function, aliases, {p for p in function.params if p.name in wrt})
    for param in function.params:
        yield f"  {param.name}: {_activity_of(param, whole)}"
        if param.name in wrt and not whole.active(param):
            alone = find_activity(function, aliases, {param})
            ends = list(_cuts(function, alone))
            yield "    its gradient is zero: " + (
                "every path from it ends below" if ends else "no result depends on it"
            )


def _variables(function: Function, activity: Activity) -> dict[str, dict[str, str]]:
    """Return what the variables and attributes of a function are, by the function of the user's they are in."""
    found: dict[str, dict[str, str]] = {}
    for stmt in walk(function.body):
        if isinstance(stmt, Assign) and (name := _users_name(stmt)):
            found.setdefault(_home(stmt, function), {})[name] = _state(stmt.target, function, activity)
    return found


def _users_name(stmt: Assign) -> str:
    """Return what the user's statement binds here: a name, or an attribute; nothing for what s2sad has named."""
    bound = [
        part
        for part in ast.walk(_parsed(stmt.origin.text if stmt.origin is not None else ""))
        if isinstance(part, ast.Name | ast.Attribute) and isinstance(part.ctx, ast.Store)
    ]
    if stmt.target.user and any(isinstance(part, ast.Name) and part.id == stmt.target.name for part in bound):
        return stmt.target.name
    return ast.unparse(bound[0]) if len(bound) == 1 and isinstance(bound[0], ast.Attribute) else ""


@functools.lru_cache(maxsize=1024)
def _parsed(text: str) -> ast.Module:
    """Return a statement, or the head of one, as a tree."""
    for whole in (text, f"{text}\n    pass"):
        try:
            return ast.parse(whole)
        except (SyntaxError, ValueError):
            continue
    return ast.Module([], [])


def _home(stmt: Stmt, function: Function) -> str:
    """Return the name of the function that a statement stands in, if it is lowered in place of a call."""
    span = stmt.origin.span if stmt.origin is not None else None
    if span is None or function.span is None:
        return ""
    at, name = definition_around(span.file, span.line), function.name
    entry = definition_around(function.span.file, function.span.line)
    return "" if at is None or (span.file == function.span.file and at == entry) or at[0] == name else at[0]


def definition_around(file: str, line: int) -> tuple[str, int] | None:
    """Return the name and the first line of the innermost function around a line of a file."""
    return max(
        ((name, first) for name, first, last in definitions_in(file) if first <= line <= last),
        key=lambda found: found[1],
        default=None,
    )


@functools.lru_cache(maxsize=32)
def definitions_in(file: str) -> list[tuple[str, int, int]]:
    """Return (name, first line, last line) of the functions that a file defines."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return []
    found = [part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef | ast.Lambda)]
    return [
        (getattr(part, "name", "lambda"), part.lineno, part.end_lineno or part.lineno)
        for part in found
        if isinstance(part, ast.FunctionDef)
    ]


def _function(function: Function, wrt: set[Var], seen: set[Function]) -> Iterator[str]:
    """Say what the variables of a function are, and where paths end in it; then the same of those it calls."""
    seen.add(function)
    activity = find_activity(function, find_aliases(function), wrt)
    yield "variables"
    for home, states in _variables(function, activity).items():
        if home:
            yield f"  in {home}, in place of its call"
        yield from (f"{'    ' if home else '  '}{name}: {state}" for name, state in states.items())
    cuts = list(dict.fromkeys(_cuts(function, activity)))
    yield "paths cut" if cuts else "paths cut: none"
    yield from cuts
    for called, given in _calls(function, activity):
        if called not in seen:
            yield f"in {called.name}, with a derivative with respect to {', '.join(p.name for p in given) or 'nothing'}"
            yield from (f"  {line}" for line in _function(called, set(given), seen))


def _calls(function: Function, activity: Any) -> Iterator[tuple[Function, list[Var]]]:
    """Yield the functions that are called with something active, and which of their parameters are."""
    for stmt in walk(function.body):
        for expr in exprs_of(stmt):
            for part in subexpressions(expr):
                if isinstance(part, Call):
                    pairs = zip(part.function.params, part.args, strict=False)
                    given = [param for param, arg in pairs if _varies(arg, activity)]
                    if given:
                        yield part.function, given


def _varies(expr: Expr, activity: Any) -> bool:
    return any(isinstance(part, Var) and part in activity.varied for part in subexpressions(expr))


def _cuts(function: Function, activity: Any) -> Iterator[str]:
    """Yield the statements at which a path of derivatives ends: the place, the text, the operation, the reason."""
    for stmt in walk(function.body):
        if isinstance(stmt, Assign) and _varies(stmt.value, activity):
            name = stmt.value.name if isinstance(stmt.value, Op) else ""
            if stmt.target not in activity.varied and name not in UNCOUNTED:
                yield f"  {_place(stmt, function)}    by {name or 'a value that is not a float'}{_reason(name)}"


def _reason(name: str) -> str:
    why = WHY.get(name)
    if why is None and name in TABLE.rules and TABLE.rules[name].constant:
        why = "it has no derivative"
    return f": {why}" if why else ""


def _place(stmt: Stmt, function: Function) -> str:
    """Return the line of a statement, and its file if that is another than that of the function."""
    origin = stmt.origin
    if origin is None:
        return "somewhere:"
    span = origin.span
    if span is None:
        return f"line ?: {origin.text}"
    here = function.span is None or span.file == function.span.file
    where = f"line {span.line}" if here else f"{os.path.basename(span.file)}, line {span.line}"
    own = origin.text if _is_of(origin.text, span.text) else span.text.strip()
    return f"{where}: {one_line(own)}"


def _is_of(text: str, line: str) -> bool:
    """Return whether a statement begins in a line of a file."""
    return text.split("\n", maxsplit=1)[0].strip()[:20] in line


def _state(var: Var, function: Function, activity: Activity) -> str:
    """Return what a variable is; of one without a derivative whether any result depends on it at all."""
    if var in activity.varied and not activity.active(var) and not _reaches_a_result(var, function):
        return "unused: no result depends on it"
    return _activity_of(var, activity)


def _reaches_a_result(var: Var, function: Function) -> bool:
    """Return whether a result, or the way to it, depends on a variable, be it through what has no derivative."""
    reached, before = {var}, 0
    while len(reached) > before:
        before = len(reached)
        for stmt in walk(function.body):
            if reached.intersection(reads(stmt)):
                if not isinstance(stmt, Assign | Move):
                    return True
                reached.update(targets_of(stmt))
    return False


def _activity_of(var: Var, activity: Any) -> str:
    if activity.active(var):
        return "active"
    if var in activity.varied:
        return "cut: the result does not depend on it differentiably"
    return "inactive"


# --- generated code ---------------------------------------------------------------------------------------------------
def tapes_of(text: str) -> list[str]:
    """Return the tapes of generated code, each with what is put on it."""
    found = []
    for name in dict.fromkeys(re.findall(r"^ +(\w*tape\d*) = ", text, re.MULTILINE)):
        put = re.findall(rf"^ +{name}(?:\.append\((.*)\)|\[.*?\] = (.*))$", text, re.MULTILINE)
        held = dict.fromkeys(_inside(a) if a else b for a, b in put)
        found.append(f"{name} of {', '.join(held)}" if held else name)
    return found


def _inside(text: str) -> str:
    """Return a tuple without its brackets."""
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text
