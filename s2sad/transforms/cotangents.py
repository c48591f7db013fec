"""Cotangents of values: who holds them, how they are named, and the leaves of structures they belong to.

A cotangent is a value like any other: it is never written, a new contribution makes a new sum. Which sums can be
made in place, in whose buffer, is decided afterwards (`passes/reuse.py`). Two operations exist for this only:

    embed(like, index, value)          zeros of the shape of `like`, but `value` at the index
    update(old, index, value)          `old` with `value` set, added, ... at the index
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from s2sad.ir.nodes import Const, Expr, Op, Var
from s2sad.ir.types import Array, ListOf, Recursive, Static, Structure, Type, differentiable

Key = tuple[Var, tuple[Any, ...]]


@dataclass(frozen=True)
class Bar:
    """The cotangent of a variable here.

    A thin one has still to be broadcast to the variable's shape. One with a mask comes from an arm of `where` and
    is zero where the mask is false: the mask is applied last, so that what a derivative is outside the arm (the
    1 / x of log(x) at 0) does not matter. A list of cotangents is changed in place; `owned` says that this sweep
    made it. That of a tuple of any length is a list as well, but where it was handed in.
    """

    expr: Expr
    thin: bool = False
    owned: bool = False
    mask: tuple[Expr, bool] | None = None


def embed(like: Expr, index: Expr, value: Expr, how: str) -> Op:
    """Return zeros like an array, but `value` at the index."""
    return Op("embed", (like, index, value), like.type, {"how": Const(how)})


def update(old: Expr, index: Expr, value: Expr, how: str) -> Op:
    """Return an array with a value set, added, ... at the index."""
    return Op("update", (old, index, value), old.type, {"how": Const(how)})


def bar_name(key: Key) -> str:
    """Return the wished name of a cotangent."""
    var, path = key
    return "_".join([var.name, *map(str, path), "bar"])


def leaf_type(key: Key) -> Type:
    """Return the type of the cotangent of a leaf."""
    var, path = key
    if isinstance(var.type, ListOf) and path:
        return ListOf(dict(leaf_types(var.type.item))[path], None, bool(optional_steps(var.type, path)))
    return as_list(dict(leaf_types(var.type))[path] if path else var.type)


def as_list(type_: Type) -> Type:
    """Return the type of a list of what a tuple of any length holds; any other type as it is."""
    return replace(type_, kind="list") if isinstance(type_, ListOf) else type_


def is_tuple(type_: Type) -> bool:
    """Return whether a type is that of tuples of any length."""
    return isinstance(type_, ListOf) and type_.kind == "tuple"


def leaf_types(type_: Type, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Type]]:
    """Return (path, type) of the leaves of a structure."""
    if isinstance(type_, Structure):
        return [
            leaf for key, item in zip(type_.keys, type_.items, strict=True) for leaf in leaf_types(item, (*path, key))
        ]
    if isinstance(type_, Static):
        return []
    return [(path, type_)]


def cotangent_type(type_: Type) -> Type:
    """Return the type of a cotangent: the primal's, with None for what has no derivative."""
    if isinstance(type_, Structure):
        return Structure(
            type_.kind if type_.kind != "object" else "dict", type_.keys, tuple(map(cotangent_type, type_.items))
        )
    if isinstance(type_, ListOf) and differentiable(type_):
        return replace(type_, item=cotangent_type(type_.item))
    return type_ if differentiable(type_) else Static(None)


def zeros_of(type_: Type) -> str | None:
    """Return the operation that makes the zero cotangent of a value; None if that is 0.0."""
    match type_:
        case Array():
            return "zeros_like"
        case ListOf():
            return "zeros_list"
        case Recursive():
            return "zeros_tree"
    return None


def optional_steps(type_: Type, path: tuple[Any, ...]) -> tuple[int, ...]:
    """Return the lengths of the beginnings of a path to a leaf at which there may be None."""
    found = []
    if isinstance(type_, ListOf):  # of its items
        found += [0] if type_.optional else []
        type_ = type_.item
    for n, key in enumerate(path, 1):
        if not isinstance(type_, Structure):
            break
        if key in type_.optional:
            found.append(n)
        type_ = type_.item(key)
    return tuple(found)


def zeros_list(like: Expr, path: tuple[Any, ...], item: Type) -> Op:
    """Return a list of zero cotangents for a leaf of the items of a list; None where an item has none."""
    assert isinstance(like.type, ListOf)
    attrs: dict[str, Expr] = {"path": Const(path), "item": Const(like.type.item)} if path else {}
    steps = optional_steps(like.type, path)
    if steps:
        attrs["optional"] = Const(steps)
    return Op("zeros_list", (like,), ListOf(item, None, bool(steps)), attrs)


def leaf_exprs(expr: Expr, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Expr]]:
    """Return (path, expression) of the leaves of a returned value."""
    if isinstance(expr, Op) and expr.name == "build":
        return [
            leaf for key, arg in zip(keys_of(expr), expr.args, strict=True) for leaf in leaf_exprs(arg, (*path, key))
        ]
    return [(path, expr)]


def keys_of(build: Op) -> tuple[Any, ...]:
    """Return the keys of a structure display."""
    keys = build.attrs["keys"]
    assert isinstance(keys, Const)
    return tuple(keys.value)


def key_of(field: Op) -> Any:
    """Return the key that a field access names."""
    key = field.attrs["key"]
    assert isinstance(key, Const)
    return key.value
