"""Arrays and numbers that carry a tangent.

`DualArray` keeps two ndarrays of one layout. Every view is taken of both in the same way, every
write goes to both, so aliasing among tangents is NumPy's own aliasing. `DualScalar` is immutable,
as Python floats and NumPy scalars are, and keeps the kind of its value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .partials import PARTIALS

Array = NDArray[Any]
METHODS: dict[str, Callable[..., Any]] = {}  # filled by functions.py: np.f(x, ...) as x.f(...)


class OracleUnsupported(BaseException):
    """The program uses something the oracle has no tangent for.

    Not an `Exception`, so that a program that catches `Exception` cannot swallow it.
    """


def raw(x: Any) -> Any:
    """The value without its tangent, through lists and tuples."""
    if isinstance(x, (DualArray, DualScalar)):
        return x.value
    if isinstance(x, (list, tuple)) and holds_dual(x):
        return [raw(item) for item in x]
    return x


def holds_dual(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(holds_dual(item) for item in x)
    return isinstance(x, (DualArray, DualScalar))


def tan(x: Any) -> Any:
    """The tangent as float, array or nested list; None for zero, where nothing is active."""
    if isinstance(x, (DualArray, DualScalar)):
        return x.tangent
    if isinstance(x, (list, tuple)) and holds_dual(x):
        return [_dense(item) for item in x]
    return None


def _dense(x: Any) -> Any:
    tangent = tan(x)
    return np.zeros(np.shape(raw(x))) if tangent is None else tangent


def is_float(value: Array) -> bool:
    if value.dtype.kind not in "fciub":
        raise OracleUnsupported(f"dtype {value.dtype}")
    return value.dtype.kind in "fc"


def wrap(value: Any, tangent: Any = None) -> Any:
    """A freshly made value with its tangent (None for zero). Never for a view."""
    if isinstance(value, np.ndarray):
        return DualArray.fresh(value, tangent)
    if isinstance(value, (float, np.floating)):
        return DualScalar(value, 0.0 if tangent is None else float(tangent))
    if isinstance(value, (complex, np.complexfloating)):
        return DualScalar(value, 0j if tangent is None else complex(tangent))
    if isinstance(value, (list, tuple)):
        return _rebuild(value, [wrap(item) for item in value])
    return value


def pair(value: Any, tangent: Any) -> Any:
    """The same view, or the same copy, taken of a value and of its tangent."""
    if isinstance(value, (list, tuple)):
        return _rebuild(value, [pair(v, t) for v, t in zip(value, tangent, strict=True)])
    if isinstance(value, np.ndarray):
        return DualArray(value, tangent if is_float(value) else None)
    return wrap(value, tangent)


def _rebuild(like: Any, items: list[Any]) -> Any:
    if isinstance(like, tuple) and hasattr(like, "_fields"):
        return type(like)(*items)
    return type(like)(items)


def tangent_of(name: str, y: Any, operands: Sequence[Any]) -> Any:
    """Chain rule for one elementwise operation; None when no operand is active."""
    values = [wide(raw(operand)) for operand in operands]
    result = wide(y)
    total: Any = None
    for operand, partial in zip(operands, PARTIALS[name], strict=True):
        direction = tan(operand)
        if direction is None or partial is None:
            continue
        with np.errstate(all="ignore"):
            slope = partial(result, *values)
            term = slope * np.asarray(direction)
            if np.iscomplexobj(direction) and not np.iscomplexobj(result):  # |x|: the slope is its gradient
                term = np.real(np.conj(slope) * np.asarray(direction))
        total = term if total is None else total + term
    return total


def wide(value: Any) -> Any:
    """An array of double precision."""
    return np.asarray(value, dtype=complex if np.iscomplexobj(value) else float)


def elementwise(name: str, function: Callable[..., Any], *operands: Any) -> Any:
    y = function(*(raw(operand) for operand in operands))
    if y is NotImplemented:
        return y
    return wrap(y, tangent_of(name, y, operands) if name in PARTIALS else None)


def bilinear(function: Callable[..., Any], a: Any, b: Any, **keywords: Any) -> Any:
    y = function(raw(a), raw(b), **keywords)
    return wrap(y, bilinear_tangent(function, a, b, **keywords))


def bilinear_tangent(function: Callable[..., Any], a: Any, b: Any, **keywords: Any) -> Any:
    total: Any = None
    if tan(a) is not None:
        total = function(tan(a), raw(b), **keywords)
    if tan(b) is not None:
        term = function(raw(a), tan(b), **keywords)
        total = term if total is None else total + term
    return total


def _operand(x: Any) -> bool:
    """Whether an operator should try; a bare ndarray means that one slipped past the stand-ins."""
    if isinstance(x, np.ndarray):
        raise OracleUnsupported("an array that was not made through the stand-in for numpy")
    return isinstance(x, (DualArray, DualScalar, int, float, complex, np.generic, list, tuple))


# operator method -> (operation, function on values)
_ARITHMETIC: dict[str, tuple[str, Callable[..., Any]]] = {
    "add": ("add", operator.add),
    "sub": ("subtract", operator.sub),
    "mul": ("multiply", operator.mul),
    "truediv": ("divide", operator.truediv),
    "pow": ("power", operator.pow),
    "mod": ("remainder", operator.mod),
    "floordiv": ("floor_divide", operator.floordiv),
    "and": ("bitwise_and", operator.and_),
    "or": ("bitwise_or", operator.or_),
    "xor": ("bitwise_xor", operator.xor),
    "lshift": ("left_shift", operator.lshift),
    "rshift": ("right_shift", operator.rshift),
}
_UNARY: dict[str, tuple[str, Callable[..., Any]]] = {
    "neg": ("negative", operator.neg),
    "pos": ("positive", operator.pos),
    "abs": ("absolute", operator.abs),
    "invert": ("invert", operator.invert),
}
_COMPARE = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}
_EQUAL = {"eq": operator.eq, "ne": operator.ne}


def _forward(name: str, function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        return elementwise(name, function, self, other) if _operand(other) else NotImplemented

    return method


def _reflected(name: str, function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        return elementwise(name, function, other, self) if _operand(other) else NotImplemented

    return method


def _unary(name: str, function: Callable[..., Any]) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        return elementwise(name, function, self)

    return method


def _compare(function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        return wrap(function(self.value, raw(other))) if _operand(other) else NotImplemented

    return method


class _Operators:
    """What arrays and numbers have in common; the methods are set from the tables below."""

    value: Any
    tangent: Any
    # Makes NumPy's own arrays and scalars step back and let our reflected operators run.
    __array_ufunc__ = None

    def __array__(self, *args: Any, **keywords: Any) -> Any:
        raise OracleUnsupported("a C function that wants a plain array")

    def __float__(self) -> float:
        raise OracleUnsupported("a C function that wants a plain float")

    def __int__(self) -> int:
        return int(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __matmul__(self, other: Any) -> Any:
        return bilinear(operator.matmul, self, other) if _operand(other) else NotImplemented

    def __rmatmul__(self, other: Any) -> Any:
        return bilinear(operator.matmul, other, self) if _operand(other) else NotImplemented

    def __round__(self, digits: int | None = None) -> Any:
        return wrap(round(self.value, digits) if digits is not None else round(self.value))

    def __repr__(self) -> str:
        return repr(self.value)

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)


for _name, (_operation, _function) in _ARITHMETIC.items():
    setattr(_Operators, f"__{_name}__", _forward(_operation, _function))
    setattr(_Operators, f"__r{_name}__", _reflected(_operation, _function))
for _name, (_operation, _function) in _UNARY.items():
    setattr(_Operators, f"__{_name}__", _unary(_operation, _function))
for _name, _test in {**_COMPARE, **_EQUAL}.items():
    setattr(_Operators, f"__{_name}__", _compare(_test))


class DualScalar(_Operators):
    """A float with a tangent: a Python float or a NumPy scalar, whichever `value` is."""

    __slots__ = ("tangent", "value")

    def __init__(self, value: Any, tangent: complex = 0.0) -> None:
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "tangent", tangent)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"numbers are immutable: {name}")

    def __hash__(self) -> int:
        return hash(self.value)

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(self.value, np.generic):
            raise TypeError("'float' object is not subscriptable")
        tangent = np.asarray(self.tangent)
        return wrap(np.asarray(self.value)[index], tangent[index])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("real", "imag"):
            return wrap(getattr(self.value, name), getattr(self.tangent, name))
        if name in ("conj", "conjugate"):
            return lambda: wrap(getattr(self.value, name)(), np.conj(self.tangent))
        found = getattr(self.value, name)  # AttributeError where the float has none
        if name in METHODS:
            return lambda *a, **k: METHODS[name](DualArray.fresh(np.asarray(self.value), self.tangent), *a, **k)
        if name in ("shape", "ndim", "size", "dtype", "is_integer"):
            return found
        raise OracleUnsupported(f"attribute {name} of a float")


class DualArray(_Operators):
    """An array with a tangent of the same layout; `tangent` is None unless the dtype is float."""

    __slots__ = ("tangent", "value")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value: Array, tangent: Array | None) -> None:
        self.value = value
        self.tangent = tangent
        if tangent is not None:
            _check_layout(value, tangent)

    @classmethod
    def fresh(cls, value: Array, tangent: Any = None) -> DualArray:
        """Give a newly made value a tangent of exactly its own layout."""
        if not is_float(value):
            return cls(value, None)
        shadow = np.zeros_like(value, dtype=complex if np.iscomplexobj(value) else float)  # "K": same order of axes
        if tangent is not None:
            shadow[...] = tangent
        return cls(value, shadow)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        if self.value.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self.value)))

    def __contains__(self, item: Any) -> bool:
        return raw(item) in self.value

    def __index__(self) -> int:
        return operator.index(self.value)

    def __getitem__(self, index: Any) -> Any:
        where = plain_index(index)
        if self.tangent is None:
            return pair(self.value[where], None)
        return pair(self.value[where], self.tangent[where])

    def __setitem__(self, index: Any, item: Any) -> None:
        where = plain_index(index)
        store(self, where, item)

    @property
    def T(self) -> Any:
        return pair(self.value.T, None if self.tangent is None else self.tangent.T)

    @property
    def mT(self) -> Any:
        return pair(self.value.mT, None if self.tangent is None else self.tangent.mT)

    @property
    def real(self) -> DualArray:
        return pair(self.value.real, None if self.tangent is None else self.tangent.real)

    @property
    def imag(self) -> Any:
        if not np.iscomplexobj(self.value):
            raise OracleUnsupported("the imaginary part of a real array")
        return pair(self.value.imag, None if self.tangent is None else self.tangent.imag)

    def __copy__(self) -> Any:
        return METHODS["copy"](self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return METHODS["copy"](self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("shape", "ndim", "size", "dtype", "itemsize", "nbytes", "strides", "flags"):
            return getattr(self.value, name)
        if name in METHODS:
            return lambda *a, **k: METHODS[name](self, *a, **k)
        getattr(self.value, name)  # AttributeError where NumPy has none
        raise OracleUnsupported(f"attribute {name} of an array")


def _check_layout(value: Array, tangent: Array) -> None:
    """Both must agree on every stride, or a later reshape could view one and copy the other."""
    if value.shape != tangent.shape:
        raise AssertionError(f"the oracle lost a shape: {value.shape} {tangent.shape}")
    scale = tangent.itemsize // value.itemsize
    for v, t, size in zip(value.strides, tangent.strides, value.shape, strict=True):
        if value.size and size > 1 and t != v * scale:
            raise AssertionError(f"the oracle lost a layout: {value.strides} {tangent.strides}")


def plain_index(index: Any) -> Any:
    if isinstance(index, tuple):
        return tuple(plain_index(item) for item in index)
    if isinstance(index, list):
        return [plain_index(item) for item in index]
    if isinstance(index, slice):
        return slice(*(raw(bound) for bound in (index.start, index.stop, index.step)))
    return raw(index)


def store(target: DualArray, where: Any, item: Any) -> None:
    """`target[where] = item` for value and tangent alike; both let the last writer win."""
    direction = tan(item)
    if target.tangent is None:
        if direction is not None and np.any(direction):
            raise OracleUnsupported("an active value is truncated into an integer array")
        target.value[where] = raw(item)
        return
    target.value[where] = raw(item)
    target.tangent[where] = 0.0 if direction is None else direction


def _in_place(name: str, function: Callable[..., Any], in_place: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def method(self: DualArray, other: Any) -> Any:
        if not _operand(other):
            return NotImplemented
        direction: Any = None
        if self.tangent is not None and name in PARTIALS:
            # From the old values, complete before anything is written: operands may overlap.
            direction = tangent_of(name, function(self.value, raw(other)), (self, other))
        value = self.value
        in_place(value, raw(other))
        if self.tangent is not None:
            self.tangent[...] = 0.0 if direction is None else direction
        return self

    return method


def _imatmul(self: DualArray, other: Any) -> Any:
    direction = bilinear_tangent(operator.matmul, self, other)
    value = self.value
    value @= raw(other)
    if self.tangent is not None:
        self.tangent[...] = 0.0 if direction is None else direction
    return self


for _name, (_operation, _function) in _ARITHMETIC.items():
    _in_place_function = getattr(operator, f"i{_name}")
    setattr(DualArray, f"__i{_name}__", _in_place(_operation, _function, _in_place_function))
DualArray.__imatmul__ = _imatmul  # type: ignore[attr-defined]
