"""Bring back what the reverse sweep needs: read directly, recomputed, copied before it is overwritten, or taped.

    defined outside loops, never changed        read directly
    its array is overwritten later              a copy made before the first write
    defined in a loop, cheap, inputs at hand    recomputed at the start of the reverse iteration
    anything else in a loop                     written to a tape once an iteration, read backwards

Several slices of one array at one moment are kept as the array; one slice or element is kept by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.analysis.alias import resized_by, shares
from s2sad.analysis.bound import BoundJoins
from s2sad.analysis.places import Place
from s2sad.errors import InternalError
from s2sad.ir.nodes import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Continue,
    Effect,
    Expr,
    For,
    Keep,
    Move,
    Op,
    Origin,
    Return,
    SetField,
    Stmt,
    Store,
    Tape,
    Try,
    Var,
    While,
    blocks_of,
    end_of_body,
    exprs_of,
    subexpressions,
    variables,
    walk,
)
from s2sad.ir.types import Array, ListOf, Scalar, Size, Type
from s2sad.rules.builder import Builder, if_there
from s2sad.rules.core import CHEAP, TABLE
from s2sad.rules.infer import is_basic
from s2sad.transforms.adjoint import Region, Reversed
from s2sad.transforms.loops import may_exit
from s2sad.transforms.residuals import AfterLoop, AtHead, Prologue, Residual, may_vary


@dataclass(eq=False, repr=False)
class Kept:
    """What was decided: substitutions in reverse code, tapes, and statements to insert into forward code."""

    direct: dict[Var, Expr] = field(default_factory=dict)
    tapes: list[Tape] = field(default_factory=list)
    before: dict[Stmt, list[Stmt]] = field(default_factory=dict)
    after: dict[Stmt, list[Stmt]] = field(default_factory=dict)
    starts: dict[int, list[Stmt]] = field(default_factory=dict)  # by id of a loop body
    outcomes: dict[Stmt, Keep] = field(default_factory=dict)  # whether a `try` caught no error


def reverse_statements(block: Block) -> list[Stmt]:
    """Return every statement of reverse code, prologues included."""
    found: list[Stmt] = []
    for stmt in walk(block):
        found.append(stmt)
        if isinstance(stmt, Region):
            found.extend(stmt.prologue.recalls)
            found.extend(stmt.prologue.shadows)
    return found


class Keeper:
    """Decides for each residual of one adjoint how it is brought back."""

    def __init__(
        self,
        made: Reversed,
        references: set[Var],
        reachable: set[Var],
        bound: BoundJoins,
        *,
        tape_everything: bool = False,
        lent: set[Var] | None = None,
    ) -> None:
        self.lent = lent or set()  # lists of the caller's, which change
        self.bound = bound
        self.reachable = reachable  # components the caller may write before a pullback runs
        self.references = references  # shadows: kept as what they are, never copied
        self.made = made
        self.residuals = made.residuals
        self.aliases = made.residuals.aliases
        self.places = self.aliases.places
        self.kept = Kept()
        self.done: set[Var] = set()
        self.tape_everything = tape_everything
        self.groups: dict[tuple[Var, Stmt], Var] = {}
        self.wanted: set[Var] = set()
        self.lists: dict[Var, list[tuple[str, Stmt]]] | None = None  # by component: what changes its lists
        self.counters = {info.counter: loop for loop, info in made.loops.items() if info.counter is not None}
        self.prologues: dict[int, list[Prologue]] = {}  # by id of the block, which is alive in its prologue
        for prologue in made.prologues:
            self.prologues.setdefault(id(prologue.forward), []).append(prologue)

    def run(self, roots: list[Expr]) -> Kept:
        """Bring back everything the reverse code and the results read."""
        needed: list[Var] = []
        for stmt in reverse_statements(self.made.reverse):
            for expr in exprs_of(stmt):
                needed.extend(v for v in variables(expr) if v in self.residuals.by_stand_in)
        for root in roots:
            needed.extend(v for v in variables(root) if v in self.residuals.by_stand_in)
        contents = set(content_reads(reverse_statements(self.made.reverse), roots))
        self.wanted = {stand_in for stand_in in needed if stand_in in contents}
        order = dict.fromkeys(needed)
        for stand_in in order:
            if stand_in in contents:
                self.bring(self.residuals.by_stand_in[stand_in])
        for stand_in in order:
            if stand_in not in self.done:  # nothing reads more than its shape
                self.bring_only_shape(self.residuals.by_stand_in[stand_in])
        return self.kept

    def bring_only_shape(self, residual: Residual) -> None:
        """Bring back a shape: that of the contents, if they are there as well."""
        whole = self.residuals.found.get((residual.var, residual.at, False))
        if whole is None or whole is residual or whole.stand_in not in self.done:
            residual.shape_only = True
            self.bring(residual)
            return
        self.done.add(residual.stand_in)
        self.kept.direct[residual.stand_in] = self.kept.direct.get(whole.stand_in, whole.stand_in)

    def bring(self, residual: Residual) -> None:
        """Bring back one value."""
        if residual.stand_in in self.done:
            return
        self.done.add(residual.stand_in)
        var = residual.var
        loop_info = self.index_of(var)
        if loop_info is not None:
            self.bring_index(residual, loop_info)
            return
        varies = (may_vary(var) and not self.stable(var.type)) or var in self.residuals.optional
        anew = var.join and bool(self.places.scope(var))  # another one in each iteration
        if residual.shape_only and not (varies and (anew or residual.at is not None)):
            self.bring_shape(residual)
            return
        if var in self.counters:
            self.bring_counter(residual, self.counters[var])
            return
        if isinstance(residual.at, AfterLoop):
            self.bring_after_loop(residual, residual.at.loop)
            return
        if isinstance(residual.at, Stmt):
            self.bring_contents(residual, residual.at)
            return
        if isinstance(residual.at, AtHead):
            self.tape(residual, residual.at.loop.body, 0, "start")
            return
        if var not in self.places.defs:
            self.kept.direct[residual.stand_in] = var
            return
        place = self.definition_place(var)
        if not place.loops or (var.join and not self.places.scope(var)):
            self.kept.direct[residual.stand_in] = var
            return
        if self.recompute(residual, place):
            return
        if var.join:
            self.tape_join(residual)
            return
        definition = self.places.defs[var][0]
        self.tape(residual, place.block, self.places.of[definition].index, "after")

    def bring_counter(self, residual: Residual, loop: Stmt) -> None:
        """How often a loop went round: known after it, and where it is left by a return."""
        place = self.places.of[loop]
        if not place.loops:
            self.kept.direct[residual.stand_in] = residual.var
            return
        self.tape(residual, place.block, place.index, "after")
        keep = self.kept.after[loop][-1]
        assert isinstance(keep, Keep)
        for stmt in walk([loop]):
            if isinstance(stmt, Return):
                self.kept.before.setdefault(stmt, []).append(Keep(keep.tape, keep.value))

    def bring_after_loop(self, residual: Residual, loop: Stmt) -> None:
        """What a join holds when a loop is over."""
        place = self.places.of[loop]
        if not place.loops:
            self.kept.direct[residual.stand_in] = residual.var
            return
        self.tape(residual, place.block, self.places.of[loop].index, "after")

    def definition_place(self, var: Var) -> Place:
        """Return where a variable is defined (the outermost place of a join)."""
        return min((self.places.of[d] for d in self.places.defs[var]), key=lambda place: len(place.loops))

    def tape_join(self, residual: Residual) -> None:
        """A join inside a loop: kept after the loop or the branch whose paths it joins."""
        join = self.joining(residual.var)
        place = self.places.of[join]
        outcome = isinstance(join, Try) and residual.var is join.flag
        self.tape(residual, place.block, place.index, "inside" if outcome else "after")

    def joining(self, var: Var) -> Stmt:
        """Return the statement at whose end a join has its value."""
        places = [self.places.of[d] for d in self.places.defs[var]]
        scope = self.places.scope(var)
        for place in places:
            if len(place.loops) > len(scope):
                return place.loops[len(scope)]
        first = places[0].branches
        if len(places) == 1:
            return first[-1][0]
        depth = 0
        while all(len(p.branches) > depth and p.branches[depth] == first[depth] for p in places):
            depth += 1
        return first[depth][0]

    # --- loop indices and shapes ------------------------------------------------------------------------------
    def index_of(self, var: Var) -> For | None:
        """Return the loop whose index a variable is."""
        defs = self.places.defs.get(var)
        if defs and isinstance(defs[0], For) and defs[0].index is var:
            return defs[0]
        return None

    def bring_index(self, residual: Residual, loop: For) -> None:
        info = self.made.loops.get(loop)
        if info is None:
            raise InternalError("an index of a loop that is not reversed")
        if info.counter is None:
            self.kept.direct[residual.stand_in] = info.index
            return
        builder = Builder()
        start = self.request(loop.start, loop)
        step = self.request(loop.step, loop)
        value = builder.op("add", start, builder.op("multiply", info.index, step))
        prologue = self.prologue_of(loop.body, 0)
        if value is info.index:
            self.kept.direct[residual.stand_in] = value
            return
        prologue.recalls.extend(builder.block)
        prologue.recalls.append(Assign(residual.stand_in, value))

    def request(self, expr: Expr, stmt: Stmt) -> Expr:
        """Ask for another forward value."""
        made = self.residuals.expr(expr, stmt)
        for var in variables(made):
            self.bring(self.residuals.by_stand_in[var])
        return made

    def request_length(self, value: Op, stmt: Stmt) -> Expr:
        """Ask for a length that does not change any more; what is in the list may."""
        var = value.args[0]
        if not isinstance(var, Var) or not isinstance(var.type, ListOf):
            return self.request(value, stmt)
        stand_in = self.residuals.need(var, stmt, shape_only=True)
        assert isinstance(stand_in, Var)
        if stand_in in self.residuals.by_stand_in:
            self.bring(self.residuals.by_stand_in[stand_in])
        return Op("len", (stand_in,), value.type)

    def bring_shape(self, residual: Residual) -> None:
        """Only the shape is read: any version of the variable will do if its shape never changes."""
        var = residual.var
        if var in self.places.defs and self.definition_place(var).loops and not self.stable(var.type) and not var.join:
            place = self.definition_place(var)
            if not self.read_again(residual, place):
                self.tape(residual, place.block, self.places.of[self.places.defs[var][0]].index, "after", copy=False)
            return
        self.kept.direct[residual.stand_in] = var if var.user or var.join else self.alike(var)

    def read_again(self, residual: Residual, place: Place) -> bool:
        """Read an item of a list again of which only the shape is asked; return whether that was possible."""
        definition = self.places.defs[residual.var][0]
        value = definition.value if isinstance(definition, Assign) else None
        if not isinstance(value, Op) or value.name != "getitem" or self.tape_everything:
            return False
        base, index = value.args
        if not isinstance(base, Var) or not isinstance(base.type, ListOf) or self.list_changes(value, definition):
            return False
        if not all(self.free(var, definition, contents=False) for var in variables(value)):
            return False
        whole = self.residuals.need(base, definition, shape_only=True)
        assert isinstance(whole, Var)
        if whole in self.residuals.by_stand_in:
            self.bring(self.residuals.by_stand_in[whole])
        made = Op("getitem", (whole, self.request(index, definition)), value.type)
        prologue = self.prologue_of(place.block, self.places.of[definition].index)
        prologue.recalls.append(Assign(residual.stand_in, made))
        return True

    def alike(self, var: Var) -> Var:
        """Return a variable with a name of its own that provably has the type of a temporary, if there is one."""
        if isinstance(var.type, Array):
            order = self.definition_place(var).order if var in self.places.defs else 0
            for other in [*self.made.function.params, *self.places.defs]:
                if other.type == var.type and (other in self.made.function.params or self.stands(other, order)):
                    return other
        return var

    def stands(self, var: Var, order: int) -> bool:
        """Return whether a user's variable is bound once, on every path that comes to a place, outside loops."""
        if self.places.of[self.places.defs[var][0]].order > order:
            return False
        place = self.places.of[self.places.defs[var][0]]
        return var.user and not var.join and not place.loops and not place.branches and len(self.places.defs[var]) == 1

    def stable(self, type_: Type) -> bool:
        """Return whether the sizes of a type are the same in every iteration."""
        if isinstance(type_, Array):
            return all(
                size.symbol is None or "?" not in size.symbol or size.symbol in self.outer_sizes()
                for size in type_.shape
            )
        return isinstance(type_, Scalar)

    def outer_sizes(self) -> set[str]:
        """Return the symbols of sizes known before any loop."""
        if not hasattr(self, "_outer"):
            self._outer: set[str] = set()
            for var, defs in self.places.defs.items():
                if not self.places.of[defs[0]].loops and not isinstance(defs[0], For | While) and not var.join:
                    self._outer.update(symbols(var.type))
            for var, defs in self.places.defs.items():  # the size of what a loop carries may change in it
                if var.join and any(self.places.of[d].loops for d in defs):
                    self._outer -= symbols(var.type)
            for param in self.made.function.params:
                self._outer.update(symbols(param.type))
        return self._outer

    # --- contents of arrays that are overwritten --------------------------------------------------------------
    def bring_contents(self, residual: Residual, at: Stmt) -> None:
        """The contents at one moment: copied, with the array they are a view of if several views are needed."""
        var = residual.var
        base = self.view_base(var)
        if base is not None and self.shared_base(base, at, residual):
            whole = self.residuals.need(base, at)
            assert isinstance(whole, Var)
            again = self.residuals.by_stand_in[whole]
            if again.at is at or again.at is not None:
                definition = self.places.defs[var][0]
                assert isinstance(definition, Assign) and isinstance(definition.value, Op)
                value = definition.value
                self.bring(again)
                rest = tuple(self.request(arg, definition) for arg in value.args[1:])
                attrs = {key: self.request(attr, definition) for key, attr in value.attrs.items()}
                op = Op(value.name, (whole, *rest), value.type, attrs, value.form)
                self.recall_at(at, residual, op)
                return
        place = self.places.of[at]
        where = "after" if var in assigned(at) else "before"
        if not place.loops:
            copy = Var(f"{var.name}_0", var.type)
            stmt = Assign(copy, self.copied(var, at, where), None)
            (self.kept.after if where == "after" else self.kept.before).setdefault(at, []).append(stmt)
            self.kept.direct[residual.stand_in] = copy
            return
        self.tape(residual, place.block, self.places.of[at].index, where)

    def recall_at(self, at: Stmt, residual: Residual, value: Expr) -> None:
        """Recompute a view of a recalled array at the start of the reverse of its block."""
        place = self.places.of[at]
        prologue = self.prologue_of(place.block, self.places.of[at].index)
        prologue.recalls.append(Assign(residual.stand_in, value))

    def view_base(self, var: Var) -> Var | None:
        """Return the array a variable is a view of."""
        defs = self.places.defs.get(var)
        if (
            not defs
            or not isinstance(defs[0], Assign)
            or not isinstance(defs[0].value, Op)
            or defs[0].target is not var
        ):
            return None
        value = defs[0].value
        if (
            value.name == "getitem"
            and is_basic(value.args[1])
            and isinstance(value.args[0], Var)
            and isinstance(value.args[0].type, Array)
        ):
            return value.args[0]
        rule = TABLE.rules.get(value.name)
        if (
            rule is not None
            and rule.view == "always"
            and value.args
            and isinstance(value.args[0], Var)
            and value.name != "getitem"
            and isinstance(value.args[0].type, Array)
        ):
            return value.args[0]
        return None

    def shared_base(self, base: Var, at: Stmt, residual: Residual) -> bool:
        """Return whether the array itself, or another view of it, is needed at the same moment."""
        if self.residuals.version(base, at) is None:
            return False
        for stand_in in self.wanted:
            other = self.residuals.by_stand_in[stand_in]
            if other is residual or not isinstance(other.at, Stmt):
                continue
            if self.places.of[other.at].block is not self.places.of[at].block:
                continue
            if other.var is base or self.view_base(other.var) is base:
                same = self.residuals.version(base, other.at) is self.residuals.version(base, at)
                if same:
                    return True
        return False

    # --- recomputing ------------------------------------------------------------------------------------------
    def recompute(self, residual: Residual, place: Place) -> bool:
        """Recompute a cheap value from inputs that are at hand; return whether that was possible."""
        if self.tape_everything or residual.var.join:
            return False
        definition = self.places.defs[residual.var][0]
        if (
            not isinstance(definition, Assign)
            or not isinstance(definition.value, Op)
            or definition.target is not residual.var
        ):
            return False
        value = definition.value
        rule = TABLE.rules.get(value.name)
        if rule is None or not rule.pure or rule.cost > CHEAP or self.list_changes(value, definition):
            return False
        if isinstance(value.type, ListOf) and self.list_writes(residual.var):
            return False  # made again, it would lack what was appended since
        if rule.cost == CHEAP and not self.scalar_like(value) and not self.view_base(residual.var):
            if not all(self.at_hand(v, definition) for v in variables(value)):
                return False
        elif not all(self.free(v, definition, contents=value.name != "len") for v in variables(value)):
            return False
        made = self.request_length(value, definition) if value.name == "len" else self.request(value, definition)
        prologue = self.prologue_of(place.block, self.places.of[definition].index)
        prologue.recalls.append(Assign(residual.stand_in, made))
        return True

    def list_changes(self, value: Op, stmt: Stmt) -> bool:
        """Return whether reading a list again could give something else: it grows, shrinks or is written later."""
        parts = [part for part in subexpressions(value) if isinstance(part, Op)]
        return any(
            self.one_changes(base, part, stmt)
            for part in parts
            for base in part.args
            if isinstance(base, Var) and isinstance(base.type, ListOf)
        )

    def one_changes(self, base: Var, value: Op, stmt: Stmt) -> bool:
        """Return whether one of the lists that an operation reads changes later, and what it gives with it.

        One that the caller has lent to this function changes there as well.
        """
        if base in self.lent:
            return True
        kinds = {k for k, s in self.list_writes(base) if self.places.may_follow(stmt, s, self.places.scope(base))}
        if value.name == "len":
            kinds -= {"set"}
        if value.name == "getitem" and kinds <= {"append"} and base is value.args[0]:
            index = value.args[1]
            counted = isinstance(index, Var) and self.index_of(index) is not None
            return bool(kinds) and not counted and not (isinstance(index, Const) and index.value >= 0)
        return bool(kinds)

    def list_writes(self, base: Var) -> list[tuple[str, Stmt]]:
        """Return what changes a list: (append, insert, pop or set, statement)."""
        if self.lists is None:
            self.lists = {}
            for stmt in self.places.of:
                value = stmt.value if isinstance(stmt, Effect | Assign) else None
                target: Expr | None = stmt.base if isinstance(stmt, Store) else None
                if isinstance(value, Op) and value.name in ("append", "pop"):
                    target = value.args[0]
                elif isinstance(value, Call):
                    for changed in resized_by(stmt):
                        self.lists.setdefault(self.aliases.root(changed), []).append(("call", stmt))
                if isinstance(target, Var) and isinstance(target.type, ListOf):
                    kind = value.name if isinstance(value, Op) else "set"
                    kind = "insert" if kind == "append" and len(value.args) > 2 else kind  # type: ignore[union-attr]
                    self.lists.setdefault(self.aliases.root(target), []).append((kind, stmt))
        return self.lists.get(self.aliases.root(base), [])

    def scalar_like(self, value: Op) -> bool:
        """Whether an operation is on ints (an index, a bound)."""
        return isinstance(value.type, Scalar) and value.type.kind in ("int", "bool")

    def at_hand(self, var: Var, stmt: Stmt, budget: int = 4) -> bool:
        """Return whether a value is there in the reverse sweep anyway."""
        key = (var, self.residuals.version(var, stmt), False)
        found = self.residuals.found.get(key)
        if self.free(var, stmt) or (found is not None and found.stand_in in self.wanted):
            return True
        return budget > 0 and self.cheap_from_hand(var, stmt, budget)

    def cheap_from_hand(self, var: Var, stmt: Stmt, budget: int) -> bool:
        """Return whether a temporary is a few cheap operations on values that are there anyway."""
        base = self.view_base(var)
        definition = self.places.defs.get(var, [None])[0]
        if not isinstance(definition, Assign) or definition.target is not var or not isinstance(definition.value, Op):
            return False
        moment, before = self.residuals.version(var, stmt), self.residuals.version(var, definition)
        if base is not None:
            return moment == before and self.at_hand(base, definition, 0)
        rule = TABLE.rules.get(definition.value.name)
        if moment is not None or rule is None or not rule.pure or rule.cost > CHEAP or var.user:
            return False
        if self.list_changes(definition.value, definition):
            return False
        return all(self.at_hand(v, definition, budget - 1) for v in variables(definition.value))

    def free(self, var: Var, stmt: Stmt, depth: int = 0, *, contents: bool = True) -> bool:
        """Return whether a value can be had in the reverse sweep without keeping anything for it.

        Of a list whose length is asked for the contents may change.
        """
        if depth > 8 or self.residuals.version(var, stmt, contents=contents) is not None:
            return False
        if var not in self.places.defs or self.index_of(var) is not None:
            return True
        place = self.definition_place(var)
        if not place.loops:
            return True
        key = (var, None, False)
        found = self.residuals.found.get(key)
        if found is not None and found.stand_in in self.wanted and not var.join:
            return True
        definition = self.places.defs[var][0]
        if (
            var.join
            or not isinstance(definition, Assign)
            or not isinstance(definition.value, Op)
            or definition.target is not var
        ):
            return False
        rule = TABLE.rules.get(definition.value.name)
        if rule is None or not rule.pure or rule.cost > CHEAP or self.list_changes(definition.value, definition):
            return False
        if rule.cost == CHEAP and not self.scalar_like(definition.value):
            return False
        contents = definition.value.name != "len"
        return all(self.free(v, definition, depth + 1, contents=contents) for v in variables(definition.value))

    # --- tapes ------------------------------------------------------------------------------------------------
    def tape(self, residual: Residual, block: Block, at: int, where: str, copy: bool = True) -> None:
        """Keep a value once each time a place is passed, and recall it in the reverse of that stretch."""
        var = residual.var
        place = self.places.of[block[at]]
        tape = Tape(f"{var.name}_tape", var.type, place.loops, var)
        tape.reference = var in self.references
        value: Expr = var
        if (
            copy
            and isinstance(var.type, Array)
            and (
                isinstance(residual.at, Stmt)
                or self.aliases.root(var) in self.reachable
                or (self.aliases.written(var) and self.overwritten(var, block[at]))
            )
        ):
            value = self.copied(var, block[at], where)
        stmt = block[at]
        contexts = stmt.origin.contexts if stmt.origin is not None else ()
        keep = Keep(tape, value, Origin("", None, contexts=contexts) if contexts else None)
        if where == "start":
            self.kept.starts.setdefault(id(block), []).append(keep)
        elif where == "before":
            self.kept.before.setdefault(stmt, []).append(keep)
        elif where == "inside":  # in both arms of a `try`, which may leave the block
            self.kept.outcomes[stmt] = keep
        else:
            self.kept.after.setdefault(stmt, []).append(keep)
        self.kept.tapes.append(tape)
        recall = Op("recall", (), var.type, {"tape": Const(tape)})
        # what is kept after a statement that may leave the block belongs to the stretch that follows it
        stretch = at + 1 if where == "after" and may_exit(stmt) and var not in self.counters else at
        prologue = self.prologue_of(block, stretch)
        prologue.recalls.insert(0, Assign(residual.stand_in, recall))

    def copied(self, var: Var, stmt: Stmt, where: str) -> Op:
        """Return a copy of what an array holds before or after a statement: None where it holds nothing."""
        copy = Op("copy", (var,), var.type)
        return if_there(var, copy) if self.bound.may_lack(var, stmt, where) else copy

    def overwritten(self, var: Var, stmt: Stmt) -> bool:
        return shares(var.type) and self.aliases.overwritten_after(var, stmt)

    def prologue_of(self, block: Block, at: int) -> Prologue:
        """Return the prologue of the reverse of the stretch that contains a statement."""
        for prologue in self.prologues.get(id(block), ()):
            if prologue.start <= at < prologue.end:
                return prologue
        raise InternalError("a value is needed from a stretch that is not reversed")


def content_reads(stmts: list[Stmt], results: list[Expr]) -> list[Var]:
    """Return the variables whose contents (not only shapes) are read, in order."""
    found: dict[Var, None] = {}
    stack: list[Expr] = [expr for stmt in stmts for expr in exprs_of(stmt)] + results
    stack.reverse()
    while stack:
        expr = stack.pop()
        if isinstance(expr, Var):
            found[expr] = None
        elif isinstance(expr, Op):
            at = SHAPE_READS.get(expr.name)
            stack.extend(part for i, part in enumerate(expr.args) if i != at or not isinstance(part.type, Array))
            stack.extend(expr.attrs.values())
        elif isinstance(expr, Call):
            stack.extend(expr.args)
    return list(found)


# the argument of which an operation reads the shape only
SHAPE_READS = {
    "zeros_like": 0,
    "embed": 0,
    "shape": 0,
    "len": 0,
    "size": 0,
    "ones_like": 0,
    "empty_like": 0,
    "unbroadcast": 1,
    "full_like": 0,
    "full_like_value": 1,
}


def assigned(stmt: Stmt) -> tuple[Var, ...]:
    """Return what a statement assigns."""
    if isinstance(stmt, Assign):
        return (stmt.target,)
    return stmt.targets if isinstance(stmt, Move) else ()


def symbols(type_: Type) -> set[str]:
    """Return the symbols of the sizes in a type."""
    from s2sad.ir.types import Structure

    if isinstance(type_, Array):
        return {size.symbol for size in type_.shape if size.symbol}
    if isinstance(type_, Scalar) and isinstance(type_.size, Size) and type_.size.symbol:
        return {type_.size.symbol}
    if isinstance(type_, Structure):
        return set().union(*map(symbols, type_.items)) if type_.items else set()
    return set()  # the items of a list may each have another size


def insert_forward(block: Block, kept: Kept) -> Block:
    """Return forward code with what is kept inserted."""
    result: Block = list(kept.starts.get(id(block), []))
    for stmt in block:
        result.extend(kept.before.get(stmt, ()))
        result.append(stmt)
        result.extend(kept.after.get(stmt, ()))
        for inner in blocks_of(stmt):
            inner[:] = insert_forward(inner, kept)
        if isinstance(stmt, Try):
            keep_at_end(stmt, kept.outcomes.get(stmt))
    return result


def is_left(stmt: Stmt, loops: int = 0) -> bool:
    """Return whether a statement may leave the block it stands in."""
    if isinstance(stmt, Return) or (isinstance(stmt, Break | Continue) and not loops):
        return True
    inside = loops + isinstance(stmt, For | While)
    return any(is_left(inner, inside) for block in blocks_of(stmt) for inner in block)


def keep_at_end(stmt: Try, outcome: Keep | None) -> None:
    """See to it that the body of a `try` keeps nothing before it is done, for it may raise: behind `else`.

    One that may be left before its end keeps what it does where it does it; where it raises that is dropped again.
    """
    body = stmt.then
    at = end_of_body(body)
    if any(map(is_left, body[:at])):
        if outcome is not None:
            body.insert(0, Keep(outcome.tape, Const(True, stmt.flag.type)))
            stmt.orelse.insert(0, Keep(outcome.tape, Const(False, stmt.flag.type)))
        return
    keeps = [inner for inner in body[:at] if isinstance(inner, Keep)]
    if outcome is not None:
        keeps.append(Keep(outcome.tape, Const(True, stmt.flag.type)))
        stmt.orelse.insert(0, Keep(outcome.tape, Const(False, stmt.flag.type)))
    rest = [inner for inner in body[:at] if not isinstance(inner, Keep)]
    writes = next((i for i, inner in enumerate(rest) if isinstance(inner, Store | SetField)), None)
    if writes is None:
        body[:] = [*rest, *body[at : at + 1], *keeps, *body[at + 1 :]]
    else:  # what is written over is kept before it is; nothing raises from here on
        body[:] = [*rest[:writes], *keeps, *rest[writes:], *body[at:]]
