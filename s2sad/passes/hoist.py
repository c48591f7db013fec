"""Weights' gradients after the loop: a sum of outer products over its iterations is one product of matrices.

    for ...: W_bar += outer(x, g)     ->     for ...: xs.append(x); gs.append(g)
                                             if xs: W_bar += np.array(xs).T @ np.array(gs)

    for i ...: x_bar[i] += W @ g      ->     for ...: gs.append(g)
                                             if gs: x_bar[:n] += (np.array(gs) @ W.T)[::-1]

So backpropagation through time does one matrix product for each weight, instead of one pass over it a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from s2sad.ir.nodes import (
    Assign,
    Block,
    Const,
    Effect,
    Expr,
    For,
    If,
    Move,
    Op,
    Stmt,
    Store,
    Var,
    blocks_of,
    exprs_of,
    targets_of,
    variables,
    walk,
)
from s2sad.ir.rewrite import map_block, substitute
from s2sad.ir.types import Array, ListOf, Scalar, Size, Static
from s2sad.passes.reuse import viewed
from s2sad.rules.builder import number, same_shape


@dataclass(eq=False, repr=False)
class Sum:
    """A join to which a loop adds an outer product in each iteration, or a vector of one."""

    join: Var
    added: Assign  # sum = join + product
    product: Assign | None  # product = outer(a, b)
    vectors: tuple[Var, ...]

    @property
    def sign(self) -> str:
        """Whether it is added or subtracted."""
        assert isinstance(self.added.value, Op)
        return self.added.value.name


@dataclass(frozen=True)
class Made:
    """An operation, and the statement it stands in."""

    stmt: Assign
    value: Op


@dataclass(eq=False, repr=False)
class Image:
    """A product `W @ g` that an iteration only adds to the item of a cotangent that is its own."""

    base: Var  # the array or list of cotangents
    matrix: Var
    vector: Var
    gone: list[Stmt]  # the statements that do it


@dataclass(eq=False, repr=False)
class Hoist:
    """Rewrites the loops of a block and all nested in it."""

    block: Block
    results: list[Expr]
    counts: Callable[[Expr, For], bool]  # whether a value is the index of the forward loop that a loop reverses
    homes: Mapping[Var, Var]  # of shadows that were bound in the forward sweep
    uses: dict[Var, int] = field(default_factory=dict)
    views: dict[Var, Var] = field(default_factory=dict)
    written: set[Var] = field(default_factory=set)

    def run(self) -> list[Expr]:
        """Rewrite; return the results under their new names."""
        for stmt in walk(self.block):
            for expr in exprs_of(stmt):
                self.count(expr)
            if isinstance(stmt, Assign) and (base := viewed(stmt.value)) is not None:
                self.views[stmt.target] = base
            if isinstance(stmt, Store) and isinstance(stmt.base, Var):
                self.written.add(stmt.base)
        for result in self.results:
            self.count(result)
        self.written = {self.root(var) for var in self.written}
        self.visit(self.block)
        return self.results

    def count(self, expr: Expr) -> None:
        for var in variables(expr):
            self.uses[var] = self.uses.get(var, 0) + 1

    def root(self, var: Var) -> Var:
        while var in self.views:
            var = self.views[var]
        return self.homes.get(var, var)

    def visit(self, block: Block) -> None:
        at = 0
        while at < len(block):
            stmt = block[at]
            for inner in blocks_of(stmt):
                self.visit(inner)
            if isinstance(stmt, For):
                at += self.loop(block, at, stmt)
            at += 1

    # --- one loop ---------------------------------------------------------------------------------------------------
    def loop(self, block: Block, at: int, loop: For) -> int:
        """Take the sums out of a loop; return how many statements were put before it."""
        sums = self.sums(loop)
        if not sums:
            return 0
        lists: dict[Var, Var] = {}
        for one in sums:
            for part in one.vectors:
                lists.setdefault(part, Var(f"{part.name}s" if part.name != "t" else "vectors", ListOf(part.type)))
        images = [image for image in self.images(loop) if image.vector in lists]
        self.append(loop.body, lists, sums)
        for image in images:
            loop.body[:] = [stmt for stmt in loop.body if stmt not in image.gone]
        made: Block = [Assign(var, Op("list", (), var.type), loop.origin) for var in lists.values()]
        after = self.products(sums, images, lists, block, at)
        block[at : at + 1] = [*made, loop, after]
        return len(made) + 1

    def sums(self, loop: For) -> list[Sum]:
        """Return the sums of a loop that can be taken out of it."""
        last = loop.body[-1] if loop.body else None
        if not isinstance(last, Move):
            return []
        made = {stmt.target: stmt for stmt in loop.body if isinstance(stmt, Assign)}
        adding = [
            (join, self.adding(join, source, made)) for join, source in zip(last.targets, last.sources, strict=True)
        ]
        found = [(join, added) for join, added in adding if added is not None and self.read_once(join, loop)]
        outer = [one for join, added in found if (one := self.outer_sum(join, added, made)) is not None]
        known = {vector for one in outer for vector in one.vectors}
        return outer + [Sum(join, added, None, (vector,)) for join, added in found if (vector := what(added)) in known]

    def adding(self, join: Var, source: Expr, made: dict[Var, Assign]) -> Assign | None:
        """Return the statement that adds to a join what goes around."""
        added = made.get(source) if isinstance(source, Var) else None
        if added is None or self.uses.get(added.target) != 1 or not isinstance(added.value, Op):
            return None
        value = added.value
        plain = value.name in ("add", "subtract") and isinstance(value.args[1], Var)
        return added if plain and value.args[0] is join else None

    def outer_sum(self, join: Var, added: Assign, made: dict[Var, Assign]) -> Sum | None:
        """Return a sum of outer products of vectors that hold after the loop what they hold at the sum."""
        product = made.get(what(added))
        if product is None or self.uses.get(product.target) != 1 or not isinstance(product.value, Op):
            return None
        have, want = product.target.type, join.type
        if product.value.name != "outer" or not isinstance(have, Array) or not isinstance(want, Array):
            return None
        vectors = tuple(v for v in product.value.args if isinstance(v, Var))
        lasting = all(self.root(v) not in self.written and not v.join for v in vectors)
        if len(vectors) != 2 or not lasting or have.dtype != want.dtype or not same_shape(have, want):
            return None
        return Sum(join, added, product, vectors)

    def images(self, loop: For) -> list[Image]:
        """Return the products that are added to the items of a cotangent, one in each iteration."""
        if not all(isinstance(e, Const) and e.value == -1 for e in (loop.stop, loop.step)):
            return []  # the iterations are not the items from the last to the first
        bound = {target for stmt in walk(loop.body) for target in targets_of(stmt)}
        made = {stmt.target: stmt for stmt in loop.body if isinstance(stmt, Assign)}
        found = (self.list_image(stmt, loop, made) for stmt in loop.body if isinstance(stmt, Store))
        return [one for one in found if one is not None and one.matrix not in bound and one.base not in bound]

    def list_image(self, store: Store, loop: For, made: dict[Var, Assign]) -> Image | None:
        """`xs_bar[i] = xs_bar[i] + W @ g`, where the loop does nothing else with the list."""
        base = store.base
        if not isinstance(base, Var) or not isinstance(base.type, ListOf) or store.index is None:
            return None
        if not self.counts(store.index, loop):
            return None
        total = self.single(store.value, made, "add")
        item = self.single(total.value.args[0], made, "getitem") if total is not None else None
        image = self.single(total.value.args[1], made, "matmul") if total is not None else None
        if total is None or item is None or image is None or item.value.args != (base, store.index):
            return None
        uses = [v for stmt in walk(loop.body) for expr in exprs_of(stmt) for v in variables(expr) if v is base]
        matrix, vector = image.value.args
        flat = isinstance(matrix.type, Array) and matrix.type.ndim == 2 and isinstance(vector.type, Array)
        if len(uses) != 2 or not flat or not isinstance(matrix, Var) or not isinstance(vector, Var):
            return None
        if vector.type.ndim != 1 or self.root(matrix) in self.written:  # type: ignore[attr-defined]
            return None
        return Image(base, matrix, vector, [item.stmt, image.stmt, total.stmt, store])

    def single(self, expr: Expr, made: dict[Var, Assign], name: str) -> Made | None:
        """Return the operation of this name that made a value which is read once."""
        stmt = made.get(expr) if isinstance(expr, Var) else None
        if stmt is None or self.uses.get(stmt.target) != 1 or not isinstance(stmt.value, Op) or stmt.value.name != name:
            return None
        return Made(stmt, stmt.value)

    def read_once(self, join: Var, loop: For) -> bool:
        """Return whether the iterations read a join for the sum only."""
        return sum(1 for stmt in walk(loop.body) for expr in exprs_of(stmt) for v in variables(expr) if v is join) == 1

    # --- rewriting --------------------------------------------------------------------------------------------------
    def append(self, body: Block, lists: dict[Var, Var], sums: list[Sum]) -> None:
        """Put the vectors on their lists where the first sum was; the sums go."""
        last = body[-1]
        assert isinstance(last, Move)
        joins = {one.join for one in sums}
        pairs = [(t, s) for t, s in zip(last.targets, last.sources, strict=True) if t not in joins]
        body.pop()
        done: set[Var] = set()
        for one in sums:
            place = body.index(one.added)
            new = [part for part in dict.fromkeys(one.vectors) if part not in done]
            done.update(new)
            body[place : place + 1] = [
                Effect(Op("append", (lists[part], part), Static(None)), one.added.origin) for part in new
            ]
            if one.product is not None:
                body.remove(one.product)
        if pairs:
            body.append(Move(tuple(t for t, _ in pairs), tuple(s for _, s in pairs), last.origin))

    def products(self, sums: list[Sum], images: list[Image], lists: dict[Var, Var], block: Block, at: int) -> If:
        """Return the products after the loop, unless it did not run; what read the sums reads their results."""
        then: Block = []
        orelse: Block = []
        matrices = {vector: self.matrix(vectors, then) for vector, vectors in lists.items()}
        for one in sums:
            origin = one.added.origin
            whole, kept = Var(one.join.name, one.join.type, join=True), one.join
            total = self.product(one, [matrices[vector] for vector in one.vectors], then)
            zero = self.zero_before(one, block, at)
            if zero is None:
                value = Op(one.sign, (one.join, total), one.join.type)
            elif one.sign == "subtract":
                value = Op("negative", (total,), one.join.type)
            if zero is None or one.sign == "subtract":
                total = Var(one.join.name, one.join.type)
                then.append(Assign(total, value, origin))
            if zero is not None:
                orelse.append(zero)
                kept = zero.target
            then.append(Move((whole,), (total,), origin))
            orelse.append(Move((whole,), (kept,)))
            self.rename(one.join, whole, block, at)
        for image in images:
            then += self.image_after(image, matrices[image.vector], lists[image.vector])
        return If(next(iter(lists.values())), then, orelse, None)

    def product(self, one: Sum, rows: list[Var], then: Block) -> Var:
        """Compute what all iterations together add."""
        product = Var("t", one.join.type)
        if one.product is None:
            value = Op("sum", (rows[0],), product.type, {"axis": Const(0)})
        else:
            flipped = Var("t", Array(rows[0].type.dtype, rows[0].type.shape[::-1]))  # type: ignore[attr-defined]
            then.append(Assign(flipped, Op("transpose", (rows[0],), flipped.type), one.added.origin))
            value = Op("matmul", (flipped, rows[1]), product.type)
        then.append(Assign(product, value, one.added.origin))
        return product

    def zero_before(self, one: Sum, block: Block, at: int) -> Assign | None:
        """Return the zeros a sum starts from, if it does: then only a loop that does not run needs them."""
        moves = [stmt for stmt in block[:at] if isinstance(stmt, Move) and one.join in stmt.targets]
        source = moves[-1].sources[moves[-1].targets.index(one.join)] if moves else None
        added, whole = what(one.added).type, one.join.type
        if not isinstance(added, Array) or not isinstance(whole, Array) or added.dtype != whole.dtype:
            return None
        if not same_shape(added, whole):
            return None
        made = (stmt.value for stmt in block[:at] if isinstance(stmt, Assign) and stmt.target is source)
        zeros = next(made, None)
        if not isinstance(zeros, Op) or zeros.name != "zeros_like":
            return None
        return Assign(Var(one.join.name, whole), zeros)

    def image_after(self, image: Image, rows: Var, vectors: Var) -> Block:
        """Add the images of all vectors, which were collected from the last to the first, to the items."""
        origin = image.gone[-1].origin
        assert isinstance(image.matrix.type, Array) and isinstance(image.base.type, ListOf)
        wide = image.matrix.type
        flipped = Var("t", Array(wide.dtype, wide.shape[::-1]))
        whole = Var(f"{image.base.name}_rows", Array(wide.dtype, (Size("?", 0), wide.shape[0])))
        made = Var("t", whole.type)
        index, item = Var("k", Scalar("int")), image.base.type.item
        old, row, total = (Var("t", item) for _ in range(3))
        back = Op("slice", (Const(None), Const(None), number(-1)), Static("slice"))
        body: Block = [
            Assign(old, Op("getitem", (image.base, index), item), origin),
            Assign(row, Op("getitem", (whole, index), item), origin),
            Assign(total, Op("add", (old, row), item), origin),
            Store(image.base, index, total, "set", origin),
        ]
        count = Op("len", (vectors,), Scalar("int"))
        return [
            Assign(flipped, Op("transpose", (image.matrix,), flipped.type), origin),
            Assign(made, Op("matmul", (rows, flipped), made.type), origin),
            Assign(whole, Op("getitem", (made, back), whole.type), origin),
            For(index, number(0), count, number(1), body, None),
        ]

    def matrix(self, vectors: Var, block: Block) -> Var:
        """Return the matrix whose rows are the vectors of a list."""
        item = vectors.type.item if isinstance(vectors.type, ListOf) else None
        assert isinstance(item, Array)
        rows = Var("t", Array(item.dtype, (Size("?", 0), *item.shape)))
        block.append(Assign(rows, Op("array", (vectors,), rows.type)))
        return rows

    def rename(self, old: Var, new: Var, block: Block, at: int) -> None:
        """Read the new variable wherever the old one was read after the loop."""
        mapping: dict[Var, Expr] = {old: new}
        rest = block[at + 1 :]
        map_block(rest, lambda expr: substitute(expr, mapping))
        block[at + 1 :] = rest
        self.results = [substitute(result, mapping) for result in self.results]
        self.uses[new] = self.uses.pop(old, 0)


def hoist(
    block: Block, results: list[Expr], counts: Callable[[Expr, For], bool], homes: Mapping[Var, Var]
) -> list[Expr]:
    """Take sums of outer products out of loops; return the results."""
    return Hoist(block, results, counts, homes).run()


def what(added: Assign) -> Var:
    """Return what a statement adds."""
    assert isinstance(added.value, Op) and isinstance(added.value.args[1], Var)
    return added.value.args[1]
