"""Operations whose derivative is that of the operations they are composed of.

    y = f(x)      stands in the program as the user wrote it; where it is differentiated, as if it were
    t = g(x)
    y = h(t)      so that    t_bar = h^T y_bar;  x_bar += g^T t_bar

The values in between belong to the sweep that reads them: a reverse sweep makes those that it needs anew, from the
arguments, and nothing more is kept than for any other operation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from s2sad.analysis.activity import active_reads
from s2sad.ir.nodes import Assign, Const, Expr, Op, Var, variables
from s2sad.ir.rewrite import map_exprs, substitute
from s2sad.ir.types import Array, Structure, Type
from s2sad.rules.builder import Builder, cast_like, expanded
from s2sad.rules.core import TABLE, Rule
from s2sad.transforms.cotangents import Bar
from s2sad.transforms.outline import captured, placed

if TYPE_CHECKING:
    from s2sad.transforms.adjoint import Adjoint
    from s2sad.transforms.tangent import Tangent


def definition_of(value: Op) -> tuple[list[Assign], Expr]:
    """Return the statements an operation is composed of, and their result."""
    definition = TABLE.rules[value.name].definition
    assert definition is not None
    builder = Builder()
    result = expanded(definition, builder, value.args, value.attrs)
    return [stmt for stmt in builder.block if isinstance(stmt, Assign)], result


def with_parameters(value: Op) -> tuple[Op, list[tuple[Var, Var]]]:
    """Return the operation with a variable of its own for each that it reads, and these with what they stand for.

    A variable that is given twice is two.
    """
    pairs: list[tuple[Var, Var]] = []

    def own(arg: Expr) -> Expr:
        given = {var: Var(var.name, var.type) for var in variables(arg)}
        pairs.extend((param, var) for var, param in given.items())
        return substitute(arg, given)

    args = tuple(map(own, value.args))
    attrs = {key: own(attr) for key, attr in value.attrs.items()}
    return Op(value.name, args, value.type, attrs, value.form), pairs


def operand_names(rule: Rule, value: Op) -> list[str]:
    """Return the names of the variables that an operation reads, as its function has them."""
    given = [*zip(rule.operands, value.args, strict=False), *value.attrs.items()]
    given += [(f"x{i}", arg) for i, arg in enumerate(value.args[len(rule.operands) :])]
    read = [(name, var) for name, arg in given for var in dict.fromkeys(variables(arg))]
    return [name if sum(1 for other, _ in read if other == name) == 1 else var.name for name, var in read]


def varied_in(block: list[Assign], varied: set[Var]) -> set[Var]:
    """Return these variables, and those of a straight line of statements that depend on them."""
    found = set(varied)
    for stmt in block:
        if any(var in found for var in active_reads(stmt.value)):
            found.add(stmt.target)
    return found


def results_of(result: Expr) -> dict[tuple[Any, ...], Expr]:
    """Return the results of an operation by their places: one, or the items of a tuple or list."""
    if isinstance(result, Op) and isinstance(result.type, Structure):
        return {(key,): part for key, part in zip(result.type.keys, result.args, strict=True)}
    return {(): result}


def found_among(block: list[Assign]) -> set[Var]:
    """Return the values that derivatives look for among elements: they must be those elements, to the last bit.

    The operation as the user wrote it may round otherwise than what it is composed of.
    """
    return {s.target for s in block if isinstance(s.value, Op) and s.value.name in ("max", "min")}


def reverse_composed(adjoint: Adjoint, stmt: Assign, bars: dict[tuple[Any, ...], Bar], value: Op) -> None:
    """Emit the adjoint of a composed operation: that of its parts, which are made anew here."""
    value, pairs = with_parameters(value)
    block, result = definition_of(value)
    varied = varied_in(block, {param for param, var in pairs if adjoint.activity.active(var)})
    adjoint.activity.varied |= varied
    adjoint.activity.useful |= varied
    y = adjoint.residuals.need(stmt.target, stmt)
    local: dict[Var, Expr] = {part.target: part.target for part in block}
    found = found_among(block)
    for path, part in results_of(result).items():
        if isinstance(part, Var) and part not in found:
            local[part] = Op("field", (y,), part.type, {"key": Const(path[0])}, "tuple") if path else y
    local.update((param, adjoint.need(var, stmt)) for param, var in pairs)
    adjoint.residuals.local.update(local)
    rule = TABLE.rules[value.name]
    exact, adjoint.exact = adjoint.exact, rule.exact
    arrays: dict[Type, Expr] = {param.type: local[param] for param, _ in pairs if isinstance(param.type, Array)}
    shapes, adjoint.residuals.shapes = adjoint.residuals.shapes, arrays
    found_bars: list[tuple[Var, tuple[Any, ...], Bar]] = []
    with captured(adjoint) as emitted:
        for made in block:
            inner = Assign(made.target, substitute(made.value, local), stmt.origin)
            adjoint.builder.block.append(inner)
            adjoint.builder.definitions[made.target] = inner.value
        for path, part in results_of(result).items():
            if path in bars and isinstance(part, Var) and part in varied:
                adjoint.accumulate(part, bars[path], stmt)
        for made in reversed(block):
            adjoint.assign(made)
        for param, var in pairs:
            for key in [key for key in adjoint.env if key[0] is param]:
                bar = adjoint.env.pop(key)
                if not key[1]:
                    bar = replace(bar, expr=cast_like(adjoint.sym(bar.expr), var).expr)
                found_bars.append((var, key[1], bar))
    adjoint.exact, adjoint.residuals.shapes = exact, shapes
    names = {local[param]: name for (param, _), name in zip(pairs, operand_names(rule, value), strict=True)}
    names |= {bar.expr: "y_bar" for bar in bars.values()} | {y: "y"}
    outer: dict[Expr, str] = {var: names[local[param]] for param, var in pairs if local[param] in names}
    given: list[Expr] = [var for var, _, _ in found_bars]
    whole = placed(adjoint, rule, emitted, [bar for _, _, bar in found_bars], {**names, **outer}, given)
    for (var, path, _), bar in zip(found_bars, whole, strict=True):
        adjoint.route(var, path, bar, stmt)


def tangent_composed(tangent: Tangent, y: Var, value: Op) -> Expr:
    """Emit the parts of a composed operation with their tangents; return that of the result."""
    block, result = definition_of(value)
    tangent.activity.varied |= varied_in(block, {v for v in active_reads(value) if tangent.varied(v)})
    emitted = tangent.builder.block
    start = len(emitted)
    for part in block:
        part.origin = tangent.builder.origin
        tangent.assign(part)
    dot = tangent.dot(result, y.type)
    if isinstance(result, Var) and result not in value.args and result not in found_among(block):
        # the value is there already
        for stmt in emitted[start:]:
            map_exprs(stmt, lambda expr: substitute(expr, {result: y}))
    return dot
