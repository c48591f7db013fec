"""What must be evaluated where it stands, and once: its results have no name where nobody needs one.

result = np.random.shuffle(idx)              ->    np.random.shuffle(idx)
item = settings["rate"]; r = float(item)     ->    r = float(settings["rate"])
"""

from __future__ import annotations

from s2sad.ir.nodes import Assign, Block, Effect, Op, Stmt, Var, exprs_of, is_mark, reads, variables
from s2sad.passes.cse import walk_all
from s2sad.passes.dce import inner_blocks

KEPT = ("library", "opaque", "draw")


def drop_results(body: Block) -> None:
    """Forget the names of results that nobody reads, and of those that only the next such step reads."""
    uses: dict[Var, int] = {}
    for stmt in walk_all(body):
        for expr in exprs_of(stmt) if not is_mark(stmt) else ():
            for var in variables(expr):
                uses[var] = uses.get(var, 0) + 1
    _drop(body, uses)


def _drop(block: Block, uses: dict[Var, int]) -> None:
    result: list[Stmt] = []
    marked = {var for stmt in block if is_mark(stmt) for var in reads(stmt)}
    for stmt in block:
        for inner in inner_blocks(stmt):
            _drop(inner, uses)
        step = stmt.value if isinstance(stmt, Assign | Effect) else None
        last = result[-1] if result else None
        if is_kept(step) and isinstance(last, Assign) and is_kept(last.value) and follows(step, last.target, uses):
            assert isinstance(step, Op)
            step.args = (last.value, *step.args[1:])
            result.pop()
        kept = is_kept(step) or (isinstance(step, Op) and step.name == "pop")
        if isinstance(stmt, Assign) and (kept or stmt.target in marked) and not uses.get(stmt.target):
            stmt = Effect(stmt.value, stmt.origin)
        result.append(stmt)
    block[:] = result


def is_kept(value: object) -> bool:
    """Return whether an operation is evaluated as it stands."""
    return isinstance(value, Op) and value.name in KEPT


def follows(step: object, var: Var, uses: dict[Var, int]) -> bool:
    """Return whether a step is the only one to read a result, and before anything else."""
    return isinstance(step, Op) and bool(step.args) and step.args[0] is var and uses.get(var) == 1 and not var.user
