"""Shifts that cancel: the maximum in a stable softmax, log-softmax or logsumexp has no derivative.

    m = x.max(axis, keepdims=True);  z = x - m;  e = exp(z);  s = e.sum(axis);  z - log(s), e / s, m + log(s)

A value *carries* the shift m if it is v + w m (written `+w`) or v exp(w m) (written `*w`) with v independent of m.
z carries -1 as a sum, e and s as a factor, log(s) as a sum again; z - log(s), e / s and m + log(s) carry nothing: they
do not depend on m. If every path from m ends so, the derivative through m is zero, and m counts as inactive.

Along which axes m varies is followed too: e may be summed only over axes along which m is constant.
"""

from __future__ import annotations

from dataclasses import dataclass

from s2sad.analysis.alias import Aliases
from s2sad.ir.nodes import Assign, Block, Const, Expr, Function, Op, Var, variables, walk
from s2sad.ir.types import Array, Scalar, Type
from s2sad.rules.core import NotStatic, static
from s2sad.rules.infer import index_parts, normal_axes

Labels = tuple[int | None, ...]  # the axis of m along which each axis varies; None where m is constant


@dataclass(frozen=True)
class Carried:
    """How a value carries the shift."""

    factor: bool  # exp(w m) times a value; else w m plus a value
    weight: float
    labels: Labels


class Fails(Exception):
    """The shift reaches an operation through which it cannot be followed."""


def cancelled_shifts(function: Function, aliases: Aliases) -> set[Var]:
    """Return the maxima and minima on which the result does not depend."""
    return {
        stmt.target
        for stmt in walk(function.body)
        if isinstance(stmt, Assign)
        and isinstance(stmt.value, Op)
        and stmt.value.name in ("max", "min")
        and cancels(stmt, aliases)
    }


def cancels(stmt: Assign, aliases: Aliases) -> bool:
    """Return whether every path from a shift ends in a value that does not depend on it."""
    block = aliases.places.of[stmt].block
    carried = {stmt.target: Carried(False, 1.0, labels_of(stmt.target.type))}
    start = next(i for i, other in enumerate(block) if other is stmt)
    try:
        follow(block[start + 1 :], carried)
    except (Fails, NotStatic):
        return False
    return all(usable(var, block, aliases) for var in carried)


def labels_of(type_: Type) -> Labels:
    """Return the labels of the shift itself: one for each axis along which it may vary."""
    if not isinstance(type_, Array):
        return ()
    return tuple(None if size.is_unit is True else i for i, size in enumerate(type_.shape))


def follow(stmts: Block, carried: dict[Var, Carried]) -> None:
    """Follow the shift through the statements after it."""
    for stmt in stmts:
        if not isinstance(stmt, Assign) or not any(v in carried for v in variables(stmt.value)):
            continue
        if not isinstance(stmt.value, Op):
            raise Fails
        found = step(stmt.value, carried)
        if found is not None and found.weight != 0.0:
            carried[stmt.target] = found


def usable(var: Var, block: Block, aliases: Aliases) -> bool:
    """Return whether a value is read by assignments of this block only, and never written."""
    uses = aliases.places.uses.get(var, ())
    return not aliases.written(var) and all(
        isinstance(use, Assign) and aliases.places.of[use].block is block for use in uses
    )


# --- operations -------------------------------------------------------------------------------------------------
def step(op: Op, carried: dict[Var, Carried]) -> Carried | None:
    """Return what the result of an operation carries; None if nothing."""
    parts = [carried.get(arg) if isinstance(arg, Var) else None for arg in op.args]
    if any(v in carried for attr in op.attrs.values() for v in variables(attr)):
        raise Fails
    if any(v in carried for arg in op.args if not isinstance(arg, Var) for v in variables(arg)):
        raise Fails
    if op.name in ("add", "subtract", "multiply", "divide"):
        left, right = (aligned(part, arg, op) for part, arg in zip(parts, op.args, strict=True))
        return sums(op, left, right) if op.name in ("add", "subtract") else products(op, left, right)
    first = parts[0] if parts else None
    if first is None or any(part is not None for part in parts[1:]):
        raise Fails
    return single(op, first)


def aligned(part: Carried | None, arg: Expr, op: Op) -> Carried | None:
    """Return what an operand carries, with labels for the axes of the result."""
    if part is None:
        return None
    rank = op.type.ndim if isinstance(op.type, Array) else 0
    return Carried(part.factor, part.weight, (None,) * (rank - len(part.labels)) + part.labels)


def sums(op: Op, left: Carried | None, right: Carried | None) -> Carried | None:
    sign = -1.0 if op.name == "subtract" else 1.0
    if left is not None and right is not None:
        if left.factor != right.factor or left.labels != right.labels:
            raise Fails
        if left.factor:
            if left.weight != right.weight:
                raise Fails
            return left
        return Carried(False, left.weight + sign * right.weight, left.labels)
    one = left if left is not None else right
    assert one is not None
    if one.factor:
        raise Fails
    return one if left is not None else Carried(False, sign * one.weight, one.labels)


def products(op: Op, left: Carried | None, right: Carried | None) -> Carried | None:
    sign = -1.0 if op.name == "divide" else 1.0
    if left is not None and right is not None:
        if not left.factor or not right.factor or left.labels != right.labels:
            raise Fails
        return Carried(True, left.weight + sign * right.weight, left.labels)
    one, other = (left, op.args[1]) if left is not None else (right, op.args[0])
    assert one is not None
    if one.factor:
        return one if left is not None else Carried(True, sign * one.weight, one.labels)
    if (
        not isinstance(other, Const)
        or not isinstance(other.value, int | float)
        or (left is None and op.name == "divide")
    ):
        raise Fails
    return Carried(False, one.weight * (other.value if op.name == "multiply" else 1.0 / other.value), one.labels)


def single(op: Op, part: Carried) -> Carried:
    """Return what the result of an operation on one carrier carries."""
    match op.name:
        case "negative":
            return Carried(part.factor, part.weight if part.factor else -part.weight, part.labels)
        case "exp" if not part.factor:
            return Carried(True, part.weight, part.labels)
        case "log" if part.factor:
            return Carried(False, part.weight, part.labels)
        case "sum" if part.factor:
            return Carried(True, part.weight, reduced(op, part.labels))
        case "mean" | "max" | "min":
            return Carried(part.factor, part.weight, reduced(op, part.labels))
        case "squeeze" | "expand_dims" | "getitem" | "transpose":
            return Carried(part.factor, part.weight, reshaped(op, part.labels))
        case "matmul" if part.factor and rank_of(op.args[0]) >= 2 and rank_of(op.args[1]) >= 2:
            if part.labels[-1] is not None:
                raise Fails
            rank = rank_of(op)
            return Carried(True, part.weight, (None,) * (rank - len(part.labels)) + (*part.labels[:-1], None))
    raise Fails


def rank_of(expr: Expr) -> int:
    """Return the rank of a value."""
    return expr.type.ndim if isinstance(expr.type, Array) else 0


def reduced(op: Op, labels: Labels) -> Labels:
    """Return labels after a reduction, over axes along which the shift is constant."""
    axis = static(op.attrs.get("axis"))
    axes = range(len(labels)) if axis is None else normal_axes(axis, len(labels))
    if any(labels[a] is not None for a in axes):
        raise Fails
    if bool(static(op.attrs.get("keepdims"), False)):
        return labels
    return tuple(label for a, label in enumerate(labels) if a not in axes)


def reshaped(op: Op, labels: Labels) -> Labels:
    """Return labels after axes of size 1 come, go or are moved."""
    if op.name == "transpose":
        axes = static(op.attrs.get("axes"))
        return labels[::-1] if axes is None else tuple(labels[a] for a in normal_axes(axes, len(labels)))
    if op.name == "expand_dims":
        rank = rank_of(op)
        new = normal_axes(static(op.attrs["axis"]), rank)
        rest = iter(labels)
        return tuple(None if a in new else next(rest) for a in range(rank))
    if op.name == "squeeze":
        axis = static(op.attrs.get("axis"))
        if axis is None:
            raise Fails
        gone = normal_axes(axis, len(labels))
        if any(labels[a] is not None for a in gone):
            raise Fails
        return tuple(label for a, label in enumerate(labels) if a not in gone)
    return indexed(op, labels)


def indexed(op: Op, labels: Labels) -> Labels:
    """Return labels after `x[:, None]`: whole axes and new ones only."""
    if not isinstance(op.type, Array | Scalar):
        raise Fails
    result: list[int | None] = []
    rest = list(labels)
    for part in index_parts(op.args[1]):
        if isinstance(part, Const) and part.value is None:
            result.append(None)
        elif isinstance(part, Op) and part.name == "slice" and all(is_none(p) for p in part.args) and rest:
            result.append(rest.pop(0))
        elif isinstance(part, Const) and part.value is Ellipsis:
            count = sum(
                1 for p in index_parts(op.args[1]) if not (isinstance(p, Const) and p.value in (None, Ellipsis))
            )
            while len(rest) > count:
                result.append(rest.pop(0))
        else:
            raise Fails
    return (*result, *rest)


def is_none(expr: Expr) -> bool:
    """Return whether an expression is None."""
    return isinstance(expr, Const) and expr.value is None
