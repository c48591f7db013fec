"""Who may write what in generated code: a checker beside the passes that decide it, and with no part in them.

    A pullback, or the backward function of a call, may run twice, and what it is given belongs to others: residuals
    and the incoming cotangent are read only. It writes what it made itself, and the buffers that were made for it:
    those of the cotangents of arguments the call writes, and shadows that go through the forward sweep.
    The adjoint part of a fused gradient may also write what the primal part made, never what the caller gave.

A variable may share the memory of those its value was made from; that is followed through views, containers, joins
and calls, whatever the path.
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.analysis.alias import summary
from s2sad.ir.nodes import (
    Assign,
    Block,
    Call,
    Effect,
    Expr,
    Function,
    Move,
    Op,
    Section,
    Stmt,
    Store,
    Var,
    children,
    targets_of,
    walk,
)
from s2sad.ir.types import Array, ListOf, Scalar
from s2sad.rules.core import view_kind
from s2sad.rules.infer import is_basic

# What takes from a container, or puts into one, without copying.
HOLDING = {"field", "pop", "next", "reversed", "build", "list", "tuple", "if_else", "to_list", "zip_list", "pick_items"}
HOLDING |= {"add_lists", "repeat_list", "to_tuple", "split_like"}
# What changes its first argument.
WRITING = {"append", "truncate", "pop", "next", "add_rows", "add_to_each", "clear_all"}


def ownership_faults(function: Function) -> Iterator[str]:
    """Yield what a function of a generated module writes and does not own, as sentences."""
    owned = function.buffers
    if function.forward is not None:
        yield from trespasses(function.body, function.body, owned, set(function.params))
    elif function.inner is not None:
        inner = function.inner
        outside = {*function.params, *inner.params, *(var for stmt in walk(function.body) for var in targets_of(stmt))}
        yield from trespasses(inner.body, [*function.body, *inner.body], owned, outside)
    else:
        titles = [i for i, stmt in enumerate(function.body) if isinstance(stmt, Section) and stmt.title == "adjoint"]
        if titles:
            yield from trespasses(function.body[titles[0] :], function.body, owned, set(function.params))


def trespasses(body: Block, whole: Block, owned: frozenset[Var], others: set[Var]) -> Iterator[str]:
    """Yield the writes of a body to what may be the memory of others and is not owned."""
    shares = sharing(whole)
    for stmt in walk(body):
        for base in written(stmt):
            for root in reached(base, shares, owned):
                if root in others:
                    yield f"{stmt!r} may write {root!r}, which is read only here"


def written(stmt: Stmt) -> Iterator[Expr]:
    """Yield what a statement writes in place."""
    if isinstance(stmt, Store):
        yield stmt.base
    value = stmt.value if isinstance(stmt, Assign | Effect) else None
    if isinstance(value, Op) and value.name in WRITING - {"next"}:
        yield value.args[0]


def sharing(block: Block) -> dict[Var, set[Var]]:
    """Return for each variable those whose memory it may share, by the statement that binds or fills it."""
    found: dict[Var, set[Var]] = {}
    for stmt in walk(block):
        match stmt:
            case Assign():
                found.setdefault(stmt.target, set()).update(sources(stmt.value))
            case Move():
                for target, source in zip(stmt.targets, stmt.sources, strict=True):
                    found.setdefault(target, set()).update(sources(source))
            case Store() if isinstance(stmt.base.type, ListOf) and isinstance(stmt.base, Var):
                found.setdefault(stmt.base, set()).update(sources(stmt.value))
            case Effect(value=Op(name="append", args=(Var() as filled, item, *_))):
                found.setdefault(filled, set()).update(sources(item))
    return found


def sources(value: Expr) -> Iterator[Var]:
    """Yield the variables whose memory the value of an expression may share."""
    if isinstance(value, Var):
        yield value
    elif isinstance(value, Call):
        for i in summary(value.function).aliases if value.function.forward is None else ():
            yield from sources(value.args[i])
    elif isinstance(value, Op) and value.args:
        if value.name in HOLDING:
            for part in children(value):
                yield from sources(part)
        elif views(value):
            yield from sources(value.args[0])


def views(value: Op) -> bool:
    """Return whether the value of an operation may share the memory of its first argument."""
    if value.name == "getitem":
        return not isinstance(value.args[0].type, Array) or is_basic(value.args[1])
    return bool(view_kind(value)) or (value.name == "astype" and "copy" in value.attrs)


def reached(base: Expr, shares: dict[Var, set[Var]], owned: frozenset[Var]) -> set[Var]:
    """Return all variables whose memory a written expression may be; what is owned is not looked behind.

    A list that grows is written, and not what it holds: that it may hold an array or a number does not matter then.
    """
    seen: set[Var] = set()
    stack = list(sources(base))
    growing = not isinstance(base.type, Array | Scalar)
    while stack:
        var = stack.pop()
        if var not in seen and var not in owned and not (growing and isinstance(var.type, Array | Scalar)):
            seen.add(var)
            stack.extend(shares.get(var, ()))
    return seen
