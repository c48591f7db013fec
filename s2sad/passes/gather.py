"""Gather contributions: what is added to one place of a cotangent is added once, as one sum of products.

    u_bar[2:] += nu * r;  u_bar[2:] -= r * u[2:]    ->   u_bar[2:] += (nu - u[2:]) * r
    x_bar += p;  x_bar += p                         ->   x_bar += 2.0 * p

Contributions to one cotangent commute. In values (`update`, `add`) they form a chain whose inner links are read by
the next link only; in a shadow they are stores between which the shadow is neither read nor written otherwise. An
earlier contribution is merged into a later one where they have like terms or a common factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from s2sad.ir.nodes import Assign, Block, Const, Expr, Op, Stmt, Store, Var, blocks_of, exprs_of, variables, walk
from s2sad.ir.types import Array, Type
from s2sad.passes.algebra import (
    FULL,
    Product,
    Products,
    Writing,
    collect,
    common_factors,
    dtype_of_product,
    weight,
    work,
)
from s2sad.passes.cse import key_of
from s2sad.passes.reuse import viewed
from s2sad.rules.builder import Builder, same_shape
from s2sad.rules.core import static

LETTERS = "ijklmn"
WINDOW = 8  # contributions to one place that a later one is compared with
TERMS = 16  # of a sum of products that is written in one place
SCALING = ("multiply", "divide", "negative")


@dataclass(eq=False, repr=False)
class Link:
    """One contribution: a place in the block, the index it adds at, and what it adds."""

    at: int
    stmt: Assign | Store
    old: Expr | None
    index: Expr | None
    value: Expr
    sign: float
    terms: list[Product]
    cost: int
    merged: bool = False
    gone: bool = False


class Gather:
    """Merges contributions in a block and all nested in it."""

    def __init__(self, block: Block, results: list[Expr], primal: Any, homes: Mapping[Var, Var]) -> None:
        self.block = block
        self.homes = homes  # of shadows that were bound in the forward sweep: one for all that may share memory
        self.uses: dict[Var, int] = {}
        self.user: dict[Var, Stmt] = {}
        self.definitions: dict[Var, Assign] = {}
        self.mutable: set[Var] = set()
        self.views: dict[Var, Var] = {}
        self.primal = primal
        for stmt in walk(block):
            for expr in exprs_of(stmt):
                for var in variables(expr):
                    self.uses[var] = self.uses.get(var, 0) + 1
                    self.user[var] = stmt
            if isinstance(stmt, Assign):
                self.definitions[stmt.target] = stmt
                base = viewed(stmt.value)
                if base is not None:
                    self.views[stmt.target] = base
            if isinstance(stmt, Store) and isinstance(stmt.base, Var):
                self.mutable.add(self.root(stmt.base))
        for result in results:
            for var in variables(result):
                self.uses[var] = self.uses.get(var, 0) + 1
        self.products = Products(self.definition)
        self.shallow = Products(self.definition_of_single)

    def root(self, var: Var) -> Var:
        while var in self.views:
            var = self.views[var]
        return self.homes.get(var, var)

    def definition(self, var: Var) -> Op | None:
        """Return how a value was computed, if computing with its operands later gives the same."""
        stmt = self.definitions.get(var)
        value = stmt.value if stmt is not None else None if var.user else self.primal(var)
        if not isinstance(value, Op) or any(self.root(v) in self.mutable for v in variables(value)):
            return None
        return value

    def definition_of_single(self, var: Var) -> Op | None:
        """Return how a value was computed that is read once: what is read elsewhere too is there, but for a scale."""
        op = self.definition(var)
        if op is None or self.uses.get(var, 0) <= 1:
            return op
        return op if sum(isinstance(arg.type, Array) for arg in op.args) == 1 else None

    def run(self) -> None:
        self.visit(self.block)

    def visit(self, block: Block) -> None:
        for stmt in block:
            for inner in blocks_of(stmt):
                self.visit(inner)
        changes: dict[int, list[Stmt]] = {}
        for at, stmt in enumerate(block):
            if isinstance(stmt, Assign) and self.stands_alone(stmt):
                changes[at] = self.product(stmt)
            elif isinstance(stmt, Assign) and is_sum(stmt.value):
                changes[at] = self.pulled(stmt, stmt.value)  # type: ignore[arg-type]
        block[:] = [new for i, stmt in enumerate(block) for new in changes.pop(i, [stmt])]
        chains = [*self.chains(block), *self.store_runs(block)]
        for chain in chains:
            self.merge(chain)
            current: Expr | None = chain[0].old
            for link in chain:
                if link.gone:
                    changes[link.at] = []
                    continue
                changes[link.at] = self.rewritten(link, current)
                current = link.stmt.target if isinstance(link.stmt, Assign) else current
        block[:] = [new for i, stmt in enumerate(block) for new in changes.get(i, [stmt])]

    # --- single products ---------------------------------------------------------------------------------------------
    def stands_alone(self, stmt: Assign) -> bool:
        """Return whether a statement computes a product that is not only a factor of another one."""
        value = stmt.value
        if not isinstance(value, Op) or value.name not in SCALING or dtype_of_product(stmt.target.type) is None:
            return False
        user = self.user.get(stmt.target)
        inner = (
            isinstance(user, Assign)
            and isinstance(user.value, Op)
            and user.value.name in (*SCALING, "add", "subtract", "update")
        )
        return not (inner and self.uses.get(stmt.target) == 1)

    def product(self, stmt: Assign) -> list[Stmt]:
        """Write a product in its normal form where that is shorter."""
        term = self.products.of(stmt.target)
        builder = Builder()
        builder.origin = stmt.origin
        value = Writing(builder, stmt.target.type).signed(term)
        made = [s for s in builder.block if isinstance(s, Assign)]
        if not made or made[-1].target is not value:
            return [stmt]
        if work(builder.block, stmt.target.type) >= self.tree_cost(stmt.target, stmt.target.type, root=True):
            return [stmt]
        if isinstance(stmt.target.type, Array) and not same_shape(value.type, stmt.target.type):
            return [stmt]  # the factor that gave it its shape went out: what reads it may count on the shape
        stmt.value = made.pop().value
        for new in made:
            self.definitions[new.target] = new
        return [*made, stmt]

    # --- sums of products -------------------------------------------------------------------------------------------
    def pulled(self, stmt: Assign, value: Op) -> list[Stmt]:
        """`sum(c * x, axis)` is `c * sum(x, axis)` where c is constant along the axes; a sum of `a * b` contracts."""
        operand = value.args[0]
        assert isinstance(operand, Var)
        for products in (self.shallow, self.products):
            builder = Builder()
            builder.origin = stmt.origin
            result = self.sum_of(products.of(operand), value, stmt, builder)
            if result is not None:
                break
        else:
            return [self.middle_sum(stmt, value)]
        last = builder.block.pop()
        assert isinstance(last, Assign) and last.target is result
        self.release(operand)
        stmt.value = last.value
        for new in (*builder.block, stmt):
            assert isinstance(new, Assign)
            self.definitions[new.target] = new
            for var in variables(new.value):
                self.uses[var] = self.uses.get(var, 0) + 1
        return [*builder.block, stmt]

    def middle_sum(self, stmt: Assign, value: Op) -> Assign:
        """A sum over axes in the middle of an array: NumPy's einsum goes along the last axis, its sum does not."""
        whole = value.args[0].type
        assert isinstance(whole, Array)
        axes, kept = axes_of(value, whole.ndim)
        if axes and not kept and 0 not in axes and whole.ndim - 1 not in axes and whole.ndim <= len(LETTERS):
            letters = LETTERS[: whole.ndim]
            left = "".join(letter for axis, letter in enumerate(letters) if axis not in axes)
            stmt.value = Op("einsum", value.args, value.type, {"subscripts": Const(f"{letters}->{left}")}, "np.einsum")
        return stmt

    def sum_of(self, term: Product, value: Op, stmt: Assign, builder: Builder) -> Expr | None:
        """Return the sum of a product, written anew; None if that is no better than summing the product."""
        operand = value.args[0]
        whole = operand.type
        assert isinstance(operand, Var) and isinstance(whole, Array)
        axes, kept = axes_of(value, whole.ndim)
        out = [f for f in (*term.up, *term.down) if constant_along(f.type, whole, axes, kept)]
        rest = without_all(term, out)
        if term.up == (operand,) or dtype_of_product(whole) is None or not rest.up:
            return None
        alone = self.uses.get(operand, 0) == 1
        total = contraction(builder, rest, whole, axes, kept) if alone else None
        if total is None:
            made = Writing(builder, whole).product(Product(1.0, rest.up, rest.down))
            if not same_type(made.type, whole) or (not out and term.coefficient == 1.0):
                return None  # an axis was that of a factor that went out; or there is nothing to take out
            saved = self.tree_cost(operand, whole) if alone else 0
            if work(builder.block, whole) >= saved + FULL * (not builder.block):
                return None
            total = builder.bind(Op("sum", (made,), value.type, value.attrs, value.form))
        up, down = (tuple(f for f in fs if any(f is o for o in out)) for fs in (term.up, term.down))
        return Writing(builder, stmt.target.type).signed(Product(term.coefficient, (total, *up), down))

    def release(self, var: Var) -> None:
        """One use of a variable is gone; with the last, those of what it was computed from."""
        self.uses[var] = self.uses.get(var, 1) - 1
        if self.uses[var] == 0 and var in self.definitions:
            for part in variables(self.definitions[var].value):
                self.release(part)

    # --- chains of values -------------------------------------------------------------------------------------------
    def chains(self, block: Block) -> list[list[Link]]:
        """Return the chains of updates and sums in a block."""
        ends: dict[Var, list[Link]] = {}
        found: list[list[Link]] = []
        for at, stmt in enumerate(block):
            if not isinstance(stmt, Assign):
                continue
            link = self.link(at, stmt)
            if link is None:
                continue
            chain = ends.pop(link.old, None) if isinstance(link.old, Var) and self.uses.get(link.old) == 1 else None
            if chain is None:
                chain = []
                found.append(chain)
                self.absorb_head(link)
            chain.append(link)
            ends[stmt.target] = chain
        return found

    def absorb_head(self, link: Link) -> None:
        """`r = p + c` where p is a product for this sum only: p is a term as well."""
        if link.index is not None or not isinstance(link.old, Var):
            return
        twice = link.old is link.value and self.uses.get(link.old) == 2
        cost = self.tree_cost(link.old, link.value.type, root=twice)
        if cost == 0:
            return
        terms = collect([self.products.of(link.old), *link.terms])
        common = any(isinstance(f.type, Array) for f in common_factors(terms)) if terms else False
        if len(terms) == 1 or (common and self.cost_of(terms, link) <= link.cost + cost + FULL):
            link.terms, link.merged, link.old, link.sign = terms, True, None, 1.0

    def link(self, at: int, stmt: Assign) -> Link | None:
        """Return a statement as a link of a chain."""
        value = stmt.value
        if not isinstance(value, Op) or not isinstance(stmt.target.type, Array):
            return None
        if dtype_of_product(stmt.target.type) is None:
            return None
        if value.name == "update":
            how = value.attrs["how"]
            assert isinstance(how, Const)
            if how.value in ("add", "subtract"):
                return self.made(at, stmt, value.args[0], value.args[1], value.args[2], how.value)
        elif value.name in ("add", "subtract") and isinstance(value.args[0], Var):
            return self.made(at, stmt, value.args[0], None, value.args[1], value.name)
        return None

    def made(self, at: int, stmt: Assign | Store, old: Expr | None, index: Expr | None, value: Expr, how: str) -> Link:
        sign = -1.0 if how == "subtract" else 1.0
        link = Link(at, stmt, old, index, value, sign, [], 0)
        link.terms = [self.products.of(value).scaled(sign)]
        link.cost = self.tree_cost(value, value.type)
        return link

    def tree_cost(self, value: Expr, like: Type, *, root: bool = False) -> int:
        """Return what is saved if a value is not computed."""
        if not isinstance(value, Var) or (self.uses.get(value, 0) > 1 and not root) or value not in self.definitions:
            return 0
        op = self.definitions[value].value
        if not isinstance(op, Op) or op.name not in ("multiply", "divide", "negative"):
            return 0
        return weight(value.type, like) + sum(self.tree_cost(arg, like) for arg in op.args)

    # --- stores into shadows ----------------------------------------------------------------------------------------
    def store_runs(self, block: Block) -> list[list[Link]]:
        """Return runs of stores that add to one array, with nothing between that reads or writes its memory."""
        open_: dict[Var, list[Link]] = {}
        found: list[list[Link]] = []
        for at, stmt in enumerate(block):
            adds = isinstance(stmt, Store) and stmt.how in ("add", "subtract") and isinstance(stmt.base, Var)
            base = self.root(stmt.base) if adds else None  # type: ignore[attr-defined]
            for root in list(open_):
                if root is not base and self.touches(stmt, root):
                    del open_[root]
            if not adds or base is None or not isinstance(stmt, Store) or dtype_of_product(stmt.base.type) is None:
                continue
            if any(self.root(v) is base for v in variables(stmt.value)):
                open_.pop(base, None)
                continue
            if base not in open_:
                open_[base] = []
                found.append(open_[base])
            open_[base].append(self.made(at, stmt, stmt.base, stmt.index, stmt.value, stmt.how))
        return found

    def touches(self, stmt: Stmt, root: Var) -> bool:
        """Return whether a statement, or one inside it, reads or writes the memory of a shadow."""
        for inner in walk([stmt]):
            if isinstance(inner, Assign) and viewed(inner.value) is not None:
                continue  # naming a part of it reads nothing
            if any(self.root(v) is root for expr in exprs_of(inner) for v in variables(expr)):
                return True
        return False

    # --- merging ----------------------------------------------------------------------------------------------------
    def merge(self, chain: list[Link]) -> None:
        """Merge earlier contributions into later ones at the same index."""
        groups: dict[Any, list[Link]] = {}
        for link in chain:
            base = link.old if isinstance(link.stmt, Store) else None
            key = None if link.index is None else key_of(link.index)
            if link.index is not None and key is None:
                continue
            groups.setdefault((base, key), []).append(link)
        for group in groups.values():
            open_: list[Link] = []
            for later in group:
                for earlier in open_:
                    if has_shape(earlier) or chain[chain.index(earlier) + 1] is later:
                        self.try_merge(earlier, later)
                open_ = [*[link for link in open_ if not link.gone][1 - WINDOW :], later]

    def try_merge(self, earlier: Link, later: Link) -> None:
        if len(earlier.terms) + len(later.terms) > TERMS:
            return
        terms = collect(earlier.terms + later.terms)
        like = len(terms) < len(earlier.terms) + len(later.terms)
        shared = (
            bool(terms) and any(isinstance(f.type, Array) for f in common_factors(terms)) if len(terms) > 1 else like
        )
        if not terms or not (like or shared):
            return
        cost = self.cost_of(terms, later)
        if cost > earlier.cost + later.cost + FULL + 1:
            return
        later.terms, later.cost, later.merged = terms, cost, True
        earlier.gone = True
        if earlier.old is None:  # this is the head of the chain now: it must not move on past another contribution
            later.old = None

    def cost_of(self, terms: list[Product], link: Link) -> int:
        builder = Builder()
        Writing(builder, link.value.type).total(terms)
        return work(builder.block, link.value.type)

    # --- writing ----------------------------------------------------------------------------------------------------
    def rewritten(self, link: Link, current: Expr | None) -> list[Stmt]:
        """Return the statements of a link: as it was, or with its sum written anew."""
        stmt = link.stmt
        builder = Builder()
        builder.origin = stmt.origin
        value, how = link.value, "add" if link.sign > 0 else "subtract"
        if link.merged or self.simpler(link):
            value, sign = Writing(builder, value.type).total(link.terms)
            how = "add" if sign > 0 else "subtract"
            for made in builder.block:
                assert isinstance(made, Assign)
                self.definitions[made.target] = made
        if isinstance(stmt, Store):
            stmt.value, stmt.how = value, how
        else:
            assert isinstance(stmt.value, Op)
            name = stmt.value.name
            if link.old is None:
                last = builder.block[-1] if builder.block else None
                if how == "add" and isinstance(last, Assign) and last.target is value:
                    builder.block.pop()
                    value = last.value
                stmt.value = value if how == "add" else Op("negative", (value,), stmt.value.type)
                return [*builder.block, stmt]
            assert current is not None
            if name == "update":
                args, attrs = (current, stmt.value.args[1], value), {"how": Const(how)}
                stmt.value = Op("update", args, stmt.value.type, attrs)
            else:
                stmt.value = Op(how, (current, value), stmt.value.type, stmt.value.attrs, "")
        return [*builder.block, stmt]

    def simpler(self, link: Link) -> bool:
        """Return whether a single product is better written anew."""
        (term,) = link.terms
        if not isinstance(link.value, Var) or term.up == (link.value,):
            return False
        if not isinstance(link.value.type, Array):
            return term.coefficient * link.sign < 0 and link.index is not None
        # a sign that is taken out of a value read elsewhere too would cost that value again
        return self.cost_of([term.scaled(-1.0 if term.coefficient < 0 else 1.0)], link) < link.cost


def has_shape(link: Link) -> bool:
    """Return whether what a contribution is added to has the shape of the sum: only then others can come before it."""
    if isinstance(link.stmt, Store) or link.old is None:
        return link.old is not None
    return same_shape(link.old.type, link.stmt.target.type)


def is_sum(value: Expr) -> bool:
    """Return whether an expression is a sum over axes known now."""
    if not isinstance(value, Op) or value.name != "sum" or set(value.attrs) - {"axis", "keepdims"}:
        return False
    return isinstance(value.args[0], Var) and isinstance(value.args[0].type, Array) and value.args[0].type.ndim > 0


def axes_of(value: Op, ndim: int) -> tuple[set[int], bool]:
    """Return the axes of a sum, counted from the first, and whether they are kept."""
    axis = static(value.attrs.get("axis"))
    axes = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return {a % ndim for a in axes}, bool(static(value.attrs.get("keepdims"), False))


def constant_along(factor: Type, whole: Array, axes: set[int], kept: bool) -> bool:
    """Return whether a factor does not change along the axes, and is aligned with their sum."""
    if not isinstance(factor, Array):
        return True
    first = whole.ndim - factor.ndim
    if any(a >= first and factor.shape[a - first].is_unit is not True for a in axes):
        return False
    return kept or (all(a < first for a in axes) and axes == set(range(len(axes))))


def without_all(term: Product, factors: list[Expr]) -> Product:
    """Return a product without some of its factors."""
    return Product(
        term.coefficient,
        tuple(f for f in term.up if not any(f is g for g in factors)),
        tuple(f for f in term.down if not any(f is g for g in factors)),
    )


def contraction(builder: Builder, term: Product, whole: Array, axes: set[int], kept: bool) -> Expr | None:
    """Return the sum of a product of two arrays over some axes, without the product being made."""
    if len(term.up) != 2 or term.down or not all(same_type(f.type, whole) for f in term.up):
        return None
    a, b = term.up
    if len(axes) == whole.ndim and not kept:
        return builder.op("matmul" if whole.ndim == 1 else "vdot", a, b)
    if axes == {whole.ndim - 1}:
        total = builder.op("vecdot", a, b)
        return builder.op("expand_dims", total, axis=-1) if kept else total
    if kept or whole.ndim > len(LETTERS):
        return None
    letters = LETTERS[: whole.ndim]
    left = "".join(letter for axis, letter in enumerate(letters) if axis not in axes)
    return builder.op("einsum", a, b, subscripts=Const(f"{letters},{letters}->{left}"))


def same_type(a: Type, b: Array) -> bool:
    """Return whether a value is provably an array of this shape and dtype."""
    return isinstance(a, Array) and a.dtype == b.dtype and same_shape(a, b)


def gather(block: Block, results: list[Expr], primal: Any, homes: Mapping[Var, Var]) -> None:
    """Merge contributions; `primal(var)` gives the operation that computed a value of the forward sweep."""
    Gather(block, results, primal, homes).run()
