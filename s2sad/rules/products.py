"""Products: matmul, dot, outer, einsum. C = A B gives A_bar = C_bar B^H and B_bar = A^H C_bar."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir.nodes import Const
from s2sad.ir.types import Array
from s2sad.rules import infer
from s2sad.rules.builder import Sym, unbroadcast
from s2sad.rules.core import EXPENSIVE, TABLE, Rule, bilinear, composed, static
from s2sad.rules.infer import array_of, einsum_parts
from s2sad.rules.register import register


def _matmul_left(g: Sym, y: Sym, a: Sym, b: Sym) -> Sym:
    if a.ndim == 1 and b.ndim == 1:
        return g * b
    if b.ndim == 1:
        result = g.op("expand_dims", axis=-1) * b if g.ndim > 1 else g.op("outer", b)
    elif a.ndim == 1:
        result = b @ g if b.ndim == 2 else b @ g.op("expand_dims", axis=-1)
        result = result.op("squeeze", axis=-1) if b.ndim > 2 else result
    else:
        result = g @ b.T
    return unbroadcast(result, a.expr)


def _matmul_right(g: Sym, y: Sym, a: Sym, b: Sym) -> Sym:
    if a.ndim == 1 and b.ndim == 1:
        return g * a
    if a.ndim == 1:
        result = a.op("expand_dims", axis=-1) * g.op("expand_dims", axis=-2) if g.ndim > 1 else a.op("outer", g)
    elif b.ndim == 1:
        result = a.T @ g if a.ndim == 2 else (a.T @ g.op("expand_dims", axis=-1)).op("squeeze", axis=-1)
    else:
        result = a.T @ g
    return unbroadcast(result, b.expr)


def _dot_left(g: Sym, y: Sym, a: Sym, b: Sym) -> Sym:
    if a.ndim and b.ndim:
        return _matmul_left(g, y, a, b)
    return unbroadcast(g * b, a.expr)


def _dot_right(g: Sym, y: Sym, a: Sym, b: Sym) -> Sym:
    if a.ndim and b.ndim:
        return _matmul_right(g, y, a, b)
    return unbroadcast(g * a, b.expr)


register(
    "matmul",
    bilinear(_matmul_left, _matmul_right),
    infer.matmul,
    names="np.matmul np.linalg.matmul",
    signature="a b |",
    cost=EXPENSIVE,
)
register(
    "dot",
    bilinear(_dot_left, _dot_right),
    infer.dot,
    names="np.dot",
    methods="dot",
    signature="a b | out",
    cost=EXPENSIVE,
)
register(
    "outer",
    bilinear(lambda g, y, a, b: g @ b, lambda g, y, a, b: a @ g),
    infer.outer,
    names="np.outer np.linalg.outer",
    signature="a b | out",
    cost=EXPENSIVE,
)


def _vdot(g: Sym, x: Sym, other: Sym) -> Sym:
    """The operands are flattened: their shapes may differ. The first is conjugated, as that of vecdot is."""
    known = not x.ndim or (isinstance(x.type, Array) and array_of(other.type).shape == x.type.shape)
    return g * (other if known else other.op("reshape", shape=x.op("shape")))


def _vecdot(g: Sym, x: Sym, other: Sym) -> Sym:
    return unbroadcast((g.op("expand_dims", axis=-1) if g.ndim else g) * other, x.expr)


register(
    "vdot",
    bilinear(lambda g, y, a, b: _vdot(g.op("conj"), a, b), lambda g, y, a, b: _vdot(g, b, a), over_complex="plain"),
    infer.vdot,
    names="np.vdot",
    signature="a b |",
    cost=EXPENSIVE,
)
register(
    "vecdot",
    bilinear(lambda g, y, a, b: _vecdot(g.op("conj"), a, b), lambda g, y, a, b: _vecdot(g, b, a), over_complex="plain"),
    infer.vecdot,
    names="np.vecdot np.linalg.vecdot",
    signature="a b |",
    cost=EXPENSIVE,
)


def _vecdot_along(a: Sym, b: Sym, axis: int) -> Sym:
    """The axis is that of the vectors in either operand."""
    a, b = (x if x.ndim == 1 else x.op("moveaxis", source=axis, destination=-1) for x in (a, b))
    return a.op("vecdot", b)


register("vecdot_along", composed(_vecdot_along, over_complex="plain"), signature="a b | axis", cost=EXPENSIVE)


def _einsum(g: Sym, y: Sym, *args: Sym, **attrs: Any) -> list[Sym]:
    """Move each operand's letters to the output; a letter that only it has is summed, so spread again.

    Of one operand NumPy returns a view where it can.
    """
    inputs, output = einsum_parts(static(attrs["subscripts"]), len(args))
    result = []
    for i, letters in enumerate(inputs):
        others = [*inputs[:i], *inputs[i + 1 :]]
        known = set(output).union(*map(set, others)) if others else set(output)
        kept = "".join(letter for letter in letters if letter in known)
        subscripts = ",".join([output, *others]) + "->" + kept
        operands = (*args[:i], *args[i + 1 :])
        value = g
        if others or kept != output:
            value = Sym(y.builder.op("einsum", g, *operands, subscripts=Const(subscripts)), y.builder)
        summed = tuple(axis for axis, letter in enumerate(letters) if letter not in known)
        if summed and value.ndim:
            value = value.op("expand_dims", axis=summed if len(summed) > 1 else summed[0])
        if kept != letters:
            value = value.op("broadcast_to", shape=args[i].op("shape"))
        value = unbroadcast(value, args[i].expr)
        widened = _widened(i, inputs, output, args, g)
        if widened:
            value = value.op("broadcast_to", shape=args[i].op("shape"))
        result.append(value.op("copy") if not others or kept != letters or widened else value)
    return result


def _widened(i: int, inputs: list[str], output: str, args: tuple[Sym, ...], g: Sym) -> bool:
    """Return whether an axis of operand i may be longer than in all others, where it has length 1."""
    found = [(letters, arg.type) for j, (letters, arg) in enumerate(zip(inputs, args, strict=True)) if j != i]
    found.append((output, g.type))
    for letter, size in zip(inputs[i], array_of(args[i].type).shape, strict=True):
        others = [array_of(type_).shape[names.index(letter)] for names, type_ in found if letter in names]
        known = any(other == size or other.is_unit is False for other in others)
        if size.is_unit is not True and others and not known:
            return True
    return False


def _einsum_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    total: Any = None
    for i, dot in enumerate(dots):
        if dot is not None:
            operands = (*args[:i], dot, *args[i + 1 :])
            term = Sym(y.builder.op("einsum", *operands, **attrs), y.builder)
            term = term.op("copy") if len(args) == 1 and term.ndim else term
            total = term if total is None else total + term
    return total


# einsum of one operand may return a view of it (`ij->ji`, `ii->i`)
TABLE.add(
    Rule("einsum", infer.einsum, pulls=(_einsum,), push=_einsum_push, variadic=True, view="maybe", cost=EXPENSIVE)
)
TABLE.bind("einsum", (np.einsum, "np.einsum"))
TABLE.bind("inner", (np.inner, "np.inner"))
