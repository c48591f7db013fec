"""Sizes by the names the user gave them.

    n = len(y); ...;  1.0 / len(logp_part)   ->  1.0 / n
    g.reshape(product.shape)                 ->  g.reshape((n, W.shape[1]))

so that a temporary of the user's need not be kept for its shape.
"""

from __future__ import annotations

from s2sad.ir.nodes import Assign, Block, Const, Expr, Function, Op, Return, Stmt, Var, walk
from s2sad.ir.rewrite import map_exprs, substitute
from s2sad.ir.types import Array, Scalar, Shape, Size
from s2sad.rules.builder import number
from s2sad.transforms.residuals import Residuals


class Sizes:
    """The sizes of one function that have a name before any loop."""

    def __init__(self, function: Function, residuals: Residuals) -> None:
        self.residuals = residuals
        self.numbers: dict[Size, tuple[Var, Stmt | None]] = {}
        self.axes: dict[Size, tuple[Var, int]] = {}
        places = residuals.aliases.places
        for param in function.params:
            self.note(param, None)
            if isinstance(param.type, Array):
                for axis, size in enumerate(param.type.shape):
                    self.axes.setdefault(size, (param, axis))
        for stmt in walk(before_returns(function.body)):
            always = not places.of[stmt].loops and not places.of[stmt].branches
            if always and isinstance(stmt, Assign) and stmt.target.user and len(places.defs[stmt.target]) == 1:
                self.note(stmt.target, stmt)

    def note(self, var: Var, stmt: Stmt | None) -> None:
        size = var.type.size if isinstance(var.type, Scalar) and var.type.kind == "int" else None
        if size is not None and size.symbol is not None and not var.join:
            self.numbers.setdefault(size, (var, stmt))

    def number(self, size: Size | None) -> Expr | None:
        """Return the user's name for a size, or the number it is."""
        if size is None:
            return None
        if size.value is not None:
            return number(size.value)
        found = self.numbers.get(size)
        if found is None:
            return None
        var, stmt = found
        return self.residuals.need(var, stmt) if stmt is not None else self.residuals.need(var, ANYWHERE)

    def axis(self, size: Size) -> Expr | None:
        """Return a size by its name, or as an axis of an argument."""
        named = self.number(size)
        if named is not None or size not in self.axes:
            return named
        param, axis = self.axes[size]
        array = self.residuals.need(param, ANYWHERE, shape_only=True)
        assert isinstance(param.type, Array)
        shape = Op("shape", (array,), Shape(param.type.shape))
        return Op("getitem", (shape, number(axis)), Scalar("int", None, size))


def before_returns(body: Block) -> Block:
    """Return the statements of a function that always run: those before the first in which it may return."""
    first = next(
        (i for i, stmt in enumerate(body) if any(isinstance(part, Return) for part in walk([stmt]))), len(body)
    )
    return body[:first]


ANYWHERE = Assign(Var("anywhere", Scalar("int")), Const(0))


def name_sizes(block: Block, function: Function, residuals: Residuals) -> None:
    """Write the sizes that reverse code asks for by their names."""
    sizes = Sizes(function, residuals)
    replaced: dict[Var, Expr] = {}
    for stmt in walk(block):
        if replaced:
            map_exprs(stmt, lambda expr: substitute(expr, replaced))
        if isinstance(stmt, Assign) and isinstance(stmt.value, Op):
            named = renamed(stmt.value, sizes)
            if isinstance(named, Var | Const):
                replaced[stmt.target] = named
            elif named is not None:
                stmt.value = named


def renamed(value: Op, sizes: Sizes) -> Expr | None:
    """Return what takes the place of `len(x)`, `x.shape[i]` or `x.shape`."""
    if value.name == "shape" and unnamed(value.args[0]) and isinstance(value.args[0].type, Array):
        parts = [sizes.axis(size) for size in value.args[0].type.shape]
        known = tuple(part for part in parts if part is not None)
        return Op("tuple", known, value.type) if parts and len(known) == len(parts) else None
    of_shape = value.name == "getitem" and isinstance(value.args[0].type, Shape)
    if (value.name == "len" or of_shape) and isinstance(value.type, Scalar):
        size = value.type.size
        return sizes.axis(size) if of_shape and size is not None and unnamed(value.args[0]) else sizes.number(size)
    return None


def unnamed(expr: Expr) -> bool:
    """Return whether a value is a temporary."""
    return isinstance(expr, Var) and not expr.user
