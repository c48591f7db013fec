"""Compositions whose derivative is shorter than that of their parts, and right where the parts overflow.

    y = 1 / (1 + exp(-x))                   x_bar = y_bar * y * (1 - y)                    (sigmoid)
    y = e / s, e = exp(x), s = sum(e)       x_bar = (y_bar - sum(y_bar * y)) * y           (softmax)
    y = mean(d * d), d = x - mean(x)        x_bar = 2 y_bar / n * d, for sum(d) is 0       (variance)

The cotangent of y goes to x at once. The parts in between keep what their other uses give them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from s2sad.ir.nodes import Assign, Const, Expr, Op, Var
from s2sad.ir.types import Array, Scalar
from s2sad.rules.builder import Sym, same_shape
from s2sad.rules.core import static
from s2sad.rules.infer import normal_axes
from s2sad.rules.reductions import count, spread
from s2sad.transforms.cotangents import Bar

if TYPE_CHECKING:
    from s2sad.transforms.adjoint import Adjoint

Pull = Callable[[Sym, Sym], Sym]


def reverse_idiom(adjoint: Adjoint, stmt: Assign, bar: Bar) -> bool:
    """Emit the adjoint of a statement that ends an idiom; return whether it does."""
    found = _Match(adjoint, stmt).find()
    if found is None:
        return False
    source, pull = found
    y = stmt.target
    g = adjoint.full(adjoint.unmasked(bar), y, stmt).expr
    made = pull(adjoint.sym(g), adjoint.sym(adjoint.residuals.need(y, stmt)))
    adjoint.accumulate(source, Bar(made.expr), stmt)
    return True


class _Match:
    """Looks from a quotient back at how its parts were made, in the same block."""

    def __init__(self, adjoint: Adjoint, stmt: Assign) -> None:
        self.adjoint = adjoint
        self.stmt = stmt

    def find(self) -> tuple[Var, Pull] | None:
        """Return the variable that the cotangent goes to, and how it gets there."""
        value = self.stmt.value
        if isinstance(value, Op) and value.name in ("mean", "sum"):
            return self.variance(value)
        if not isinstance(value, Op) or value.name != "divide":
            return None
        return self.sigmoid(*value.args) or self.softmax(*value.args)

    def sigmoid(self, above: Expr, below: Expr) -> tuple[Var, Pull] | None:
        total = self.made_by(below, "add")
        if not is_one(above) or total is None:
            return None
        terms = [arg for arg in total.args if not is_one(arg)]
        power = self.made_by(terms[0], "exp") if len(terms) == 1 else None
        if power is None:
            return None
        minus = self.made_by(power.args[0], "negative")
        source = self.plain(power.args[0] if minus is None else minus.args[0])
        if source is None:
            return None
        if minus is None:
            return source, lambda g, y: -(g * y * (1.0 - y))
        return source, lambda g, y: g * y * (1.0 - y)

    def softmax(self, above: Expr, below: Expr) -> tuple[Var, Pull] | None:
        power, total = self.made_by(above, "exp"), self.made_by(below, "sum")
        if power is None or total is None or total.args[0] is not above or set(total.attrs) - {"axis", "keepdims"}:
            return None
        source = self.plain(power.args[0])
        if source is None or not isinstance(source.type, Array):
            return None
        whole = "axis" not in total.attrs or static(total.attrs["axis"], 0) is None
        if not whole and not static(total.attrs.get("keepdims"), False):
            return None  # the sums are not aligned with what they divide

        def pull(g: Sym, y: Sym) -> Sym:
            return (g - (g * y).op("sum", **total.attrs)) * y

        return source, pull

    def variance(self, total: Op) -> tuple[Var, Pull] | None:
        """A mean or a sum of squares of what is left without the mean along the same axes."""
        deviation = self.squared(total.args[0])
        left = None if deviation is None else self.made_by(deviation, "subtract")
        if deviation is None or left is None or set(total.attrs) - {"axis", "keepdims"}:
            return None
        source, centre = left.args
        mean = self.made_by(centre, "mean")
        if mean is None or mean.args[0] is not source or not isinstance(source, Var):
            return None
        type_ = source.type
        if not isinstance(type_, Array) or not type_.dtype.startswith("float") or not self.adjoint.wants(source):
            return None
        axes = [normal_axes(static(op.attrs.get("axis")), type_.ndim) for op in (total, mean)]
        aligned = static(mean.attrs.get("keepdims"), False) or axes[1] == tuple(range(len(axes[1])))
        aliases = self.adjoint.aliases
        if axes[0] != axes[1] or not aligned or aliases.is_memory(source) or aliases.written(source):
            return None

        def pull(g: Sym, y: Sym) -> Sym:
            d = self.adjoint.sym(self.adjoint.need(deviation, self.stmt))
            scaled = 2.0 * g / count(d, total.attrs) if total.name == "mean" else 2.0 * g
            return spread(scaled, d, total.attrs) * d

        return source, pull

    def squared(self, expr: Expr) -> Var | None:
        """Return the variable that an expression is the square of."""
        product, power, square = (self.made_by(expr, name) for name in ("multiply", "power", "square"))
        if product is not None and product.args[0] is product.args[1]:
            found = product.args[0]
        elif power is not None and isinstance(power.args[1], Const) and power.args[1].value == 2:
            found = power.args[0]
        else:
            found = square.args[0] if square is not None else Const(None)
        return found if isinstance(found, Var) else None

    def made_by(self, expr: Expr, name: str) -> Op | None:
        """Return the operation of this name that made a value in the same block, if it still stands."""
        places = self.adjoint.aliases.places
        made = self.adjoint.definitions.get(expr) if isinstance(expr, Var) else None
        if made is None or places.of[made].block is not places.of[self.stmt].block:
            return None
        value = made.value
        aliases = self.adjoint.aliases
        if not isinstance(value, Op) or value.name != name:
            return None
        if aliases.is_memory(made.target) or aliases.written(made.target):
            return None  # it may be something else by now
        return value if not {"dtype", "out", "where", "initial"} & set(value.attrs) else None

    def plain(self, expr: Expr) -> Var | None:
        """Return a value that may take the cotangent here: of the result's shape, never written."""
        aliases = self.adjoint.aliases
        if not isinstance(expr, Var) or aliases.is_memory(expr) or aliases.written(expr):
            return None
        if not self.adjoint.wants(expr):
            return None
        y = self.stmt.target
        if isinstance(y.type, Array):
            alike = isinstance(expr.type, Array) and expr.type.dtype == y.type.dtype and same_shape(expr.type, y.type)
        else:
            alike = isinstance(expr.type, Scalar) and expr.type.kind == "float"
        return expr if alike else None


def is_one(expr: Expr) -> bool:
    """Return whether an expression is the number 1."""
    return isinstance(expr, Const) and not isinstance(expr.value, bool) and expr.value == 1
