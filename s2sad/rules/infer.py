"""Type rules: the kind, dtype and shape of each operation's result."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.ir.nodes import Const, Expr, Op
from s2sad.ir.types import (
    NOT_YET,
    Array,
    ListOf,
    Opaque,
    Recursive,
    Reference,
    Scalar,
    Shape,
    Size,
    Static,
    Structure,
    Type,
    broadcast,
    dtype_of,
    fresh_size,
    numeric_kind,
    promote,
    renewed,
    weak_kind,
)
from s2sad.rules.core import NothingYet, NotStatic, TypeProblem, static

Args = tuple[Expr, ...]
Attrs = dict[str, Expr]


def shape_of(type_: Type) -> tuple[Size, ...]:
    """Return the shape of a number or array."""
    if isinstance(type_, Array):
        return type_.shape
    if isinstance(type_, Scalar):
        return ()
    if isinstance(type_, Structure | ListOf | Shape):
        return array_of(type_).shape
    raise TypeProblem(f"a number or an array is needed, not {describe(type_)}")


def describe(type_: Type) -> str:
    """Return a type in the user's words."""
    if isinstance(type_, Scalar):
        return f"np.{type_.dtype}" if type_.dtype else type_.kind
    if isinstance(type_, Array):
        return f"{type_.dtype} array of rank {type_.ndim}"
    if isinstance(type_, Static):
        named = getattr(type_.value, "name", None)  # of a nested function
        if hasattr(type_.value, "node"):
            return f"the function {named!r}"
        shown = repr(type_.value)
        return f"an object of {type(type_.value).__name__}" if " object at 0x" in shown else shown
    if isinstance(type_, Structure):
        return type_.cls.__name__ if type_.cls else type_.kind
    if isinstance(type_, ListOf):
        return type_.kind
    if isinstance(type_, Reference):
        return f"{'an' if type_.kind == 'object' else 'a'} {type_.kind}"
    if isinstance(type_, Shape | Recursive):
        return "tuple"
    assert isinstance(type_, Opaque)
    return type_.what


def scalar_or_array(dtype: str, shape: tuple[Size, ...]) -> Type:
    """Return an array type, or the NumPy scalar type for rank 0."""
    if shape:
        return Array(dtype, shape)
    from s2sad.ir.types import kind_of_dtype

    return Scalar(kind_of_dtype(dtype), dtype)


def array_of(type_: Type) -> Array:
    """Return the type of `np.asarray` of a value."""
    if isinstance(type_, Array):
        return type_
    if isinstance(type_, Scalar):
        return Array(dtype_of(type_), ())
    if isinstance(type_, Shape):
        return Array("int64", (Size.number(len(type_.sizes)),))
    if isinstance(type_, ListOf):
        inner = array_of(type_.item)
        return Array(inner.dtype, (type_.length or fresh_size(), *inner.shape))
    if isinstance(type_, Structure) and type_.kind in ("tuple", "list") and type_.items:
        inners = [array_of(item) for item in type_.items]
        if len({inner.ndim for inner in inners}) != 1:
            raise TypeProblem("the items have different ranks")
        dtype = str(np.result_type(*(inner.dtype for inner in inners)))
        return Array(dtype, (Size.number(len(inners)), *inners[0].shape))
    problem = NothingYet if type_ == NOT_YET else TypeProblem
    raise problem(f"no array can be made of {describe(type_)}")


def _python_result(name: str, types: list[Type]) -> Scalar:
    kind = weak_kind(*types)
    if name in ("divide", "arctan2", "hypot") or (kind in ("bool", "int") and name not in _INTEGER):
        kind = "float" if kind != "complex" else kind
    if kind == "bool":
        kind = "int"
    if name == "absolute" and kind == "complex":
        kind = "float"
    return Scalar(kind)


_INTEGER = {
    "add",
    "subtract",
    "multiply",
    "power",
    "negative",
    "positive",
    "absolute",
    "floor_divide",
    "remainder",
    "maximum",
    "minimum",
    "square",
    "where",
}


def _size_result(name: str, args: Args) -> Size | None:
    sizes = [arg.type.size if isinstance(arg.type, Scalar) else None for arg in args]
    if None in sizes:
        return fresh_size()
    a = sizes[0]
    b = sizes[1] if len(sizes) > 1 else None
    assert a is not None
    if a.value is not None and (b is None or b.value is not None):
        return _constant_size(name, a.value, b.value if b else 0)
    if name == "add" and b is not None:
        return a.plus(b.value) if b.value is not None else b.plus(a.value) if a.value is not None else fresh_size()
    if name == "subtract" and b is not None and b.value is not None:
        return a.plus(-b.value)
    if name == "subtract" and b is not None and a.symbol == b.symbol:
        return Size.number(a.offset - b.offset)
    if name == "multiply" and b is not None and 1 in (a.value, b.value):
        return a if b.value == 1 else b
    return fresh_size()


def _constant_size(name: str, a: int, b: int | None) -> Size:
    assert b is not None
    functions: dict[str, Any] = {
        "add": lambda: a + b,
        "subtract": lambda: a - b,
        "multiply": lambda: a * b,
        "negative": lambda: -a,
        "floor_divide": lambda: a // b if b else None,
        "remainder": lambda: a % b if b else None,
        "maximum": lambda: max(a, b),
        "minimum": lambda: min(a, b),
        "absolute": lambda: abs(a),
        "power": lambda: a**b if 0 <= b < 64 else None,
        "positive": lambda: a,
        "square": lambda: a * a,
    }
    value = functions[name]() if name in functions else None
    return fresh_size() if value is None else Size.number(value)


# What generated code writes as an operator of Python: anything else it writes as a function of NumPy.
# fmt: off
_PYTHONS = frozenset({
    "add", "subtract", "multiply", "divide", "floor_divide", "remainder", "power", "negative", "positive", "invert",
    "bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "equal", "not_equal", "less",
    "less_equal", "greater", "greater_equal", "logical_not",
})
# fmt: on


def ufunc(name: str) -> Any:
    """Return the type rule of an elementwise operation that a NumPy ufunc computes."""
    function = getattr(np, name, None)

    def infer(args: Args, attrs: Attrs, form: str) -> Type:
        types = [arg.type if isinstance(arg.type, Scalar | Array) else array_of(arg.type) for arg in args]
        shape = broadcast(*(shape_of(t) for t in types))
        if form.startswith(("math.", "cmath.")):  # of any number, one of Python's
            if form.startswith("cmath."):
                return Scalar("complex")
            return _math_result(name, types)
        weak = all(isinstance(t, Scalar) and t.dtype is None for t in types)
        if weak and not form.startswith(("np.", ".")) and (name in _PYTHONS or form):
            result = _python_result(name, list(types))
            if result.kind == "int":
                size = _size_result(name, args)
                negative = name == "power" and _is_negative(args[1])
                return Scalar("float") if negative else Scalar("int", None, size)
            return result
        return scalar_or_array(ufunc_dtype(function, types), shape)

    return infer


def _math_result(name: str, types: Sequence[Type]) -> Scalar:
    if not all(isinstance(type_, Scalar) and type_.kind != "complex" for type_ in types):
        raise TypeProblem(f"math.{name} needs numbers")
    return Scalar("int", None, fresh_size()) if name in ("floor", "ceil", "trunc") else Scalar("float")


def _is_negative(exponent: Expr) -> bool:
    """Return whether an int is known to be negative, or written with a sign: 2 ** -n is a float."""
    size = exponent.type.size if isinstance(exponent.type, Scalar) else None
    return size is not None and size.value is not None and size.value < 0


def rounded(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of round: Python's of a number, without digits, is an int."""
    type_ = args[0].type
    if isinstance(type_, Scalar) and form == "round":
        if len(args) == 1 and type_.kind != "complex":
            return Scalar("int", None, fresh_size())
        return Scalar(type_.kind, type_.dtype)
    array = array_of(type_)
    return scalar_or_array(array.dtype, array.shape)


_PYTHON: dict[str, Any] = {"bool": np.dtype(bool), "int": int, "float": float, "complex": complex}


def ufunc_dtype(function: Any, types: Sequence[Type]) -> str:
    """Return the dtype of what a ufunc gives for these types."""
    weak = [isinstance(type_, Scalar) and type_.dtype is None for type_ in types]
    kinds = (t.kind if isinstance(t, Scalar) and t.dtype is None else dtype_of(t) for t in types)
    return _resolved(function, tuple(zip(kinds, weak, strict=True)))


@functools.cache
def _resolved(function: Any, operands: tuple[tuple[str, bool], ...]) -> str:
    """Return the dtype of the result of a ufunc, given kinds of Python numbers (weak) and dtypes."""
    found = [_PYTHON[name] if weak else np.dtype(name) for name, weak in operands]
    if all(isinstance(o, type) for o in found):
        found = [np.dtype(o) for o in found]
    try:
        return str(function.resolve_dtypes((*found, None))[-1])
    except (TypeError, ValueError) as error:
        raise TypeProblem(str(error)) from None


def comparison(args: Args, attrs: Attrs, form: str) -> Type:
    """Result of a comparison or a logical operation."""
    numeric = [arg.type for arg in args if isinstance(arg.type, Scalar | Array)]
    if len(numeric) != len(args):
        return Scalar("bool")
    shape = broadcast(*(shape_of(t) for t in numeric))
    if shape:
        return Array("bool", shape)
    weak = all(isinstance(t, Scalar) and t.dtype is None for t in numeric)
    return Scalar("bool", None if weak else "bool")


def same(args: Args, attrs: Attrs, form: str) -> Type:
    """Result has the type of argument 0."""
    return args[0].type


def like_zero(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of zeros_like and its family."""
    type_ = args[0].type
    if isinstance(type_, ListOf):
        return type_
    dtype = dtype_name(static(attrs.get("dtype"))) if "dtype" in attrs else dtype_of(array_of(type_))
    shape = shape_of(type_)
    return Array(dtype, shape)


def dtype_name(value: Any) -> str:
    """Return the dtype name a user's dtype argument means."""
    try:
        dtype = np.dtype(float if value is None else value)
    except (TypeError, ValueError):
        raise TypeProblem(f"arrays of dtype {value!r} are not accepted") from None
    if dtype.kind not in "biufc":
        raise TypeProblem(f"arrays of dtype {dtype} are not accepted")
    return str(dtype)


def normal_axes(axis: Any, rank: int) -> tuple[int, ...]:
    """Return axes as non-negative ints."""
    if axis is None:
        return tuple(range(rank))
    axes = axis if isinstance(axis, tuple) else (axis,)
    for a in axes:
        if not isinstance(a, int):
            raise TypeProblem(f"an axis is an int, not {a!r}")
        if not -rank <= a < rank:
            raise TypeProblem(f"axis {a} is out of bounds for an array of rank {rank}")
    return tuple(a % rank for a in axes)


def reduce_shape(shape: tuple[Size, ...], axis: Any, keepdims: bool) -> tuple[Size, ...]:
    """Return the shape after a reduction."""
    axes = normal_axes(axis, len(shape))
    if keepdims:
        return tuple(Size.number(1) if i in axes else size for i, size in enumerate(shape))
    return tuple(size for i, size in enumerate(shape) if i not in axes)


def real_dtype(dtype: str) -> str:
    """Return the dtype of the absolute value, the real and the imaginary part."""
    return {"complex128": "float64", "complex64": "float32"}.get(dtype, dtype)


def reduction(dtype: str = "same") -> Any:
    """Return the type rule of a reduction; dtype "same", "sum", "float", "real", "int64" or "bool"."""

    def infer(args: Args, attrs: Attrs, form: str) -> Type:
        array = array_of(args[0].type)
        shape = reduce_shape(array.shape, static(attrs.get("axis")), bool(static(attrs.get("keepdims"), False)))
        kind = numeric_kind(array)
        result = array.dtype
        if dtype == "sum" and kind in ("bool", "int"):
            result = "int64"
        elif dtype in ("float", "real") and kind in ("bool", "int"):
            result = "float64"
        elif dtype == "real" and kind == "complex":
            result = real_dtype(array.dtype)
        elif dtype in ("int64", "bool"):
            result = dtype
        if static(attrs.get("dtype")) is not None:
            given = dtype_name(static(attrs["dtype"]))
            if np.dtype(given).kind != np.dtype(result).kind:
                raise TypeProblem(f"a reduction of {result} numbers with dtype={given} changes their kind")
            result = given
        if dtype == "sum" and form == "sum" and isinstance(args[0].type, ListOf | Structure):
            return sequence_sum(args[0].type)
        return scalar_or_array(result, shape)

    return infer


def sequence_sum(type_: Type) -> Type:
    """Type of the builtin `sum` of a list."""
    assert isinstance(type_, ListOf | Structure)
    items = [type_.item] if isinstance(type_, ListOf) else list(type_.items)
    first = items[0]
    if isinstance(first, Scalar):
        return Scalar(first.kind, first.dtype)
    return first


def matmul(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of `a @ b`."""
    a, b = array_of(args[0].type), array_of(args[1].type)
    if not a.ndim or not b.ndim:
        raise TypeProblem("matmul needs arrays, not numbers")
    dtype = str(np.result_type(a.dtype, b.dtype))
    rows = a.shape[-2:-1] if a.ndim > 1 else ()
    columns = b.shape[-1:] if b.ndim > 1 else ()
    return scalar_or_array(dtype, (*broadcast(a.shape[:-2], b.shape[:-2]), *rows, *columns))


def dot(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of `np.dot`."""
    a, b = array_of(args[0].type), array_of(args[1].type)
    dtype = str(np.result_type(a.dtype, b.dtype))
    if not a.ndim or not b.ndim:
        return scalar_or_array(dtype, a.shape or b.shape)
    if b.ndim > 2:
        raise TypeProblem(f"np.dot with an array of rank {b.ndim} on the right is not accepted yet; use np.einsum")
    return scalar_or_array(dtype, a.shape[:-1] + b.shape[1:])


def outer(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of `np.outer` of vectors."""
    a, b = array_of(args[0].type), array_of(args[1].type)
    assert a.ndim == b.ndim == 1  # others were flattened
    return Array(str(np.result_type(a.dtype, b.dtype)), (*a.shape, *b.shape))


def vdot(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of `np.vdot`: of arrays of one size."""
    a, b = array_of(args[0].type), array_of(args[1].type)
    return scalar_or_array(str(np.result_type(a.dtype, b.dtype)), ())


def vecdot(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of `np.vecdot` over the last axis."""
    a, b = array_of(args[0].type), array_of(args[1].type)
    if not a.ndim or not b.ndim:
        raise TypeProblem("np.vecdot needs arrays, not numbers")
    return scalar_or_array(str(np.result_type(a.dtype, b.dtype)), broadcast(a.shape, b.shape)[:-1])


def transpose(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of a transpose."""
    array = array_of(args[0].type)
    axes = static(attrs.get("axes"))
    order = range(array.ndim)[::-1] if axes is None else normal_axes(axes, array.ndim)
    return Array(array.dtype, tuple(array.shape[i] for i in order))


def swapaxes(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of swapaxes."""
    array = array_of(args[0].type)
    i, j = normal_axes((static(attrs["axis1"]), static(attrs["axis2"])), array.ndim)
    shape = list(array.shape)
    shape[i], shape[j] = shape[j], shape[i]
    return Array(array.dtype, tuple(shape))


def moveaxis(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of moveaxis."""
    array = array_of(args[0].type)
    source, destination = static(attrs["source"]), static(attrs["destination"])
    order = np.moveaxis(np.empty(range(2, 2 + array.ndim)), source, destination).shape
    return Array(array.dtype, tuple(array.shape[n - 2] for n in order))


def expand_dims(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of expand_dims."""
    array = array_of(args[0].type)
    axis = static(attrs["axis"])
    count = len(axis) if isinstance(axis, tuple) else 1
    axes = normal_axes(axis, array.ndim + count)
    rest = iter(array.shape)
    return Array(array.dtype, tuple(Size.number(1) if i in axes else next(rest) for i in range(array.ndim + count)))


def cumulative(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of cumsum: without an axis the array is flattened first."""
    return ravel(args, attrs, form) if static(attrs.get("axis")) is None else same(args, attrs, form)


def squeeze(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of squeeze with an axis, or without if every size is known to be 1 or not."""
    array = array_of(args[0].type)
    axis = static(attrs.get("axis"))
    if axis is None:
        if any(size.is_unit is None for size in array.shape):
            raise TypeProblem("squeeze without axis: which sizes are 1 is not known; give the axis")
        axes = tuple(i for i, size in enumerate(array.shape) if size.is_unit)
    else:
        axes = normal_axes(axis, array.ndim)
    return Array(array.dtype, tuple(size for i, size in enumerate(array.shape) if i not in axes))


def size_of(expr: Expr) -> Size:
    """Return the value of an int expression as a size."""
    if isinstance(expr.type, Scalar) and expr.type.kind == "int":
        return expr.type.size or fresh_size()
    if isinstance(expr.type, Static) and isinstance(expr.type.value, int):
        return Size.number(expr.type.value)
    raise TypeProblem(f"a size must be an int, not {describe(expr.type)}")


def sizes_of(expr: Expr) -> tuple[Size, ...]:
    """Return the shape that a shape argument gives."""
    if isinstance(expr.type, Shape):
        return expr.type.sizes
    if isinstance(expr, Op) and expr.name in ("tuple", "list"):
        return tuple(size_of(arg) for arg in expr.args)
    if isinstance(expr.type, Structure) and expr.type.kind in ("tuple", "list"):
        return tuple(size_of(Const(None, item)) for item in expr.type.items)
    return (size_of(expr),)


def reshape(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of reshape; a size of -1 is computed where everything else is a number."""
    array = array_of(args[0].type)
    sizes = [size if size.value != -1 else fresh_size() for size in sizes_of(attrs["shape"])]
    given = sizes_of(attrs["shape"])
    if any(size.value == -1 for size in given):
        at = [size.value for size in given].index(-1)
        rest = [size for i, size in enumerate(given) if i != at]
        old = list(array.shape)
        for size in list(rest):
            if size in old and size.is_unit is not None:
                old.remove(size)
                rest.remove(size)
        if not rest and len(old) == 1:
            sizes[at] = old[0]
        elif all(s.value is not None for s in [*rest, *old]):
            sizes[at] = Size.number(_product(old) // _product(rest))
    return Array(array.dtype, tuple(sizes))


def _product(sizes: Sequence[Size]) -> int:
    return math.prod(size.offset for size in sizes)


def ravel(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of ravel and flatten."""
    array = array_of(args[0].type)
    if array.ndim == 1:
        return array
    if all(size.value is not None for size in array.shape):
        return Array(array.dtype, (Size.number(_product(array.shape)),))
    return Array(array.dtype, (fresh_size(),))


def broadcast_to(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of broadcast_to."""
    return Array(array_of(args[0].type).dtype, sizes_of(attrs["shape"]))


def items_of(expr: Expr) -> list[Type]:
    """Return the types of the items of a list or tuple argument."""
    if isinstance(expr, Op) and expr.name in ("tuple", "list"):
        return [arg.type for arg in expr.args]
    if isinstance(expr.type, Structure):
        return list(expr.type.items)
    if isinstance(expr.type, ListOf):
        return [expr.type.item]
    raise TypeProblem("a list or tuple of arrays is needed")


def concatenate(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of concatenate."""
    arrays = [array_of(item) for item in items_of(args[0])]
    axis = normal_axes(static(attrs.get("axis"), 0), arrays[0].ndim)[0]
    shape = list(arrays[0].shape)
    sizes = [a.shape[axis] for a in arrays]
    known = all(size.value is not None for size in sizes) and not isinstance(args[0].type, ListOf)
    shape[axis] = Size.number(sum(s.offset for s in sizes)) if known else fresh_size()
    return Array(str(np.result_type(*(a.dtype for a in arrays))), tuple(shape))


def stack(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of stack."""
    array = array_of(args[0].type)
    axis = normal_axes(static(attrs.get("axis"), 0), array.ndim)[0]
    shape = list(array.shape[1:])
    shape.insert(axis, array.shape[0])
    return Array(array.dtype, tuple(shape))


def creation(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of zeros, ones, empty."""
    return Array(dtype_name(static(attrs.get("dtype"))), sizes_of(args[0]))


def full(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of full."""
    dtype = static(attrs.get("dtype"))
    return Array(dtype_name(dtype) if dtype is not None else dtype_of(array_of(args[1].type)), sizes_of(args[0]))


def full_like(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of full_like."""
    if static(attrs.get("dtype")) is not None:
        return Array(dtype_name(static(attrs["dtype"])), shape_of(args[0].type))
    array, value = array_of(args[0].type), args[1]
    if numeric_kind(array) in ("int", "bool") and numeric_kind(array_of(value.type)) == "float" and not is_const(value):
        raise TypeProblem(f"np.full_like of an array of dtype {array.dtype} would truncate the float; give a dtype")
    return Array(array.dtype, array.shape)


def is_const(expr: Expr) -> bool:
    """Return whether an expression is a constant."""
    return isinstance(expr, Const)


def arange(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of arange."""
    if not all(numeric_kind(arg.type) for arg in args):
        raise TypeProblem("np.arange needs numbers")
    dtype = promote(*(arg.type for arg in args))
    if any(numeric_kind(arg.type) == "complex" for arg in args):
        raise TypeProblem("np.arange of complex numbers")
    if dtype is None:
        dtype = {"int": "int64", "float": "float64"}[weak_kind(*(arg.type for arg in args))]
    if static(attrs.get("dtype")) is not None:
        dtype = dtype_name(static(attrs["dtype"]))
    integer = all(numeric_kind(arg.type) == "int" for arg in args)
    if integer and len(args) == 1:
        return Array(dtype, (size_of(args[0]),))
    if integer and len(args) == 2 and size_of(args[0]).value == 0:
        return Array(dtype, (size_of(args[1]),))
    return Array(dtype, (fresh_size(),))


def linspace(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of linspace."""
    ends = [array_of(arg.type) for arg in args]
    dtype = np.result_type(*(end.dtype for end in ends), 1.0)
    count = size_of(attrs["num"]) if "num" in attrs else Size.number(50)
    shape = broadcast(*(end.shape for end in ends))
    axis = static(attrs.get("axis"), 0) % (len(shape) + 1)
    return Array(str(dtype), (*shape[:axis], count, *shape[axis:]))


def eye(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of eye and identity."""
    n, m = size_of(args[0]), size_of(args[-1])
    return Array(dtype_name(static(attrs.get("dtype"))), (n, m))


def as_array(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of array and asarray."""
    array = array_of(args[0].type)
    dtype = static(attrs.get("dtype"))
    return Array(dtype_name(dtype), array.shape) if dtype is not None else array


def astype(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of astype."""
    dtype = dtype_name(static(attrs["dtype"]))
    return (
        scalar_or_array(dtype, shape_of(args[0].type))
        if isinstance(args[0].type, Scalar)
        else Array(dtype, shape_of(args[0].type))
    )


def copy(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of copy: of a tuple of any length it is a list."""
    type_ = args[0].type
    if isinstance(type_, ListOf):
        return replace(type_, kind="list")
    return type_ if isinstance(type_, Structure) else array_of(type_)


def to_tuple(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of the tuple of the items of a list or array."""
    type_ = args[0].type
    if isinstance(type_, ListOf):
        return replace(type_, kind="tuple")
    return ListOf(getitem((args[0], Const(0, Scalar("int"))), {}, ""), kind="tuple")


def einsum(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of einsum with an explicit or implicit output."""
    inputs, output = einsum_parts(static(attrs["subscripts"]), len(args))
    sizes: dict[str, Size] = {}  # an axis of length 1 is broadcast
    for letters, arg in zip(inputs, args, strict=True):
        shape = shape_of(arg.type)
        if len(letters) != len(shape):
            raise TypeProblem(f"einsum: {letters!r} does not fit an array of rank {len(shape)}")
        for letter, size in zip(letters, shape, strict=True):
            sizes[letter] = broadcast((sizes[letter],), (size,))[0] if letter in sizes else size
    dtype = str(np.result_type(*(dtype_of(arg.type) for arg in args)))
    return scalar_or_array(dtype, tuple(sizes[letter] for letter in output))


def einsum_parts(subscripts: str, count: int) -> tuple[list[str], str]:
    """Return the input and output letters of an einsum string."""
    text = subscripts.replace(" ", "")
    left, arrow, right = text.partition("->")
    inputs = left.split(",")
    if len(inputs) != count:
        raise TypeProblem("einsum: the number of operands does not fit the subscripts")
    if not arrow:
        letters = left.replace(",", "")
        right = "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    return inputs, right


def where(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of where."""
    shape = broadcast(*(shape_of(arg.type) for arg in args))
    dtype = (
        promote(args[1].type, args[2].type)
        or {"bool": "bool", "int": "int64", "float": "float64", "complex": "complex128"}[
            weak_kind(args[1].type, args[2].type)
        ]
    )
    return Array(dtype, shape)


def shape_query(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of `x.shape`."""
    return Shape(shape_of(args[0].type))


def length(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of `len`."""
    type_ = args[0].type
    if isinstance(type_, Array):
        if not type_.ndim:
            raise TypeProblem("len of an array of rank 0")
        return Scalar("int", None, type_.shape[0])
    if isinstance(type_, Structure):
        return Scalar("int", None, Size.number(len(type_.items)))
    if isinstance(type_, Shape):
        return Scalar("int", None, Size.number(len(type_.sizes)))
    if isinstance(type_, ListOf):
        return Scalar("int", None, type_.length or fresh_size())
    raise TypeProblem(f"{describe(type_)} has no length")


def integer(args: Args, attrs: Attrs, form: str) -> Type:
    """A Python int whose value is unknown."""
    return Scalar("int", None, fresh_size())


def getitem(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of `base[index]`."""
    base, index = args
    if isinstance(base.type, ListOf):
        return renewed(item_of(base.type, is_path(index)))
    if isinstance(base.type, Shape):
        return _shape_item(base.type, index)
    if isinstance(base.type, Structure):
        return base.type.item(static(index))
    if not isinstance(base.type, Array):
        raise TypeProblem(f"{describe(base.type)} cannot be indexed")
    shape = index_shape(base.type.shape, index)
    if any(is_ellipsis(part) for part in index_parts(index)):
        return Array(base.type.dtype, shape)  # with an ellipsis NumPy gives a view also where one item is left
    return scalar_or_array(base.type.dtype, shape)


def popped(args: Args, attrs: Attrs, form: str) -> Type:
    """Type of `xs.pop()`, and of `rows[i].pop()`."""
    assert isinstance(args[0].type, ListOf)
    return renewed(item_of(args[0].type, "of" in attrs))


def is_path(index: Expr | None) -> bool:
    """Return whether an index is that of an item of a list in a list: which list, and where in it."""
    return isinstance(index, Op) and index.name == "path"


def item_of(type_: ListOf, inner: bool) -> Type:
    """Return the type of the items of a list, or of those of the lists in it."""
    return type_.item.item if inner and isinstance(type_.item, ListOf) else type_.item


def _shape_item(type_: Shape, index: Expr) -> Type:
    if isinstance(index, Op) and index.name == "slice":
        return Shape(type_.sizes[slice(*(static(part) for part in index.args))])
    try:
        return Scalar("int", None, type_.sizes[static(index)])
    except NotStatic:
        return Scalar("int", None, fresh_size())


def index_parts(index: Expr) -> tuple[Expr, ...]:
    """Return the parts of an index as a tuple."""
    if isinstance(index, Op) and (index.name == "tuple" or (index.name == "build" and index.form == "tuple")):
        return index.args
    return (index,)


def is_ellipsis(part: Expr) -> bool:
    """Return whether an index part is `...`."""
    return isinstance(part, Const) and part.value is Ellipsis


def is_newaxis(part: Expr) -> bool:
    """Return whether an index part is None."""
    return isinstance(part.type, Static) and part.type.value is None


def is_slice(part: Expr) -> bool:
    """Return whether an index part is a slice."""
    return isinstance(part, Op) and part.name == "slice"


def is_fancy(part: Expr) -> bool:
    """Return whether an index part makes the index an advanced one."""
    type_ = part.type
    if is_slice(part) or is_ellipsis(part) or is_newaxis(part):
        return False
    return isinstance(type_, Array | ListOf | Structure) or (isinstance(type_, Scalar) and type_.kind == "bool")


def is_basic(index: Expr) -> bool:
    """Return whether an index is basic: its result is a view."""
    return not any(is_fancy(part) for part in index_parts(index))


def _consumed(part: Expr) -> int:
    if is_newaxis(part):
        return 0
    if isinstance(part.type, Array) and part.type.dtype == "bool":
        return part.type.ndim
    return 1


def index_shape(shape: tuple[Size, ...], index: Expr) -> tuple[Size, ...]:
    """Return the shape of an indexing result."""
    parts = list(index_parts(index))
    used = sum(_consumed(part) for part in parts if not is_ellipsis(part))
    if used > len(shape):
        raise TypeProblem(f"too many indices for an array of rank {len(shape)}")
    fill = [Op("slice", (Const(None), Const(None), Const(None)), Static("slice"))] * (len(shape) - used)
    at = next((i for i, part in enumerate(parts) if is_ellipsis(part)), None)
    parts = [*parts, *fill] if at is None else [*parts[:at], *fill, *parts[at + 1 :]]
    result: list[Size] = []
    fancy: list[tuple[Size, ...]] = []
    place: int | None = None
    split = False
    axis = 0
    previous = False
    any_fancy = any(is_fancy(part) for part in parts)
    for part in parts:
        if is_newaxis(part):
            result.append(Size.number(1))
            previous = False
            continue
        if is_slice(part):
            result.append(slice_size(shape[axis], part))
            previous = False
        elif is_fancy(part) or any_fancy:
            if place is None:
                place = len(result)
            elif not previous:
                split = True
            fancy.append(_fancy_shape(part))
            previous = True
        elif not (isinstance(part.type, Scalar) and part.type.kind == "int"):
            raise TypeProblem(f"an index cannot be {describe(part.type)}")
        axis += _consumed(part)
    if place is not None:
        at = 0 if split else place
        result[at:at] = broadcast(*fancy)
    return tuple(result)


def _fancy_shape(part: Expr) -> tuple[Size, ...]:
    if isinstance(part.type, Scalar):
        return ()
    array = array_of(part.type)
    return (fresh_size(),) if array.dtype == "bool" else array.shape


def slice_size(size: Size, part: Expr) -> Size:
    """Return the number of elements a slice selects from an axis; equal slices of equal axes have equal sizes."""
    assert isinstance(part, Op)
    bounds = [None if is_newaxis(p) else bound_size(p) for p in part.args]
    lower, upper, step = bounds
    if any(b is None and not is_newaxis(p) for b, p in zip(bounds, part.args, strict=True)):
        return fresh_size()
    values = [None if b is None else b.value for b in bounds]
    known = all(b is None or b.value is not None for b in bounds)
    if known and size.value is not None:
        return Size.number(len(range(*slice(*values).indices(size.value))))
    if known and values[2] == -1 and values[0] is None and values[1] is None:
        return size
    if known and values[2] in (None, 1):
        low, high = values[0] or 0, values[1]
        if low >= 0 and (high is None or high < 0):
            return size.plus((high or 0) - low)
    if (
        lower in (None, Size.number(0))
        and upper is not None
        and step in (None, Size.number(1))
        and upper.symbol == size.symbol
        and upper.offset <= size.offset
        and upper.symbol is not None
    ):
        return upper
    text = ":".join("" if b is None else f"{b.symbol or ''}{b.offset:+d}" for b in bounds)
    return Size(f"{size.symbol or ''}{size.offset:+d}[{text}]", 0, None)


def bound_size(part: Expr) -> Size | None:
    """Return the value of a slice bound as a size, if it has a name."""
    if isinstance(part.type, Scalar) and part.type.kind == "int":
        return part.type.size
    return None


def nothing(args: Args, attrs: Attrs, form: str) -> Type:
    """Type None."""
    return Static(None)


def opaque(args: Args, attrs: Attrs, form: str) -> Type:
    """A value that is handed on and not looked into."""
    return Opaque()
