"""A list that holds all objects of a pool, in the order in which they were made, is left out: a place is an index.

    rows = []; grid = []                                grid = []
    for v in x:                                         for v in x:
        rows.append([v, 1.0])                               grid.append([v, 1.0])
        grid.append(len(rows) - 1)
    rows[grid[i]][0] += x[i]                            grid[i][0] += x[i]

An index that counts from the end means the same in both lists as long as they are equally long: where the place is
used before another object is made.
"""

from __future__ import annotations

import math

from s2sad.ir.nodes import (
    Assign,
    Block,
    Break,
    Const,
    Continue,
    Expr,
    For,
    Function,
    Op,
    Raise,
    Return,
    Stmt,
    Store,
    Var,
    blocks_of,
    children,
    exprs_of,
    subexpressions,
    variables,
    walk,
)
from s2sad.ir.rewrite import map_exprs, substitute
from s2sad.ir.types import INT, ListOf, Reference

EXITS = (Break, Continue, Return, Raise)


def leave_out_places(function: Function) -> None:
    """Rewrite a function."""
    owned = Owned(function)
    for listed in owned.candidates():
        if owned.holds_all(listed) and owned.reads_are_safe(listed):
            owned.leave_out(listed)


class Owned:
    """What is known of the places in one function."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.definitions: dict[Var, Expr] = {}
        self.uses: dict[Var, list[tuple[Stmt, Expr]]] = {}  # of lists of places, by the operation or statement
        self.homes: dict[Stmt, Block] = {}
        self.tops: dict[Stmt, int] = {}  # by which statement of the body it is in
        self.made: dict[object, list[Assign]] = {}  # the places that are given out, by pool
        self.loops: dict[Expr, For] = {}  # by their counters
        for top, stmt in enumerate(function.body):
            self.read([stmt], top, function.body)

    def read(self, block: Block, top: int, home: Block) -> None:
        """Collect what is in a block."""
        for stmt in block:
            self.homes[stmt], self.tops[stmt] = home, top
            if isinstance(stmt, Assign):
                self.definitions[stmt.target] = stmt.value
                if isinstance(stmt.value, Op) and stmt.value.name == "newest":
                    self.made.setdefault(pool_of(stmt.value), []).append(stmt)
            if isinstance(stmt, For):
                self.loops[stmt.index] = stmt
            for expr in exprs_of(stmt):
                for part in subexpressions(expr):
                    for inside in (expr,) if part is expr and isinstance(expr, Var) else children(part):
                        if isinstance(inside, Var) and is_places(inside):
                            self.uses.setdefault(inside, []).append((stmt, part))
            for inner in blocks_of(stmt):
                self.read(inner, top, inner)

    def candidates(self) -> list[Assign]:
        """Return where lists of places are made, once."""
        return [
            stmt
            for stmt in self.function.body
            if isinstance(stmt, Assign)
            and is_places(stmt.target)
            and not stmt.target.join
            and isinstance(stmt.value, Op)
            and stmt.value.name == "list"
        ]

    def holds_all(self, listed: Assign) -> bool:
        """Return whether each place is appended where it is given out, and nothing else is done but reading."""
        target, made = listed.target, self.made.get(pool_of(listed.target), [])
        first = listed.value.args  # type: ignore[attr-defined]
        holders: dict[Expr, Stmt] = dict.fromkeys(first, listed)
        for stmt, part in self.uses.get(target, ()):
            name = part.name if isinstance(part, Op) else None
            if name == "append" and isinstance(part, Op) and len(part.args) == 2 and part.args[0] is target:
                if part.args[1] in holders:
                    return False
                holders[part.args[1]] = stmt
            elif not (isinstance(part, Op) and name in ("getitem", "len") and target not in part.args[1:]):
                return False
        in_order = [stmt.target for stmt in made if stmt.target in first] == list(first)
        given = {stmt.target for stmt in made}
        return in_order and bool(made) and given == set(holders) and all(self.at_once(s, holders, made) for s in made)

    def at_once(self, made: Assign, holders: dict[Expr, Stmt], all_made: list[Assign]) -> bool:
        """Return whether a place is put into the list before another is given out, whatever happens."""
        holder, block = holders[made.target], self.homes[made]
        if self.homes[holder] is not block:
            return False
        between = list(walk(block[block.index(made) + 1 : block.index(holder)]))
        others = [stmt for stmt in all_made if holders[stmt.target] is not holder]
        return not any(isinstance(stmt, EXITS) or stmt in others for stmt in between)

    # --- reads ----------------------------------------------------------------------------------------------------
    def reads_are_safe(self, listed: Assign) -> bool:
        """Return whether the index of each item says which object it is."""
        made = self.made[pool_of(listed.target)]
        last = max(self.tops[stmt] for stmt in made)
        for stmt, part in self.uses[listed.target]:
            if not isinstance(part, Op) or part.name != "getitem":
                continue
            if not isinstance(stmt, Assign) or stmt.value is not part:
                return False
            if self.lowest(part.args[1]) >= 0:
                continue
            if self.tops[stmt] <= last and not self.at_once_used(stmt, made):
                return False
            if not isinstance(part.args[1], Const) and not self.is_index_only(stmt.target):
                return False
        return True

    def is_index_only(self, place: Var) -> bool:
        """Return whether all that is done with a place is to read and write there: it may count from the end."""
        if place.join:
            return False
        for stmt in self.homes:
            if isinstance(stmt, Store):
                found = is_told(stmt.value, place) or (stmt.index is not place and is_told(stmt.index, place))
            else:
                found = any(is_told(expr, place) for expr in exprs_of(stmt))
            if found:
                return False
        return True

    def at_once_used(self, read: Assign, made: list[Assign]) -> bool:
        """Return whether an item is used before another object is made, in the block where it is read."""
        if read.target.join:
            return False
        block = self.homes[read]
        used: set[Stmt] = {stmt for stmt in self.homes for expr in exprs_of(stmt) if read.target in variables(expr)}
        for stmt in block[block.index(read) + 1 :]:
            inside = set(walk([stmt]))
            if any(other in inside for other in made):
                break
            used -= inside
        return not used

    def lowest(self, index: Expr) -> float:
        """Return a number below which an index certainly is not."""
        if isinstance(index, Const):
            return index.value if isinstance(index.value, int) else -math.inf
        if index in self.loops:
            return self.lowest_counter(self.loops[index])
        made = self.definitions.get(index) if isinstance(index, Var) and not index.join else None
        if not isinstance(made, Op):
            return -math.inf
        ends = [self.lowest(arg) for arg in made.args] if made.name in ("add", "minimum", "maximum") else []
        match made.name:
            case "len":
                return 0
            case "add":
                return sum(ends)
            case "minimum":
                return min(ends)
            case "maximum":
                return max(ends)
            case "subtract" if isinstance(made.args[1], Const):
                return self.lowest(made.args[0]) - made.args[1].value
            case "multiply" | "floor_divide" | "remainder":
                return 0 if all(self.lowest(arg) >= 0 for arg in made.args) else -math.inf
        return -math.inf

    def lowest_counter(self, loop: For) -> float:
        """Return the least that a counter is."""
        step = loop.step.value if isinstance(loop.step, Const) else 0
        if step > 0:
            return self.lowest(loop.start)
        return self.lowest(loop.stop) + 1 if step < 0 else -math.inf

    # --- rewriting ------------------------------------------------------------------------------------------------
    def leave_out(self, listed: Assign) -> None:
        """Take the list away: its length is that of a list of the pool, its items are their indices."""
        target = listed.target
        first = self.made[pool_of(target)][0].value.args[0]  # type: ignore[attr-defined]
        assert isinstance(first, Var) and isinstance(target.type, ListOf) and isinstance(target.type.item, Reference)
        if target.type.item.kind == "list":
            first.name = target.name
        renamed: dict[Var, Expr] = {}
        for stmt, part in self.uses[target]:
            assert isinstance(part, Op)
            if part.name == "append":
                self.homes[stmt].remove(stmt)
            elif part.name == "len":
                map_exprs(stmt, lambda expr: substitute(expr, {target: first}))
            elif isinstance(stmt, Assign) and is_from_the_end(part.args[1]) and not self.is_index_only(stmt.target):
                assert isinstance(part.args[1], Const)
                stmt.value = Op("subtract", (Op("len", (first,), INT), Const(-part.args[1].value)), stmt.target.type)
            elif isinstance(stmt, Assign) and not stmt.target.join and not is_join(part.args[1]):
                renamed[stmt.target] = self.named(part.args[1], stmt.target)
                self.homes[stmt].remove(stmt)
            elif isinstance(stmt, Assign):
                stmt.value = part.args[1]
        self.homes[listed].remove(listed)
        for var in list(renamed):
            renamed[var] = substitute(renamed[var], renamed)
        for stmt in walk(self.function.body):
            map_exprs(stmt, lambda expr: substitute(expr, renamed))

    def named(self, index: Expr, item: Var) -> Expr:
        """Return an index; a counter that the user has not named is called what the object was."""
        if isinstance(index, Var) and index in self.loops and not index.user:
            index.name, index.user = item.name, item.user
        return index


def is_told(expr: Expr | None, place: Var) -> bool:
    """Return whether which place it is matters in an expression, other than as an index."""
    if expr is None or expr is place:
        return expr is place
    parts = list(children(expr))
    if isinstance(expr, Op) and expr.name in ("getitem", "path"):
        parts = [part for i, part in enumerate(parts) if part is not place or (expr.name == "getitem" and i != 1)]
    return any(is_told(part, place) for part in parts)


def is_from_the_end(index: Expr) -> bool:
    """Return whether an index certainly counts from the end."""
    return isinstance(index, Const) and isinstance(index.value, int) and index.value < 0


def is_join(expr: Expr) -> bool:
    """Return whether a value may change after it was read."""
    return isinstance(expr, Var) and expr.join


def is_places(var: Var) -> bool:
    """Return whether a variable is a list of places."""
    return isinstance(var.type, ListOf) and isinstance(var.type.item, Reference) and not var.type.optional


def pool_of(value: Expr) -> object:
    """Return the pool of a place, or of those in a list."""
    type_ = value.type.item if isinstance(value.type, ListOf) else value.type
    assert isinstance(type_, Reference)
    return type_.pool
