"""What is known of a value when code is generated: kind, dtype, rank, sizes.

A size is a symbol plus an offset (`n - 2`), or a number. Two equal sizes are provably equal at run time; sizes
that differ are not known to differ. `unit` says whether a size is 1: True, False, or None for unknown. Only the
sizes of arguments know their `unit` from the specialisation key; all others are proved or unknown.
"""

from __future__ import annotations

import enum
import functools
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Size:
    """A symbolic size `symbol + offset`; a number if there is no symbol."""

    symbol: str | None
    offset: int = 0
    unit: bool | None = field(default=None, compare=False)

    @staticmethod
    def number(n: int) -> Size:
        """Return the size that is the number `n`."""
        return Size(None, n, n == 1)

    @property
    def value(self) -> int | None:
        """The number, if this size is one."""
        return self.offset if self.symbol is None else None

    @property
    def is_unit(self) -> bool | None:
        """Whether the size is 1, or None if that is not known."""
        return self.offset == 1 if self.symbol is None else self.unit

    def plus(self, n: int) -> Size:
        """Return this size plus a number; whether it is 1 is then unknown."""
        if self.symbol is None:
            return Size.number(self.offset + n)
        return Size(self.symbol, self.offset + n, self.unit if n == 0 else None)


class Type:
    """Base of all types."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Scalar(Type):
    """A Python number (dtype None: weak, as in NEP 50) or a NumPy scalar (dtype given)."""

    kind: str  # "bool" | "int" | "float" | "complex"
    dtype: str | None = None
    size: Size | None = None  # of an int: its value, as a size


@dataclass(frozen=True, slots=True)
class Array(Type):
    """A NumPy array."""

    dtype: str
    shape: tuple[Size, ...]

    @property
    def ndim(self) -> int:
        """The rank."""
        return len(self.shape)


@dataclass(frozen=True, slots=True)
class Structure(Type):
    """A container of fixed structure: tuple, list, dict with constant keys, dataclass or plain object.

    A field in `optional` may hold None in place of a value of its type.
    """

    kind: str  # "tuple" | "list" | "dict" | "object"
    keys: tuple[Any, ...]
    items: tuple[Type, ...]
    cls: type | None = None
    optional: frozenset[Any] = frozenset()

    def item(self, key: Any) -> Type:
        """Return the type of the field `key`."""
        return self.items[self.keys.index(key)]


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    """A list whose length is not fixed, all items of one type; if it is `optional`, some may be None instead.

    So is a tuple, which nothing changes.
    """

    item: Type
    length: Size | None = None
    optional: bool = False
    kind: str = "list"  # | "tuple"


@dataclass(frozen=True, slots=True)
class Recursive(Type):
    """A structure that holds more of its own kind, as deep as the recursion that made it; its name tells which.

    The residuals of a function that calls itself are one. It is handed on as it is; a function that takes it apart
    sees the structure, whose fields may be of this type again.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Reference(Type):
    """Which one of the objects or lists of a pool: an int, the place of what is in it in the lists of the pool.

    Where it is not known when code is generated which object a name stands for, the fields of all that it may be are
    kept in lists, one for each field, and the name stands for a place in them; None where there may be none.
    """

    pool: Any
    kind: str  # "object" | "dict" | "list"


@dataclass(frozen=True, slots=True)
class Static(Type):
    """A value that is known when code is generated: None, a string, a function, a module, a dtype ..."""

    value: Any

    def __hash__(self) -> int:
        try:
            return hash((type(self.value), self.value))
        except TypeError:
            return id(self.value)


@dataclass(frozen=True, slots=True)
class Opaque(Type):
    """A value s2sad does not look into; it may be handed on but not differentiated."""

    what: str = "object"


NOT_YET = Opaque("nothing yet")  # of a list: it is not known yet what it holds


@dataclass(frozen=True, slots=True)
class Name(Opaque):
    """A name that the data choose: a string, or a member of an enumeration."""

    cls: type = str


@dataclass(frozen=True, slots=True)
class SetOf(Opaque):
    """A set, or the keys of a dict, that changes when the program runs: nothing in it has a derivative."""

    item: Type = NOT_YET


@dataclass(frozen=True, slots=True)
class Shape(Type):
    """The shape of an array: a tuple of ints with symbolic sizes."""

    sizes: tuple[Size, ...]


NONE = Static(None)
TEXT = Name("str")
FLOAT = Scalar("float")
INT = Scalar("int")
BOOL = Scalar("bool")

_fresh = itertools.count()


def fresh_size(unit: bool | None = None) -> Size:
    """Return a size that is equal to no other."""
    return Size(f"?{next(_fresh)}", 0, unit)


def fresh_mark() -> int:
    """Return a mark: symbols made after it are local to what is lowered after it."""
    return next(_fresh)


def made_after(size: Size, mark: int) -> bool:
    """Return whether a size's symbol was made after the mark."""
    return size.symbol is not None and any(int(n) > mark for n in re.findall(r"\?(\d+)", size.symbol))


@functools.cache
def kind_of_dtype(dtype: str) -> str:
    """Return "bool", "int", "float" or "complex" for a dtype name."""
    return {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex"}[np.dtype(dtype).kind]


def nesting(type_: Type) -> int:
    """Return how many structures and lists stand in each other."""
    if isinstance(type_, Structure):
        return 1 + max(map(nesting, type_.items), default=0)
    return 1 + nesting(type_.item) if isinstance(type_, ListOf) else 0


def with_sizes(type_: Type, replaced: Callable[[Size], Size]) -> Type:
    """Return a type with other sizes in place of those in it."""
    match type_:
        case Array():
            return Array(type_.dtype, tuple(map(replaced, type_.shape)))
        case Scalar(size=Size()):
            assert type_.size is not None
            return Scalar(type_.kind, type_.dtype, replaced(type_.size))
        case Structure():
            return replace(type_, items=tuple(with_sizes(item, replaced) for item in type_.items))
        case ListOf():
            length = None if type_.length is None else replaced(type_.length)
            return replace(type_, item=with_sizes(type_.item, replaced), length=length)
        case Shape():
            return Shape(tuple(map(replaced, type_.sizes)))
    return type_


def renewed(type_: Type) -> Type:
    """Return a type for another value of it: sizes that are not known outside of it may be others there."""
    made: dict[str, Size] = {}

    def other(size: Size) -> Size:
        if size.symbol is None or "?" not in size.symbol:
            return size
        fresh = made.setdefault(size.symbol, fresh_size())
        return Size(fresh.symbol, size.offset, size.unit)

    return with_sizes(type_, other)


def numeric_kind(type_: Type) -> str | None:
    """Return the kind of number a scalar or array holds; None for anything else."""
    if isinstance(type_, Scalar):
        return type_.kind
    if isinstance(type_, Array):
        return kind_of_dtype(type_.dtype)
    return None


def is_strong(type_: Type) -> bool:
    """Return whether a value is NumPy's: a number of Python has no dtype, and raises where it is divided by 0."""
    return isinstance(type_, Array) or (isinstance(type_, Scalar) and type_.dtype is not None)


def differentiable(type_: Type) -> bool:
    """Return whether values of this type (or inside it) can carry a derivative."""
    if isinstance(type_, Structure):
        return any(differentiable(item) for item in type_.items)
    if isinstance(type_, ListOf):
        return differentiable(type_.item)
    if isinstance(type_, Recursive):
        return True
    return numeric_kind(type_) in ("float", "complex")


def dtype_of(type_: Type) -> str:
    """Return the dtype a scalar or array has once it is in an array."""
    if isinstance(type_, Array):
        return type_.dtype
    assert isinstance(type_, Scalar)
    if type_.dtype:
        return type_.dtype
    return {"bool": "bool", "int": "int64", "float": "float64", "complex": "complex128"}[type_.kind]


_WEAK: dict[str, Any] = {"bool": True, "int": 1, "float": 1.0, "complex": 1j}


def promote(*types: Type) -> str | None:
    """Return the dtype of an operation on these operands by NEP 50; None if all are Python numbers."""
    operands: list[Any] = []
    strong = False
    for type_ in types:
        if isinstance(type_, Array) or (isinstance(type_, Scalar) and type_.dtype):
            operands.append(np.dtype(dtype_of(type_)))
            strong = True
        elif isinstance(type_, Scalar):
            operands.append(np.dtype(bool) if type_.kind == "bool" else _WEAK[type_.kind])
    if not strong:
        return None
    return str(np.result_type(*operands))


def weak_kind(*types: Type) -> str:
    """Return the kind of a Python operation on Python numbers."""
    order = ["bool", "int", "float", "complex"]
    return order[max(order.index(t.kind) for t in types if isinstance(t, Scalar))]


def broadcast(*shapes: tuple[Size, ...]) -> tuple[Size, ...]:
    """Return the broadcast shape; a size that is not proved is a fresh one."""
    rank = max((len(shape) for shape in shapes), default=0)
    result = []
    for axis in range(rank):
        sizes = [shape[len(shape) - rank + axis] for shape in shapes if len(shape) - rank + axis >= 0]
        result.append(_broadcast_sizes(sizes))
    return tuple(result)


def _broadcast_sizes(sizes: list[Size]) -> Size:
    wide = [size for size in sizes if size.is_unit is not True]
    if not wide:
        return sizes[0]
    certain = [size for size in wide if size.is_unit is False]
    if certain:
        return certain[0]
    if all(size == wide[0] for size in wide):
        return wide[0]
    return fresh_size()


def proved_equal(a: tuple[Size, ...], b: tuple[Size, ...]) -> bool:
    """Return whether two shapes are provably equal, given that they have been broadcast together."""
    if len(a) != len(b):
        return False
    return all(x == y or (x.is_unit is False and y.is_unit is False) for x, y in zip(a, b, strict=True))


def join(a: Type, b: Type, mark: int | None = None) -> Type | None:
    """Return the type of a value that is of one type or the other; None if there is none."""
    if isinstance(a, Scalar) and isinstance(b, Scalar):
        return _join_scalars(a, b, mark)
    if isinstance(a, Array) and isinstance(b, Array):
        if a.ndim != b.ndim or a.dtype != b.dtype:
            return None
        sizes = zip(a.shape, b.shape, strict=True)
        return Array(a.dtype, tuple(_join_sizes(x, y, mark) for x, y in sizes))
    if isinstance(a, ListOf) and isinstance(b, ListOf):
        if a.kind != b.kind:
            return None
        item = join(a.item, b.item, mark)
        if NOT_YET in (a.item, b.item):
            item = b.item if a.item == NOT_YET else a.item
        return None if item is None else ListOf(item, None, a.optional or b.optional, a.kind)
    if isinstance(a, Structure) and isinstance(b, Structure):
        if (a.kind, a.keys, a.cls) != (b.kind, b.keys, b.cls):
            return None
        return _join_structures(a, b, mark)
    if isinstance(a, SetOf) and isinstance(b, SetOf) and a.what == b.what and NOT_YET in (a.item, b.item):
        return b if a.item == NOT_YET else a
    if a == b:
        return a
    name = name_of(a)
    return name if name is not None and name == name_of(b) else None


def name_of(type_: Type) -> Name | None:
    """Return the type of a string or member of an enumeration as one of several; None of anything else."""
    if isinstance(type_, Name):
        return type_
    if not isinstance(type_, Static) or isinstance(type_.value, int):
        return None
    cls = type(type_.value)
    return Name(cls.__name__, cls) if cls is str or issubclass(cls, enum.Enum) else None


def names_in(type_: Type) -> int:
    """Return how many names that the data choose are in values of a type."""
    if isinstance(type_, Structure):
        return sum(map(names_in, type_.items))
    return names_in(type_.item) if isinstance(type_, ListOf) else int(isinstance(type_, Name))


def list_of(types: Iterable[Type]) -> ListOf | None:
    """Return the type of a list of values of these types, as long as one wants; None if they are unlike."""
    found = list(types)
    item: Type | None = None
    for type_ in found:
        if type_ != NONE:
            item = type_ if item is None else join(item, type_, -1)
            if item is None:
                return None
    if mixed_precision(found):
        return None
    if item is None:
        return ListOf(NOT_YET, None, bool(found))
    return ListOf(name_of(item) or join(item, item, -1) or item, None, NONE in found)


def mixed_precision(types: Sequence[Type]) -> bool:
    """Return whether Python's numbers stand beside NumPy's of another precision: NumPy makes float64 of the former."""
    numbers = [type_ for type_ in types if isinstance(type_, Scalar) and type_.kind in ("float", "complex")]
    strong = {type_.dtype for type_ in numbers} - {None, "float64", "complex128"}
    return bool(strong) and any(type_.dtype is None for type_ in numbers)


def _join_structures(a: Structure, b: Structure, mark: int | None) -> Structure | None:
    """Join field by field; a field that is None in one of them is optional."""
    items: list[Type] = []
    optional = set(a.optional | b.optional)
    for key, x, y in zip(a.keys, a.items, b.items, strict=True):
        if (x == NONE) != (y == NONE):
            optional.add(key)
        item = y if x == NONE else x if y == NONE else join(x, y, mark)
        if item is None:
            return None
        items.append(item)
    return Structure(a.kind, a.keys, tuple(items), a.cls, frozenset(optional))


def _join_scalars(a: Scalar, b: Scalar, mark: int | None) -> Scalar:
    size = None
    if a.size is not None and b.size is not None and a.size == b.size:
        size = None if mark is not None and made_after(a.size, mark) else a.size
    kind = weak_kind(a, b)
    dtype = promote(a, b)
    return Scalar(kind, dtype, size if kind == "int" else None)


def _join_sizes(a: Size, b: Size, mark: int | None) -> Size:
    local = mark is not None and (made_after(a, mark) or made_after(b, mark))
    if a == b and not local:
        return a
    unit = a.is_unit if a.is_unit == b.is_unit and a.is_unit is False else None
    return fresh_size(unit)


def same_type(a: Type, b: Type) -> bool:
    """Return whether two types say the same, apart from the names of fresh sizes."""
    if isinstance(a, Array) and isinstance(b, Array):
        pairs = zip(a.shape, b.shape, strict=False)
        return a.dtype == b.dtype and a.ndim == b.ndim and all(_same_size(x, y) for x, y in pairs)
    if isinstance(a, ListOf) and isinstance(b, ListOf):
        return (a.optional, a.kind) == (b.optional, b.kind) and same_type(a.item, b.item)
    if isinstance(a, Structure) and isinstance(b, Structure):
        return (a.keys, a.optional) == (b.keys, b.optional) and all(map(same_type, a.items, b.items))
    if isinstance(a, Scalar) and isinstance(b, Scalar):
        return (a.kind, a.dtype) == (b.kind, b.dtype) and _same_value(a.size, b.size)
    return a == b


def _same_size(a: Size, b: Size) -> bool:
    fresh = bool(a.symbol and b.symbol and "?" in a.symbol and "?" in b.symbol)
    return (a == b or fresh) and a.is_unit == b.is_unit


def _same_value(a: Size | None, b: Size | None) -> bool:
    if a is None or b is None:
        return a is b
    return a == b or bool(a.symbol and b.symbol and "?" in a.symbol and "?" in b.symbol)
