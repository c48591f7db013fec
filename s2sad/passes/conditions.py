"""What the test of a loop is computed by is written in its head.

while True:
    test = len(queue) > n
    if not test:                 ->      while len(queue) > n:
        break                                ...
    ...
"""

from __future__ import annotations

from s2sad.ir.nodes import Assign, Block, Var, While, exprs_of, variables
from s2sad.ir.rewrite import substitute
from s2sad.passes.cse import walk_all
from s2sad.rules.core import is_pure


def fold_tests(body: Block) -> None:
    """Fold what only the test of a loop reads into the test: it is evaluated there, and nowhere else."""
    uses: dict[Var, int] = {}
    for stmt in walk_all(body):
        for expr in exprs_of(stmt):
            for var in variables(expr):
                uses[var] = uses.get(var, 0) + 1
    for stmt in walk_all(body):
        if isinstance(stmt, While):
            fold(stmt, uses)


def fold(loop: While, uses: dict[Var, int]) -> None:
    """Fold the last statements before the test into it, one after the other."""
    while loop.test and isinstance(last := loop.test[-1], Assign):
        var = last.target
        once = uses.get(var) == 1 and var in set(variables(loop.cond))
        if var.user or var.join or not once or not is_pure(last.value):
            return
        loop.cond = substitute(loop.cond, {var: last.value})
        loop.test.pop()
