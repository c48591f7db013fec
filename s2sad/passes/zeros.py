"""A cotangent that is set to zero and then added to is set at once.

x_bar[i] = 0.0                              x_bar[i] = y_bar * k
x_bar[i] += y_bar * k

xs_bar[i] = np.zeros(part.shape)            xs_bar[i] = y_bar
xs_bar[i] = xs_bar[i] + y_bar
"""

from __future__ import annotations

from s2sad.ir.nodes import (
    Assign,
    Block,
    Const,
    Expr,
    For,
    If,
    Move,
    Op,
    Stmt,
    Store,
    Var,
    blocks_of,
    exprs_of,
    reads,
    targets_of,
    variables,
    walk,
)
from s2sad.ir.types import ListOf, Recursive, Scalar, Structure
from s2sad.passes.cse import FRESH
from s2sad.passes.dce import inner_blocks


def set_at_once(block: Block) -> None:
    """Merge the stores of a block, and of those in it."""
    for stmt in block:
        for inner in inner_blocks(stmt):
            set_at_once(inner)
    at = 0
    while at < len(block):
        stmt = block[at]
        if isinstance(stmt, Store) and is_zero(stmt) and (added := added_to(block, at)) is not None:
            added.how = "set"
            del block[at]
        elif isinstance(stmt, Store) and (found := total_of(block, at)) is not None:
            total, more = found
            total.value = more
            del block[at]
        else:
            at += 1


def total_of(block: Block, at: int) -> tuple[Store, Expr] | None:
    """Return the store of the sum of zeros, which a statement puts into a list, and a value; with that value."""
    first = block[at]
    assert isinstance(first, Store)
    if first.how != "set" or not isinstance(first.base.type, ListOf) or not is_zeros(first.value, block[:at]):
        return None
    held: set[Expr] = set()  # what stands for the zeros
    sums: dict[Expr, Expr] = {}  # and for their sum with what
    for stmt in block[at + 1 :]:
        value = stmt.value if isinstance(stmt, Assign | Store) else None
        if isinstance(stmt, Assign) and reads_item(value, first):
            held.add(stmt.target)
        elif isinstance(stmt, Assign) and (more := added_to_zeros(value, held)) is not None:
            sums[stmt.target] = more
        elif isinstance(stmt, Store) and stmt.base is first.base and same_index(stmt.index, first.index):
            more = sums.get(stmt.value) or added_to_zeros(stmt.value, held)
            if more is None or stmt.how != "set" or not is_new(more, block):
                return None
            return None if read_later(block[block.index(stmt) + 1 :], {*held, *sums, more}) else (stmt, more)
        elif not passes(stmt, first) or read_later([stmt], {*held, *sums}):
            return None
    return None


def is_zeros(value: Expr, before: Block) -> bool:
    """Return whether a value is an array or list of zeros; a statement before may have given it a name."""
    for stmt in reversed(before):
        if isinstance(stmt, Assign) and stmt.target is value:
            value = stmt.value
            break
        if any(var is value for inner in walk([stmt]) for var in reads(inner)):
            return False  # which may have been written meanwhile
    return isinstance(value, Op) and value.name in ("zeros_like", "zeros_list", "zeros_tree")


def is_new(value: Expr, block: Block) -> bool:
    """Return whether a value is a new list, or no list: it becomes an item, which is changed in place."""
    made = next((s.value for s in block if isinstance(s, Assign) and s.target is value), value)
    return not isinstance(value.type, ListOf | Structure | Recursive) or (isinstance(made, Op) and made.name in FRESH)


def reads_item(value: Expr | None, first: Store) -> bool:
    """Return whether a value is the item that a statement sets."""
    read = isinstance(value, Op) and value.name == "getitem" and value.args[0] is first.base
    return read and same_index(value.args[1], first.index)  # type: ignore[union-attr]


def added_to_zeros(value: Expr | None, held: set[Expr]) -> Expr | None:
    """Return what is added to one of some values."""
    if not isinstance(value, Op) or value.name not in ("add", "add_lists") or value.args[0] not in held:
        return None
    return value.args[1] if value.args[1] not in held else None


def read_later(block: Block, names: set[Expr]) -> bool:
    """Return whether any of some variables is read in what follows."""
    return any(var in names for stmt in walk(block) for var in reads(stmt))


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
        if not isinstance(inner, Assign | Move | Store | For | If):
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
