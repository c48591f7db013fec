"""What must not be given active data: calls that are not differentiated, random draws."""

from __future__ import annotations

from s2sad.analysis.activity import Activity
from s2sad.errors import Problem, Span
from s2sad.ir.nodes import Assign, Expr, Function, Op, Var, variables, walk
from s2sad.ir.types import differentiable


def constant_problems(function: Function, activity: Activity) -> list[Problem]:
    """Return where active data goes into what has no derivative: that would be a silent zero."""
    found: list[Problem] = []
    if not activity.known:
        return found
    for stmt in walk(function.body):
        op = stmt.value if isinstance(stmt, Assign) else None
        if isinstance(op, Op) and op.name in ("library", "opaque", "draw"):
            active = [var for var in operands(op) if var in activity.varied and differentiable(var.type)]
            if active:  # it may be kept, be it that nobody reads the result
                found.append(problem(op, active[0], stmt.origin.span if stmt.origin else None))
    return found


def operands(op: Op) -> list[Var]:
    """Return the variables that an operation is given."""
    exprs: list[Expr] = [*op.args, *op.attrs.values()]
    return [var for expr in exprs for var in variables(expr)]


def problem(op: Op, active: Var, span: Span | None) -> Problem:
    """Say what is given active data, and what to write."""
    name = op.form.partition(" -> ")[0].lstrip(".").replace(":", ".").replace("/", ".")
    given = "an active value" if active.name == "t" else f"{active.name!r}, which is active"
    if op.name == "draw":
        hint = "draw from the standard distribution: loc + scale * rng.standard_normal(size)"
        return Problem(f"{name} is given {given}: what is drawn is a constant", span, hint)
    if name.startswith("item"):
        hint = "write the function with operations that have a rule, or copy what it returns"
        return Problem("active values are written into what a call without a derivative rule returned", span, hint)
    hint = "write it with operations that have one, or give it s2sad.stop_gradient(...) of the argument"
    return Problem(f"{name} has no derivative rule and is given {given}", span, hint)
