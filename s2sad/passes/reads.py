"""A list that is asked twice for one item, and not changed between, is asked once.

a = xs[i] * xs[i]           part = xs[i]
                            a = part * part

What is put in the place of an item may have another shape than that had: the adjoint then asks for the old one,
which is read before it is gone.

Their cotangents then come together before they are added to that of the list; and what has the sizes of both has
the sizes of the one that is left.
"""

from __future__ import annotations

from s2sad.ir.nodes import (
    Assign,
    Block,
    Effect,
    Expr,
    For,
    Move,
    Op,
    Stmt,
    Store,
    Var,
    While,
    exprs_of,
    variables,
    walk,
)
from s2sad.ir.rewrite import map_exprs, substitute
from s2sad.ir.types import Array, ListOf, Recursive, Reference, Scalar, Static, Structure, Type, differentiable
from s2sad.passes.cse import key_of
from s2sad.passes.dce import inner_blocks
from s2sad.rules.core import TABLE, is_pure
from s2sad.rules.infer import is_path, item_of

Kind = tuple[int, str]  # of lists that may be one another: how many lists deep, and what is in the innermost
Known = dict[object, Assign]  # the reads that still hold, by what they read
CHANGES = ("append", "insert", "extend", "sort", "reverse", "clear")


def share_reads(block: Block) -> None:
    """Merge the reads of a function."""
    read_replaced(block)
    replaced: dict[Var, Expr] = {}
    _share(block, {}, replaced)
    if replaced:
        refined = set(replaced.values())
        for stmt in walk(block):
            map_exprs(stmt, lambda expr: substitute(expr, replaced))
            if isinstance(stmt, Assign) and refined & set(variables(stmt.value)) and refines(stmt):
                refined.add(stmt.target)


def read_replaced(block: Block) -> None:
    """Read the items that are replaced, where the new ones may have other shapes."""
    result: Block = []
    for stmt in block:
        for inner in inner_blocks(stmt):
            read_replaced(inner)
        if isinstance(stmt, Store) and isinstance(stmt.base.type, ListOf) and stmt.how == "set":
            item = item_of(stmt.base.type, is_path(stmt.index))
            if differentiable(item) and varies(item):
                assert stmt.index is not None
                read = Op("getitem", (stmt.base, stmt.index), item)
                read.type = TABLE.rules["getitem"].infer(read.args, {}, "")
                stmt.old = Var("old", read.type)
                result.append(Assign(stmt.old, read, stmt.origin))
        result.append(stmt)
    block[:] = result


def varies(type_: Type) -> bool:
    """Return whether two values of a type may have different shapes."""
    if isinstance(type_, Structure):
        return any(map(varies, type_.items))
    if isinstance(type_, Array):
        return any("?" in (size.symbol or "") for size in type_.shape)
    return isinstance(type_, ListOf | Recursive)


def _share(block: Block, known: Known, replaced: dict[Var, Expr]) -> None:
    result: Block = []
    for stmt in block:
        map_exprs(stmt, lambda expr: substitute(expr, replaced))
        if isinstance(stmt, For | While):
            forget(known, stmt)
        for inner in inner_blocks(stmt):
            _share(inner, dict(known), replaced)
        read = key_of(stmt.value) if isinstance(stmt, Assign) and is_read(stmt.value) else None
        if read is not None and isinstance(stmt, Assign) and not stmt.target.user and read in known:
            replaced[stmt.target] = known[read].target
            continue
        forget(known, stmt)
        if read is not None and isinstance(stmt, Assign) and not stmt.target.join:
            known[read] = stmt
        result.append(stmt)
    block[:] = result


def refines(stmt: Assign) -> bool:
    """Infer the type of an array again; return whether its sizes are now known by those of what it is made of."""
    value, old = stmt.value, stmt.target.type
    if stmt.target.join or not isinstance(value, Op) or not isinstance(old, Array) or value.name not in TABLE.rules:
        return False
    new = TABLE.rules[value.name].infer(value.args, value.attrs, value.form)
    given = {size for var in variables(value) if isinstance(var.type, Array) for size in var.type.shape}
    if not isinstance(new, Array) or (new.dtype, new.ndim) != (old.dtype, old.ndim) or new.shape == old.shape:
        return False
    if not given.issuperset(new.shape):
        return False
    value.type = stmt.target.type = new
    return True


def is_read(value: Expr) -> bool:
    """Return whether an expression is an item of a list."""
    return isinstance(value, Op) and value.name == "getitem" and isinstance(value.args[0].type, ListOf)


def forget(known: Known, stmt: Stmt) -> None:
    """Drop the reads that a statement, or what is in it, may have made out of date."""
    if not known:
        return
    changed: set[Kind] = set()
    bound: set[Var] = set()
    for inner in walk([stmt]):
        found = changed_by(inner)
        if found is None:
            known.clear()
            return
        changed |= found
        bound.update(inner.targets if isinstance(inner, Move) else ())
    for key, made in list(known.items()):
        read = set(variables(made.value))
        if read & bound or made.target in bound or changed & kinds_read(made.value):
            del known[key]


def changed_by(stmt: Stmt) -> set[Kind] | None:
    """Return of which kinds are the lists that a statement may change; None if of any."""
    if isinstance(stmt, Store):
        return {kind_of(item_list(stmt.base.type, stmt.index))} if isinstance(stmt.base.type, ListOf) else set()
    if isinstance(stmt, Effect) and isinstance(stmt.value, Op) and stmt.value.name in CHANGES:
        return {kind_of(stmt.value.args[0].type)}
    if isinstance(stmt, Effect) or (isinstance(stmt, Assign) and not is_pure(stmt.value)):
        return None
    return set() if all(map(is_pure, exprs_of(stmt))) else None


def kinds_read(value: Expr) -> set[Kind]:
    """Return of which kinds are the lists that an item is read from: the list, and the one in it; and the item.

    What is in an item that is a list may change: it is then another one to the sweep back.
    """
    assert isinstance(value, Op)
    base, index = value.args
    return {kind_of(base.type), kind_of(item_list(base.type, index)), kind_of(value.type)}


def item_list(type_: Type, index: Expr | None) -> Type:
    """Return the list that an index is a place of: that in the list, if it is a path."""
    deeper = isinstance(index, Op) and index.name == "path" and isinstance(type_, ListOf)
    return type_.item if deeper else type_  # type: ignore[attr-defined]


def kind_of(type_: Type) -> Kind:
    """Return what two lists have in common if they may be the same one."""
    depth = 0
    while isinstance(type_, ListOf):
        depth, type_ = depth + 1, type_.item
    number = isinstance(type_, Scalar | Static | Reference)
    return depth, "number" if number else type(type_).__name__
