"""Buffers: which sums and updates of the reverse sweep are made in place.

Before this pass a cotangent is never written; `r = v + c` and `r = update(v, i, c)` make new values. Here r takes
the buffer of v where

    v was allocated by this sweep (or is a buffer handed in to be updated),
    nothing that may share its memory is read afterwards, and
    it fits: same shape and dtype.

A join is such a buffer if each value moved into it is, and is not read under another name after the move.
A buffer handed in is settled at the end: it gets the value that may have been made in it all along.
`copy` is how the adjoint asks for a buffer of its own: it vanishes where the copied value is not needed any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from s2sad.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Move,
    Op,
    Origin,
    Stmt,
    Store,
    Var,
    While,
    blocks_of,
    exprs_of,
    subexpressions,
    variables,
    walk,
)
from s2sad.ir.rewrite import map_exprs, substitute
from s2sad.ir.types import Array, ListOf
from s2sad.passes.live import Liveness
from s2sad.passes.substitute import LIMIT, size
from s2sad.rules.builder import if_there, is_if_there, same_shape
from s2sad.rules.core import view_kind
from s2sad.rules.infer import is_basic

IN_PLACE = {"add", "subtract", "multiply", "divide"}
ANONYMOUS = {"t_bar", "part_bar", "items_bar"}  # cotangents of what the user has no name for
COMMUTATIVE = {"add", "multiply"}
BORROWED = {"recall", "pop", "next", "if_else", "build", "list"}  # results that live elsewhere too
KEEPING = {"append", "list", "tuple", "build", "zip_list", "repeat_list", "to_list", "to_tuple", "add_each", "add_all"}
KEEPING |= {"add_lists", "split_like"}


def reuse(block: Block, results: list[Expr], buffers: Iterable[Var] = (), *, enabled: bool = True) -> list[Expr]:
    """Lower `embed` and `update`, in place where that is safe; return the results under their new names."""
    return _Reuse(block, results, set(buffers), enabled).run()


def count_reads(block: Block, results: list[Expr]) -> Counter[Var]:
    """Return how often each variable is read."""
    found = Counter(var for stmt in walk(block) for expr in exprs_of(stmt) for var in variables(expr))
    found.update(var for result in results for var in variables(result))
    return found


def innermost_loops(block: Block, loop: Stmt | None = None) -> dict[Stmt | None, Stmt | None]:
    """Return the loop around each statement."""
    found: dict[Stmt | None, Stmt | None] = {}
    for stmt in block:
        found[stmt] = loop
        for inner in blocks_of(stmt):
            found |= innermost_loops(inner, stmt if isinstance(stmt, For | While) else loop)
    return found


def viewed(value: Expr) -> Var | None:
    """Return the array whose memory the value of an expression may share, if it is not a new one."""
    if isinstance(value, Var):
        return value
    if not isinstance(value, Op) or not value.args or not isinstance(value.args[0], Var):
        return None
    base = value.args[0]
    if value.name == "getitem":
        return base if isinstance(base.type, Array) and is_basic(value.args[1]) else None
    if value.name == "astype" and "copy" in value.attrs:
        return base
    return base if view_kind(value) else None


def may_lack(value: Expr) -> bool:
    """Return whether a cotangent may be None: that of what is not there."""
    if isinstance(value, Op) and value.name in ("pop", "getitem"):
        return isinstance(value.args[0].type, ListOf) and value.args[0].type.optional
    return is_if_there(value)


class _Reuse:
    def __init__(self, block: Block, results: list[Expr], buffers: set[Var], enabled: bool) -> None:
        self.block = block
        self.results = results
        self.buffers = buffers
        self.enabled = enabled
        self.parent: dict[Var, Var] = {}  # views and new names of a buffer
        self.sharing: dict[Var, list[Var]] = {}  # all names of the memory of a root
        self.fresh: set[Var] = set(buffers)
        self.kept: set[Var] = set()  # roots that something else holds on to
        self.moves: dict[Var, list[tuple[Move, Expr]]] = {}
        self.owned_joins: set[Var] = set()
        self.copied: dict[Move, set[Var]] = {}
        self.user: dict[Var, Stmt | None] = {}
        self.definitions: dict[Var, Assign] = {}
        self.reads: Counter[Var] = Counter()
        self.updates: dict[Var, set[str]] = {}  # operations whose first operand a variable is
        self.lacking: set[Expr] = set()
        self.loop: dict[Stmt | None, Stmt | None] = {}
        self.renamed: dict[Var, Var] = {}
        self.written: set[Var] = set()
        self.origin: Origin | None = None

    def run(self) -> list[Expr]:
        if self.enabled:
            self.find_buffers()
            self.find_joins()
        self.lower(self.block)
        self.apply_names()
        return [substitute(result, self.names()) for result in self.results]

    # --- what is known --------------------------------------------------------------------------------------------
    def find_buffers(self) -> None:
        """Find views, new arrays, what is held elsewhere, joins, uses and live ranges."""
        self.reads = count_reads(self.block, self.results)
        self.loop = innermost_loops(self.block)
        for stmt in walk(self.block):
            for expr in exprs_of(stmt):
                self.user.update((var, stmt) for var in variables(expr))
            if isinstance(stmt, Assign):
                self.define(stmt)
            elif isinstance(stmt, Move):
                for target, source in zip(stmt.targets, stmt.sources, strict=True):
                    if isinstance(target.type, Array):
                        self.moves.setdefault(target, []).append((stmt, source))
            elif isinstance(stmt, Store) and isinstance(stmt.base.type, ListOf):
                self.keep(stmt.value)
            elif isinstance(stmt, Effect) and isinstance(stmt.value, Op) and stmt.value.name == "append":
                self.keep(stmt.value.args[1])
        after = [v for result in self.results for v in variables(result)]
        self.live = Liveness()
        self.live.settling_reads = False
        ranges = self.live.run(self.block, list(self.buffers), [*after])
        self.segments = ranges.segments
        for var in [*self.definitions, *self.moves, *self.buffers]:
            self.sharing.setdefault(self.root(var), []).append(var)

    def define(self, stmt: Assign) -> None:
        target, value = stmt.target, stmt.value
        self.definitions[target] = stmt
        if isinstance(value, Op) and value.args and isinstance(value.args[0], Var):
            self.updates.setdefault(value.args[0], set()).add(value.name)
        base = viewed(value)
        if base is not None and isinstance(value, Op) and value.name == "unbroadcast" and self.only_for(base, stmt):
            self.fresh.add(target)  # the buffer itself, or a sum of it: nobody else has either
        elif base is not None and isinstance(target.type, Array):
            self.parent[target] = base
        elif isinstance(target.type, Array) and self.is_new(value):
            self.fresh.add(target)
        for part in subexpressions(value):
            if isinstance(part, Op) and part.name in KEEPING and not isinstance(value, Call):
                for arg in part.args:
                    self.keep(arg)

    def only_for(self, var: Var, stmt: Stmt) -> bool:
        """Return whether a new array is read by one statement only, and once: not again in the next iteration."""
        made = self.definitions.get(var)
        return var in self.fresh and self.reads[var] == 1 and self.loop.get(made) is self.loop[stmt]

    def is_new(self, value: Expr) -> bool:
        """Return whether an expression gives an array that nobody else holds."""
        if isinstance(value, Call):
            return True  # a backward function returns fresh arrays
        if not isinstance(value, Op) or (value.name in BORROWED and not is_if_there(value)):
            return False
        base = value.args[0] if value.args else None
        if isinstance(base, Op) and isinstance(base.type, Array) and (value.name == "getitem" or view_kind(value)):
            return self.is_new(base)  # a view of what has no name: of a part of the cotangent, say
        if value.name == "field":
            return isinstance(base, Var) and base in self.definitions and self.from_call(base)
        return not (value.name == "getitem" and base is not None and not isinstance(base.type, Array))

    def from_call(self, var: Var) -> bool:
        """Return whether a structure was returned by a backward function."""
        value = self.definitions[var].value
        if isinstance(value, Op) and value.name == "field" and isinstance(value.args[0], Var):
            return value.args[0] in self.definitions and self.from_call(value.args[0])
        return isinstance(value, Call)

    def keep(self, expr: Expr) -> None:
        for var in variables(expr):
            self.kept.add(self.root(var))

    def root(self, var: Var) -> Var:
        """Return the variable whose memory this one shares."""
        while var in self.parent:
            var = self.parent[var]
        return var

    # --- joins ----------------------------------------------------------------------------------------------------
    def find_joins(self) -> None:
        """Find the joins that are buffers of their own: assume all are, drop those that cannot be."""
        self.find_lacking()
        self.owned_joins = set(self.moves)
        changed = True
        while changed:
            changed = False
            for join in [j for j in self.moves if j in self.owned_joins]:
                if not all(self.transferred(move, join, source) for move, source in self.moves[join]):
                    self.owned_joins.discard(join)
                    changed = True
        for join in self.moves:
            if join not in self.owned_joins:
                for _, source in self.moves[join]:
                    if isinstance(source, Var):
                        self.hold(self.root(source), join)

    def find_lacking(self) -> None:
        """Find the cotangents that are None where what they belong to has no value."""
        self.lacking = {var for var, made in self.definitions.items() if may_lack(made.value)}
        found = bool(self.lacking)
        while found:
            new = {join for join, moves in self.moves.items() if any(s in self.lacking for _, s in moves)}
            found = not new <= self.lacking
            self.lacking |= new

    def hold(self, root: Var, join: Var) -> None:
        """A value moved into a join that is no buffer of its own is reached through the join as well."""
        names = self.sharing.setdefault(root, [root])
        stack = [join]
        while stack:
            var = stack.pop()
            if var in names:
                continue
            names.append(var)
            stack.extend(self.sharing.get(var, ()))
            for target, found in self.moves.items():
                if target not in self.owned_joins and any(s is var for _, s in found):
                    stack.append(target)

    def transferred(self, move: Move, join: Var, source: Expr) -> bool:
        """Return whether a value moved into a join is a buffer that is not read under another name afterwards."""
        if source is join:
            return True
        if isinstance(source, Op):
            return viewed(source) is None and self.is_new(source)
        if not isinstance(source, Var) or not self.is_name_of(source, self.root(source)):
            return False
        others = [s for t, s in zip(move.targets, move.sources, strict=True) if t is not join]
        shared = any(isinstance(s, Var) and self.root(s) is self.root(source) for s in others)
        if self.owns(source) and not shared and not self.alive(source, move, except_=set(move.targets)):
            return True
        if self.wants_buffer(join, move):
            self.copied.setdefault(move, set()).add(join)
            return True
        return False

    def wants_buffer(self, join: Var, move: Move) -> bool:
        """Return whether a copy on the way into a loop pays: the join is updated in each iteration."""
        inside = [m for m, _ in self.moves[join] if m is not move]
        first = self.live.places[move][0]
        entering = bool(inside) and all(self.live.places[m][0] > first for m in inside)
        return entering and self.updated_through(join, set())

    def updated_through(self, join: Var, seen: set[Var]) -> bool:
        """Return whether a join, or one it is moved into, is updated."""
        if join in seen:
            return False
        seen.add(join)
        if self.updates.get(join, set()) & {"update", "add"}:
            return True
        return any(
            self.updated_through(target, seen)
            for target, found in self.moves.items()
            if any(source is join for _, source in found)
        )

    # --- decisions ------------------------------------------------------------------------------------------------
    def owns(self, var: Var) -> bool:
        """Return whether a variable holds a whole buffer of this sweep."""
        root = self.root(var)
        return (root in self.fresh or root in self.owned_joins) and root not in self.kept

    def alive(self, var: Var, stmt: Stmt, except_: set[Var]) -> bool:
        """Return whether memory is read after a statement under any name but these."""
        at = self.live.places[stmt][0]
        return any(
            start <= at < end
            for name in self.sharing.get(self.root(var), [var])
            if name not in except_
            for start, end in self.segments.get(name, ())
        )

    def takes(self, stmt: Assign, var: Expr) -> Var | None:
        """Return the buffer of `var` if the target of a statement may have it."""
        if not self.enabled or not isinstance(var, Var) or not isinstance(var.type, Array):
            return None
        root = self.root(var)
        if self.root(stmt.target) in self.kept and not self.made_beside(root, stmt):
            return None  # what holds on to it would see what a later iteration writes to the buffer
        if not self.is_name_of(var, root) or not self.owns(var) or self.alive(var, stmt, {stmt.target}):
            return None
        return None if self.is_spread(var) else root

    def made_beside(self, root: Var, stmt: Stmt) -> bool:
        """Return whether a buffer is made anew as often as a statement is passed."""
        made = self.definitions.get(root)
        return root in self.fresh and made is not None and self.loop.get(made) is self.loop[stmt]

    def last_view(self, stmt: Assign, var: Expr) -> Var | None:
        """Return a view of a buffer of which nothing else is read any more: the view may be handed out itself."""
        if not self.enabled or not isinstance(var, Var) or not self.owns(var) or self.alive(var, stmt, {stmt.target}):
            return None
        return var if self.writeable(var) else None

    def is_spread(self, var: Var) -> bool:
        """Return whether an array is one number seen many times: it has no view above it that says so."""
        value = self.definitions[var].value if var in self.definitions else None
        return isinstance(value, Op) and value.name == "broadcast_to"

    def writeable(self, var: Var) -> bool:
        """Return whether a view can be written: every view can but that of a broadcast."""
        while True:
            value = self.definitions[var].value if var in self.definitions else None
            if isinstance(value, Op) and value.name in ("broadcast_to", "unbroadcast", "diag", "sliding_window_view"):
                return False
            if var not in self.parent:
                return True
            var = self.parent[var]

    def is_name_of(self, var: Var, root: Var) -> bool:
        """Return whether a variable is another name of a whole buffer (not a view of a part)."""
        while var is not root:
            definition = self.definitions.get(var)
            if var not in self.renamed and (definition is None or not isinstance(definition.value, Var)):
                return False
            var = self.parent[var]
        return True

    def rename(self, stmt: Assign, buffer: Var) -> None:
        """The target of a statement is the buffer from now on."""
        target = stmt.target
        if self.root(target) in self.kept:
            self.kept.add(buffer)
        self.renamed[target] = buffer
        self.parent[target] = buffer
        names = self.sharing.setdefault(buffer, [buffer])
        for name in self.sharing.pop(target, [target]):
            if name not in names:
                names.append(name)
        self.written.add(buffer)
        if buffer.name == "t":
            buffer.name = target.name

    # --- lowering -------------------------------------------------------------------------------------------------
    def lower(self, block: Block) -> None:
        """Rewrite a block and what is nested in it."""
        result: Block = []
        for stmt in block:
            for inner in blocks_of(stmt):
                self.lower(inner)
            self.origin = stmt.origin
            if isinstance(stmt, Assign) and isinstance(stmt.value, Op) and isinstance(stmt.target.type, Array):
                result.extend(self.statement(stmt, stmt.value))
                continue
            if isinstance(stmt, Move) and stmt in self.copied:
                self.copy_into(stmt)
            result.append(stmt)
        block[:] = result

    def copy_into(self, move: Move) -> None:
        wanted = {join for join in self.copied[move] if join in self.owned_joins}
        move.sources = tuple(
            self.copy_of(source) if target in wanted else source
            for target, source in zip(move.targets, move.sources, strict=True)
        )

    def copy_of(self, source: Expr) -> Expr:
        copy = Op("copy", (source,), source.type)
        return if_there(source, copy) if source in self.lacking else copy

    def statement(self, stmt: Assign, value: Op) -> list[Stmt]:
        match value.name:
            case "embed":
                return self.embedded(stmt, value)
            case "update":
                return self.updated(stmt, value)
            case "copy":
                buffer = self.takes(stmt, value.args[0]) or self.last_view(stmt, value.args[0])
                if buffer is not None:
                    self.rename(stmt, buffer)
                    return []
            case name if name in IN_PLACE:
                made = self.in_place(stmt, value)
                if made is not None:
                    return [made]
        return [stmt]

    def embedded(self, stmt: Assign, value: Op) -> list[Stmt]:
        """`x_bar = embed(x, i, v)`: zeros, then a store."""
        like, index, part = value.args
        zeros = Assign(stmt.target, Op("zeros_like", (like,), stmt.target.type), stmt.origin)
        return [zeros, Store(stmt.target, index, part, how_of(value), stmt.origin)]

    def updated(self, stmt: Assign, value: Op) -> list[Stmt]:
        """`x_bar = update(v, i, c)`: a store into the buffer of v, or into a copy."""
        old, index, part = value.args
        buffer = self.takes(stmt, old)
        if buffer is not None:
            self.rename(stmt, buffer)
            return [Store(buffer, index, part, how_of(value), stmt.origin)]
        copy = Assign(stmt.target, Op("copy", (old,), stmt.target.type), stmt.origin)
        return [copy, Store(stmt.target, index, part, how_of(value), stmt.origin)]

    def in_place(self, stmt: Assign, value: Op) -> Stmt | None:
        """`r = v + c` as `v += c`."""
        sides = (0, 1) if value.name in COMMUTATIVE else (0,)
        for side in sides:
            old, other = value.args[side], value.args[1 - side]
            if not isinstance(old, Var) or not fits(old, stmt.target) or self.reads_better_nested(stmt, value, old):
                continue
            buffer = self.takes(stmt, old)
            if buffer is not None and not misnamed(buffer, stmt.target):
                self.rename(stmt, buffer)
                return Store(buffer, None, other, value.name, stmt.origin)
        return None

    def reads_better_nested(self, stmt: Assign, value: Op, old: Var) -> bool:
        """Return whether forward substitution will make one line of this and an operand, or of this and its use."""
        user = self.user.get(stmt.target)
        scaled = value.name in ("multiply", "divide") and self.reads[stmt.target] == 1
        if scaled and isinstance(user, Assign | Store) and user.origin is stmt.origin and not is_copy(user):
            short = size(value) + sum(map(size, exprs_of(user))) <= LIMIT
            if short:
                return True
        definition = self.definitions.get(old)
        return (
            definition is not None
            and self.reads[old] == 1
            and self.root(old) is old
            and old not in self.written
            and definition.origin is stmt.origin
            and isinstance(definition.value, Op)
            and definition.value.name not in ("copy", "update", "embed", "zeros_like", "full_like")
            and size(definition.value) + size(value) <= LIMIT
        )

    # --- names ----------------------------------------------------------------------------------------------------
    def names(self) -> dict[Var, Expr]:
        return {var: self.final(var) for var in self.renamed}

    def final(self, var: Var) -> Var:
        while var in self.renamed:
            var = self.renamed[var]
        return var

    def apply_names(self) -> None:
        """Use the names of the buffers everywhere."""
        mapping = self.names()
        if mapping:
            for stmt in walk(self.block):
                map_exprs(stmt, lambda expr: substitute(expr, mapping))
        drop_idle(self.block)
        settled = self.settled()
        if settled:
            for stmt in walk(self.block):
                map_exprs(stmt, lambda expr: substitute(expr, settled))
                if isinstance(stmt, Move):
                    stmt.targets = tuple(settled.get(target, target) for target in stmt.targets)
            drop_idle(self.block)

    def settled(self) -> dict[Var, Var]:
        """Return the joins that are a buffer that was handed in, all the way: nothing else is ever moved into them."""
        sources: dict[Var, set[Expr]] = {}
        for stmt in walk(self.block):
            if isinstance(stmt, Move):
                for target, source in zip(stmt.targets, stmt.sources, strict=True):
                    sources.setdefault(target, set()).add(source)
        found: dict[Var, Var] = {}
        for buffer in self.buffers:
            group = {join for join in sources if join in self.owned_joins}
            while strange := {join for join in group if not sources[join] <= group | {buffer}}:
                group -= strange
            found.update((join, buffer) for join in group)
        return found


def misnamed(buffer: Var, target: Var) -> bool:
    """Return whether the cotangent of a variable, made in a buffer, would go by the name of another's."""
    return target.name.endswith("_bar") and target.name not in ANONYMOUS and buffer.name not in ("t", target.name)


def is_copy(stmt: Stmt) -> bool:
    """Return whether a statement asks for a buffer of its own."""
    return isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name == "copy"


def how_of(value: Op) -> str:
    """Return how an `embed` or `update` writes."""
    how = value.attrs["how"]
    assert isinstance(how, Const)
    return str(how.value)


def fits(old: Var, new: Var) -> bool:
    """Return whether a value of `new` provably fits the buffer of `old`."""
    if not isinstance(old.type, Array) or not isinstance(new.type, Array):
        return False
    return same_shape(old.type, new.type) and old.type.dtype == new.type.dtype and old.type.dtype.startswith("float")


def drop_idle(block: Block) -> None:
    """Remove moves and whole stores of a variable to itself."""
    result: Block = []
    for stmt in block:
        for inner in blocks_of(stmt):
            drop_idle(inner)
        if isinstance(stmt, Move):
            pairs = [(t, s) for t, s in zip(stmt.targets, stmt.sources, strict=True) if t is not s]
            stmt.targets, stmt.sources = tuple(t for t, _ in pairs), tuple(s for _, s in pairs)
            if not pairs:
                continue
        if isinstance(stmt, Store) and stmt.index is None and stmt.how in ("set", "settle") and stmt.value is stmt.base:
            continue
        result.append(stmt)
    block[:] = result
