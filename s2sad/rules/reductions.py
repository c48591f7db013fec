"""Reductions. The cotangent of a sum is its own cotangent spread along the axes: it stays small as long as it can."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir.nodes import Const
from s2sad.ir.types import Array, Scalar, Structure, dtype_of, numeric_kind
from s2sad.rules.builder import Sym, constant_expr
from s2sad.rules.core import (
    CHEAP,
    EXPENSIVE,
    FREE,
    TypeProblem,
    composed,
    constant,
    custom,
    elementwise,
    linear,
    static,
)
from s2sad.rules.infer import array_of, cumulative, normal_axes, reduction, same, ufunc
from s2sad.rules.register import register
from s2sad.rules.symbols import added, on_axis


def spread(g: Sym, x: Sym, attrs: dict[str, Any]) -> Sym:
    """Give a reduced value its axes back, with size 1."""
    keepdims = bool(static(attrs.get("keepdims"), False))
    axis = static(attrs.get("axis"))
    if keepdims or axis is None or not g.ndim:
        return g
    axes = normal_axes(axis, array_of(x.type).ndim)
    if not axes:
        return g
    return g.op("expand_dims", axis=axes if len(axes) > 1 else axes[0])


def count(x: Sym, attrs: dict[str, Any]) -> Any:
    """Return the number of elements that a reduction folds into one."""
    array = array_of(x.type)
    axis = static(attrs.get("axis"))
    if axis is None or array.ndim == 1:
        return x.op("size") if array.ndim != 1 else x.op("len")
    result: Any = None
    for a in normal_axes(axis, array.ndim):
        n = Sym(x.builder.op("getitem", x.builder.op("shape", x.expr), a), x.builder)
        result = n if result is None else result * n
    return 1 if result is None else result


def _sum(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    return spread(g, x, attrs)


def _mean(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    n = count(x, attrs)
    if (array_of(x.type).ndim == 1 and array_of(x.type).shape[0].value == 0) or (
        isinstance(x.type, Array) and any(size.value == 0 for size in x.type.shape)
    ):
        return spread(g, x, attrs)  # there is no element to receive it
    return spread(g / n, x, attrs)


def _extreme(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    """The share of each element equal to the extreme: ties are split evenly, as in JAX."""
    if not x.ndim:
        return g
    at = x.equals(spread(y, x, attrs))
    ties = at.op("sum", **{k: v for k, v in attrs.items() if k in ("axis", "keepdims")})
    return spread(g / _in_dtype(ties, x), x, attrs) * at


def _extreme_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    (x,) = args
    at = x.equals(spread(y, x, attrs))
    return (dots[0] * at).op("sum", **attrs) / _in_dtype(at.op("sum", **attrs), x)


def _in_dtype(count: Sym, x: Sym) -> Sym:
    """Give a number of ties the dtype of the values, so that float32 stays float32."""
    dtype = dtype_of(x.type)
    if dtype == "float64":
        return count
    return count.op("astype", dtype=Const(dtype))


def _prod(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    return spread(g, x, attrs) * x.op("prod_others", **attrs)


def _prod_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return (dots[0] * args[0].op("prod_others", **attrs)).op("sum", **attrs)


def _pairs(x: Sym, weights: Sym, attrs: dict[str, Any]) -> Sym:
    """The sum over i != j of weights_i times the product without i and j."""
    return x.op("prod_pairs", weights, **{key: value for key, value in attrs.items() if key == "axis"})


def _prod_others(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    return _pairs(x, g, attrs)


def _prod_others_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return _pairs(args[0], dots[0], attrs)


def _triples(x: Sym, first: Sym, second: Sym, attrs: dict[str, Any]) -> Sym:
    """For each element the sum over two others i != j of first_i second_j times the product without all three."""
    return x.op("prod_triples", first, second, **{key: value for key, value in attrs.items() if key == "axis"})


def _prod_pairs(g: Sym, y: Sym, x: Sym, weights: Sym, **attrs: Any) -> Sym:
    return _triples(x, g, weights, attrs)


def _prod_pairs_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    x, weights = args
    parts = [] if dots[0] is None else [_triples(x, dots[0], weights, attrs)]
    return added(parts if dots[1] is None else [*parts, _pairs(x, dots[1], attrs)])


def _by_element(g: Any, x: Sym, a: Sym, b: Sym, attrs: dict[str, Any]) -> Sym:
    """The sum over three others of g a b times the product without all four: over x_l of the one without three."""
    whole = g * _triples(x, a, b, attrs)
    return (_total(whole, attrs) - whole - a * _triples(x, g, b, attrs) - b * _triples(x, g, a, attrs)) / x


def _prod_triples_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    x, a, b = args
    parts = [] if dots[0] is None else [_by_element(dots[0], x, a, b, attrs)]
    parts += [] if dots[1] is None else [_triples(x, dots[1], b, attrs)]
    return added(parts if dots[2] is None else [*parts, _triples(x, a, dots[2], attrs)])


def _total(x: Sym, attrs: dict[str, Any]) -> Sym:
    return x.op("sum", **{key: value for key, value in attrs.items() if key == "axis"}, keepdims=True)


def _centered(x: Sym, attrs: dict[str, Any]) -> Sym:
    keep = {key: value for key, value in attrs.items() if key == "axis"}
    return x - x.op("mean", **keep, keepdims=True)


def _freedom(x: Sym, attrs: dict[str, Any]) -> Any:
    ddof = static(attrs.get("ddof"), 0)
    n = count(x, attrs)
    return n - ddof if ddof else n


def _var(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    """2 / n times what is left without the mean: nan where there are too few elements, as the variance is."""
    return spread(_ratio(2.0 * g, _freedom(x, attrs)), x, attrs) * _centered(x, attrs)


def _ratio(g: Any, n: Any) -> Any:
    """Return g / n; nan or inf, as in NumPy, where there are too few elements to divide by."""
    few = isinstance(n, int) or (isinstance(n.type, Scalar) and n.type.size is not None and n.type.size.value == 0)
    return Sym(g.builder.op("divide", g, n, form="np.divide"), g.builder) if few else g / n


def _std(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    if _alone(x, attrs):
        return 0.0 * x
    return spread(g / (_freedom(x, attrs) * y), x, attrs) * _centered(x, attrs)


def _alone(x: Sym, attrs: dict[str, Any]) -> bool:
    """Return whether each element is the only one that is reduced: it does not differ from the mean."""
    array = array_of(x.type)
    axes = normal_axes(static(attrs.get("axis")), array.ndim)
    return all(array.shape[axis].value == 1 for axis in axes) and not static(attrs.get("ddof"), 0)


def _shape_only(attrs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in attrs.items() if key in ("axis", "keepdims")}


def _var_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    (x,) = args
    return 2.0 * (_centered(x, attrs).op("conj") * dots[0]).op("sum", **_shape_only(attrs)) / _freedom(x, attrs)


def _std_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    (x,) = args
    if _alone(x, attrs):
        return 0.0 * y
    return (_centered(x, attrs).op("conj") * dots[0]).op("sum", **_shape_only(attrs)) / (_freedom(x, attrs) * y)


def _var_about(x: Sym, mean: Sym, axis: Any = None, ddof: Any = 0, keepdims: bool = False) -> Sym:
    """The mean is given, and moves by itself."""
    complex_ = numeric_kind(x.type) == "complex"
    if numeric_kind(mean.type) == "complex" and not complex_:
        raise TypeProblem("the mean of real numbers is given as a complex one")
    squares = ((x - mean).op("absolute") if complex_ else x - mean) ** 2
    n = count(x, {"axis": constant_expr(axis)})
    return squares.op("sum", axis=axis, keepdims=keepdims) / (n - ddof if ddof else n)


def _std_about(x: Sym, mean: Sym, **attrs: Any) -> Sym:
    return _var_about(x, mean, **attrs).op("sqrt")


def _norm(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    """The 2-norm of a vector (Frobenius of a matrix, rows along one axis): x / |x|."""
    return spread(g / y, x, attrs) * x


def _norm_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    (x,) = args
    return (x.op("conj") * dots[0]).op("sum", **_shape_only(attrs)) / y


def _of_square(args: Any, attrs: Any, form: str) -> Any:
    return ufunc("power")((args[0], attrs["exponent"]), {}, "")


# The square of a root is smooth where the root is not: its derivative is that of what is under the root.
register(
    "norm_squared",
    custom(
        [None, lambda g, y, root, x, **attrs: 2.0 * spread(g, x, _shape_only(attrs)) * x],
        lambda y, args, dots, attrs: 2.0 * (args[1].op("conj") * dots[1]).op("sum", **_shape_only(attrs)),
        over_complex="plain",
    ),
    _of_square,
    signature="root x | exponent axis keepdims",
)
register(
    "std_squared",
    custom(
        [None, lambda g, y, root, x, **attrs: _var(g, y, x, **attrs)],
        lambda y, args, dots, attrs: _var_push(y, args[1:], dots[1:], attrs),
        over_complex="plain",
    ),
    _of_square,
    signature="root x | exponent axis ddof keepdims",
)
register(
    "absolute_squared",
    elementwise(None, lambda y, root, x, **attrs: 2.0 * x, over_complex="plain"),
    _of_square,
    signature="root x | exponent",
)
ROOTS = {"norm", "std", "absolute"}


def _ptp(x: Sym, **attrs: Any) -> Sym:
    return x.op("max", **attrs) - x.op("min", **attrs)


def _average(a: Sym, weights: Sym | None, axis: Any = None, **attrs: Any) -> Sym:
    """The weights are those of the elements, or a vector along the axis."""
    where = {**attrs, **({} if axis is None else {"axis": axis})}
    if weights is None:
        return a.op("mean", **where)
    if weights.ndim < a.ndim and isinstance(axis, tuple) and len(axis) > 1:
        total = weights.op("sum")
        axes = normal_axes(axis, a.ndim)
        order = tuple(int(i) for i in np.argsort(axes))
        weights = weights if order == tuple(range(len(order))) else weights.op("transpose", axes=order)
        others = tuple(i for i in range(a.ndim) if i not in axes)
        weights = weights.op("expand_dims", axis=others) if others else weights
    elif weights.ndim < a.ndim:
        weights = on_axis(weights, axis[0] if isinstance(axis, tuple) else axis, a.ndim)
        total = weights.op("sum")
    else:
        total = weights.op("sum", **where)
    return (a * weights).op("sum", **where) / total


def _cumsum(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    axis = static(attrs.get("axis"), 0)
    back = g.op("flip", axis=axis).op("cumsum", axis=axis).op("flip", axis=axis)
    return back if back.ndim == x.ndim else back.op("reshape", shape=x.op("shape"))


def _trace(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    return g * Sym(x.builder.op("eye", x.op("len")), x.builder)


register(
    "ptp", composed(_ptp, over_complex="refused"), names="np.ptp", signature="a | axis out keepdims", cost=EXPENSIVE
)
register(
    "average",
    composed(_average),
    names="np.average",
    signature="a | axis @weights returned=False * keepdims",
    cost=EXPENSIVE,
)
_AXES = "a | axis dtype out keepdims"
register(
    "sum", linear(_sum, fills=True), reduction("sum"), names="np.sum", methods="sum", signature=_AXES, cost=EXPENSIVE
)
register(
    "mean",
    linear(_mean, fills=True),
    reduction("float"),
    names="np.mean",
    methods="mean",
    signature=_AXES,
    cost=EXPENSIVE,
)
register(
    "max",
    custom([_extreme], _extreme_push, over_complex="refused"),
    reduction(),
    names="np.max np.amax",
    methods="max",
    signature="a | axis out keepdims",
    cost=EXPENSIVE,
)
register(
    "min",
    custom([_extreme], _extreme_push, over_complex="refused"),
    reduction(),
    names="np.min np.amin",
    methods="min",
    signature="a | axis out keepdims",
    cost=EXPENSIVE,
)
register(
    "prod",
    custom([_prod], _prod_push),
    reduction("sum"),
    names="np.prod",
    methods="prod",
    signature="a | axis dtype! out keepdims",
    cost=EXPENSIVE,
)
register(
    "prod_others",
    custom([_prod_others], _prod_others_push),
    same,
    signature="a | axis keepdims",
    cost=EXPENSIVE,
)
register(
    "prod_pairs",
    custom([_prod_pairs, lambda g, y, x, weights, **attrs: _pairs(x, g, attrs)], _prod_pairs_push),
    ufunc("multiply"),
    signature="a weights | axis",
    cost=EXPENSIVE,
)
register(
    "prod_triples",
    custom(
        [
            lambda g, y, x, a, b, **attrs: _by_element(g, x, a, b, attrs),
            lambda g, y, x, a, b, **attrs: _triples(x, g, b, attrs),
            lambda g, y, x, a, b, **attrs: _triples(x, a, g, attrs),
        ],
        _prod_triples_push,
    ),
    lambda args, attrs, form: ufunc("multiply")((Const(None, ufunc("multiply")(args[:2], {}, "")), args[2]), {}, ""),
    signature="a first second | axis",
    cost=EXPENSIVE,
)
for _name, _definition in (("var", _var_about), ("std", _std_about)):
    register(
        f"{_name}_about",
        composed(_definition, over_complex="plain"),
        reduction("real"),
        names=f"np.{_name}",
        signature="a | axis @mean * ddof keepdims",
        cost=EXPENSIVE,
    )
register(
    "var",
    custom([_var], _var_push, over_complex="plain"),
    reduction("real"),
    names="np.var",
    methods="var",
    signature="a | axis dtype! out ddof keepdims",
    cost=EXPENSIVE,
)
register(
    "std",
    custom([_std], _std_push, over_complex="plain"),
    reduction("real"),
    names="np.std",
    methods="std",
    signature="a | axis dtype! out ddof keepdims",
    cost=EXPENSIVE,
)
register(
    "norm",
    custom([_norm], _norm_push, over_complex="plain"),
    reduction("real"),
    names="np.linalg.norm",
    signature="x | ord axis keepdims",
    cost=EXPENSIVE,
)
register(
    "cumsum",
    linear(_cumsum),
    cumulative,
    names="np.cumsum",
    methods="cumsum",
    signature="a | axis dtype! out",
    cost=EXPENSIVE,
)
for _name in ("argmax", "argmin"):
    register(
        _name,
        constant(cost=EXPENSIVE),
        reduction("int64"),
        names=f"np.{_name}",
        methods=_name,
        signature="a | axis out keepdims",
    )
for _name in ("all", "any"):
    register(
        _name,
        constant(cost=EXPENSIVE),
        reduction("bool"),
        names=f"np.{_name}",
        methods=_name,
        signature="a | axis out keepdims",
    )
for _name in ("argsort",):
    register(
        _name,
        constant(cost=EXPENSIVE),
        lambda args, attrs, form: Array("int64", array_of(args[0].type).shape),
        names=f"np.{_name}",
        methods=_name,
        signature="a | axis kind",
    )


def _sort(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    return g.op("take_along_axis", x.op("argsort", **attrs).op("argsort", **attrs), axis=static(attrs.get("axis"), -1))


def _sort_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return dots[0].op("take_along_axis", args[0].op("argsort", **attrs), axis=static(attrs.get("axis"), -1))


register(
    "sort",
    custom([_sort], _sort_push, over_complex="plain"),
    same,
    names="np.sort",
    signature="a | axis kind",
    cost=EXPENSIVE,
)


def _take_along(g: Sym, y: Sym, x: Sym, index: Sym, **attrs: Any) -> Sym:
    return x.op("put_along_zeros", index, g, **attrs)


register(
    "take_along_axis",
    linear(_take_along),
    lambda args, attrs, form: Array(array_of(args[0].type).dtype, array_of(args[1].type).shape),
    names="np.take_along_axis",
    signature="a indices | axis",
    cost=EXPENSIVE,
)


def _put_along(g: Sym, y: Sym, x: Sym, index: Sym, value: Sym, **attrs: Any) -> Sym:
    return g.op("take_along_axis", index, **attrs)


def _put_along_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return args[0].op("put_along_zeros", args[1], dots[2], **attrs)


register(
    "put_along_zeros",
    custom([None, None, _put_along], _put_along_push),
    lambda args, attrs, form: Array(array_of(args[2].type).dtype, array_of(args[0].type).shape),
    signature="a indices values | axis",
    cost=EXPENSIVE,
)
register("strides", constant(cost=FREE), lambda args, attrs, form: _strides_type(args))
register("size", constant(cost=CHEAP), lambda args, attrs, form: _size_type(args), names="np.size")


def _strides_type(args: Any) -> Structure:
    rank = array_of(args[0].type).ndim
    return Structure("tuple", tuple(range(rank)), (Scalar("int"),) * rank)


def _size_type(args: Any) -> Scalar:
    from s2sad.rules.infer import integer

    array = array_of(args[0].type)
    if array.ndim == 1:
        return Scalar("int", None, array.shape[0])
    result = integer(args, {}, "")
    assert isinstance(result, Scalar)
    return result
