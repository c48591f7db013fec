"""Which arguments of a function hold a list, dict or object that it changes.

What is written is followed back to where it was made: itself where a name is bound to another, and what is in it where
it was read out of a container. A list that is made here and grows changes nothing of what is put into it.
"""

from __future__ import annotations

from collections import defaultdict

from s2sad.frontend.writes import put_into, written
from s2sad.ir.nodes import Assign, Call, Effect, Expr, Function, Move, Op, Var, variables, walk

READING = ("field", "getitem", "pop")
MAKING = ("build", "list", "tuple")
Part = tuple[Var, bool]  # a value itself, or what is in it


def changed_params(function: Function) -> tuple[int, ...]:
    """Return the places of the parameters in which something may be changed."""
    sources: dict[Var, list[Expr]] = defaultdict(list)
    filled: dict[Var, list[Expr]] = defaultdict(list)
    waiting: list[Part] = []
    for stmt in walk(function.body):
        if isinstance(stmt, Assign):
            sources[stmt.target].append(stmt.value)
        if isinstance(stmt, Move):
            for target, source in zip(stmt.targets, stmt.sources, strict=True):
                sources[target].append(source)
        into, put = put_into(stmt)
        for var in variables(into) if into is not None else ():
            filled[var] += put
        of_call = isinstance(stmt, Assign | Effect) and isinstance(stmt.value, Call)
        for place in written(stmt):
            waiting += parts(place, inside=False) + (parts(place, inside=True) if of_call else [])
    reached: set[Part] = set()
    while waiting:
        part = waiting.pop()
        if part in reached:
            continue
        reached.add(part)
        var, inside = part
        for value in sources[var]:
            waiting += made_of(value, inside)
        for value in filled[var] if inside else ():
            waiting += [*parts(value, inside=False), *parts(value, inside=True)]
    found = {var for var, _ in reached}
    return tuple(i for i, param in enumerate(function.params) if param in found)


def made_of(value: Expr, inside: bool) -> list[Part]:
    """Return where something was before, of which a value was made: itself, or what is in it."""
    if isinstance(value, Call):
        return [*parts(value, inside=False), *parts(value, inside=True)]
    if isinstance(value, Op) and value.name in READING:
        return parts(value.args[0], inside=True)
    if isinstance(value, Op) and value.name in MAKING:
        return [*parts(value, inside=False), *parts(value, inside=True)] if inside else []
    return parts(value, inside=inside)


def parts(value: Expr, *, inside: bool) -> list[Part]:
    return [(var, inside) for var in variables(value)]
