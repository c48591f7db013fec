"""Arrays from nothing, constants, shape queries and side effects: operations without a derivative."""

from __future__ import annotations

from typing import Any

from s2sad.ir.types import Array, ListOf, Scalar, Shape, broadcast, list_of
from s2sad.rules import infer
from s2sad.rules.builder import Sym, number, unbroadcast
from s2sad.rules.core import CHEAP, EXPENSIVE, FREE, TypeProblem, composed, constant, custom, linear, static
from s2sad.rules.register import register
from s2sad.rules.symbols import call


def _full_value(g: Sym, y: Sym, shape: Sym, value: Sym, **attrs: Any) -> Sym:
    return unbroadcast(g, value.expr)


def _full_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return Sym(y.builder.op("full", args[0], dots[1], **attrs), y.builder)


def _full_like_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return Sym(y.builder.op("full_like", args[0], dots[1], **attrs), y.builder)


for _name in ("zeros", "ones", "empty"):
    register(_name, constant(cost=CHEAP), infer.creation, names=f"np.{_name}", signature="shape | dtype order")
    register(
        f"{_name}_like",
        constant(cost=CHEAP),
        infer.like_zero,
        names=f"np.{_name}_like",
        signature="a | dtype order subok=True shape=None",
    )
register(
    "full",
    custom([None, _full_value], _full_push),
    infer.full,
    names="np.full",
    signature="shape fill_value | dtype order",
    cost=CHEAP,
)
register(
    "full_like",
    custom([None, _full_value], _full_like_push),
    infer.full_like,
    names="np.full_like",
    signature="a fill_value | dtype order subok=True shape=None",
    cost=CHEAP,
)


def _from_start(g: Sym, y: Sym, start: Sym, *rest: Sym, **attrs: Any) -> Any:
    """np.arange moves with its start; of one argument it is the end, which decides how many there are."""
    return g.sum() if rest else None


def _from_step(g: Sym, y: Sym, start: Sym, stop: Sym, step: Sym, **attrs: Any) -> Any:
    return (g * y.op("len").op("arange")).sum()


def _arange_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    total = y.op("zeros_like")
    if len(args) > 1 and dots[0] is not None:
        total = total + dots[0]
    if len(args) > 2 and dots[2] is not None:
        total = total + dots[2] * y.op("len").op("arange")
    return total


def _weights(g: Sym, low: float, high: float, attrs: dict[str, Any]) -> Sym:
    """y = (1 - w) start + w stop with weights w between 0 and 1."""
    axis = static(attrs.get("axis"), 0)
    rest = {key: value for key, value in attrs.items() if key in ("num", "endpoint")}
    weights = Sym(g.builder.op("linspace", low, high, **rest), g.builder)
    if g.ndim == 1:
        return (g * weights).sum()
    return weights.op("tensordot", g if axis == 0 else g.op("moveaxis", source=axis, destination=0), axes=1)


def _linspace_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    ends = [0.0 if dot is None else dot for dot in dots]
    return Sym(y.builder.op("linspace", *ends, **attrs), y.builder)


register(
    "arange",
    custom([_from_start, None, _from_step], _arange_push, over_complex="refused"),
    infer.arange,
    names="np.arange",
    signature="start stop step | dtype",
    cost=CHEAP,
)
register(
    "linspace",
    custom(
        [
            lambda g, y, start, stop, **attrs: unbroadcast(_weights(g, 1.0, 0.0, attrs), start.expr),
            lambda g, y, start, stop, **attrs: unbroadcast(_weights(g, 0.0, 1.0, attrs), stop.expr),
        ],
        _linspace_push,
    ),
    infer.linspace,
    names="np.linspace",
    signature="start stop | num endpoint retstep=False dtype=None axis",
    cost=CHEAP,
)


def _logspace(start: Sym, stop: Sym, num: Any = 50, endpoint: Any = True, base: Any = 10.0, axis: int = 0) -> Sym:
    """base ** linspace(start, stop): a base for each place beside the axis of the samples."""
    exponents = start.op("linspace", stop, num=num, endpoint=endpoint, **({"axis": axis} if axis else {}))
    if not isinstance(base, Sym):
        return call(start.builder, "power", base, exponents)
    missing = base.ndim + 1 - exponents.ndim if base.ndim else 0
    if missing > 0:
        exponents = exponents.op("expand_dims", axis=tuple(range(1, 1 + missing)))
    if base.ndim and axis:
        base = base.op("expand_dims", axis=axis)
    return base**exponents


def _geomspace_back(high: bool) -> Any:
    """y = start^(1 - w) stop^w, so that the derivative of log(y) is the linspace of those of the logarithms."""

    def pull(g: Sym, y: Sym, start: Sym, stop: Sym, **attrs: Any) -> Sym:
        end = stop if high else start
        return unbroadcast(_weights(g * y, 0.0 if high else 1.0, 1.0 if high else 0.0, attrs) / end, end.expr)

    return pull


def _geomspace_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    ends = [0.0 if dot is None else dot / end for dot, end in zip(dots, args, strict=True)]
    return y * Sym(y.builder.op("linspace", *ends, **attrs), y.builder)


register(
    "logspace",
    composed(_logspace),
    names="np.logspace",
    signature="start stop | num endpoint base dtype=None axis",
    cost=CHEAP,
)
register(
    "geomspace",
    custom([_geomspace_back(False), _geomspace_back(True)], _geomspace_push),
    infer.linspace,
    names="np.geomspace",
    signature="start stop | num endpoint dtype=None axis",
    cost=CHEAP,
)
register("round", constant(cost=CHEAP), infer.rounded, names="round np.round np.around", methods="round")
register("eye", constant(cost=CHEAP), infer.eye, names="np.eye np.identity", signature="N | k dtype order")
register(
    "broadcast_shapes",
    constant(cost=CHEAP),
    lambda args, attrs, form: Shape(broadcast(*map(infer.sizes_of, args))),
)
register("shape", constant(cost=FREE), infer.shape_query, names="np.shape", signature="a |")
register("len", constant(cost=FREE), infer.length, names="len", signature="obj |")
register("ndim", constant(cost=FREE), infer.integer, names="np.ndim", signature="a |")
register("stop_gradient", constant(cost=FREE), infer.same, signature="x |", view="frozen")


register("tell", constant(cost=EXPENSIVE), infer.nothing, pure=False)
# The exception that a handler has caught, and whether it is of some classes.
register("caught", constant(cost=EXPENSIVE), infer.nothing, pure=False)
register("isinstance", constant(cost=EXPENSIVE), infer.nothing)
# What runs as it stands, once: calls without a rule, random draws.
register("library", constant(cost=EXPENSIVE), infer.opaque)
register("opaque", constant(cost=EXPENSIVE), infer.opaque, pure=False)
register("draw", constant(cost=EXPENSIVE), infer.opaque, pure=False)
register("print", constant(cost=EXPENSIVE), infer.nothing, names="print", pure=False)


# Containers. Their adjoints move cotangents about, so the transforms know them; the entries only say types.
def _list_type(args: Any, attrs: Any, form: str) -> Any:
    made = list_of(arg.type for arg in args)
    if made is None:
        raise TypeProblem("the items of a list that grows must have one type")
    return made


def _tuple_type(args: Any, attrs: Any, form: str) -> Any:
    from s2sad.ir.types import Structure

    return Structure("tuple", tuple(range(len(args))), tuple(arg.type for arg in args))


register("list", constant(cost=CHEAP), _list_type)
register("tuple", constant(cost=FREE), _tuple_type)
register("append", constant(cost=CHEAP), infer.nothing, pure=False)
register("pop", constant(cost=CHEAP), infer.popped, pure=False)
register("newest", constant(cost=FREE), infer.opaque)
register("place", constant(cost=FREE), infer.opaque)
register("getitem", linear(lambda g, y, x, i: None), infer.getitem, cost=FREE, view="always")
register("to_list", constant(cost=CHEAP), lambda args, attrs, form: ListOf(infer.getitem((args[0], number(0)), {}, "")))
register("to_tuple", constant(cost=CHEAP), infer.to_tuple)
register("repeat_list", constant(cost=CHEAP), lambda args, attrs, form: list_of([args[0].type]))
register("zeros_tree", constant(cost=CHEAP), infer.same, signature="value |")
register("add_lists", constant(cost=EXPENSIVE), infer.same, signature="xs_bar more_bar |")
register("zeros_list", constant(cost=CHEAP), infer.same)
register("dense", constant(cost=CHEAP), infer.same, signature="value |")
register("conj_tree", linear(lambda g, y, x: g.op("conj_tree")), infer.same, signature="value |", cost=CHEAP)

register("sum_list", constant(cost=EXPENSIVE), lambda args, attrs, form: infer.sequence_sum(args[0].type))
register("field", constant(cost=FREE), infer.opaque)
register("build", constant(cost=FREE), infer.opaque)
register(
    "winners",
    constant(cost=EXPENSIVE),
    lambda args, attrs, form: Array("bool", infer.index_shape(infer.array_of(args[0].type).shape, args[1])),
    signature="x_bar index |",
)
register("range_len", constant(cost=FREE), infer.integer, signature="start stop step |")
register(
    "shares_memory",
    constant(cost=EXPENSIVE),
    lambda args, attrs, form: Scalar("bool"),
    names="np.shares_memory",
    signature="a b |",
)
register("if_else", constant(cost=EXPENSIVE), infer.same)
