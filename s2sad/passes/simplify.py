"""Local simplifications of reverse code, each a pattern with a name.

They look at one operation and the definitions of its operands, also those of the forward sweep where the reverse
sweep reads their operands anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad.ir.nodes import Assign, Block, Const, Expr, Op, Stmt, Var, blocks_of
from s2sad.ir.rewrite import map_exprs, substitute
from s2sad.ir.types import Array
from s2sad.rules.builder import Builder
from s2sad.rules.core import static

Look = Callable[[Expr], Op | None]


def flips(expr: Expr | None) -> Expr | None:
    """Return x if an expression is the matrix transpose of x."""
    if isinstance(expr, Op) and expr.name == "transpose" and not expr.attrs and isinstance(expr.type, Array):
        return expr.args[0] if expr.type.ndim == 2 else None
    if isinstance(expr, Op) and expr.name == "swapaxes" and isinstance(expr.type, Array):
        axes = {getattr(expr.attrs[key], "value", None) for key in ("axis1", "axis2")}
        last = {-1, -2}, {expr.type.ndim - 1, expr.type.ndim - 2}
        return expr.args[0] if axes in last else None
    return None


def transpose_of_transpose(op: Op, look: Look, b: Builder) -> Expr | None:
    """x.T.T -> x"""
    inner = flips(op)
    return flips(look(inner)) if inner is not None else None


def transpose_of_product(op: Op, look: Look, b: Builder) -> Expr | None:
    """(a.T @ b).T -> b.T @ a;  (a @ b.T).T -> b @ a.T"""
    inner = flips(op)
    product = look(inner) if inner is not None else None
    if product is None or product.name != "matmul" or any(not two_dimensional(arg) for arg in product.args):
        return None
    left, right = product.args
    if flips(look(left)) is not None:
        return b.op("matmul", flip(right, look, b), flips(look(left)))
    if flips(look(right)) is not None:
        return b.op("matmul", flips(look(right)), flip(left, look, b))
    return None


def squeeze_of_sum(op: Op, look: Look, b: Builder) -> Expr | None:
    """sum(x, axis, keepdims=True).squeeze(axis) -> sum(x, axis)"""
    total = look(op.args[0]) if op.name == "squeeze" else None
    if total is None or total.name != "sum" or not static(total.attrs.get("keepdims"), False):
        return None
    ndim = op.args[0].type.ndim if isinstance(op.args[0].type, Array) else 0
    axes = [static(o.attrs.get("axis")) for o in (op, total)]
    normal = [{a % ndim for a in (axis if isinstance(axis, tuple) else (axis,))} for axis in axes if axis is not None]
    if len(normal) != 2 or normal[0] != normal[1]:
        return None
    return b.bind(Op("sum", total.args, op.type, {"axis": total.attrs["axis"]}, total.form))


def scaled(op: Op | None) -> tuple[float, Expr] | None:
    """Return (number, x) if an operation multiplies x by a number."""
    if op is None or op.name != "multiply" or op.form:
        return None
    for factor, x in (op.args, op.args[::-1]):
        if isinstance(factor, Const) and isinstance(factor.value, float):
            return factor.value, x
    return None


def number_before_axes(op: Op, look: Look, b: Builder) -> Expr | None:
    """2.0 * (x * -0.5)[..., None] -> (-x)[..., None]"""
    outer = scaled(op)
    wide = look(outer[1]) if outer is not None else None
    inner = scaled(look(wide.args[0])) if wide is not None and wide.name == "expand_dims" else None
    if outer is None or wide is None or inner is None:
        return None
    number, x = outer[0] * inner[0], inner[1]
    factor = b.op("negative", x) if number == -1.0 else b.op("multiply", number, x)
    return b.op("expand_dims", factor, axis=wide.attrs["axis"])


def flip(expr: Expr, look: Look, b: Builder) -> Expr:
    """Return the transpose of a matrix."""
    known = flips(look(expr))
    return known if known is not None else b.op("transpose", expr)


def two_dimensional(expr: Expr) -> bool:
    """Return whether an expression is a matrix."""
    return isinstance(expr.type, Array) and expr.type.ndim == 2


PATTERNS: tuple[Callable[[Op, Look, Builder], Expr | None], ...] = (
    transpose_of_transpose,
    transpose_of_product,
    squeeze_of_sum,
    number_before_axes,
)


class Simplifier:
    """Applies the patterns to a block and all nested in it, once, in order."""

    def __init__(self, primal: Any) -> None:
        self.primal = primal
        self.definitions: dict[Var, Op] = {}
        self.replaced: dict[Var, Expr] = {}

    def look(self, expr: Expr) -> Op | None:
        """Return how a value was computed."""
        if not isinstance(expr, Var):
            return expr if isinstance(expr, Op) else None
        found = self.definitions.get(expr)
        return found if found is not None else self.primal(expr)

    def visit(self, block: Block) -> None:
        """Simplify the statements of a block."""
        result: Block = []
        for stmt in block:
            if self.replaced:
                map_exprs(stmt, lambda expr: substitute(expr, self.replaced))
            for inner in blocks_of(stmt):
                self.visit(inner)
            result.extend(self.statement(stmt))
        block[:] = result

    def statement(self, stmt: Stmt) -> list[Stmt]:
        """Return a statement, or what takes its place."""
        if not isinstance(stmt, Assign) or not isinstance(stmt.value, Op):
            return [stmt]
        self.definitions[stmt.target] = stmt.value
        for pattern in PATTERNS:
            builder = Builder()
            builder.origin = stmt.origin
            simpler = pattern(stmt.value, self.look, builder)
            if simpler is None:
                continue
            made: list[Stmt] = list(builder.block)
            for new in made:
                assert isinstance(new, Assign) and isinstance(new.value, Op)
                self.definitions[new.target] = new.value
            if isinstance(simpler, Var) and simpler.name == "t":
                simpler.name = stmt.target.name
            self.replaced[stmt.target] = simpler
            return made
        return [stmt]


def solve_by_inverse(block: Block) -> None:
    """Where the transposed inverse of a matrix is made anyway, a system with its transpose is a product with it.

    `solve(S.T, b) -> inv(S).T @ b`: as accurate for all but contrived b (Druinsky and Toledo, 2012).
    """
    inverses: dict[Expr, Var] = {}
    transposed: dict[Var, Expr] = {}
    flipped: dict[Expr, Var] = {}
    for stmt in block:
        for inner in blocks_of(stmt):
            solve_by_inverse(inner)
        if not isinstance(stmt, Assign) or not isinstance(stmt.value, Op):
            continue
        value = stmt.value
        inner_value = flips(value)
        if inner_value is not None:
            transposed[stmt.target] = inner_value
            matrix = next((m for m, inverse in inverses.items() if inverse is inner_value), None)
            if matrix is not None:
                flipped[matrix] = stmt.target
        elif value.name == "inv" and isinstance(value.type, Array) and value.type.ndim == 2:
            inverses[value.args[0]] = stmt.target
        elif value.name == "solve" and isinstance(value.args[0], Var):
            found = flipped.get(transposed.get(value.args[0], value))
            if found is not None:
                stmt.value = Op("matmul", (found, value.args[1]), value.type)


def simplify_block(block: Block, results: list[Expr], primal: Any) -> list[Expr]:
    """Simplify reverse code; return the results."""
    simplifier = Simplifier(primal)
    simplifier.visit(block)
    solve_by_inverse(block)
    return [substitute(result, simplifier.replaced) for result in results]
