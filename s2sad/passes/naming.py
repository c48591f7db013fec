"""Out of SSA: give every variable a name.

Joins and what moves into them share a name where their live ranges allow it, so that the moves vanish and loops
read as the user wrote them. Two variables that wish for one name get it unless both are live somewhere; then the
later one is numbered.
"""

from __future__ import annotations

import bisect
import keyword

from s2sad.ir.nodes import Assign, Block, Function, Op, Var, walk
from s2sad.passes.live import Liveness, Ranges

Segments = list[tuple[int, int]]


class Groups:
    """Variables that share a name, with the union of their live ranges."""

    def __init__(self, ranges: Ranges) -> None:
        self.parent: dict[Var, Var] = {}
        self.members: dict[Var, list[Var]] = {}
        self.segments: dict[Var, Segments] = {}
        for var in ranges.order:
            self.members[var] = [var]
            self.segments[var] = merge(ranges.segments[var])

    def root(self, var: Var) -> Var:
        """Return the representative of a group."""
        while self.parent.get(var, var) is not var:
            var = self.parent[var]
        return var

    def unite(self, a: Var, b: Var, fixed: set[Var]) -> None:
        """Let two variables share a name if they are never live together."""
        x, y = self.root(a), self.root(b)
        if x is y or x not in self.members or y not in self.members:
            return
        if any(v in fixed for v in self.members[x]) and any(v in fixed for v in self.members[y]):
            return
        if overlap(self.segments[x], self.segments[y]):
            return
        self.parent[y] = x
        self.members[x] += self.members.pop(y)
        self.segments[x] = merge(self.segments[x] + self.segments.pop(y))


def merge(segments: Segments) -> Segments:
    """Return segments sorted and joined."""
    result: Segments = []
    for start, end in sorted(segments):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def overlap(a: Segments, b: Segments) -> bool:
    """Return whether two sorted lists of segments intersect."""
    if len(a) > len(b):
        a, b = b, a
    starts = [start for start, _ in b]
    for start, end in a:
        at = bisect.bisect_left(starts, end)
        if at and b[at - 1][1] > start:
            return True
    return False


def assign_names(
    function: Function, body: Block, taken: set[str], after: list[Var], inherited: dict[Var, str] | None = None
) -> dict[Var, str]:
    """Return the name of every variable of a function."""
    inherited = inherited or {}
    ranges = Liveness().run(body, [*function.params, *inherited], after)
    fixed = {*function.params, *inherited}
    groups = Groups(ranges)
    for target, source in ranges.moves:
        if isinstance(source, Var):
            groups.unite(target, source, fixed)
    user_names = {v.name for v in ranges.order if v.user and not v.name.endswith("_bar")}
    names: dict[Var, str] = {}
    users: dict[str, list[Segments]] = {}
    made = _described(body)
    order = sorted(groups.members, key=lambda root: _rank(groups.members[root], fixed, ranges))
    for root in order:
        members = groups.members[root]
        name = _fixed_name(members, function.params, inherited)
        while name is not None and name in taken:  # a parameter of the user's called np, len, pullback
            name += "_"
        if name is None:
            ours = not any(v.user for v in members)
            name = _free_name(_wish(members, made), groups.segments[root], users, taken | user_names if ours else taken)
        users.setdefault(name, []).append(groups.segments[root])
        for var in members:
            names[var] = name
    return names


def _rank(members: list[Var], fixed: set[Var], ranges: Ranges) -> tuple[int, int]:
    """Parameters first, then the user's names, then ours; each in order of appearance."""
    first = min((ranges.segments[v][0][0] if ranges.segments[v] else 0) for v in members)
    if any(v in fixed for v in members):
        return (0, first)
    return (1 if any(v.user for v in members) else 2, first)


def _fixed_name(members: list[Var], params: list[Var], inherited: dict[Var, str]) -> str | None:
    for var in members:
        if var in inherited:
            return inherited[var]
        if var in params:
            return var.name
    return None


def _wish(members: list[Var], made: dict[Var, str]) -> str:
    for var in members:
        if var.user:
            return _legal(var.name)
    named = [var.name for var in members if var.name != "t"]
    if named:
        return _legal(named[0])
    return next((_legal(made[var]) for var in members if var in made), "tmp")


WORDS = {
    "multiply": "product", "add": "total", "subtract": "difference", "divide": "ratio", "matmul": "product",
    "floor_divide": "quotient", "remainder": "rest", "negative": "minus", "len": "n", "absolute": "size",
    "less": "test", "less_equal": "test", "greater": "test", "greater_equal": "test", "equal": "test",
    "not_equal": "test", "and": "test", "or": "test", "not": "test", "is": "test", "is_not": "test", "max": "largest",
    "min": "smallest", "transpose": "transposed", "shape": "shape",
}  # fmt: skip


def _described(body: Block) -> dict[Var, str]:
    """Return names for temporaries that say what they hold."""
    found: dict[Var, str] = {}
    for stmt in walk(body):
        if isinstance(stmt, Assign) and stmt.target.name == "t" and isinstance(stmt.value, Op):
            op = stmt.value
            base = next((arg.name for arg in op.args[:1] if isinstance(arg, Var) and arg.name != "t"), "")
            if op.name in ("getitem", "field", "pop"):
                found[stmt.target] = f"{base}_part" if base else "part"
            elif op.name in WORDS:
                found[stmt.target] = WORDS[op.name]
            else:
                found[stmt.target] = f"{op.name}_{base}" if base else op.name
    return found


def _legal(name: str) -> str:
    name = "".join(c if c.isalnum() or c == "_" else "_" for c in name).strip(".") or "t"
    if name[0].isdigit():
        name = f"x{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _free_name(wish: str, segments: Segments, users: dict[str, list[Segments]], taken: set[str]) -> str:
    name, n = wish, 1
    while name in taken or any(overlap(segments, other) for other in users.get(name, ())):
        n += 1
        name = f"{wish}{n}" if not wish[-1].isdigit() else f"{wish}_{n}"
    return name
