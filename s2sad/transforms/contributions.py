"""The adjoint of one operation of the rule table: a contribution to each active argument.

y = f(a, b)     a_bar += f_a^T y_bar;  b_bar += f_b^T y_bar
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from s2sad.ir.nodes import Assign, Const, Expr, Op, Stmt, Var
from s2sad.ir.types import Array, Scalar, Structure, is_strong, numeric_kind
from s2sad.rules.builder import Sym, cast_like, number, same_shape
from s2sad.rules.core import TABLE, Rule
from s2sad.transforms.cotangents import Bar
from s2sad.transforms.outline import captured, placed

if TYPE_CHECKING:
    from s2sad.transforms.adjoint import Adjoint


def apply_rule_to_parts(
    adjoint: Adjoint, stmt: Assign, rule: Rule, bars: dict[tuple[Any, ...], Bar], value: Op
) -> None:
    """Contribute to each active argument of an operation with several results; g holds None where one has none."""
    y = stmt.target
    assert isinstance(y.type, Structure)
    whole = adjoint.residuals.need(y, stmt)
    pairs = list(zip(y.type.keys, y.type.items, strict=True))
    names = rule.parts or getattr(y.type.cls, "_fields", ("part",) * len(pairs))
    fields = [Op("field", (whole,), type_, {"key": Const(key)}, "tuple") for key, type_ in pairs]
    bound = [adjoint.builder.bind(field, name) for field, name in zip(fields, names, strict=True)]
    parts = tuple(conjugated(rule, adjoint.sym(part)) for part in bound)
    g = tuple(adjoint.sym(bars[(key,)].expr) if (key,) in bars else None for key, _ in pairs)
    args = [conjugated(rule, adjoint.sym(adjoint.need(arg, stmt))) for arg in value.args]
    attrs = {key: adjoint.need(attr, stmt) for key, attr in value.attrs.items() if key not in ("dtype", "out")}
    wanted, made = [], []
    with captured(adjoint) as block:
        for i, arg in enumerate(value.args):
            pull = pull_of(rule, i)
            part = pull(g, parts, *args, **attrs) if adjoint.wants(arg) and pull is not None else None
            if part is not None:
                wanted.append(arg)
                made.append(Bar(cast_like(part, arg).expr))
    named = named_operands(rule, value, args)
    named |= {sym.expr: name for sym, name in zip(parts, names, strict=True) if isinstance(sym.expr, Var)}
    named |= {sym.expr: f"{name}_bar" for sym, name in zip(g, names, strict=True) if sym is not None}
    for arg, bar in zip(wanted, placed(adjoint, rule, block, made, named, wanted), strict=True):
        adjoint.accumulate(arg, bar, stmt)


def named_operands(rule: Rule, value: Op, args: Sequence[Sym]) -> dict[Expr, str]:
    """Return what the operands of an operation are called in a function of its adjoint."""
    names = rule.operands
    pairs = [(sym.expr, name) for sym, name in zip(args, names, strict=False)]
    found: dict[Expr, str] = {expr: name for expr, name in pairs if isinstance(expr, Var)}
    return found | {arg: name for arg, name in zip(value.args, names, strict=False) if isinstance(arg, Var)}


def apply_rule(adjoint: Adjoint, stmt: Assign, rule: Rule, bar: Bar, value: Op) -> None:
    """Contribute to each active argument of an operation."""
    y = stmt.target
    if value.name == "multiply" and value.args[0] is value.args[1]:  # one contribution for `x * x`, not two
        rule, value = TABLE.rules["square"], Op("square", value.args[:1], value.type)
    if not (rule.is_elementwise or rule.fills):
        bar = adjoint.full(bar, y, stmt)
    args = [conjugated(rule, adjoint.sym(adjoint.need(arg, stmt))) for arg in value.args]
    result = conjugated(rule, adjoint.sym(adjoint.residuals.need(y, stmt)))
    g = adjoint.sym(bar.expr)
    attrs = {key: adjoint.need(attr, stmt) for key, attr in value.attrs.items() if key not in ("dtype", "out")}
    if "dtype" in value.attrs and value.name == "astype":
        attrs["dtype"] = value.attrs["dtype"]
    if rule.variadic or (len(rule.pulls) == 1 and len(args) > 1 and value.name == "einsum"):
        made = variadic(adjoint, rule, g, result, value, attrs, stmt)
    else:
        made = contributions(adjoint, stmt, rule, bar, result, args, attrs, value)
    if len(made) == 1:
        adjoint.totals.discard(bar.expr)  # it goes on whole, to one variable: the cotangent of both
    for arg, part in made:
        adjoint.accumulate(arg, part, stmt)


def contributions(
    adjoint: Adjoint,
    stmt: Assign,
    rule: Rule,
    bar: Bar,
    result: Sym,
    args: list[Sym],
    attrs: dict[str, Any],
    value: Op,
) -> list[tuple[Expr, Bar]]:
    """Return the contributions to the active arguments of an operation with one result."""
    wanted, made = [], []
    with captured(adjoint) as block:
        for i, arg in enumerate(value.args):
            if adjoint.wants(arg) and pull_of(rule, i) is not None:
                part = contribution(adjoint, rule, i, bar, result, args, attrs, arg, stmt)
                if part is not None:
                    wanted.append(arg)
                    made.append(part)
    if rule.is_elementwise:
        adjoint.builder.block.extend(block)
    else:
        names = named_operands(rule, value, args) | {result.expr: "y", bar.expr: "y_bar"}
        made = placed(adjoint, rule, block, made, names, wanted)
    return list(zip(wanted, made, strict=True))


def conjugated(rule: Rule, value: Sym) -> Sym:
    """Return what the pullback of a rule reads for an argument or result: (J^H) g is (J^T) g of the conjugates."""
    plain = rule.over_complex in ("plain", "holomorphic") or numeric_kind(value.type) != "complex"
    return value if plain else value.op("conj")


def pull_of(rule: Rule, i: int) -> Any:
    """Return the pullback or partial for an argument."""
    table = rule.partials if rule.is_elementwise else rule.pulls
    return table[i] if i < len(table) else None


def contribution(
    adjoint: Adjoint,
    rule: Rule,
    i: int,
    bar: Bar,
    y: Sym,
    args: Sequence[Sym],
    attrs: dict[str, Any],
    arg: Expr,
    stmt: Assign,
) -> Bar | None:
    """Return the contribution to argument i."""
    pull, g, target = pull_of(rule, i), adjoint.sym(bar.expr), stmt.target
    if not rule.is_elementwise:
        value = pull(g, y, *args, **attrs)
        if value is None:
            return None
        value = value if isinstance(value, Sym) else adjoint.sym(number(value))
        return Bar(cast_like(value, arg).expr, thin=rule.fills and isinstance(arg.type, Array))
    partial = pull(y, *args)
    if rule.over_complex == "holomorphic" and isinstance(partial, Sym) and numeric_kind(partial.type) == "complex":
        partial = partial.op("conj")
    product = times(g, partial)
    thin = bar.thin and not same_shape(product.type, target.type)
    mask = bar.mask
    if thin and mask is None and not isinstance(product.type, Array) and isinstance(arg.type, Scalar):
        shaped = adjoint.sym(adjoint.residuals.need(target, stmt, shape_only=True))
        return Bar(cast_like(product * shaped.op("len" if shaped.ndim == 1 else "size"), arg).expr)
    if (thin or mask) and not same_shape(arg.type, target.type):
        product = adjoint.sym(adjoint.full(Bar(product.expr, thin, mask=mask), target, stmt).expr)
        thin, mask = False, None
    if not thin:
        product = adjoint.unbroadcast(product, arg, stmt)
    return Bar(cast_like(product, arg).expr, thin, mask=mask)


def variadic(
    adjoint: Adjoint, rule: Rule, g: Sym, y: Sym, value: Op, attrs: dict[str, Any], stmt: Stmt
) -> list[tuple[Expr, Bar]]:
    """Contributions of operations on a list of parts."""
    parts = value.args
    if len(parts) == 1 and isinstance(parts[0], Op):
        parts = parts[0].args
    elif len(parts) == 1 and isinstance(parts[0].type, Structure):
        parts = fields_of(parts[0])
    syms = [conjugated(rule, adjoint.sym(adjoint.need(part, stmt))) for part in parts]
    pull = rule.pulls[0]
    assert pull is not None
    pieces = pull(g, y, *syms, **attrs)
    return [
        (part, Bar(cast_like(piece, part).expr))
        for part, piece in zip(parts, pieces, strict=True)
        if adjoint.wants(part)
    ]


def fields_of(value: Expr) -> tuple[Expr, ...]:
    """Return the fields of a structure as expressions."""
    type_ = value.type
    assert isinstance(type_, Structure)
    pairs = zip(type_.keys, type_.items, strict=True)
    return tuple(Op("field", (value,), item, {"key": Const(key)}, type_.kind) for key, item in pairs)


def times(g: Sym, partial: Any) -> Sym:
    """Return g times a partial derivative, written as a careful engineer would."""
    if not isinstance(partial, Sym):
        if partial == 1.0:
            return g
        if partial == -1.0:
            return -g
        return partial * g
    definition = g.builder.block[-1] if g.builder.block else None
    if isinstance(definition, Assign) and definition.target is partial.expr and isinstance(definition.value, Op):
        op = definition.value
        if op.name == "divide" and isinstance(op.args[0], Const) and op.args[0].value == 1.0:
            g.builder.block.pop()
            form = "" if is_strong(g.type) else op.form  # NumPy's values divide as NumPy does, spelled or not
            return Sym(g.builder.op("divide", g, op.args[1], form=form), g.builder)
        if op.name == "negative":
            g.builder.block.pop()
            return -(times(g, Sym(op.args[0], g.builder)))
        factor, x = op.args if op.name == "multiply" else (None, None)
        if isinstance(factor, Const) and x is not None and (g.ndim == 0 or Sym(x, g.builder).ndim > 0):
            g.builder.block.pop()
            return factor.value * g * Sym(x, g.builder)
    return g * partial
