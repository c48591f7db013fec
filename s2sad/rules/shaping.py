"""Shape, assembly and selection: nearly all are linear, and their transposes are one another."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir.nodes import Const
from s2sad.ir.types import Array, Scalar, fresh_size, numeric_kind
from s2sad.rules import infer
from s2sad.rules.builder import Sym, cast_like, unbroadcast
from s2sad.rules.core import CHEAP, EXPENSIVE, FREE, TypeProblem, constant, custom, linear, static
from s2sad.rules.infer import array_of, normal_axes
from s2sad.rules.register import register


def _reshape_back(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    if not isinstance(x.type, Array):
        return g.op("item")
    if not g.ndim:
        return g.op("broadcast_to", shape=x.op("shape"))
    return g.op("reshape", shape=x.op("shape"))


def _transpose(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    axes = static(attrs.get("axes"))
    if axes is None:
        return g.op("transpose")
    back = tuple(int(i) for i in np.argsort(normal_axes(axes, x.ndim)))
    return g.op("transpose", axes=back)


def _flip(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    return g.op("flip", **attrs)


def _moveaxis(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    return g.op("moveaxis", source=attrs["destination"], destination=attrs["source"])


def _copy(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    return g.op("item") if isinstance(x.type, Scalar) and isinstance(g.type, Array) else g


def _broadcast_to(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    return unbroadcast(g, x.expr)


register(
    "reshape",
    linear(_reshape_back),
    infer.reshape,
    names="np.reshape",
    methods="reshape",
    signature="a | shape",
    view="maybe",
    cost=FREE,
)
register(
    "ravel",
    linear(_reshape_back),
    infer.ravel,
    names="np.ravel",
    methods="ravel",
    signature="a |",
    view="maybe",
    cost=FREE,
)
register("flatten", linear(_reshape_back), infer.ravel, methods="flatten", signature="a |", cost=CHEAP)
register(
    "squeeze",
    linear(_reshape_back),
    infer.squeeze,
    names="np.squeeze",
    methods="squeeze",
    signature="a | axis",
    view="always",
    cost=FREE,
)


def _without_axes(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    """The axes of length 1 go again."""
    if not x.ndim:
        return g.op("reshape", shape=x.op("shape"))
    axes = normal_axes(static(attrs["axis"]), y.ndim)
    return g.op("squeeze", axis=axes if len(axes) > 1 else axes[0])


register(
    "expand_dims",
    linear(_without_axes),
    infer.expand_dims,
    names="np.expand_dims",
    signature="a | axis",
    view="always",
    cost=FREE,
)
register(
    "atleast_1d",
    linear(_reshape_back),
    lambda args, attrs, form: _atleast(args, 1),
    names="np.atleast_1d",
    signature="a |",
    view="always",
    cost=FREE,
)
register(
    "atleast_2d",
    linear(_reshape_back),
    lambda args, attrs, form: _atleast(args, 2),
    names="np.atleast_2d",
    signature="a |",
    view="always",
    cost=FREE,
)
register(
    "transpose",
    linear(_transpose),
    infer.transpose,
    names="np.transpose",
    methods="transpose",
    signature="a | axes",
    view="always",
    cost=FREE,
)
register(
    "swapaxes",
    linear(lambda g, y, x, **attrs: g.op("swapaxes", **attrs)),
    infer.swapaxes,
    names="np.swapaxes",
    methods="swapaxes",
    signature="a | axis1 axis2",
    view="always",
    cost=FREE,
)
register(
    "moveaxis",
    linear(_moveaxis),
    infer.moveaxis,
    names="np.moveaxis",
    signature="a | source destination",
    view="always",
    cost=FREE,
)
register(
    "flip",
    linear(_flip),
    infer.same,
    names="np.flip np.flipud np.fliplr",
    signature="m | axis",
    view="always",
    cost=FREE,
)
register(
    "broadcast_to",
    linear(_broadcast_to),
    infer.broadcast_to,
    names="np.broadcast_to",
    signature="array | shape subok=False",
    view="frozen",
    cost=FREE,
)
register("copy", linear(_copy), infer.copy, names="np.copy", methods="copy", signature="a |", cost=CHEAP)
register("array", linear(_copy), infer.as_array, names="np.array", signature="object | dtype", cost=CHEAP)
register(
    "asarray",
    linear(_copy),
    infer.as_array,
    names="np.asarray np.ascontiguousarray np.asanyarray np.asfortranarray np.asarray_chkfinite",
    signature="a | dtype",
    view="maybe",
    cost=CHEAP,
)


def _atleast(args: Any, rank: int) -> Array:
    from s2sad.ir.types import Size

    array = array_of(args[0].type)
    return Array(array.dtype, (Size.number(1),) * (rank - array.ndim) + array.shape)


def _astype(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    if numeric_kind(y.type) not in ("float", "complex"):
        return None  # type: ignore[return-value]
    return cast_like(g, x.expr)


register(
    "astype", linear(_astype), infer.astype, names="np.astype", methods="astype", signature="x | dtype", cost=CHEAP
)
register(
    "item",
    linear(lambda g, y, x, **attrs: g.op("full_like_value", x)),
    lambda args, attrs, form: Scalar(numeric_kind(args[0].type) or "float"),
    methods="item",
    signature="a |",
    cost=FREE,
)


def _fill_back(g: Sym, y: Sym, value: Sym, like: Sym, **attrs: Any) -> Sym:
    return g.sum()


register(
    "full_like_value",
    linear(_fill_back),
    lambda args, attrs, form: array_of(args[1].type),
    signature="value like |",
    cost=CHEAP,
)


def _float_kind(args: Any, attrs: Any, form: str) -> Scalar:
    if not isinstance(args[0].type, Scalar | Array):
        raise TypeProblem(f"float needs a number, not {infer.describe(args[0].type)}")
    return Scalar("float")


register(
    "float",
    linear(lambda g, y, x: g.op("full_like_value", x) if isinstance(x.type, Array) else g),
    _float_kind,
    names="float",
    signature="x |",
    cost=FREE,
)


def _complex_kind(args: Any, attrs: Any, form: str) -> Scalar:
    if not all(isinstance(arg.type, Scalar) for arg in args):
        raise TypeProblem("complex needs numbers")
    return Scalar("complex")


def _complex_imag(g: Sym, y: Sym, real: Sym, imag: Sym) -> Sym:
    """y = real + i imag, where both may be complex."""
    return g * -1j if numeric_kind(imag.type) == "complex" else g.op("imag")


def _complex_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return Sym(y.builder.op("complex", *(0.0 if dot is None else dot for dot in dots)), y.builder)


register(
    "complex",
    custom([lambda g, y, *parts: g, _complex_imag], _complex_push),
    _complex_kind,
    names="complex",
    signature="real imag |",
    cost=FREE,
)
register("int", constant(cost=FREE), infer.integer, names="int", signature="x |")
register("bool", constant(cost=FREE), lambda args, attrs, form: Scalar("bool"), names="bool", signature="x |")


def _where_true(g: Sym, y: Sym, mask: Sym, a: Sym, b: Sym) -> Sym:
    return unbroadcast(Sym(g.builder.op("where", mask, g, 0.0), g.builder), a.expr)


def _where_false(g: Sym, y: Sym, mask: Sym, a: Sym, b: Sym) -> Sym:
    return unbroadcast(Sym(g.builder.op("where", mask, 0.0, g), g.builder), b.expr)


def _where_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    mask = args[0]
    a = 0.0 if dots[1] is None else dots[1]
    b = 0.0 if dots[2] is None else dots[2]
    return Sym(y.builder.op("where", mask, a, b), y.builder)


register(
    "where",
    custom([None, _where_true, _where_false], _where_push),
    infer.where,
    names="np.where",
    signature="condition x y |",
    cost=CHEAP,
)


def _clip(g: Sym, y: Sym, x: Sym, low: Sym, high: Sym) -> Sym:
    """The share of x in the result: 1 inside, 1/2 at a bound (as in JAX), 0 outside."""
    return unbroadcast(_clip_inside(g, y, x, low, high), x.expr)


def _clip_inside(g: Sym, y: Sym, x: Sym, low: Sym, high: Sym) -> Sym:
    for bound in (low, high):
        if not infer.is_newaxis(bound.expr):
            g = g * x.op("selected", bound, y)
    return g


def _clip_at_low(g: Sym, y: Sym, x: Sym, low: Sym, high: Sym) -> Sym:
    if infer.is_newaxis(high.expr):
        return g * low.op("selected", x, y)
    raised = x.op("maximum", low)
    return g * low.op("selected", x, raised) * raised.op("selected", high, y)


def _clip_at_high(g: Sym, y: Sym, x: Sym, low: Sym, high: Sym) -> Sym:
    return g * high.op("selected", x if infer.is_newaxis(low.expr) else x.op("maximum", low), y)


def _clip_low(g: Sym, y: Sym, x: Sym, low: Sym, high: Sym) -> Sym:
    return unbroadcast(_clip_at_low(g, y, x, low, high), low.expr)


def _clip_high(g: Sym, y: Sym, x: Sym, low: Sym, high: Sym) -> Sym:
    return unbroadcast(_clip_at_high(g, y, x, low, high), high.expr)


def _clip_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    parts = (_clip_inside, _clip_at_low, _clip_at_high)
    terms = [part(dot, y, *args) for part, dot in zip(parts, dots, strict=True) if dot is not None]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _clip_type(args: Any, attrs: Any, form: str) -> Any:
    bounded = args[0]
    for bound in args[1:]:
        if not infer.is_newaxis(bound):
            bounded = Const(None, infer.ufunc("maximum")((bounded, bound), {}, "np."))
    return bounded.type


register(
    "clip",
    custom([_clip, _clip_low, _clip_high], _clip_push, over_complex="refused"),
    _clip_type,
    names="np.clip",
    methods="clip",
    signature="a a_min a_max |",
    cost=CHEAP,
)


def _concatenate(g: Sym, y: Sym, *parts: Sym, **attrs: Any) -> list[Sym]:
    """Cut the cotangent where the parts were joined: from the end where what follows is of known length."""
    axis = normal_axes(static(attrs.get("axis"), 0), y.ndim)[0]
    known = [array_of(part.type).shape[axis].value for part in parts]
    whole = (slice(None),) * axis
    start: Any = 0  # from the front, or from the end where it is negative
    pieces = []
    for i, part in enumerate(parts):
        size, after = known[i], known[i + 1 :]
        rest = None if None in after else sum(n for n in after if n is not None)
        if isinstance(start, int) and start >= 0 and size is not None:
            end: Any = start + size
        elif rest is not None:
            end = -rest or None
        else:
            n = part.op("len") if axis == 0 else part.op("shape")[axis]
            end = n if isinstance(start, int) and start == 0 else start + n
        piece = slice(0, 0) if start is None else slice(start or None if isinstance(start, int) else start, end)
        if i == len(parts) - 1 and start is not None:
            piece = slice(piece.start, None)
        pieces.append(g[(*whole, piece)] if whole else g[piece])
        start = end
    return pieces


def _stack(g: Sym, y: Sym, *parts: Sym, **attrs: Any) -> list[Sym]:
    axis = normal_axes(static(attrs.get("axis"), 0), y.ndim)[0]
    whole = (slice(None),) * axis
    return [g[(*whole, i)] if whole else g[i] for i in range(len(parts))]


register(
    "concatenate",
    {"pulls": (_concatenate,), "variadic": True, "push": "linear"},
    infer.concatenate,
    names="np.concatenate",
    signature="arrays | axis",
    cost=EXPENSIVE,
)
register(
    "stack",
    {"pulls": (_stack,), "variadic": True, "push": "linear"},
    infer.stack,
    names="np.stack",
    signature="arrays | axis",
    cost=EXPENSIVE,
)


def _windowed_axes(x: Any, attrs: dict[str, Any]) -> tuple[int, ...]:
    """Return the axes along which windows slide."""
    return normal_axes(static(attrs.get("axis")), array_of(x.type).ndim)


def _windows_type(args: Any, attrs: Any, form: str) -> Array:
    array, windows = array_of(args[0].type), infer.sizes_of(attrs["window_shape"])
    axes = _windowed_axes(args[0], attrs)
    if len(axes) != len(windows):
        raise TypeProblem("sliding_window_view needs one window size for each axis")
    shape = list(array.shape)
    for axis, window in zip(axes, windows, strict=True):
        shape[axis] = shape[axis].plus(1 - window.value) if window.value is not None else fresh_size()
    return Array(array.dtype, (*shape, *windows))


def _windows(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    """Each element gets the cotangents of all windows that it is in."""
    return g.op("add_windows", x, axes=_windowed_axes(x, attrs))


def _add_windows(g: Sym, y: Sym, windows: Sym, x: Sym, **attrs: Any) -> Sym:
    sizes = windows.op("shape")[slice(x.ndim, None)]
    return g.op("sliding_window_view", window_shape=sizes, axis=static(attrs["axes"]))


register(
    "sliding_window_view",
    linear(_windows),
    _windows_type,
    names="np.lib.stride_tricks.sliding_window_view",
    signature="x | window_shape axis * subok=False writeable=False",
    view="frozen",
    cost=FREE,
)
register(
    "add_windows",
    linear(_add_windows),
    lambda args, attrs, form: Array(array_of(args[0].type).dtype, array_of(args[1].type).shape),
    signature="windows_bar x | axes",
    cost=EXPENSIVE,
)


def _diag(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    return g.op("diag", **attrs)


def _diag_type(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    if array.ndim == 1:
        return Array(array.dtype, (array.shape[0], array.shape[0]))
    return Array(array.dtype, (array.shape[0] if array.shape[0] == array.shape[1] else fresh_size(),))


def _triangle(name: str) -> Any:
    """A vector is the row of a square matrix."""

    def pull(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
        back = g.op(name, **attrs)
        return back.sum(axis=0) if x.ndim == 1 else back

    return pull


def _triangle_type(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    if array.ndim == 1:
        return Array(array.dtype, (array.shape[0], array.shape[0]))
    return array


register("diag", linear(_diag), _diag_type, names="np.diag", signature="v | k=0", view="frozen", cost=CHEAP)
register(
    "tril",
    linear(_triangle("tril")),
    _triangle_type,
    names="np.tril",
    signature="m | k",
    cost=CHEAP,
)
register(
    "triu",
    linear(_triangle("triu")),
    _triangle_type,
    names="np.triu",
    signature="m | k",
    cost=CHEAP,
)
register(
    "real",
    linear(lambda g, y, x: g),
    lambda args, attrs, form: _part(args),
    names="np.real",
    signature="val |",
    view="always",
    cost=FREE,
)
register(
    "imag",
    {"pulls": (lambda g, y, x: g * 1j,), "push": "linear"},
    lambda args, attrs, form: _part(args),
    names="np.imag",
    signature="val |",
    view="always",
    cost=FREE,
)
register(
    "conj",
    {"pulls": (lambda g, y, x: g.op("conj"),), "push": "linear"},
    infer.same,
    names="np.conj np.conjugate",
    methods="conj conjugate",
    signature="x |",
    cost=CHEAP,
)


def _part(args: Any) -> Any:
    type_ = args[0].type
    if isinstance(type_, Array):
        return Array(infer.real_dtype(type_.dtype), type_.shape)
    return Scalar("float", type_.dtype and infer.real_dtype(type_.dtype))


def _unbroadcast_back(g: Sym, y: Sym, x: Sym, like: Sym) -> Sym:
    return g.op("broadcast_to", shape=x.op("shape"))


register(
    "unbroadcast",
    linear(_unbroadcast_back),
    lambda args, attrs, form: Array(array_of(args[0].type).dtype, array_of(args[1].type).shape),
    signature="x like |",
    view="maybe",
    cost=EXPENSIVE,
)


def _roll(g: Sym, y: Sym, x: Sym, shift: Sym, **attrs: Any) -> Sym:
    return g.op("roll", -shift, **attrs)


register("roll", linear(_roll), infer.same, names="np.roll", signature="a shift | axis", cost=CHEAP)
