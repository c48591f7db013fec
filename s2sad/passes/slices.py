"""Cotangents that are zero but at a few places: the places are carried through elementwise operations.

    f_bar = embed(f, [2:], -r) + embed(f, [:-2], r)
    u_bar = u_bar + f_bar * u        ->   u_bar[2:] += -r * u[2:];  u_bar[:-2] += r * u[:-2]

so that f_bar is never made. What the places are carried through costs once for each of them: this is done where the
whole array would cost more. A row sum of one entry in each row (the cross-entropy's labels) is those entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from s2sad.ir.nodes import Assign, Block, Expr, Op, Stmt, Store, Var, blocks_of, exprs_of, variables, walk
from s2sad.ir.types import Array
from s2sad.passes.reuse import how_of
from s2sad.rules.builder import Builder, index_expr, same_shape
from s2sad.rules.core import static
from s2sad.rules.infer import index_parts, is_basic
from s2sad.transforms.cotangents import embed, update

SCALING = {"multiply", "divide", "negative"}


@dataclass(frozen=True)
class Part:
    """`value` at an index, zero elsewhere; `how` is set, add or add_at (an index may name a place twice)."""

    index: Expr
    value: Expr
    how: str


@dataclass(frozen=True)
class Sparse:
    """A sum of parts, with the shape of `like`."""

    like: Expr
    parts: tuple[Part, ...]


class Slices:
    """Carries parts through one block and all nested in it."""

    def __init__(self, block: Block, results: list[Expr], primal: Any) -> None:
        self.block = block
        self.primal = primal
        self.users: dict[Var, list[Stmt | None]] = {}
        for stmt in walk(block):
            for expr in exprs_of(stmt):
                for var in variables(expr):
                    self.users.setdefault(var, []).append(stmt)
        for result in results:
            for var in variables(result):
                self.users.setdefault(var, []).append(None)
        self.sparse: dict[Var, Sparse] = {}
        self.rows: set[Var] = set()  # sums over rows, and what they are multiplied with: parts are whole rows
        self.definitions = {stmt.target: stmt.value for stmt in walk(block) if isinstance(stmt, Assign)}
        self.builder = Builder()

    def run(self) -> None:
        self.visit(self.block)

    def visit(self, block: Block) -> None:
        for stmt in block:
            for inner in blocks_of(stmt):
                self.visit(inner)
        here = {id(stmt) for stmt in block}
        chosen = self.choose(block, here)
        result: Block = []
        for stmt in block:
            self.builder.block, self.builder.origin = [], stmt.origin
            kept = self.statement(stmt, chosen, here)
            result.extend(self.builder.block)
            result.extend(kept)
        block[:] = result

    # --- which ------------------------------------------------------------------------------------------------------
    def choose(self, block: Block, here: set[int]) -> set[Var]:
        """Return the variables that are carried as parts: all that follow from an `embed` that is worth it."""
        origin: dict[Var, Var] = {}
        parts: dict[Var, int] = {}
        scalings: dict[Var, int] = {}
        united: set[Var] = set()
        for stmt in block:
            if not isinstance(stmt, Assign) or not isinstance(stmt.value, Op):
                continue
            value, target = stmt.value, stmt.target
            if value.name == "embed":
                origin[target] = target
                parts[target], scalings[target] = 1, 0
                continue
            old = value.args[0] if value.args else None
            if not isinstance(old, Var) or old not in origin:
                continue
            root = origin[old]
            if value.name == "update" and how_of(value) in ("add", "subtract", "add_at") and self.single(old):
                origin[target] = root
                parts[root] += 1
            elif self.scales(value, old) or (old in self.rows and self.spreads(value, old)):
                origin[target] = root
                scalings[root] += 1
                if old in self.rows:
                    self.rows.add(target)
            elif parts[root] == 1 and root not in united and self.sums_rows(value, root):
                origin[target] = root
                self.rows.add(target)
            elif (
                value.name in ("add", "subtract")
                and isinstance(value.args[1], Var)
                and origin.get(value.args[1]) is root
            ):
                origin[target] = root
                united.add(root)
        return {
            var
            for var, root in origin.items()
            if scalings[root] and (parts[root] - 1) * scalings[root] <= 2 and self.absorbed_somewhere(root, origin)
        }

    def absorbed_somewhere(self, root: Var, origin: dict[Var, Var]) -> bool:
        """Return whether some array of parts is added to a whole one, so that it need not be made."""
        return any(
            var in self.rows or self.absorbs(user, var, origin)
            for var, r in origin.items()
            if r is root
            for user in self.users.get(var, ())
        )

    def single(self, var: Var) -> bool:
        return len(self.users.get(var, ())) == 1

    def scales(self, value: Op, old: Var) -> bool:
        """Return whether an operation multiplies an array of parts by something of its shape."""
        if value.name not in SCALING or value.form.startswith("np."):
            return False
        if not isinstance(value.type, Array) or not same_shape(value.type, old.type):
            return False
        others = value.args[1:]
        return all(not isinstance(o.type, Array) or same_shape(o.type, old.type) for o in others)

    def spreads(self, value: Op, old: Var) -> bool:
        """Return whether rows are multiplied with an array of as many, longer ones."""
        if value.name not in SCALING or not isinstance(value.type, Array) or not isinstance(old.type, Array):
            return False
        others = [o for o in value.args[1:] if isinstance(o.type, Array)]
        full = all(isinstance(o.type, Array) and o.type.shape[:1] == old.type.shape[:1] for o in others)
        return full and value.type.ndim == old.type.ndim and value.type.shape[:1] == old.type.shape[:1]

    def sums_rows(self, value: Op, root: Var) -> bool:
        """Return whether an operation sums each row of an array with one entry in each of its first rows."""
        place = self.definitions[root]
        if (
            value.name != "sum"
            or not isinstance(place, Op)
            or not isinstance(place.type, Array)
            or place.type.ndim != 2
        ):
            return False
        if static(value.attrs.get("axis")) not in (1, -1) or how_of(place) == "add_at":
            return False
        index = index_parts(place.args[1])
        if len(index) != 2 or not all(isinstance(i.type, Array) and i.type.ndim == 1 for i in index):
            return False
        return self.count_of(index[0]) is not None

    def count_of(self, rows: Expr) -> Expr | None:
        """Return n if an index is np.arange(n)."""
        made = self.definitions.get(rows) if isinstance(rows, Var) else None
        if made is None and isinstance(rows, Var):
            made = self.primal(rows)
        if isinstance(made, Op) and made.name == "arange" and len(made.args) == 1:
            return made.args[0]
        return None

    def absorbs(self, user: Stmt | None, var: Var, origin: Any) -> bool:
        """Return whether a statement adds an array of parts to a whole one."""
        if isinstance(user, Store):
            return user.value is var and user.index is None and user.how in ("add", "subtract")
        if not isinstance(user, Assign) or not isinstance(user.value, Op) or user.value.name not in ("add", "subtract"):
            return False
        old, new = user.value.args
        if new is var and old not in origin:
            return self.fits(old, user.target)
        return old is var and new not in origin and user.value.name == "add" and self.fits(new, user.target)

    def fits(self, whole: Expr, target: Var) -> bool:
        return isinstance(whole.type, Array) and same_shape(whole.type, target.type)

    # --- rewriting --------------------------------------------------------------------------------------------------
    def statement(self, stmt: Stmt, chosen: set[Var], here: set[int]) -> list[Stmt]:
        """Return a statement with the arrays of parts it reads carried on."""
        if isinstance(stmt, Assign) and stmt.target in chosen and isinstance(stmt.value, Op):
            self.carry(stmt.target, stmt.value)
            return self.made_if_needed(stmt, chosen, here)
        if isinstance(stmt, Assign) and isinstance(stmt.value, Op):
            for var in variables(stmt.value):
                if var in chosen and id(stmt) in here and self.absorbs(stmt, var, chosen):
                    return self.absorb(stmt, stmt.value, var)
        stored = stmt.value if isinstance(stmt, Store) and isinstance(stmt.value, Var) else None
        if isinstance(stmt, Store) and stored in chosen and self.absorbs(stmt, stored, chosen):
            return self.stores(stmt, self.sparse[stored])
        return [stmt]

    def carry(self, target: Var, value: Op) -> None:
        """Note the parts of a new variable."""
        if value.name == "embed":
            like, index, part = value.args
            self.sparse[target] = Sparse(like, (Part(index, part, how_of(value)),))
            return
        old = value.args[0]
        assert isinstance(old, Var)
        have = self.sparse[old]
        if value.name == "sum":
            self.sparse[target] = Sparse(have.like, (self.row_sum(value, have.parts[0]),))
            return
        if value.name in ("add", "subtract"):
            more = self.sparse[value.args[1]].parts  # type: ignore[index]
            if value.name == "subtract":
                more = tuple(Part(p.index, self.builder.op("negative", p.value), p.how) for p in more)
            whole_rows_last = sorted((*have.parts, *more), key=lambda part: not is_basic(part.index))
            self.sparse[target] = Sparse(have.like, tuple(whole_rows_last))
            return
        if value.name == "update":
            how, part = how_of(value), value.args[2]
            if how == "subtract":
                how, part = "add", self.builder.op("negative", part)
            self.sparse[target] = Sparse(have.like, (*have.parts, Part(value.args[1], part, how)))
            return
        parts = tuple(Part(p.index, self.scaled(value, p), p.how) for p in have.parts)
        self.sparse[target] = Sparse(have.like, parts)

    def row_sum(self, value: Op, part: Part) -> Part:
        """One entry in each of the first n rows: their sum is the entry, zero in the rows after."""
        count = self.count_of(index_parts(part.index)[0])
        assert count is not None
        entry = part.value
        if isinstance(entry.type, Array) and bool(static(value.attrs.get("keepdims"), False)):
            entry = self.builder.op("expand_dims", entry, axis=1)
        return Part(index_expr(slice(None, count)), entry, "add")

    def scaled(self, value: Op, part: Part) -> Expr:
        """Return a part under an elementwise operation: the other operand at its index."""
        others = [
            self.builder.op("getitem", other, part.index) if isinstance(other.type, Array) else other
            for other in value.args[1:]
        ]
        return self.builder.op(value.name, part.value, *others)

    def made_if_needed(self, stmt: Assign, chosen: set[Var], here: set[int]) -> list[Stmt]:
        """Make an array of parts after all where something needs the whole."""
        target = stmt.target
        for user in self.users.get(target, ()):
            carried = isinstance(user, Assign) and user.target in chosen and id(user) in here
            if not carried and not (id(user) in here and self.absorbs(user, target, chosen)):
                break
        else:
            return []
        have = self.sparse[target]
        current: Expr | None = None
        made: list[Stmt] = []
        for i, part in enumerate(have.parts):
            last = i == len(have.parts) - 1
            var = target if last else Var(target.name, target.type)
            if current is None:
                first = "set" if part.how == "add" else part.how
                value = embed(have.like, part.index, part.value, first)
            else:
                value = update(current, part.index, part.value, added(part))
            made.append(Assign(var, value, stmt.origin))
            current = var
        return made

    def absorb(self, stmt: Assign, value: Op, var: Var) -> list[Stmt]:
        """`r = whole + parts` as updates of the whole."""
        whole = value.args[0] if value.args[1] is var else value.args[1]
        parts = self.sparse[var].parts
        made: list[Stmt] = []
        for i, part in enumerate(parts):
            target = stmt.target if i == len(parts) - 1 else Var(stmt.target.name, stmt.target.type)
            how = added(part)
            part_value = part.value
            if value.name == "subtract":
                how, part_value = (
                    ("subtract", part_value) if how == "add" else (how, self.builder.op("negative", part_value))
                )
            made.append(Assign(target, update(whole, part.index, part_value, how), stmt.origin))
            whole = target
        return made

    def stores(self, stmt: Store, have: Sparse) -> list[Stmt]:
        """`shadow += parts` as stores."""
        made: list[Stmt] = []
        for part in have.parts:
            how, value = added(part), part.value
            if stmt.how == "subtract":
                how, value = ("subtract", value) if how == "add" else (how, self.builder.op("negative", value))
            made.append(Store(stmt.base, part.index, value, how, stmt.origin))
        return made


def added(part: Part) -> str:
    """Return how a part is added to what is there."""
    return "add" if part.how == "set" else part.how


def distribute(block: Block, results: list[Expr], primal: Any) -> None:
    """Carry the parts of sparse cotangents through elementwise operations."""
    Slices(block, results, primal).run()
