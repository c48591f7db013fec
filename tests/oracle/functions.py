"""Tangents of NumPy's functions, by kind; the table `FUNCTIONS` is keyed by NumPy's own names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .duals import (
    METHODS,
    DualArray,
    DualScalar,
    OracleUnsupported,
    bilinear,
    elementwise,
    holds_dual,
    pair,
    plain_index,
    raw,
    store,
    tan,
    wrap,
)

Function = Callable[..., Any]
# These make a linear function affine, so applying it to the tangent would be wrong.
_AFFINE = ("initial", "prepend", "append", "where", "constant_values")


def native(x: Any) -> Any:
    """The real type behind a stand-in for one (`np.float64`, `float`)."""
    return getattr(x, "native_type", x)


def static(x: Any) -> Any:
    """An argument that is not differentiated: shapes, axes, indices, dtypes."""
    if isinstance(x, dict):
        return {key: static(item) for key, item in x.items()}
    if isinstance(x, tuple):
        return tuple(static(item) for item in x)
    if isinstance(x, list):
        return [static(item) for item in x]
    if isinstance(x, (DualArray, DualScalar)):
        if x.tangent is not None and np.any(x.tangent):
            raise OracleUnsupported("an active value where a shape, axis or index is expected")
        return x.value
    return native(x)


def _options(keywords: dict[str, Any]) -> dict[str, Any]:
    for name in _AFFINE:
        if name in keywords:
            raise OracleUnsupported(f"option {name}")
    return {name: static(option) for name, option in keywords.items()}


def deliver(result: Any, out: Any) -> Any:
    """Honour `out=`: write the finished result, as NumPy does even when operands overlap it."""
    if out is None:
        return result
    if isinstance(out, tuple):
        (out,) = out
    value = raw(result)
    if not np.can_cast(np.asarray(value).dtype, out.dtype, "same_kind"):
        raise TypeError("cannot cast the result into out")
    store(out, ..., result)
    return out


def as_array(x: Any) -> DualArray:
    if isinstance(x, DualArray):
        return x
    return DualArray.fresh(np.array(raw(x)), tan(x))


def view(function: Function) -> Function:
    """Functions that may return a view: whatever they do to the value they do to the tangent."""

    def apply(x: Any, *args: Any, **keywords: Any) -> Any:
        x = as_array(x)
        args, keywords = static(args), _options(keywords)
        value = function(x.value, *args, **keywords)
        if x.tangent is None:
            return _inactive(value)
        return pair(value, function(x.tangent, *args, **keywords))

    return apply


def _inactive(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)([_inactive(item) for item in value])
    return DualArray(value, None) if isinstance(value, np.ndarray) else wrap(value)


def linear(function: Function) -> Function:
    """Linear in the first argument, result freshly made."""

    def apply(x: Any, *args: Any, out: Any = None, **keywords: Any) -> Any:
        args, keywords = static(args), _options(keywords)
        value = function(raw(x), *args, **keywords)
        direction = tan(x)
        tangent = None if direction is None else function(direction, *args, **keywords)
        return deliver(wrap(value, tangent), out)

    return apply


def linear_in_all(function: Function) -> Function:
    """Linear in a list of arrays taken together (concatenate, stack, ...)."""

    def apply(parts: Any, *args: Any, **keywords: Any) -> Any:
        args, keywords = static(args), _options(keywords)
        parts = list(parts)
        value = function([raw(part) for part in parts], *args, **keywords)
        if not holds_dual(parts):
            return wrap(value)
        return wrap(value, function([_dense(part) for part in parts], *args, **keywords))

    return apply


def _dense(part: Any) -> Any:
    direction = tan(part)
    return np.zeros(np.shape(raw(part))) if direction is None else np.asarray(direction)


def product(function: Function) -> Function:
    """Linear in each of the first two arguments."""

    def apply(a: Any, b: Any, *args: Any, out: Any = None, **keywords: Any) -> Any:
        args, keywords = static(args), _options(keywords)
        return deliver(bilinear(lambda p, q: function(p, q, *args, **keywords), a, b), out)

    return apply


def constant(function: Function) -> Function:
    """Piecewise constant, or a function of shapes only: no tangent gets through."""

    def apply(*args: Any, **keywords: Any) -> Any:
        return wrap(function(*_values(args), **_values(keywords)))

    return apply


def _values(x: Any) -> Any:
    if isinstance(x, dict):
        return {key: _values(item) for key, item in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x)([_values(item) for item in x])
    return native(raw(x))


def creator(function: Function) -> Function:
    """Makes arrays from shapes and constants; an active argument is an error."""

    def apply(*args: Any, **keywords: Any) -> Any:
        return wrap(function(*static(args), **static(keywords)))

    return apply


def einsum(subscripts: str, *operands: Any, **keywords: Any) -> Any:
    values = [raw(operand) for operand in operands]
    total: Any = None
    for i, operand in enumerate(operands):
        if tan(operand) is None:
            continue
        term = np.einsum(subscripts, *values[:i], tan(operand), *values[i + 1 :], **keywords)
        total = term if total is None else total + term
    return wrap(np.array(np.einsum(subscripts, *values, **keywords))[()], total)


def array(x: Any, dtype: Any = None, **keywords: Any) -> Any:
    value = np.array(raw(x), dtype=native(dtype), **static(keywords))
    return DualArray.fresh(value, tan(x))


def asarray(x: Any, dtype: Any = None, **keywords: Any) -> Any:
    kind = native(dtype)
    if isinstance(x, DualArray) and (kind is None or np.dtype(kind) == x.dtype):
        return x
    return array(x, kind, **keywords)


def ascontiguousarray(x: Any, dtype: Any = None) -> Any:
    x = asarray(x, dtype)
    if x.value.flags.c_contiguous and x.value.ndim > 0:
        return x
    return DualArray.fresh(np.ascontiguousarray(x.value), x.tangent)


def full(shape: Any, fill: Any, dtype: Any = None, **keywords: Any) -> Any:
    value = np.full(static(shape), raw(fill), native(dtype), **static(keywords))
    return DualArray.fresh(value, tan(fill))


def full_like(x: Any, fill: Any, dtype: Any = None, **keywords: Any) -> Any:
    value = np.full_like(raw(x), raw(fill), native(dtype), **static(keywords))
    return DualArray.fresh(value, tan(fill))


def astype(x: DualArray, dtype: Any, **keywords: Any) -> Any:
    value = x.value.astype(native(dtype), **keywords)
    if value is x.value:
        return x
    return wrap(value, x.tangent)


def copy(x: Any, order: Any = "K") -> Any:
    x = as_array(x)
    return DualArray.fresh(np.array(x.value, order=order), x.tangent)


def where(condition: Any, *arms: Any) -> Any:
    if not arms:
        return wrap(np.where(raw(condition)))
    mask = raw(condition)
    value = np.where(mask, raw(arms[0]), raw(arms[1]))
    # Selecting tangents, rather than multiplying by a mask, keeps an inf of the other arm out.
    return wrap(value, np.where(mask, _dense(arms[0]), _dense(arms[1])))


def extremum(function: Function) -> Function:
    """max and min; ties share alike, as in JAX."""

    def apply(x: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        value = np.asarray(raw(x))
        axis = static(axis)
        result = function(value, axis=axis, keepdims=keepdims)
        if tan(x) is None:
            return deliver(wrap(result), out)
        hit = value == function(value, axis=axis, keepdims=True)
        shares = np.sum(hit * tan(x), axis=axis, keepdims=keepdims)
        count = np.sum(hit, axis=axis, keepdims=keepdims)
        return deliver(wrap(result, shares / count), out)

    return apply


def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    value = np.asarray(raw(x), dtype=float)
    result = np.prod(raw(x), axis=axis, keepdims=keepdims)
    if tan(x) is None:
        return wrap(result)
    flat = value.reshape(-1) if axis is None else value
    direction = np.asarray(tan(x)).reshape(flat.shape)
    line = 0 if axis is None else axis
    total: Any = 0.0
    for k in range(flat.shape[line]):
        others = np.delete(flat, k, line).prod(axis=line, keepdims=True)
        total = total + others * np.take(direction, [k], line)
    return wrap(result, np.reshape(total, np.shape(result)))


def sort(x: Any, axis: int = -1) -> Any:
    x = as_array(x)
    order = np.argsort(x.value, axis=axis, kind="stable")
    value = np.take_along_axis(x.value, order, axis)
    return wrap(value, None if x.tangent is None else np.take_along_axis(x.tangent, order, axis))


def sort_in_place(x: DualArray, axis: int = -1) -> None:
    store(x, ..., sort(x, axis))


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return linear(np.mean)(x, axis=axis, keepdims=keepdims)


def squared(x: Any) -> Any:
    """|x|**2, also of complex numbers."""
    return x.real * x.real + x.imag * x.imag if np.iscomplexobj(raw(x)) else x * x


def var(x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    x = as_array(x)
    centred = x - mean(x, axis, True)
    result = linear(np.sum)(squared(centred), axis=axis, keepdims=keepdims)
    count = x.size / max(np.size(raw(mean(x, axis))), 1)
    return result / (count - ddof)


def std(x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    return elementwise("sqrt", np.sqrt, var(x, axis, ddof, keepdims))


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord not in (None, 2) or (ord == 2 and axis is None and np.ndim(raw(x)) != 1):
        raise OracleUnsupported(f"norm of order {ord}")
    x = as_array(x)
    return elementwise("sqrt", np.sqrt, linear(np.sum)(squared(x), axis=axis, keepdims=keepdims))


def clip(x: Any, low: Any = None, high: Any = None, out: Any = None) -> Any:
    result = x
    if low is not None:
        result = elementwise("maximum", np.maximum, result, low)
    if high is not None:
        result = elementwise("minimum", np.minimum, result, high)
    return deliver(result, out)


def pad(x: Any, width: Any, mode: Any = "constant", constant_values: Any = 0, **options: Any) -> Any:
    if mode in ("edge", "wrap", "reflect", "symmetric"):
        return linear(np.pad)(x, width, mode, **options)
    if mode != "constant":
        raise OracleUnsupported(f"np.pad with mode={mode!r}")
    value = np.pad(raw(x), static(width), mode, constant_values=static(constant_values))
    return wrap(value, None if tan(x) is None else np.pad(tan(x), static(width)))


def fill(x: DualArray, value: Any) -> None:
    store(x, ..., value)


def put(x: DualArray, index: Any, item: Any) -> None:
    np.put(x.value, plain_index(index), raw(item))
    if x.tangent is not None:
        np.put(x.tangent, plain_index(index), _dense(item))


def fill_diagonal(x: DualArray, item: Any) -> None:
    np.fill_diagonal(x.value, raw(item))
    if x.tangent is not None:
        np.fill_diagonal(x.tangent, _dense(item))


def copyto(target: DualArray, source: Any, where: Any = True) -> None:
    np.copyto(target.value, raw(source), where=raw(where))
    if target.tangent is not None:
        np.copyto(target.tangent, _dense(source), where=raw(where))


def item(x: DualArray, *index: Any) -> Any:
    tangent = None if x.tangent is None else x.tangent.item(*index)
    return wrap(x.value.item(*index), tangent)


def tolist(x: DualArray) -> Any:
    if x.value.ndim == 0:
        return item(x)
    return [tolist(as_array(row)) for row in x]


def ndenumerate(x: DualArray) -> Any:
    return ((index, x[index]) for index in np.ndindex(x.shape))


def solve(a: Any, b: Any) -> Any:
    y = np.linalg.solve(raw(a), raw(b))
    right = np.zeros(np.shape(raw(b))) + _dense(b)
    if tan(a) is not None:
        right = right - tan(a) @ y
    return wrap(y, np.linalg.solve(raw(a), right))


def inv(a: Any) -> Any:
    y = np.linalg.inv(raw(a))
    return wrap(y, -y @ _dense(a) @ y)


def _log_det_tangent(a: Any) -> Any:
    return np.trace(np.linalg.solve(raw(a), _dense(a)), axis1=-2, axis2=-1)


def det(a: Any) -> Any:
    y = np.linalg.det(raw(a))
    return wrap(y, y * _log_det_tangent(a))


def slogdet(a: Any) -> Any:
    sign, logarithm = found = np.linalg.slogdet(raw(a))
    return type(found)(wrap(sign), wrap(logarithm, _log_det_tangent(a)))


def cholesky(a: Any) -> Any:
    factor = np.linalg.cholesky(raw(a))
    inner = np.linalg.solve(factor, np.swapaxes(np.linalg.solve(factor, _dense(a)), -1, -2))
    lower = np.tril(inner) - 0.5 * inner * np.eye(inner.shape[-1])
    return wrap(factor, factor @ lower)


_VIEWS = (
    "reshape ravel squeeze transpose swapaxes moveaxis expand_dims broadcast_to flip fliplr flipud "
    "rot90 diag diagonal atleast_1d atleast_2d atleast_3d split array_split hsplit vsplit"
)
_LINEAR = "sum mean cumsum trace tril triu roll tile repeat diff take take_along_axis delete compress"
_JOINS = "concatenate stack vstack hstack column_stack dstack"
_PRODUCTS = "dot matmul inner outer vdot tensordot kron cross convolve correlate"
_CONSTANTS = (
    "argmax argmin argsort any all nonzero flatnonzero argwhere count_nonzero searchsorted shape "
    "ndim size round around fix zeros_like ones_like empty_like allclose isclose array_equal "
    "isscalar may_share_memory shares_memory lexsort digitize bincount"
)
_CREATORS = (
    "zeros ones empty eye identity arange linspace logspace tri indices tril_indices triu_indices "
    "diag_indices ix_ unravel_index ravel_multi_index hanning"
)


def conj(x: Any) -> Any:
    return wrap(np.conj(raw(x)), None if tan(x) is None else np.conj(tan(x)))


def _table(kind: Callable[[Function], Function], names: str) -> dict[str, Function]:
    return {name: kind(getattr(np, name)) for name in names.split()}


FUNCTIONS: dict[str, Function] = {
    **_table(view, _VIEWS),
    **_table(linear, _LINEAR),
    **_table(linear_in_all, _JOINS),
    **_table(product, _PRODUCTS),
    **_table(constant, _CONSTANTS),
    **_table(creator, _CREATORS),
    "array": array,
    "asarray": asarray,
    "asanyarray": asarray,
    "ascontiguousarray": ascontiguousarray,
    "copy": copy,
    "full": full,
    "full_like": full_like,
    "where": where,
    "einsum": einsum,
    "max": extremum(np.max),
    "min": extremum(np.min),
    "amax": extremum(np.max),
    "amin": extremum(np.min),
    "prod": prod,
    "sort": sort,
    "var": var,
    "std": std,
    "clip": clip,
    "sinc": lambda x: elementwise("sinc", np.sinc, x),
    "pad": pad,
    "put": put,
    "fill_diagonal": fill_diagonal,
    "copyto": copyto,
    "ndenumerate": ndenumerate,
    "ndindex": np.ndindex,
    "errstate": np.errstate,
    "linalg.solve": solve,
    "linalg.inv": inv,
    "linalg.det": det,
    "linalg.slogdet": slogdet,
    "linalg.cholesky": cholesky,
    "linalg.norm": norm,
    "real": lambda x: x.real,
    "imag": lambda x: x.imag,
    "conj": conj,
    "conjugate": conj,
}


def _spread(function: Function) -> Function:
    """`x.reshape(2, 3)` for `x.reshape((2, 3))`."""

    def apply(x: Any, *args: Any, **keywords: Any) -> Any:
        if len(args) > 1:
            args = (args,)
        return function(x, *args, **keywords)

    return apply


def _flatten(x: DualArray) -> Any:
    return DualArray.fresh(x.value.flatten(), None if x.tangent is None else x.tangent.flatten())


_SHARED_METHODS = (
    "ravel squeeze swapaxes diagonal sum mean cumsum trace repeat take compress dot argmax argmin "
    "argsort any all nonzero searchsorted round max min prod var std clip put"
)

METHODS.update({name: FUNCTIONS[name] for name in _SHARED_METHODS.split()})
METHODS.update(
    reshape=_spread(FUNCTIONS["reshape"]),
    transpose=_spread(FUNCTIONS["transpose"]),
    flatten=_flatten,
    copy=lambda x, order="C": copy(x, order),
    conj=conj,
    conjugate=conj,
    astype=astype,
    sort=sort_in_place,
    fill=fill,
    item=item,
    tolist=tolist,
)
