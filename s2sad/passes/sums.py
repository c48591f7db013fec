"""A scaled array that is only summed is not made: what it is summed of is, and the scale goes with the sums.

    w = z / s;  a = w.sum(axis=0);  b = w.sum(axis=1)     ->     a = z.sum(axis=0) / s
                                                                 b = einsum("ijk,jk->ik", z, 1.0 / s)

for s of shape (j, k). One pass over the whole array less; a single sum is the affair of `gather`.
"""

from __future__ import annotations

from s2sad.ir.nodes import Assign, Block, Const, Expr, Op, Stmt, Var, blocks_of, exprs_of, variables, walk
from s2sad.ir.types import Array, proved_equal
from s2sad.passes.algebra import dtype_of_product
from s2sad.passes.gather import LETTERS, axes_of, constant_along, is_sum
from s2sad.rules.builder import Builder, same_shape
from s2sad.rules.core import static


def sum_before_scaling(block: Block, results: list[Expr]) -> None:
    """Rewrite the sums of scaled arrays in a block and all nested in it."""
    users: dict[Var, list[Stmt | None]] = {}
    for stmt in walk(block):
        for expr in exprs_of(stmt):
            for var in variables(expr):
                users.setdefault(var, []).append(stmt)
    for result in results:
        for var in variables(result):
            users.setdefault(var, []).append(None)
    _visit(block, users)


def _visit(block: Block, users: dict[Var, list[Stmt | None]]) -> None:
    here = {id(stmt) for stmt in block}
    changes: dict[int, list[Stmt]] = {}
    for stmt in block:
        for inner in blocks_of(stmt):
            _visit(inner, users)
        scaled = scaling(stmt)
        sums = users.get(stmt.target, []) if isinstance(stmt, Assign) else []
        if scaled is None or len(sums) < 2 or any(id(user) not in here or summed(user) is None for user in sums):
            continue
        for user in sums:
            assert isinstance(user, Assign) and isinstance(user.value, Op)
            changes[id(user)] = rewritten(user, user.value, *scaled)
        changes[id(stmt)] = []
    block[:] = [new for stmt in block for new in changes.get(id(stmt), [stmt])]


def summed(stmt: Stmt | None) -> set[int] | None:
    """Return the axes over which a statement sums an array, none of which stays; None if it does something else."""
    value = stmt.value if isinstance(stmt, Assign) else None
    if not isinstance(value, Op) or not isinstance(value.args[0].type, Array):
        return None
    ndim = value.args[0].type.ndim
    if is_sum(value):
        axes, kept = axes_of(value, ndim)
        return None if kept else axes
    if value.name != "einsum" or len(value.args) > 1:
        return None
    letters, _, left = static(value.attrs["subscripts"]).partition("->")
    inner = letters == LETTERS[:ndim] and left == "".join(letter for letter in letters if letter in left)
    return {axis for axis, letter in enumerate(letters) if letter not in left} if inner else None


def scaling(stmt: Stmt) -> tuple[str, Expr, Expr] | None:
    """Return (operation, array, scale) of an array that is scaled along its last axes by a smaller one."""
    value = stmt.value if isinstance(stmt, Assign) else None
    if not isinstance(value, Op) or value.name not in ("multiply", "divide") or value.form:
        return None
    whole = value.type
    if not isinstance(whole, Array) or dtype_of_product(whole) is None or whole.ndim > len(LETTERS):
        return None
    pairs = [value.args] if value.name == "divide" else [value.args, value.args[::-1]]
    for full, small in pairs:
        if not isinstance(full.type, Array) or not isinstance(small.type, Array) or full.type.dtype != whole.dtype:
            continue
        last = whole.shape[whole.ndim - small.type.ndim :]
        smaller = 0 < small.type.ndim < whole.ndim and small.type.dtype == whole.dtype
        if smaller and same_shape(full.type, whole) and proved_equal(small.type.shape, last):
            return value.name, full, small
    return None


def rewritten(stmt: Assign, value: Op, name: str, full: Expr, small: Expr) -> list[Stmt]:
    """Return the statements that sum an array and then scale it, or that contract it with the scale."""
    whole = value.args[0].type
    assert isinstance(whole, Array) and isinstance(small.type, Array)
    builder = Builder()
    builder.origin = stmt.origin
    axes = summed(stmt)
    assert axes is not None
    if constant_along(small.type, whole, axes, kept=False):
        total = builder.bind(Op(value.name, (full,), value.type, value.attrs, value.form))
        stmt.value = Op(name, (total, small), value.type)
        return [*builder.block, stmt]
    factor = small if name == "multiply" else builder.op("divide", 1.0, small)
    letters = LETTERS[: whole.ndim]
    left = "".join(letter for axis, letter in enumerate(letters) if axis not in axes)
    subscripts = Const(f"{letters},{letters[whole.ndim - small.type.ndim :]}->{left}")
    stmt.value = Op("einsum", (full, factor), value.type, {"subscripts": subscripts}, "np.einsum")
    return [*builder.block, stmt]
