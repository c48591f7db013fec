"""A cotangent that is set to zero and then added to is set at once.

x_bar[i] = 0.0                              x_bar[i] = y_bar * k
x_bar[i] += y_bar * k
"""

from __future__ import annotations

from s2sad.ir.nodes import Block, Const, Expr, Op, Stmt, Store, Var, blocks_of, exprs_of, targets_of, variables, walk
from s2sad.ir.types import ListOf, Scalar
from s2sad.passes.dce import inner_blocks


def set_at_once(block: Block) -> None:
    """Merge the stores of a block, and of those in it."""
    for stmt in block:
        for inner in inner_blocks(stmt):
            set_at_once(inner)
    at = 0
    while at < len(block):
        stmt = block[at]
        added = added_to(block, at) if isinstance(stmt, Store) and is_zero(stmt) else None
        if added is None:
            at += 1
            continue
        added.how = "set"
        del block[at]


def is_zero(stmt: Store) -> bool:
    """Return whether an item of a list of numbers is set to zero."""
    type_ = stmt.base.type
    while isinstance(type_, ListOf) and not type_.optional and isinstance(type_.item, ListOf):
        type_ = type_.item
    numbers = isinstance(type_, ListOf) and not type_.optional and isinstance(type_.item, Scalar)
    zero = isinstance(stmt.value, Const) and type(stmt.value.value) is float and stmt.value.value == 0.0
    return numbers and zero and stmt.how == "set" and isinstance(stmt.base, Var)


def added_to(block: Block, at: int) -> Store | None:
    """Return what is added to the item of a list that a statement sets, if nothing asks for it before."""
    first = block[at]
    assert isinstance(first, Store)
    for stmt in block[at + 1 :]:
        if isinstance(stmt, Store) and stmt.base is first.base and same_index(stmt.index, first.index):
            read = any(var is first.base for var in variables(stmt.value))
            return stmt if stmt.how == "add" and not read else None
        if isinstance(stmt, Store) and stmt.base is first.base and is_apart(stmt.index, first.index):
            if any(var is first.base for var in variables(stmt.value)):
                return None
            continue
        if blocks_of(stmt) or not passes(stmt, first):
            return None
    return None


def passes(stmt: Stmt, first: Store) -> bool:
    """Return whether a statement neither asks for the list nor changes what its index is."""
    kept = {first.base, *(variables(first.index) if first.index is not None else ())}
    for inner in walk([stmt]):
        if not targets_of(inner) and not isinstance(inner, Store):
            return False
        if any(target in kept for target in targets_of(inner)):
            return False
        if any(var is first.base for expr in exprs_of(inner) for var in variables(expr)):
            return False
    return True


def is_apart(a: Expr | None, b: Expr | None) -> bool:
    """Return whether two indices are certainly different places: of one list, counted from the front."""
    if isinstance(a, Op) and isinstance(b, Op) and a.name == b.name == "path":
        return same_index(a.args[0], b.args[0]) and is_apart(a.args[1], b.args[1])
    known = [index.value for index in (a, b) if isinstance(index, Const) and isinstance(index.value, int)]
    return len(known) == 2 and min(known) >= 0 and known[0] != known[1]


def same_index(a: Expr | None, b: Expr | None) -> bool:
    """Return whether two indices are the same place."""
    if isinstance(a, Op) and isinstance(b, Op):
        same = a.name == b.name == "path" and len(a.args) == len(b.args)
        return same and all(same_index(x, y) for x, y in zip(a.args, b.args, strict=True))
    if isinstance(a, Const) and isinstance(b, Const):
        return type(a.value) is type(b.value) and bool(a.value == b.value)
    return a is b
