"""Tuples that are kept for the reverse sweep hold only what it reads.

    tape.append((a, b)); _, b = next(back)      ->   tape.append(b); b = next(back)
    return y, (a, b) ... _, b = residuals       ->   return y, (b,) ... (b,) = residuals

Which of them are read is known only when the passes have run over the functions that read them.
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.ir.nodes import Assign, Block, Const, Effect, Expr, Function, Op, Return, Stmt, Var, exprs_of, variables
from s2sad.ir.types import Structure
from s2sad.passes.cse import walk_all

READS = ("next",)


def prune_tapes(body: Block) -> bool:
    """Drop what nobody reads from the tuples on the tapes of a function; return whether there was any."""
    tapes = _Tapes(list(walk_all(body)))
    pruned_any = [tapes.prune(tape) for tape in tapes.appended if not tape.user]
    return any(pruned_any)


class _Tapes:
    """The tapes of tuples in a function: what is put on them, what is read."""

    def __init__(self, stmts: list[Stmt]) -> None:
        self.stmts = stmts
        self.readers: dict[Var, Var] = {}
        self.appended: dict[Var, list[Effect]] = {}
        self.items: dict[Var, list[Assign]] = {}
        for stmt in stmts:
            if isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name == "reversed":
                if isinstance(stmt.value.args[0], Var):
                    self.readers[stmt.target] = stmt.value.args[0]
            elif isinstance(stmt, Effect) and is_put(stmt.value):
                self.appended.setdefault(stmt.value.args[0], []).append(stmt)  # type: ignore[attr-defined]
        for stmt in stmts:
            if isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name in READS:
                base = stmt.value.args[0]
                if isinstance(base, Var):
                    self.items.setdefault(self.readers.get(base, base), []).append(stmt)

    def prune(self, tape: Var) -> bool:
        puts, items = self.appended[tape], self.items.get(tape, [])
        known = {id(stmt) for stmt in (*puts, *items)}
        names = {tape, *(reader for reader, base in self.readers.items() if base is tape)}
        for stmt in self.stmts:
            made = isinstance(stmt, Assign) and (stmt.target in names)
            if id(stmt) not in known and not made and any(v in names for v in mentioned(stmt)):
                return False
        return bool(items) and prune(puts, self.stmts, {stmt.target for stmt in items})


def is_put(value: Expr) -> bool:
    """Return whether an expression appends a tuple to a list."""
    if not isinstance(value, Op) or value.name != "append" or not isinstance(value.args[0], Var):
        return False
    item = value.args[1]
    return isinstance(item, Op) and item.name == "build" and item.form == "tuple"


def mentioned(stmt: Stmt) -> Iterator[Var]:
    """Yield the variables a statement itself reads."""
    for expr in exprs_of(stmt):
        yield from variables(expr)


def prune_residuals(forward: Function, backward: Function) -> bool:
    """Drop what the backward function does not read from the residuals; return whether there was any."""
    returns = [stmt for stmt in walk_all(forward.body) if isinstance(stmt, Return)]
    return prune(returns, list(walk_all(backward.body)), {backward.params[0]}, alone=False)


def prune(puts: list[Effect] | list[Return], stmts: list[Stmt], items: set[Var], *, alone: bool = True) -> bool:
    """Drop the fields of tuples that are read under these names by fields only, if not all are read."""
    read: set[int] = set()
    for stmt in stmts:
        key = field_of(stmt, items)
        if key is not None:
            read.add(key)
        elif any(v in items for v in mentioned(stmt)):
            return False
    total = len(next(iter(items)).type.keys)  # type: ignore[attr-defined]
    if len(read) == total or not read:
        return False
    keys = sorted(read)
    for put in puts:
        put.value = without(put.value, keys, alone)
    renumber(stmts, items, keys, alone)
    return True


def field_of(stmt: Stmt, items: set[Var]) -> int | None:
    """Return which field of a kept tuple a statement loads."""
    if isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name == "field":
        key = stmt.value.attrs["key"]
        if stmt.value.args[0] in items and isinstance(key, Const):
            return int(key.value)
    return None


def without(value: Expr, keys: list[int], alone: bool) -> Expr:
    """Return what is put with only these fields in its last tuple."""
    assert isinstance(value, Op)
    *rest, last = value.args
    assert isinstance(last, Op)
    if alone and len(keys) == 1:
        kept: Expr = last.args[keys[0]]
    else:
        type_ = pruned(last.type, keys)
        kept = Op(last.name, tuple(last.args[k] for k in keys), type_, {"keys": Const(type_.keys)}, last.form)
    return Op(value.name, (*rest, kept), value.type, value.attrs, value.form)


def pruned(type_: object, keys: list[int]) -> Structure:
    """Return the type of a tuple with only these fields."""
    assert isinstance(type_, Structure)
    return Structure("tuple", tuple(range(len(keys))), tuple(type_.items[k] for k in keys))


def renumber(stmts: list[Stmt], items: set[Var], keys: list[int], alone: bool) -> None:
    """Read the fields that are left at their new places."""
    for stmt in stmts:
        key = field_of(stmt, items)
        if key is None or not isinstance(stmt, Assign) or not isinstance(stmt.value, Op):
            continue
        if alone and len(keys) == 1:
            stmt.value = stmt.value.args[0]
        else:
            stmt.value = Op("field", stmt.value.args, stmt.value.type, {"key": Const(keys.index(key))}, "tuple")
    for item in items:
        item.type = item.type.items[keys[0]] if alone and len(keys) == 1 else pruned(item.type, keys)  # type: ignore[attr-defined]
