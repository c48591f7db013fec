"""A long adjoint of one operation is a function of its own, with the formula and its source as its text.

    U_bar, ... = ...                      x_bar = _svd_adjoint(u, s, vh, u_bar, s_bar)
    product = ratio * (U.T @ U_bar)
    ...

What takes a few lines stands where it is used.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from s2sad.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    Function,
    Op,
    Return,
    Var,
    exprs_of,
    subexpressions,
    variables,
    walk,
)
from s2sad.ir.rewrite import clone_block, map_block, substitute
from s2sad.ir.types import Array, Scalar, Structure
from s2sad.passes.cse import share
from s2sad.passes.dce import remove_dead
from s2sad.passes.gather import gather
from s2sad.passes.reuse import reuse
from s2sad.passes.simplify import simplify_block
from s2sad.passes.slices import distribute
from s2sad.passes.sums import sum_before_scaling
from s2sad.rules.core import Rule
from s2sad.transforms.cotangents import Bar

if TYPE_CHECKING:
    from s2sad.transforms.adjoint import Adjoint

OPERATIONS = 12  # more than these are a function
FREE = {"getitem", "field", "shape", "len", "size", "list", "tuple", "build", "slice", "expand_dims"}


@contextmanager
def captured(adjoint: Adjoint) -> Iterator[Block]:
    """Collect what is emitted in a block of its own."""
    outer = adjoint.builder.block
    block: Block = []
    adjoint.builder.block = block
    try:
        yield block
    finally:
        adjoint.builder.block = outer


def placed(
    adjoint: Adjoint, rule: Rule, block: Block, bars: list[Bar], names: Mapping[Expr, str], given: list[Expr]
) -> list[Bar]:
    """Emit a captured block, or the call of a function that it is the body of.

    Returns the cotangents it makes, of the arguments `given`; `names` are those of the operands in the function.
    """
    plain = all(bar.mask is None and isinstance(bar.expr.type, Array | Scalar) for bar in bars)
    if adjoint.idioms and plain and bars and len(block) > OPERATIONS:
        anonymous(block, adjoint.statement_name)
        function = outlined(rule, block, [bar.expr for bar in bars], names, given)
        if function is not None:
            return called(adjoint, function, bars)
    adjoint.builder.block.extend(block)
    return bars


def anonymous(block: Block, name: str) -> None:
    """Take the name of the user's statement from the cotangents in a block: the function is one for all of them."""
    for stmt in walk(block):
        if isinstance(stmt, Assign) and stmt.target.name == f"{name}_bar":
            stmt.target.name = "t_bar"


def outlined(
    rule: Rule, block: Block, results: list[Expr], names: Mapping[Expr, str], given: list[Expr]
) -> Function | None:
    """Return the function of a block; None if it has only a few lines."""
    body = clone_block(block)
    results = simplified(body, results)
    if operations_of(body) <= OPERATIONS:
        return None
    for stmt in walk(body):
        stmt.origin = None  # of no statement of the user's, but of the operation
    bound = {stmt.target for stmt in walk(body) if isinstance(stmt, Assign)}
    reads = [var for stmt in walk(body) for expr in exprs_of(stmt) for var in variables(expr)]
    reads += [var for expr in results for var in variables(expr)]
    places = list(dict.fromkeys(names))  # operands, results, their cotangents
    free = [var for var in dict.fromkeys(reads) if var not in bound]
    free.sort(key=lambda var: places.index(var) if var in names else len(places))
    params: dict[Var, Expr] = {}
    for var in free:
        wish = names.get(var, var.name)
        same = sum(1 for other in params.values() if isinstance(other, Var) and other.name.rstrip("0123456789") == wish)
        params[var] = Var(f"{wish}{same + 1}" if same else wish, var.type)
    map_block(body, lambda expr: substitute(expr, params))
    results = [substitute(expr, params) for expr in results]
    for result, arg in zip(results, given, strict=True):
        if isinstance(result, Var) and result in bound:
            result.name = f"{names.get(arg, arg.name if isinstance(arg, Var) else 't')}_bar"
    results = reuse(body, [own(body, result) for result in results])
    out = results[0] if len(results) == 1 else tuple_of(results)
    name = rule.name.rpartition(".")[2].removesuffix("_of_real")
    made = Function(
        f"_{name}_adjoint", [p for p in params.values() if isinstance(p, Var)], [*body, Return(out)], out.type
    )
    made.doc, made.outlines = text_of(rule), tuple(free)
    return made


def own(body: Block, result: Expr) -> Expr:
    """Return a result as an array of its own: it may be a view of what the function is given."""
    if not isinstance(result.type, Array):
        return result
    copy = Var(result.name if isinstance(result, Var) else "t_bar", result.type)
    body.append(Assign(copy, Op("copy", (result,), result.type)))
    return copy


def simplified(body: Block, results: list[Expr]) -> list[Expr]:
    """Write a block as shorter sums, with equal values computed once; return its results."""

    def primal(var: Var) -> None:
        return None

    results = simplify_block(body, results, primal)
    body.append(Return(tuple_of(results)))
    share(body)
    last = body.pop()
    assert isinstance(last, Return) and isinstance(last.value, Op)
    results = list(last.value.args)
    gather(body, results, primal, {})
    remove_dead(body, results)
    sum_before_scaling(body, results)
    distribute(body, results, primal)
    remove_dead(body, results)
    return results


def operations_of(body: Block) -> int:
    """Return how much a block computes."""
    parts = (part for stmt in walk(body) for expr in exprs_of(stmt) for part in subexpressions(expr))
    return sum(isinstance(part, Op) and part.name not in FREE for part in parts)


def called(adjoint: Adjoint, function: Function, bars: list[Bar]) -> list[Bar]:
    """Emit the call of an outlined function; return the cotangents it gives."""
    adjoint.outlined.append(function)
    builder = adjoint.builder
    made = builder.bind(Call(function, function.outlines, function.result), "bars")
    if len(bars) == 1:
        made.name = "t_bar"
        return [replace(bars[0], expr=made)]
    return [
        replace(bar, expr=builder.bind(Op("field", (made,), bar.expr.type, {"key": Const(i)}, "tuple"), "t_bar"))
        for i, bar in enumerate(bars)
    ]


def text_of(rule: Rule) -> str:
    """Return the text of a rule: the formula of its adjoint, and where it comes from."""
    source: Any = rule.definition or next((pull for pull in rule.pulls if pull is not None), None)
    return inspect.cleandoc(getattr(source, "__doc__", None) or "")


def tuple_of(parts: list[Expr]) -> Op:
    """Return a tuple of expressions."""
    type_ = Structure("tuple", tuple(range(len(parts))), tuple(part.type for part in parts))
    return Op("build", tuple(parts), type_, {"keys": Const(type_.keys)}, "tuple")
