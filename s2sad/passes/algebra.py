"""Sums of products: the normal form in which contributions are collected.

    0.5 * r * u + r * u * 0.5    ->  r * u
    g / d * d                    ->  g
    nu * r + r * u[:-2]          ->  (nu + u[:-2]) * r
    -(r * nu) * 2.0              ->  -(2.0 * nu * r)
    (1.0 / n) / s * e            ->  e / (n * s)

A product is a number times factors with exponents 1 or -1; scalars and small arrays are multiplied first. Only
floating-point arrays of one dtype, Python numbers and NumPy scalars of that dtype are factors, so that the order of
the multiplications decides rounding and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from s2sad.ir.nodes import Assign, Block, Const, Expr, Op, Var
from s2sad.ir.types import Array, Scalar, Type, numeric_kind
from s2sad.rules.builder import Builder, number, same_shape

Definition = Callable[[Var], Op | None]
DEPTH = 8


@dataclass(frozen=True)
class Product:
    """`coefficient * up[0] * up[1] ... / (down[0] * ...)`."""

    coefficient: float
    up: tuple[Expr, ...] = ()
    down: tuple[Expr, ...] = ()

    def key(self) -> tuple[object, ...]:
        """Return what like terms share."""
        return frozenset_of(self.up), frozenset_of(self.down)

    def scaled(self, number_: float) -> Product:
        """Return this product times a number."""
        return Product(self.coefficient * number_, self.up, self.down)


def frozenset_of(factors: tuple[Expr, ...]) -> tuple[int, ...]:
    """Return a multiset of factors as a key."""
    return tuple(sorted(map(id, factors)))


def is_factor(type_: Type, dtype: str | None) -> bool:
    """Return whether a value may be reordered in a product of this dtype."""
    if isinstance(type_, Array):
        return type_.dtype == dtype
    return isinstance(type_, Scalar) and type_.kind in ("int", "float") and type_.dtype in (None, dtype)


def dtype_of_product(type_: Type) -> str | None:
    """Return the dtype all arrays of a product must have; None if this type is no product."""
    if isinstance(type_, Array) and type_.dtype.startswith("float"):
        return type_.dtype
    if isinstance(type_, Scalar) and type_.kind == "float":
        return type_.dtype or "float64"
    return None


class Products:
    """Expands values into products, through the definitions it is given."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def of(self, expr: Expr) -> Product:
        """Return a value as a product; of itself if it is none."""
        return self.expanded(expr, DEPTH, isinstance(expr.type, Array))

    def expanded(self, expr: Expr, depth: int, array: bool) -> Product:
        dtype = dtype_of_product(expr.type)
        if isinstance(expr, Const) and isinstance(expr.value, int | float) and not isinstance(expr.value, bool):
            return Product(float(expr.value))
        op = self.definition(expr) if isinstance(expr, Var) else expr if isinstance(expr, Op) else None
        whole = Product(1.0, (expr,))
        if op is None or dtype is None or depth == 0:
            return whole
        if op.name == "negative":
            return self.expanded(op.args[0], depth - 1, array).scaled(-1.0)
        if op.name not in ("multiply", "divide") or op.form.startswith(("np.", "math.")):
            return whole
        if not all(is_factor(arg.type, dtype) or isinstance(arg, Const) for arg in op.args):
            return whole
        a, b = (self.expanded(arg, depth - 1, array) for arg in op.args)
        if op.name == "multiply":
            return Product(a.coefficient * b.coefficient, *cancelled(a.up + b.up, a.down + b.down))
        if b.coefficient == 0.0 or not (array or is_plain_quotient(a, b)):
            return whole
        return Product(a.coefficient / b.coefficient, *cancelled(a.up + b.down, a.down + b.up))


def cancelled(up: tuple[Expr, ...], down: tuple[Expr, ...]) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """Return the factors of a quotient without those that stand above and below the line."""
    left = list(down)
    kept = []
    for factor in up:
        if any(factor is other for other in left):
            left.remove(factor)
        else:
            kept.append(factor)
    return tuple(kept), tuple(left)


def is_plain_quotient(a: Product, b: Product) -> bool:
    """Return whether a quotient is a number over one value: one of Python numbers may raise, so its order stays."""
    return not a.up and not a.down and b.coefficient == 1.0 and len(b.up) == 1 and not b.down


def collect(terms: list[Product]) -> list[Product]:
    """Return a sum with like terms added."""
    found: dict[object, Product] = {}
    for term in terms:
        old = found.get(term.key())
        found[term.key()] = term if old is None else Product(old.coefficient + term.coefficient, old.up, old.down)
    return [term for term in found.values() if term.coefficient != 0.0]


def common_factors(terms: list[Product]) -> list[Expr]:
    """Return the factors that all terms have above the line."""
    common = list(terms[0].up)
    for term in terms[1:]:
        left = list(term.up)
        kept = []
        for factor in common:
            if any(factor is other for other in left):
                left.remove(factor)
                kept.append(factor)
        common = kept
    return common


def without(term: Product, factors: list[Expr]) -> Product:
    """Return a term divided by some of its factors."""
    up = list(term.up)
    for factor in factors:
        up.remove(factor)
    return Product(term.coefficient, tuple(up), term.down)


# --- writing ----------------------------------------------------------------------------------------------------
class Writing:
    """Writes sums of products as operations, and counts those on arrays."""

    def __init__(self, builder: Builder, like: Type) -> None:
        self.builder = builder
        self.like = like

    def is_small(self, expr: Expr) -> bool:
        """Return whether a factor is smaller than the product: multiplied first."""
        if not isinstance(expr.type, Array):
            return True
        return isinstance(self.like, Array) and not same_shape(expr.type, self.like)

    def total(self, terms: list[Product]) -> tuple[Expr, float]:
        """Return a sum, and the sign it was taken out of it."""
        if not terms:
            return number(0.0), 1.0
        if len(terms) == 1:
            sign = -1.0 if terms[0].coefficient < 0 else 1.0
            return self.product(terms[0].scaled(sign)), sign
        common = common_factors(terms)
        arrays = [factor for factor in common if isinstance(factor.type, Array)]
        if arrays:
            rest, sign = self.plain_sum([without(term, common) for term in terms])
            return self.factored(rest, common), sign
        return self.plain_sum(terms)

    def signed(self, term: Product) -> Expr:
        """Return a product with its sign."""
        if term.coefficient == -1.0 and (term.up or term.down):
            return self.builder.op("negative", self.product(term.scaled(-1.0)))
        return self.product(term)

    def factored(self, rest: Expr, common: list[Expr]) -> Expr:
        """Return `rest * common`."""
        result = rest
        for factor in sorted(common, key=lambda f: not self.is_small(f)):
            result = self.builder.op("multiply", result, factor)
        return result

    def plain_sum(self, terms: list[Product]) -> tuple[Expr, float]:
        """Return a sum term by term; a sum of negative terms only is taken as negative."""
        sign = -1.0 if all(term.coefficient < 0 for term in terms) else 1.0
        terms = [term.scaled(sign) for term in terms]
        terms.sort(key=lambda term: term.coefficient < 0)  # a positive term first
        result = self.product(terms[0])
        for term in terms[1:]:
            if term.coefficient < 0:
                result = self.builder.op("subtract", result, self.product(term.scaled(-1.0)))
            else:
                result = self.builder.op("add", result, self.product(term))
        return result, sign

    def product(self, term: Product) -> Expr:
        """Return a product: small factors first."""
        small_up = [f for f in term.up if self.is_small(f)]
        small_up.sort(key=rank)
        large_up = [f for f in term.up if not self.is_small(f)]
        small_down = sorted((f for f in term.down if self.is_small(f)), key=rank)
        large_down = [f for f in term.down if not self.is_small(f)]
        whole = all(numeric_kind(factor.type) in ("int", "bool") for factor in (*term.up, *term.down))
        constant = [number(term.coefficient)] if term.coefficient != 1.0 or whole else []  # 1.0 * n is a float
        up = self.chain([*constant, *small_up])
        if not large_up:
            return self.quotient(up or number(1.0), self.chain([*small_down, *large_down]))
        if up is None:
            return self.quotient(self.chain(large_up), self.chain([*small_down, *large_down]))
        scale = self.quotient(up, self.chain(small_down))
        return self.quotient(self.chain([scale, *large_up]), self.chain(large_down))

    def chain(self, factors: list[Expr]) -> Expr | None:
        """Return the product of factors from the left."""
        result: Expr | None = None
        for factor in factors:
            result = factor if result is None else self.builder.op("multiply", result, factor)
        return result

    def quotient(self, up: Expr | None, down: Expr | None) -> Expr:
        assert up is not None
        return up if down is None else self.builder.op("divide", up, down)


def rank(expr: Expr) -> int:
    """Return the rank of a factor, 0 for numbers."""
    return expr.type.ndim if isinstance(expr.type, Array) else 0


FULL = 100  # what an operation on whole arrays weighs against one on numbers


def weight(type_: Type, like: Type) -> int:
    """Return what computing a value weighs, among values of the shape of `like`."""
    if not isinstance(type_, Array):
        return 1
    return FULL + 1 if same_shape(type_, like) else 11


def work(block: Block, like: Type) -> int:
    """Return what a block of definitions weighs."""
    return sum(weight(stmt.target.type, like) for stmt in block if isinstance(stmt, Assign))
