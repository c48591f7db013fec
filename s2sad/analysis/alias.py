"""Which variables may share memory, and which memory is written while another name still reaches it.

The relation is kept as pairs of names at each point of the program, so that a swap of two buffers (`a, b = b, a`)
keeps them apart. A component (names that share memory anywhere) is *memory-like* if it is written through one
name while another is still to be read; its cotangents then live in shadow arrays that share memory as the primal
arrays do. All other components are value-like, also when they are written.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

from s2sad.analysis.places import Places, find_places
from s2sad.errors import Problem, UnsupportedError
from s2sad.ir.groups import Groups
from s2sad.ir.nodes import (
    Assign,
    Block,
    Call,
    Effect,
    Expr,
    For,
    Function,
    If,
    Move,
    Op,
    Return,
    Stmt,
    Store,
    Var,
    While,
    variables,
    walk,
)
from s2sad.ir.types import Array, ListOf, Recursive, Structure, Type, differentiable
from s2sad.rules.core import view_kind
from s2sad.rules.infer import is_basic, is_path

Pairs = dict[Var, set[Var]]


def shares(type_: Type) -> bool:
    """Return whether values of a type reach memory that can be written."""
    if isinstance(type_, Structure):
        return type_.kind == "list" or any(shares(item) for item in type_.items)
    return isinstance(type_, Array | ListOf | Recursive)


@dataclass
class Summary:
    """What a called function does to memory: parameters it writes, parameters its result may alias.

    Of some of the lists that it is given it changes what is in them, but writes none of the arrays there.
    """

    writes: set[int] = field(default_factory=set)
    slots: set[int] = field(default_factory=set)  # those of the written ones that are such lists
    aliases: set[int] = field(default_factory=set)
    separate: bool = False  # whether its result is made of arrays that share no memory
    entangled: bool = False  # whether one array may be reached in two ways through its result


@dataclass(eq=False, repr=False)
class Aliases:
    """The result: components, the stores into each, and the memory-like ones."""

    places: Places
    groups: Groups = field(default_factory=Groups)
    stores: dict[Var, dict[Stmt, None]] = field(default_factory=dict)  # in textual order
    memory: set[Var] = field(default_factory=set)
    conflicts: dict[Var, tuple[Stmt, Var, Var]] = field(default_factory=dict)
    members: dict[Var, list[Var]] = field(default_factory=dict)
    scopes: dict[Var, tuple[object, ...]] = field(default_factory=dict)
    parts: dict[Var, list[Var]] = field(default_factory=dict)  # of what is only taken apart
    inside: dict[Var, dict[Stmt, None]] = field(default_factory=dict)  # of the stores those that arrays see

    def root(self, var: Var) -> Var:
        """Return the representative of a variable's component."""
        return self.groups.root(var)

    def is_memory(self, var: Var) -> bool:
        """Return whether a variable is memory-like."""
        return self.root(var) in self.memory

    def written(self, var: Var) -> dict[Stmt, None]:
        """Return the statements that may write the memory of a variable: of an array, not those of lists it is in."""
        found = self.inside if isinstance(var.type, Array) else self.stores
        return found.get(self.root(var), {})

    def component_scope(self, var: Var) -> tuple[object, ...]:
        """Return the loops in each iteration of which the whole component is made anew."""
        root = self.root(var)
        if root not in self.scopes:
            common: tuple[object, ...] | None = None
            for member in self.members.get(root, [var]):
                scope = self.places.scope(member)
                common = scope if common is None else tuple(x for x in common if x in scope)
            self.scopes[root] = common or ()
        return self.scopes[root]

    def overwritten_after(self, var: Var, stmt: Stmt) -> bool:
        """Return whether what a variable holds at a statement, or a part of it, may be overwritten later."""
        if not shares(var.type):
            return False
        if any(self.overwritten_after(part, stmt) for part in self.parts.get(var, ())):
            return True
        scope = self.component_scope(var)
        stores = reversed(self.written(var))  # the last are the likeliest
        return any(self.places.may_follow(stmt, store, scope) for store in stores)  # type: ignore[arg-type]


_summaries: dict[int, tuple[Function, Summary]] = {}
_assumed: dict[int, Summary] = {}  # of functions that are being analysed
_asked: set[int] = set()  # of which of them something was assumed


def summary(function: Function) -> Summary:
    """Return what a called function may do to memory.

    Of a function that calls itself it is assumed that it does nothing, then what that gives, until it gives no more.
    """
    found = _summaries.get(id(function))
    if found is not None and found[0] is function:
        return found[1]
    if id(function) in _assumed:
        _asked.add(id(function))
        return _assumed[id(function)]
    _assumed[id(function)] = Summary(separate=True)
    try:
        while True:
            made = _summarised(function)
            if made == _assumed[id(function)]:
                break
            _assumed[id(function)] = made
    finally:  # what is refused midway must leave nothing that is taken for what another function does
        del _assumed[id(function)]
        _asked.discard(id(function))
    if not _asked:  # else it rests on what is only assumed of another function
        _summaries[id(function)] = (function, made)
    return made


def _summarised(function: Function) -> Summary:
    """Return what a function does, given what the functions that it calls do."""
    aliases = find_aliases(function)
    made = Summary()
    returned = [v for s in walk(function.body) if isinstance(s, Return) for v in variables(s.value)]
    for i, param in enumerate(function.params):
        leaves = [param, *_loaded_from(function, param)]
        resized = isinstance(param.type, ListOf) and is_resized(function, param)
        if resized or any(aliases.written(leaf) for leaf in leaves):
            made.writes.add(i)
            if isinstance(param.type, ListOf) and aliases.root(param) not in aliases.inside:
                made.slots.add(i)
        if any(shares(v.type) and aliases.root(v) in map(aliases.root, leaves) for v in returned):
            made.aliases.add(i)
    made.separate = _separate(function, aliases)
    made.entangled = _entangled(function, aliases)
    return made


def is_resized(function: Function, param: Var) -> bool:
    """Return whether a list that a function is given may grow or shrink there, under any of its names."""
    same = same_lists(function, param)
    return any(same & set(resized_by(stmt)) for stmt in walk(function.body))


def same_lists(function: Function, param: Var) -> set[Var]:
    """Return the names under which a list is known in the function that it is given to."""
    same = {param}
    while True:
        before = len(same)
        for stmt in walk(function.body):
            if isinstance(stmt, Move):
                same.update(t for t, source in zip(stmt.targets, stmt.sources, strict=True) if source in same)
            elif isinstance(stmt, Assign) and stmt.value in same:
                same.add(stmt.target)
        if len(same) == before:
            return same


def resized_by(stmt: Stmt) -> list[Var]:
    """Return the lists that a statement, or what it calls, makes longer or shorter."""
    value = stmt.value if isinstance(stmt, Assign | Effect) else None
    if isinstance(value, Op) and value.name in ("append", "pop"):
        return [arg for arg in value.args[:1] if isinstance(arg, Var)]
    if not isinstance(value, Call):
        return []
    given = [value.args[i] for i in summary(value.function).slots]
    return [arg for arg in given if isinstance(arg, Var)]


def _entangled(function: Function, aliases: Aliases) -> bool:
    """Return whether something that the result holds may be held twice: in two places, or as itself and a view."""
    returned = [stmt for stmt in walk(function.body) if isinstance(stmt, Return)]
    roots = {aliases.root(v) for stmt in returned for v in variables(stmt.value) if shares(v.type)}
    held: set[Var] = set()
    for stmt, item in _items(function.body):
        for var in _shared(item):
            if isinstance(stmt, Return) or aliases.root(var) in roots:
                if var in held or not _made_with(stmt, var, aliases.places):
                    return True
                held.add(var)
    return False


def _items(block: Block) -> Iterable[tuple[Stmt, Expr]]:
    """Yield what is put into containers, with the statements that do."""
    for stmt in walk(block):
        value = getattr(stmt, "value", None)
        if isinstance(stmt, Effect) and isinstance(value, Op) and value.name == "append":
            yield stmt, value.args[1]
        elif isinstance(stmt, Store) and isinstance(stmt.base.type, ListOf):
            yield stmt, stmt.value
        elif isinstance(stmt, Assign | Return) and isinstance(value, Op) and value.name in ("list", "build", "tuple"):
            yield from ((stmt, arg) for arg in value.args)


def _made_with(stmt: Stmt, var: Var, places: Places) -> bool:
    """Return whether a variable is a new array or container, made as often as a statement is passed."""
    made = places.defs.get(var, ())
    if len(made) != 1 or not isinstance(made[0], Assign) or places.of[made[0]].loops != places.of[stmt].loops:
        return False
    value = made[0].value
    if isinstance(value, Call):
        return not summary(value.function).aliases and not summary(value.function).entangled
    if not isinstance(value, Op) or value.name in ("field", "pop", "library", "opaque", "if_else") or view_kind(value):
        return False
    return value.name != "getitem" or (isinstance(value.args[0].type, Array) and not is_basic(value.args[1]))


def _separate(function: Function, aliases: Aliases) -> bool:
    """Return whether every result is built of parts that share no memory with each other."""
    for stmt in walk(function.body):
        if isinstance(stmt, Return):
            parts = [v for v in variables(stmt.value) if shares(v.type)]
            if any(not isinstance(part.type, Array) for part in parts):
                return False
            if len({aliases.root(part) for part in parts}) < len(parts):
                return False
    return True


def _loaded_from(function: Function, param: Var) -> list[Var]:
    found: list[Var] = []
    sources = {param}
    for stmt in walk(function.body):
        if (
            isinstance(stmt, Assign)
            and isinstance(stmt.value, Op)
            and stmt.value.name == "field"
            and stmt.value.args[0] in sources
        ):
            sources.add(stmt.target)
            found.append(stmt.target)
    return found


def find_aliases(function: Function, *, outlives: bool = False) -> Aliases:
    """Analyse a function; with `outlives`, what its parameters hold at the end is read by its caller."""
    result = Aliases(find_places(function))
    finder = PairsFinder(result, set(function.params), outlives)
    finder.block(function.body, {})
    for var in [*result.places.defs, *function.params]:
        result.members.setdefault(result.root(var), []).append(var)
    result.memory = {result.root(var) for var in result.memory}
    result.stores, result.inside = by_root(result, result.stores), by_root(result, result.inside)
    refuse_frozen(function, result)
    return result


def by_root(result: Aliases, stores: dict[Var, dict[Stmt, None]]) -> dict[Var, dict[Stmt, None]]:
    """Return stores by component."""
    made: dict[Var, dict[Stmt, None]] = {}
    for var, found in stores.items():
        made.setdefault(result.root(var), {}).update(found)
    return made


def refuse_frozen(function: Function, aliases: Aliases) -> None:
    """Refuse a view that cannot be written (a broadcast, sliding windows) if its base is written while it is in use."""
    for root in aliases.memory:
        for var in aliases.members.get(root, ()):
            for stmt in aliases.places.defs.get(var, ()):
                value = stmt.value if isinstance(stmt, Assign) else None
                if isinstance(value, Op) and view_kind(value) == "frozen" and differentiable(value.type):
                    conflicts = [c for v, c in aliases.conflicts.items() if aliases.root(v) is root]
                    raise UnsupportedError([frozen_problem(value, stmt, conflicts)], function.name)


def frozen_problem(value: Op, stmt: Stmt, conflicts: list[tuple[Stmt, Var, Var]]) -> Problem:
    """Say where the base of such a view is written."""
    origin = (conflicts[0][0] if conflicts else stmt).origin or stmt.origin
    return Problem(
        f"this writes an array while the view that {value.name} made of it is in use",
        origin.span if origin else None,
        f"copy it: {value.name}(...).copy()",
    )


class PairsFinder:
    """Walks a function with the pairs that hold at each point."""

    def __init__(self, result: Aliases, params: set[Var], outlives: bool) -> None:
        self.result = result
        self.outlives = outlives
        self.params = params
        self.exits: list[list[Pairs]] = []
        self.apart: dict[Var, Var] = {}  # fields of what is only taken apart: of which structure
        self.same: set[frozenset[Var]] = set()  # two names that may stand for one list, and not only share items
        self.last = last_uses(result.places)
        if outlives:
            self.last |= dict.fromkeys(params, sys.maxsize)

    def alive(self, pairs: Pairs, stmt: Stmt) -> Pairs:
        """Return a copy of what holds before a statement, without the names that nothing from there on mentions."""
        order, last = self.result.places.of[stmt].order, self.last
        return {
            var: {partner for partner in partners if last.get(partner, 0) >= order}
            for var, partners in pairs.items()
            if last.get(var, 0) >= order
        }

    def block(self, block: Block, pairs: Pairs) -> Pairs:
        for stmt in block:
            pairs = self.statement(stmt, pairs)
        return pairs

    def statement(self, stmt: Stmt, pairs: Pairs) -> Pairs:
        match stmt:
            case Assign():
                self.bind(stmt, self.sources(stmt.value), pairs)
                if isinstance(stmt.value, Call):
                    self.call(stmt, stmt.value, pairs)
                elif isinstance(stmt.value, Op) and stmt.value.name == "opaque":
                    for var in _shared(stmt.value):  # of which nothing is known
                        self.write(stmt, var, pairs)
            case Move():
                self.move(stmt, pairs)
            case Store():
                self.store(stmt, pairs)
            case Effect(value=Op(name="append")):
                self.link(stmt.value.args[0], list(_shared(stmt.value.args[1])), pairs)  # type: ignore[attr-defined]
            case Effect(value=Call()):
                self.call(stmt, stmt.value, pairs)  # type: ignore[arg-type]
            case If():
                pairs = self.alive(pairs, stmt)
                left = self.block(stmt.then, _copy(pairs))
                pairs = _union(left, self.block(stmt.orelse, pairs))
            case For() | While():
                pairs = self.loop(stmt, pairs)
            case _ if type(stmt).__name__ in ("Break", "Continue") and self.exits:
                self.exits[-1].append(_copy(pairs))
        return pairs

    def loop(self, stmt: For | While, pairs: Pairs) -> Pairs:
        pairs = self.alive(pairs, stmt)
        while True:
            known = len(self.same)
            self.exits.append([])
            start = _copy(pairs)
            if isinstance(stmt, While):
                start = self.block(stmt.test, start)
            after = self.block(stmt.body, start)
            for exit_ in self.exits.pop():
                after = _union(after, exit_)
            merged = _union(after, _copy(pairs))
            if _size(merged) == _size(pairs) and len(self.same) == known:
                return merged
            pairs = merged

    def sources(self, value: Expr) -> list[Var]:
        """Return the variables whose memory the value of an expression may share."""
        if isinstance(value, Var):
            return [value]
        if isinstance(value, Call):
            info = summary(value.function)
            return [v for i, arg in enumerate(value.args) if i in info.aliases for v in _shared(arg)]
        if not isinstance(value, Op) or not shares(value.type):
            return []
        if value.name in ("list", "build", "tuple", "to_list"):
            return list(_shared(value))
        if value.name in ("copy", "to_tuple"):  # of a list: its items are those of the other
            return list(_shared(value)) if isinstance(value.type, ListOf) and shares(value.type.item) else []
        if value.name in ("field", "pop"):
            base = value.args[0]
            return [] if base in self.params and value.name == "field" else [base]  # type: ignore[list-item]
        if value.name == "getitem":
            base = value.args[0]
            viewing = isinstance(base.type, ListOf) or is_basic(value.args[1])
            return [base] if viewing and isinstance(base, Var) else []
        if view_kind(value):
            return list(_shared(value.args[0]))
        if value.name in ("library", "opaque"):  # which may be a view of what it is given
            return list(_shared(value))
        return []

    def bind(self, stmt: Assign, sources: Iterable[Var], pairs: Pairs) -> None:
        """The target is bound anew: it shares with the sources and all they share with."""
        target, order = stmt.target, self.result.places.of[stmt].order
        partners: set[Var] = set()
        apart = self.taken_apart(stmt.value)
        if apart is not None:
            if target not in self.apart:
                self.result.parts.setdefault(apart, []).append(target)
            self.apart[target] = apart
            sources = []
        for source in sources:
            self.unite(target, source)  # and so with all that it shares with
            partners |= {source} | pairs.get(source, set())
            self.note_same(target, source, pairs, isinstance(stmt.value, Var))
        for old in pairs.pop(target, set()):
            pairs.get(old, set()).discard(target)
        partners.discard(target)
        partners = {partner for partner in partners if self.last.get(partner, 0) > order}
        if partners:
            pairs[target] = partners
            for partner in partners:
                pairs.setdefault(partner, set()).add(target)

    def note_same(self, target: Var, source: Var, pairs: Pairs, named: bool) -> None:
        """Note which lists a name may stand for: those of another name, or any that may be in what it is taken from."""
        if isinstance(target.type, ListOf):
            others = {p for p in pairs.get(source, ()) if not named or frozenset((source, p)) in self.same}
            self.same |= {frozenset((target, other)) for other in (source, *others)}

    def taken_apart(self, value: Expr) -> Var | None:
        """Return the result of a call whose parts share no memory and which is only taken apart, if this is a part."""
        base = value.args[0] if isinstance(value, Op) and value.name == "field" else None
        if not isinstance(base, Var) or base in self.params:
            return None
        if base in self.apart:  # a part of a part
            return base if self.only_fields(base) else None
        places = self.result.places
        made = places.defs.get(base, [])
        call = made[0].value if len(made) == 1 and isinstance(made[0], Assign) else None
        if not isinstance(call, Call) or not self.only_fields(base):
            return None
        info = summary(call.function)
        return base if info.separate and not info.aliases else None

    def only_fields(self, var: Var) -> bool:
        """Return whether a structure is read field by field only, each once."""
        keys = []
        for use in self.result.places.uses.get(var, ()):
            value = use.value if isinstance(use, Assign) else None
            if not isinstance(value, Op) or value.name != "field":
                return False
            keys.append(repr(value.attrs["key"]))
        return len(set(keys)) == len(keys)

    def move(self, stmt: Move, pairs: Pairs) -> None:
        bound = []
        for target, source in zip(stmt.targets, stmt.sources, strict=True):
            partners: set[Var] = set()
            if shares(target.type):
                for var in _shared(source):
                    partners |= {var} | pairs.get(var, set())
                    self.note_same(target, var, pairs, isinstance(source, Var))
            bound.append((target, partners))
        for target in stmt.targets:
            for old in pairs.pop(target, set()):
                pairs.get(old, set()).discard(target)
        renamed = dict(bound)
        sources = dict(zip(stmt.targets, stmt.sources, strict=True))
        for target, partners in renamed.items():
            alive = {p for p in partners if p not in renamed}
            # two targets share what their old sources shared
            alive |= {o for o in renamed if o is not target and isinstance(sources[o], Var) and sources[o] in partners}
            for partner in alive:
                pairs.setdefault(target, set()).add(partner)
                pairs.setdefault(partner, set()).add(target)
            for partner in partners:
                if partner is not target:
                    self.unite(target, partner)

    def link(self, container: Expr, items: list[Var], pairs: Pairs) -> None:
        """The container now reaches the items."""
        assert isinstance(container, Var)
        group = {container} | pairs.get(container, set())
        for item in items:
            for a in group:
                for b in {item} | pairs.get(item, set()):
                    if a is not b:
                        pairs.setdefault(a, set()).add(b)
                        pairs.setdefault(b, set()).add(a)
                        self.unite(a, b)

    def store(self, stmt: Store, pairs: Pairs) -> None:
        assert isinstance(stmt.base, Var)
        if isinstance(stmt.base.type, ListOf):
            self.link(stmt.base, list(_shared(stmt.value)), pairs)
        self.write(stmt, stmt.base, pairs, slot=isinstance(stmt.base.type, ListOf))

    def call(self, stmt: Stmt, call: Call, pairs: Pairs) -> None:
        info = summary(call.function)
        for i in info.writes:
            for var in _shared(call.args[i]):
                self.write(stmt, var, pairs, slot=i in info.slots)

    def write(self, stmt: Stmt, var: Var, pairs: Pairs, *, slot: bool = False) -> None:
        """Note a write; if another live name reaches the memory, the component is memory-like.

        What is put into a slot of a list is not seen by the arrays in it.
        """
        self.result.stores.setdefault(var, {})[stmt] = None
        if not slot:
            self.result.inside.setdefault(var, {})[stmt] = None
        for partner in pairs.get(var, ()):
            if not (slot and self.is_untouched(stmt, var, partner)) and self.read_after(stmt, partner):
                self.result.memory.add(var)
                self.result.conflicts.setdefault(var, (stmt, var, partner))

    def is_untouched(self, stmt: Stmt, var: Var, partner: Var) -> bool:
        """Return whether a name does not see what is put into a slot of a list, or of a list in it.

        The items of the list do not, nor another list in which some of them are.
        """
        if not isinstance(partner.type, ListOf):
            return isinstance(partner.type, Array)
        inner = not isinstance(stmt, Store) or is_path(stmt.index)  # a call may change both
        if inner and depth_of(var.type) > 1:
            return False
        here, there = depth_of(var.type), depth_of(partner.type)
        return there < here or (there == here and frozenset((var, partner)) not in self.same)

    def read_after(self, stmt: Stmt, var: Var) -> bool:
        """Return whether a variable may be read after a statement as it is there (not bound anew before)."""
        if self.outlives and var in self.params:
            return True
        places = self.result.places
        scope = places.scope(var)
        uses, order = places.uses.get(var, ()), places.of[stmt].order
        defs = [places.of[made].order for made in places.defs.get(var, ())]
        if defs and min(defs) > order and all(places.of[use].order > max(defs) for use in uses):  # made anew before
            loops = [loop for loop in places.of[stmt].loops if loop not in scope]
            return any(loop in places.of[use].loops for use in uses for loop in loops)
        return any(places.may_follow(stmt, use, scope) for use in reversed(uses))

    def unite(self, a: Var, b: Var) -> None:
        self.result.groups.unite(a, b)


def depth_of(type_: Type) -> int:
    """Return how many lists deep a list is."""
    return 1 + depth_of(type_.item) if isinstance(type_, ListOf) else 0


def last_uses(places: Places) -> dict[Var, int]:
    """Return where each variable is last mentioned; in a loop, that is where the outermost loop ends."""
    last: dict[Var, int] = {}
    for mentions in (places.defs, places.uses):
        for var, stmts in mentions.items():
            for stmt in stmts:
                loops = places.of[stmt].loops
                last[var] = max(last.get(var, 0), places.end[loops[0] if loops else stmt])
    return last


def _shared(expr: Expr) -> Iterable[Var]:
    return (var for var in variables(expr) if shares(var.type))


def _copy(pairs: Pairs) -> Pairs:
    return {var: set(partners) for var, partners in pairs.items()}


def _union(a: Pairs, b: Pairs) -> Pairs:
    for var, partners in b.items():
        a.setdefault(var, set()).update(partners)
    return a


def _size(pairs: Pairs) -> int:
    return sum(map(len, pairs.values()))
