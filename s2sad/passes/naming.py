"""Out of SSA: give every variable a name.

Joins and what moves into them share a name where their live ranges allow it, so that the moves vanish and loops
read as the user wrote them. Two variables that wish for one name get it unless both are live somewhere; then the
later one is numbered.
"""

from __future__ import annotations

import bisect
import heapq
import keyword
from collections.abc import Container

from s2sad.ir.groups import Groups
from s2sad.ir.nodes import Assign, Block, Function, Op, Var, exprs_of, variables, walk
from s2sad.passes.cse import walk_all
from s2sad.passes.live import Liveness, Ranges

COTANGENT = ("_bar", "_dot")
Segments = list[tuple[int, int]]


class NameGroups:
    """Variables that share a name, with the union of their live ranges."""

    def __init__(self, ranges: Ranges, fixed: set[Var]) -> None:
        self.groups = Groups()
        self.fixed = set(fixed)  # the representatives of groups whose name is given
        self.members: dict[Var, list[Var]] = {}
        self.segments: dict[Var, Segments] = {}
        for var in ranges.order:
            self.members[var] = [var]
            self.segments[var] = merge(ranges.segments[var])

    def root(self, var: Var) -> Var:
        """Return the representative of a group."""
        return self.groups.root(var)

    def of_user(self, root: Var) -> bool:
        """Return whether a group has a name of the user's."""
        return any(var.user and not var.name.endswith(COTANGENT) for var in self.members[root])

    def is_cotangent(self, root: Var) -> bool:
        """Return whether a group is a cotangent."""
        return any(var.name.endswith(COTANGENT) and not var.user for var in self.members[root])

    def unite(self, a: Var, b: Var) -> None:
        """Let two variables share a name if they are never live together."""
        x, y = self.root(a), self.root(b)
        if x is y or x not in self.members or y not in self.members:
            return
        if x in self.fixed and y in self.fixed:
            return
        if (self.of_user(x) and self.is_cotangent(y)) or (self.of_user(y) and self.is_cotangent(x)):
            return  # `v = q_bar` would not be read as the cotangent that it is
        if overlap(self.segments[x], self.segments[y]):
            return
        self.groups[y] = x
        self.members[x] += self.members.pop(y)
        self.segments[x] = union(self.segments[x], self.segments.pop(y))
        if y in self.fixed:
            self.fixed.add(x)


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
    for start, end in a:
        at = bisect.bisect_left(b, (end,))
        if at and b[at - 1][1] > start:
            return True
    return False


def union(a: Segments, b: Segments) -> Segments:
    """Return the segments of both, which do not intersect; the longer list is changed."""
    if len(a) < len(b):
        a, b = b, a
    for segment in b:
        bisect.insort(a, segment)
    return a


class Numbered:
    """The names `wish`, `wish2`, `wish3` ...: which of them are in use where the sweep has come to.

    Variables come in the order in which they are first live, so that a name in use there is not looked at again
    before its use is over. If an earlier one comes after all, all names are looked at again.
    """

    def __init__(self, wish: str) -> None:
        self.wish = wish
        self.next = 1
        self.free: list[int] = []
        self.busy: list[tuple[int, int]] = []  # (end of its use, number)
        self.time = 0

    def spelled(self, n: int) -> str:
        """Return the name of a number."""
        if n == 1:
            return self.wish
        return f"{self.wish}_{n}" if self.wish[-1].isdigit() else f"{self.wish}{n}"

    def find(self, segments: Segments, users: dict[str, Segments], taken: Container[str]) -> str:
        """Return the first name that nothing live together with these segments has."""
        self.advance(segments[0][0] if segments else 0)
        passed: list[int] = []
        while True:
            n = heapq.heappop(self.free) if self.free else self.next
            self.next = max(self.next, n + 1)
            name = self.spelled(n)
            if name in taken:
                continue
            used = users.get(name, [])
            free = not overlap(segments, used)
            if free:
                used = users[name] = union(used, segments)
            end = end_at(used, self.time)
            if end is None:
                passed.append(n)
            else:
                heapq.heappush(self.busy, (end, n))
            if free:
                for n in passed:
                    heapq.heappush(self.free, n)
                return name

    def advance(self, time: int) -> None:
        """Let go the names whose use is over at a time."""
        if time < self.time:
            self.free += [n for _, n in self.busy]
            heapq.heapify(self.free)
            self.busy = []
        self.time = time
        while self.busy and self.busy[0][0] <= time:
            heapq.heappush(self.free, heapq.heappop(self.busy)[1])


def end_at(segments: Segments, time: int) -> int | None:
    """Return the end of the segment that holds a time; None if there is none."""
    at = bisect.bisect_left(segments, (time + 1,))
    return segments[at - 1][1] if at and segments[at - 1][1] > time else None


def assign_names(
    function: Function, body: Block, taken: set[str], after: list[Var], inherited: dict[Var, str] | None = None
) -> dict[Var, str]:
    """Return the name of every variable of a function."""
    inherited = inherited or {}
    ranges = Liveness().run(body, [*function.params, *inherited], after)
    fixed = {*function.params, *inherited}
    groups = NameGroups(ranges, fixed)
    for target, source in ranges.moves:
        if isinstance(source, Var):
            groups.unite(target, source)
    user_names = {v.name for v in ranges.order if v.user and not v.name.endswith("_bar")}
    names: dict[Var, str] = {}
    users: dict[str, Segments] = {}
    numbered: dict[str, Numbered] = {}
    ours = taken | user_names  # what no name of ours may be
    made = _described(body)
    order = sorted(groups.members, key=lambda root: _rank(groups.members[root], fixed, ranges))
    for root in order:
        members = groups.members[root]
        name = _fixed_name(members, function.params, inherited)
        while name is not None and name in taken:  # a parameter of the user's called np, len, pullback
            name += "_"
        if name is None:
            wish = _wish(members, made)
            if wish == "_" and is_read(members, body):
                wish = "i"  # the user's loop counts nothing; ours does
            found = numbered.setdefault(wish, Numbered(wish))
            name = found.find(groups.segments[root], users, taken if any(v.user for v in members) else ours)
        else:
            users[name] = union(users.get(name, []), groups.segments[root])
        for var in members:
            names[var] = name
    return names


def is_read(members: list[Var], body: Block) -> bool:
    """Return whether any of these variables is read."""
    return any(var in members for stmt in walk_all(body) for expr in exprs_of(stmt) for var in variables(expr))


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
    "floor_divide": "quotient", "remainder": "rest", "negative": "minus", "len": "n", "absolute": "magnitude",
    "less": "test", "less_equal": "test", "greater": "test", "greater_equal": "test", "equal": "test",
    "not_equal": "test", "and": "test", "or": "test", "not": "test", "is": "test", "is_not": "test", "max": "largest",
    "min": "smallest", "transpose": "transposed", "shape": "shape",
    "round": "rounded",
}  # fmt: skip


def _described(body: Block) -> dict[Var, str]:
    """Return names for temporaries that say what they hold."""
    found: dict[Var, str] = {}
    for stmt in walk(body):
        if isinstance(stmt, Assign) and stmt.target.name == "t" and isinstance(stmt.value, Op):
            op = stmt.value
            base = next((arg.name for arg in op.args[:1] if isinstance(arg, Var) and arg.name != "t"), "")
            if op.name in ("getitem", "field", "pop", "next"):
                found[stmt.target] = f"{base}_part" if base else "part"
            elif op.name in WORDS:
                found[stmt.target] = WORDS[op.name]
            else:
                name = op.name.rpartition(".")[2]
                found[stmt.target] = f"{name}_{base}" if base else name
    return found


def name_temporaries(body: Block, temporaries: list[Var]) -> None:
    """Name temporaries after what they hold, so that what is kept of them is called the same in the reverse sweep."""
    found = _described(body)
    for var in temporaries:
        if var.name == "t" and var in found:
            var.name = found[var]


def _legal(name: str) -> str:
    name = "".join(c if c.isalnum() or c == "_" else "_" for c in name).strip(".") or "t"
    if name[0].isdigit():
        name = f"x{name}"
    return f"{name}_" if keyword.iskeyword(name) else name
