"""Live ranges on structured code, as segments of textual positions."""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.ir.nodes import (
    Block,
    Break,
    Continue,
    Expr,
    For,
    If,
    Move,
    Raise,
    Return,
    Stmt,
    Store,
    Try,
    Var,
    While,
    exprs_of,
    targets_of,
    variables,
)
from s2sad.passes.dce import inner_blocks

Live = dict[Var, int]


@dataclass(eq=False, repr=False)
class Ranges:
    """Segments [start, end) in which each variable is live, and the moves between variables."""

    segments: dict[Var, list[tuple[int, int]]] = field(default_factory=dict)
    moves: list[tuple[Var, Expr]] = field(default_factory=list)
    order: list[Var] = field(default_factory=list)


class Liveness:
    """Walks code backwards."""

    def __init__(self) -> None:
        self.ranges = Ranges()
        self.position = 0
        self.places: dict[Stmt, tuple[int, int]] = {}
        self.settling_reads = True  # whether the end of a buffer that was handed in counts as a use of it

    def run(self, block: Block, params: list[Var], after: list[Var]) -> Ranges:
        """Return the live ranges of a function body; `after` is read when it is over."""
        self.number(block)
        end = self.position + 2
        live = dict.fromkeys(after, end)
        for var in live:
            self.seen(var)
        live = self.block(block, live, [], 1, end)
        for param in params:
            live.setdefault(param, 1)
        for var, stop in live.items():
            self.add(var, 0, stop)
        return self.ranges

    def number(self, block: Block) -> None:
        """Give statements positions in textual order, two apart: reads at the first, writes at the second."""
        for stmt in block:
            self.position += 2
            start = self.position
            for var in targets_of(stmt):
                self.seen(var)
            for inner in inner_blocks(stmt):
                self.number(inner)
            self.position += 2
            self.places[stmt] = (start, self.position)

    def seen(self, var: Var) -> None:
        if var not in self.ranges.segments:
            self.ranges.segments[var] = []
            self.ranges.order.append(var)

    def add(self, var: Var, start: int, end: int) -> None:
        self.seen(var)
        if end > start:
            self.ranges.segments[var].append((start, end))

    def block(self, block: Block, live: Live, loops: list[tuple[Live, Live]], start: int, end: int) -> Live:
        for stmt in reversed(block):
            live = self.statement(stmt, live, loops)
        return live

    def close(self, live: Live, at: int) -> None:
        """Record what is live up to its end from a boundary on."""
        for var, end in live.items():
            self.add(var, at, end)

    def statement(self, stmt: Stmt, live: Live, loops: list[tuple[Live, Live]]) -> Live:
        first, last = self.places[stmt]
        match stmt:
            case Break():
                return dict.fromkeys(loops[-1][0], first)
            case Continue():
                return dict.fromkeys(loops[-1][1], first)
            case Return() | Raise():
                live = {}
                self.read(exprs_of(stmt), live, first)
                return live
            case If():
                return self.branch(stmt, live, loops, first, last)
            case For() | While():
                return self.loop(stmt, live, loops, first, last)
        if isinstance(stmt, Move):
            self.ranges.moves.extend(zip(stmt.targets, stmt.sources, strict=True))
        inner = inner_blocks(stmt)
        if inner:  # a nested function: what it reads must live to the end
            for block in inner:
                for var in _free(block):
                    live.setdefault(var, last)
        for target in targets_of(stmt):
            end = live.pop(target, first + 1)
            self.add(target, first, max(end, first + 1))
        self.read(self.reads_of(stmt), live, first)
        return live

    def reads_of(self, stmt: Stmt) -> tuple[Expr, ...]:
        """Return the expressions a simple statement reads."""
        if isinstance(stmt, Store) and stmt.how == "settle" and not self.settling_reads:
            return (stmt.value,)
        return exprs_of(stmt)

    def read(self, exprs: tuple[Expr, ...], live: Live, at: int) -> None:
        for expr in exprs:
            for var in variables(expr):
                live.setdefault(var, at)

    def branch(self, stmt: If, live: Live, loops: list[tuple[Live, Live]], first: int, last: int) -> Live:
        self.close(live, last)
        merged: Live = {}
        for arm in (stmt.orelse, stmt.then):
            # what one arm reads or leaves is not live in the other
            end = self.places[arm[-1]][1] + 1 if arm else last
            after = dict.fromkeys(live, end)
            if isinstance(stmt, Try) and arm is stmt.then:  # which the handler may follow
                after.update(dict.fromkeys(merged, end))
            inside = self.block(arm, after, loops, first, end)
            self.close(inside, self.places[arm[0]][0] - 1 if arm else first)
            merged.update(dict.fromkeys(inside, first))
        self.read(exprs_of(stmt), merged, first)
        return merged

    def loop(self, stmt: For | While, live: Live, loops: list[tuple[Live, Live]], first: int, last: int) -> Live:
        self.close(live, last)
        carried = _exposed(stmt)
        after = dict.fromkeys(live, last)
        around: Live = {**after, **dict.fromkeys(carried, last)}
        if isinstance(stmt, While):
            self.read((stmt.cond,), around, last)
        inside = self.block(stmt.body, dict(around), [*loops, (after, around)], first, last)
        if isinstance(stmt, While):
            test = {**inside, **after}
            self.read((stmt.cond,), test, first + 1)
            self.close(test, first)
            inside = self.block(stmt.test, dict(test), loops, first, last)
        for target in targets_of(stmt):
            end = inside.pop(target, first + 1)
            self.add(target, first, max(end, first + 1))
        for var in around:
            inside.setdefault(var, last)
        self.close(inside, first)
        before = dict.fromkeys(inside, first)
        self.read(exprs_of(stmt) if isinstance(stmt, For) else (), before, first)
        return before


def _exposed(stmt: For | While) -> set[Var]:
    """Return what an iteration reads before it writes it: live around the loop."""
    exposed: set[Var] = set()

    def visit(block: Block, written: set[Var]) -> set[Var]:
        for inner in block:
            for expr in exprs_of(inner):
                exposed.update(v for v in variables(expr) if v not in written)
            if isinstance(inner, If):
                left = visit(inner.then, set(written))
                right = visit(inner.orelse, set(written))
                written = left & right
            elif isinstance(inner, For | While):
                bound = set(written) | set(targets_of(inner))
                if isinstance(inner, While):
                    visit(inner.test, set(bound))
                visit(inner.body, bound)
                continue
            written |= set(targets_of(inner))
        return written

    if isinstance(stmt, While):
        seen = visit(stmt.test, set())
        exposed.update(v for v in variables(stmt.cond) if v not in seen)
        visit(stmt.body, seen)
    else:
        visit(stmt.body, set(targets_of(stmt)))
    return exposed


def _free(block: Block) -> set[Var]:
    from s2sad.ir.nodes import reads, walk

    bound = {t for s in walk(block) for t in targets_of(s)}
    return {v for s in walk(block) for v in reads(s) if v not in bound}
