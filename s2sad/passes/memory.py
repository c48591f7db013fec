"""Which variables of a generated function may share memory, flow-insensitively.

Variables are in one class if one may be a view of, be bound to, or be held by another. Two of different classes may
still share memory if both may reach what was made outside of the function: its parameters, what it is closed over.
"""

from __future__ import annotations

from collections.abc import Iterable

from s2sad.ir.groups import Groups
from s2sad.ir.nodes import (
    Assign,
    Block,
    Call,
    DefinePullback,
    Effect,
    Expr,
    Move,
    Op,
    Stmt,
    Store,
    Var,
    exprs_of,
    variables,
)
from s2sad.ir.types import Array, ListOf, Opaque, Structure
from s2sad.passes.cse import walk_all
from s2sad.rules.core import TABLE

HOLDING = {"list", "tuple", "build", "field", "pop", "next", "reversed", "getitem", "if_else", "to_list"}
HOLDING |= {"split_like"}


def reaches(var: Var) -> bool:
    """Return whether a variable may reach memory that is written."""
    return isinstance(var.type, Array | ListOf | Structure | Opaque)


class Memory:
    """The classes of the variables of a block and of the functions nested in it."""

    def __init__(self, block: Block, given: Iterable[Var] = ()) -> None:
        self.groups = Groups()
        self.made: set[Var] = set()
        self.outer: set[Var] = set()
        read: set[Var] = set()
        for stmt in walk_all(block):
            self.statement(stmt)
            read.update(v for v in self.mentioned(stmt) if reaches(v))
        for var in (read - self.made) | {var for var in given if reaches(var)}:
            self.outer.add(self.groups.root(var))
        self.outer = {self.groups.root(var) for var in self.outer}

    def mentioned(self, stmt: Stmt) -> list[Var]:
        """Return the variables a statement reads."""
        return [v for expr in exprs_of(stmt) for v in variables(expr)]

    def statement(self, stmt: Stmt) -> None:
        match stmt:
            case Assign():
                self.made.add(stmt.target)
                if reaches(stmt.target):
                    self.bind(stmt.target, stmt.value)
            case Move():
                for target, source in zip(stmt.targets, stmt.sources, strict=True):
                    self.made.add(target)
                    if reaches(target):
                        self.bind(target, source)
            case Store() if isinstance(stmt.base, Var) and not isinstance(stmt.base.type, Array):
                self.hold(stmt.base, stmt.value)
            case Effect(value=Op(name="append", args=(Var() as target, item, *_))):
                self.hold(target, item)
            case DefinePullback():
                self.made.update(stmt.function.params)
                self.outer.update(param for param in stmt.function.params if reaches(param))

    def bind(self, target: Var, value: Expr) -> None:
        """The target may share memory with what its value is a view of, holds, or was handed."""
        for var in sources(value):
            self.groups.unite(target, var)

    def hold(self, container: Var, value: Expr) -> None:
        for var in variables(value):
            if reaches(var):
                self.groups.unite(container, var)

    def home(self, var: Var) -> Var | None:
        """Return the class of a variable; None for all that may reach what was made outside."""
        root = self.groups.root(var)
        return None if root in self.outer else root


def sources(value: Expr) -> list[Var]:
    """Return the variables whose memory the value of an expression may share."""
    if isinstance(value, Var):
        return [value] if reaches(value) else []
    if isinstance(value, Call):
        return [v for v in variables(value) if reaches(v)]
    if not isinstance(value, Op):
        return []
    rule = TABLE.rules.get(value.name)
    if value.name in HOLDING or rule is None or isinstance(value.type, ListOf):
        return [v for arg in value.args for v in variables(arg) if reaches(v)]
    if rule.view is None or not isinstance(value.type, Array):
        return []
    return [v for v in variables(value.args[0]) if reaches(v)]
