"""Loops go over what they read, item by item, where they need no index.

    tape = reversed(tape)
    for step in range(steps - 1, -1, -1):          for x, y in reversed(tape):
        x, y = next(tape)

    n = len(xs)
    for i in range(n):                             for x in xs:
        x = xs[i]

What only counted the iterations is then dead.
"""

from __future__ import annotations

from collections import Counter

from s2sad.ir.nodes import (
    Assign,
    Block,
    Const,
    DefinePullback,
    Effect,
    Expr,
    For,
    Function,
    Op,
    Stmt,
    Var,
    exprs_of,
    variables,
    walk,
)
from s2sad.passes.cse import key_of
from s2sad.passes.dce import inner_blocks


def iterate(function: Function) -> None:
    """Rewrite the loops of a function, and of the pullback inside it."""
    stmts = [s for stmt in walk(function.body) for s in (stmt, *_inside(stmt))]
    _Iterate(stmts).block(function.body)


def _inside(stmt: Stmt) -> list[Stmt]:
    return list(walk(stmt.function.body)) if isinstance(stmt, DefinePullback) else []


class _Iterate:
    def __init__(self, stmts: list[Stmt]) -> None:
        self.reads = Counter(var for stmt in stmts for expr in exprs_of(stmt) for var in variables(expr))
        self.made = {stmt.target: stmt.value for stmt in stmts if isinstance(stmt, Assign)}

    def block(self, block: Block) -> None:
        for stmt in list(block):
            for inner in inner_blocks(stmt):
                self.block(inner)
            if isinstance(stmt, For):
                self.backwards(stmt, block)
                self.forwards(stmt)

    def backwards(self, loop: For, block: Block) -> None:
        """A loop that reads one tape from its end, and nothing else says which iteration it is."""
        found = next((s for s in loop.body if isinstance(s, Assign) and is_next(s.value)), None)
        if found is None or self.reads[loop.index]:
            return
        assert isinstance(found.value, Op)
        reader = found.value.args[0]
        start = next((s for s in block if isinstance(s, Assign) and s.target is reader), None)
        if start is None or not isinstance(reader, Var) or self.reads[reader] != 1:
            return
        loop.body.remove(found)
        loop.index, loop.over = found.target, start.value
        block.remove(start)

    def forwards(self, loop: For) -> None:
        """A loop of the user's over a sequence, whose length is read elsewhere as well."""
        length = self.made.get(loop.stop) if isinstance(loop.stop, Var) else None
        first = next((s for s in loop.body if not isinstance(s, Effect)), None)
        counts = is_number(loop.start, 0) and is_number(loop.step, 1)
        if loop.over is not None or loop.index.user or not counts or not isinstance(length, Op) or length.name != "len":
            return
        if not isinstance(first, Assign) or not isinstance(first.value, Op) or first.value.name != "getitem":
            return
        base, index = first.value.args
        if index is loop.index and isinstance(base, Var) and self.same(base, length.args[0]):
            loop.stop = Op("len", (base,), length.type)
            loop.body.remove(first)
            loop.body.insert(0, first)

    def same(self, base: Var, source: Expr) -> bool:
        """Return whether this is what is counted: the variable, or the part of another one that it was made of."""
        made = self.made.get(base)
        key = None if made is None or isinstance(source, Var) else key_of(made)
        return base is source or (key is not None and key == key_of(source))


def is_next(value: Expr) -> bool:
    """Return whether an expression reads the next value of a tape."""
    return isinstance(value, Op) and value.name == "next"


def is_number(expr: Expr, n: int) -> bool:
    """Return whether an expression is this number."""
    return isinstance(expr, Const) and expr.value == n
