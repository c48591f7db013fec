"""Operations whose derivative is that of the operations they are composed of.

    y = f(x)      stands in the program as the user wrote it; where it is differentiated, as if it were
    t = g(x)
    y = h(t)      so that    t_bar = h^T y_bar;  x_bar += g^T t_bar

The values in between belong to the sweep that reads them: a reverse sweep makes those that it needs anew, from the
arguments, and nothing more is kept than for any other operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from s2sad.analysis.activity import active_reads
from s2sad.ir.nodes import Assign, Expr, Op, Var
from s2sad.ir.rewrite import map_exprs, substitute
from s2sad.rules.builder import Builder, Sym, expanded
from s2sad.rules.core import TABLE
from s2sad.transforms.cotangents import Bar

if TYPE_CHECKING:
    from s2sad.transforms.adjoint import Adjoint
    from s2sad.transforms.tangent import Tangent


def definition_of(value: Op, args: Sequence[Expr]) -> tuple[list[Assign], Expr]:
    """Return the statements an operation of these arguments is composed of, and their result."""
    definition = TABLE.rules[value.name].definition
    assert definition is not None
    builder = Builder()
    result = expanded(definition, builder, args, value.attrs)
    return [stmt for stmt in builder.block if isinstance(stmt, Assign)], result


def parameters(value: Op) -> list[Expr]:
    """Return a variable for each argument that is one: a variable given twice is two."""
    return [Var(arg.name, arg.type) if isinstance(arg, Var) else arg for arg in value.args]


def varied_in(block: list[Assign], varied: set[Var]) -> set[Var]:
    """Return these variables, and those of a straight line of statements that depend on them."""
    found = set(varied)
    for stmt in block:
        if any(var in found for var in active_reads(stmt.value)):
            found.add(stmt.target)
    return found


def reverse_composed(adjoint: Adjoint, stmt: Assign, bar: Bar, value: Op) -> None:
    """Emit the adjoint of a composed operation: that of its parts, which are made anew here."""
    params = parameters(value)
    block, result = definition_of(value, params)
    pairs = [(p, arg) for p, arg in zip(params, value.args, strict=True) if isinstance(p, Var)]
    varied = varied_in(block, {p for p, arg in pairs if adjoint.wants(arg)})
    if not isinstance(result, Var) or result not in varied:
        return
    adjoint.activity.varied |= varied
    adjoint.activity.useful |= varied
    local: dict[Var, Expr] = {part.target: part.target for part in block}
    local[result] = adjoint.residuals.need(stmt.target, stmt)
    local.update((p, adjoint.need(arg, stmt)) for p, arg in pairs)
    adjoint.residuals.local.update(local)
    for part in block:
        made = Assign(part.target, substitute(part.value, local), stmt.origin)
        adjoint.builder.block.append(made)
        adjoint.builder.definitions[part.target] = made.value
    adjoint.env[result, ()] = bar
    for part in reversed(block):
        adjoint.assign(part)
    for p, arg in pairs:
        given = adjoint.env.pop((p, ()), None)
        if given is not None:
            adjoint.accumulate(arg, given, stmt)


def tangent_composed(tangent: Tangent, y: Var, value: Op) -> Sym:
    """Emit the parts of a composed operation with their tangents; return that of the result."""
    block, result = definition_of(value, value.args)
    tangent.activity.varied |= varied_in(block, {v for v in active_reads(value) if tangent.varied(v)})
    emitted = tangent.builder.block
    start = len(emitted)
    for part in block:
        part.origin = tangent.builder.origin
        tangent.assign(part)
    dot = tangent.dot(result)
    if isinstance(result, Var) and result not in value.args:  # the value is there already
        for stmt in emitted[start:]:
            map_exprs(stmt, lambda expr: substitute(expr, {result: y}))
    return Sym(dot, tangent.builder)
