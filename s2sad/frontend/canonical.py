"""The types of arguments in the key of a lowered function, and its result in the sizes of a call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from s2sad.ir.nodes import Const, Expr
from s2sad.ir.types import (
    Recursive,
    Scalar,
    Size,
    Static,
    Structure,
    Type,
    renewed,
    with_sizes,
)


def with_ints(type_: Type) -> Type:
    """Return a type in which the ints inside of a structure that are known are what they are."""
    if isinstance(type_, Structure):
        return replace(type_, items=tuple(map(with_ints, type_.items)))
    known = type_.size.value if isinstance(type_, Scalar) and type_.size is not None else None
    return type_ if known is None else Static(known)


class Canonical:
    """Types of arguments in the key of an instance: sizes are renamed in order; equal ones stay equal."""

    def __init__(self, recursive: bool, fixed: bool) -> None:
        self.recursive = recursive
        self.fixed = fixed  # whether an int decides a type
        self.names: dict[Any, Size] = {}
        self.given: dict[str | None, Size] = {}  # by new name: the size it stands for

    def __call__(self, expr: Expr, knowledge: Any) -> Type:
        """Return the canonical type of an argument."""
        if isinstance(expr, Const) and not isinstance(expr.type, Scalar):
            return expr.type
        type_ = expr.type
        if isinstance(type_, Scalar) and type_.kind == "bool" and isinstance(expr, Const):
            return Static(expr.value)
        if self.fixed and isinstance(type_, Scalar) and type_.size is not None and type_.size.value is not None:
            return Static(type_.size.value)
        if isinstance(type_, Recursive):
            type_ = knowledge.structures[type_.name]
        return self.rename(with_ints(type_) if self.fixed else type_)

    def rename(self, type_: Type) -> Type:
        """Rename the sizes in a type."""
        if isinstance(type_, Scalar) and type_.size is not None:
            size = self.size(Size(f"={type_.size.value}") if type_.size.value is not None else type_.size)
            self.given[size.symbol] = type_.size
            return Scalar(type_.kind, type_.dtype, Size(size.symbol, size.offset, None))
        return with_sizes(type_, self.size)

    def restored(self, type_: Type) -> Type:
        """Return the type of a result in the sizes of these arguments; those it has beyond them are new."""
        return renewed(with_sizes(type_, self.original))

    def original(self, size: Size) -> Size:
        """Return the size that a new name stands for, and an offset from it."""
        found = self.given.get(size.symbol)
        if found is None:
            return size
        return Size(found.symbol, found.offset + size.offset, found.unit if not size.offset else size.unit)

    def size(self, size: Size) -> Size:
        """Return the new name of a size."""
        if self.recursive:
            made = Size(f"n{len(self.names)}", 0, None)
            self.names[len(self.names)] = made
            self.given[made.symbol] = size
            return made
        if size.value == 1:
            return size
        key = (size.symbol, size.offset)
        if key not in self.names:
            self.names[key] = Size(f"n{len(self.names)}", 0, size.is_unit)
            self.given[self.names[key].symbol] = size
        return self.names[key]
