"""What must hold of a function between passes, and the verifier that looks.

    assigned once    a variable that is not a join is assigned by one statement; a join by `Move`s only
    defined          a variable is assigned before it is read: on every path, and a join on some path
    well formed      each node has the parts its class says, and as many arguments as its operation takes
    in a loop        `Break` and `Continue` stand inside a loop of the same function
    known            every `Op` is in the rule table or among the internal operations below
    typed            every expression and every variable carries a type

A lowered function is held to all of it. In the functions of a derivative a transform may also
- assign a variable beforehand, by a `Move`, a constant that stands for "not reached" (`a_0 = None`) or a count
  (`steps = steps + 1`);
- read, in a loop of the reverse sweep, the shape of what a loop of the forward sweep assigned: the one runs only
  where the other has.

The rule table is on a higher floor than this file: `operations` says how many arguments each operation takes, None
where that is not fixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from s2sad.errors import InternalError
from s2sad.ir.nodes import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Continue,
    Effect,
    Expr,
    For,
    Function,
    If,
    Keep,
    Move,
    Op,
    Raise,
    Return,
    SetField,
    Stmt,
    Store,
    Tape,
    Try,
    Var,
    While,
    blocks_of,
    exprs_of,
    subexpressions,
    targets_of,
    walk,
)
from s2sad.ir.types import Type

# Operations without a rule, because nothing is differentiated through them: the parts of an index, and what only
# generated code does.
INTERNAL = {
    "slice": "part of an index",
    "path": "the index of an item of a list in a list",
    "exception": "made to be raised",
    "assert": "the user's assertion",
    "attempted": "whether the body of a `try` did not raise",
    "tried": "what the body of a `try` computes, and its end",
    "fstring": "text, never differentiated",
    "format": "part of an f-string",
    "pick_items": "one leaf of each item of a list",
    "zip_list": "a list of tuples, taken apart where it is read",
    "recall": "reads a tape; lowered before the passes run",
    "clear_all": "sets the shadows of a pullback to zero",
    "truncate": "drops what is behind a place in a list",
    "reversed": "reads a tape backwards",
    "next": "the next item of a tape that is read backwards",
    "deepcopy": "keeps a residual the caller could write",
    "add_all": "adds a number to the cotangents in a list",
    "add_each": "adds lists of cotangents",
    "split_like": "cuts a cotangent in pieces",
    "add_rows": "adds an array's rows to the cotangents in a list",
    "add_to_each": "adds to the cotangents in a list",
}

STORES = frozenset(
    {"set", "add", "subtract", "multiply", "divide", "power", "floor_divide", "remainder", "matmul", "add_at", "settle"}
    | {"bitwise_and", "bitwise_or", "bitwise_xor"}
)
# The argument of which an operation reads the shape only.
SHAPE_READS = {
    "zeros_like": 0,
    "ones_like": 0,
    "empty_like": 0,
    "full_like": 0,
    "shape": 0,
    "len": 0,
    "size": 0,
    "unbroadcast": 1,
}
FIELD_KINDS = frozenset({"object", "dict", "list", "tuple"})


def verify(function: Function, operations: Mapping[str, int | None], *, lowered: bool = False, after: str = "") -> None:
    """Raise InternalError with every fault of a function; `after` says which pass it comes from."""
    found = list(faults(function, operations, lowered=lowered))
    if found:
        raise InternalError(f"the IR of {function.name!r} is wrong{after and f' after {after}'}: " + "; ".join(found))


def faults(function: Function, operations: Mapping[str, int | None], *, lowered: bool = False) -> Iterator[str]:
    """Yield what is wrong with a function, as sentences."""
    malformed = list(_well_formed(function.body)) or list(_exits(function.body, 0))
    yield from malformed
    if malformed:
        return  # the other checks take the form, and a place to exit to, for granted
    stmts = list(_everything(function.body))
    for stmt in stmts:
        yield from _expressions(stmt, operations)
    yield from _types(function, stmts)
    yield from _assignments(function, stmts, lowered)
    yield from _Definitions(function, lowered).run()


def nested_function(stmt: Stmt) -> Function | None:
    """Return the function a statement defines: the pullback inside a vjp."""
    found = getattr(stmt, "function", None)
    return found if isinstance(found, Function) else None


def _everything(block: Block) -> Iterator[Stmt]:
    """Yield every statement, those of nested functions included."""
    for stmt in walk(block):
        yield stmt
        inner = nested_function(stmt)
        if inner is not None:
            yield from _everything(inner.body)


# --- form -----------------------------------------------------------------------------------------------------
def _well_formed(block: object) -> Iterator[str]:
    if not isinstance(block, list):
        yield f"a block is a {type(block).__name__}, not a list"
        return
    for stmt in block:
        if not _is(stmt, Stmt):
            yield f"{stmt!r} stands where a statement should"
            continue
        fault = _form(stmt)
        if fault:
            yield f"{fault} in {type(stmt).__name__}"
            continue
        inner = nested_function(stmt)
        for part in (*blocks_of(stmt), *([inner.body] if inner else [])):
            yield from _well_formed(part)


def _is(part: object, kind: type) -> bool:
    """Return whether a part of a node is what its annotation says: here annotations are not believed."""
    return isinstance(part, kind)


def _form(stmt: Stmt) -> str:
    """Return what is wrong with the parts of a statement itself; empty if nothing is."""
    if not hasattr(stmt, "origin"):
        return "no origin"
    for expr in exprs_of(stmt):
        if not _is(expr, Expr):
            return f"{expr!r} stands where an expression should"
    for target in targets_of(stmt):
        if not _is(target, Var):
            return f"{target!r} is assigned, which is not a variable"
    match stmt:
        case Move():
            if len(stmt.targets) != len(stmt.sources):
                return f"{len(stmt.targets)} targets and {len(stmt.sources)} sources"
            if len(set(stmt.targets)) != len(stmt.targets):
                return "one target twice"
        case Store():
            if stmt.how not in STORES:
                return f"unknown kind of store {stmt.how!r}"
        case SetField():
            if stmt.kind not in FIELD_KINDS:
                return f"unknown kind of container {stmt.kind!r}"
        case Keep():
            if not _is(stmt.tape, Tape):
                return "no tape"
        case Assign() | Effect() | If() | For() | While() | Break() | Continue() | Return() | Raise():
            pass
    return ""


def _expressions(stmt: Stmt, operations: Mapping[str, int | None]) -> Iterator[str]:
    for expr in exprs_of(stmt):
        for part in subexpressions(expr):
            if not _is(part, Expr):
                yield f"{part!r} stands where an expression should in {stmt!r}"
            elif isinstance(part, Op):
                yield from _operation(part, operations)
            elif isinstance(part, Call):
                yield from _call(part)


def _operation(op: Op, operations: Mapping[str, int | None]) -> Iterator[str]:
    if op.name not in operations and op.name not in INTERNAL:
        yield f"the operation {op.name!r} has no rule"
    wanted = operations.get(op.name)
    if wanted is not None and len(op.args) != wanted:
        yield f"{op.name!r} takes {wanted} arguments and has {len(op.args)}"


def _call(call: Call) -> Iterator[str]:
    if not isinstance(call.function, Function):
        yield f"{call.function!r} is called, which is not a lowered function"
    elif len(call.args) != len(call.function.params):
        yield f"{call.function.name!r} has {len(call.function.params)} parameters and is given {len(call.args)}"


def _types(function: Function, stmts: list[Stmt]) -> Iterator[str]:
    seen: dict[Expr, None] = dict.fromkeys(function.params)
    for stmt in stmts:
        seen.update(dict.fromkeys(targets_of(stmt)))
        for expr in exprs_of(stmt):
            seen.update(dict.fromkeys(part for part in subexpressions(expr) if _is(part, Expr)))
    for expr in seen:
        if not isinstance(getattr(expr, "type", None), Type):
            yield f"{expr!r} has no type"


# --- loops ----------------------------------------------------------------------------------------------------
def _exits(block: Block, loops: int) -> Iterator[str]:
    for stmt in block:
        if isinstance(stmt, Break | Continue) and not loops:
            yield f"{stmt!r} outside a loop"
        inner = nested_function(stmt)
        if inner is not None:
            yield from _exits(inner.body, 0)
        if isinstance(stmt, While):
            yield from _exits(stmt.test, 0)  # a condition has no place to leave a loop from
            yield from _exits(stmt.body, loops + 1)
            continue
        for part in blocks_of(stmt):
            yield from _exits(part, loops + isinstance(stmt, For))


# --- assigned once --------------------------------------------------------------------------------------------
def _assignments(function: Function, stmts: list[Stmt], lowered: bool) -> Iterator[str]:
    by_var: dict[Var, list[Stmt]] = {}
    for stmt in stmts:
        for target in targets_of(stmt):
            by_var.setdefault(target, []).append(stmt)
    for var, found in by_var.items():
        if var in function.params:
            yield f"the parameter {var!r} is assigned"
        elif var.join:
            yield from _join(var, found, lowered)
        else:
            yield from _single(var, found, lowered)


def _join(var: Var, found: list[Stmt], lowered: bool) -> Iterator[str]:
    others = [stmt for stmt in found if not isinstance(stmt, Move)]
    if others and (lowered or len(found) > 1):
        yield f"the join {var!r} is assigned by {others[0]!r}, not by a move"


def _single(var: Var, found: list[Stmt], lowered: bool) -> Iterator[str]:
    moves = [stmt for stmt in found if isinstance(stmt, Move)]
    if lowered and moves:
        yield f"{var!r} is not a join and is assigned by the move {moves[0]!r}"
    real = [stmt for stmt in found if not (isinstance(stmt, Move) and _beforehand(stmt, var))]
    if len(real) > 1:
        yield f"{var!r} is assigned by {len(real)} statements and is not a join"


def _beforehand(move: Move, var: Var) -> bool:
    """Return whether a move gives a variable a constant, or counts it up."""
    source = move.sources[move.targets.index(var)]
    return isinstance(source, Const) or (isinstance(source, Op) and source.name == "add" and source.args[0] is var)


# --- defined --------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """What is defined at one point, and what more is where a condition is known: the reverse of a branch knows."""

    defined: frozenset[Var]
    when: Mapping[tuple[Var, bool], _State]

    def plus(self, targets: Iterable[Var]) -> _State:
        return _State(self.defined.union(targets), self.when)

    def where(self, known: tuple[Var, bool] | None) -> _State:
        """Return the state in a branch: what an earlier branch on the same condition assigned is there."""
        more = self.when.get(known) if known is not None else None
        return self if more is None else _State(self.defined | more.defined, {**self.when, **more.when})


Defined = _State | None  # None where no path leads


def _meet(states: list[Defined]) -> Defined:
    """Return what is defined on all paths that lead somewhere."""
    known = [state for state in states if state is not None]
    if not known:
        return None
    first, *others = known
    when = {key: more for key, more in first.when.items() if all(other.when.get(key) is more for other in others)}
    return _State(first.defined.intersection(*(other.defined for other in others)), when)


def _known(cond: Expr, outcome: bool) -> tuple[Var, bool] | None:
    """Return which variable a branch tells something about."""
    while isinstance(cond, Op) and cond.name in ("not", "logical_not") and len(cond.args) == 1:
        cond, outcome = cond.args[0], not outcome
    return (cond, outcome) if isinstance(cond, Var) and not cond.join else None


class _Definitions:
    """Follows every path through a function and looks at what is read before it is assigned."""

    def __init__(self, function: Function, lowered: bool) -> None:
        self.function = function
        self.lowered = lowered
        self.found: dict[str, None] = {}
        self.breaks: list[list[Defined]] = []
        self.possible: set[Var] = set()  # assigned on some path that comes before

    def run(self) -> Iterator[str]:
        given = [*self.function.params, *(var for var, _ in self.function.captured)]
        self.possible.update(given)
        self.block(self.function.body, _State(frozenset(given), {}))
        yield from self.found

    def block(self, block: Block, state: Defined) -> Defined:
        for stmt in block:
            if state is None:
                return None
            state = self.statement(stmt, state)
        return state

    def read(self, stmt: Stmt, state: _State) -> None:
        """Look at what a statement itself reads."""
        for var, shape_only in _reads(stmt):
            if var.join or (shape_only and self.breaks and not self.lowered):
                if var not in self.possible:
                    self.found[f"{var!r} is read in {stmt!r} and assigned on no path before"] = None
            elif var not in state.defined:
                self.found[f"{var!r} is read in {stmt!r} before it is assigned"] = None

    def statement(self, stmt: Stmt, state: _State) -> Defined:
        """Return what is defined after a statement, given what is before it."""
        if isinstance(stmt, While):
            return self.while_loop(stmt, state)
        self.read(stmt, state)
        match stmt:
            case If():
                return self.branch(stmt, state)
            case For():
                self.loop(stmt, stmt.body, state.plus([stmt.index]))
                return state  # perhaps without a trip
            case Break():
                self.breaks[-1].append(state)
                return None
            case Continue() | Return() | Raise():
                return None
        inner = nested_function(stmt)
        if inner is not None:
            self.nested(inner, state)
            return state
        self.possible.update(targets_of(stmt))
        return state.plus(targets_of(stmt))

    def branch(self, stmt: If, state: _State) -> Defined:
        cond = stmt.flag if isinstance(stmt, Try) else stmt.cond
        keys = [_known(cond, outcome) for outcome in (True, False)]
        parts = zip((stmt.then, stmt.orelse), keys, strict=True)
        ends = [self.block(part, state.where(key)) for part, key in parts]
        after = _meet(ends)
        if after is None:
            return None
        told = {key: end for key, end in zip(keys, ends, strict=True) if key is not None and end is not None}
        return _State(after.defined, {**after.when, **told})

    def nested(self, inner: Function, state: _State) -> None:
        """Follow a pullback: it sees what is defined where it is made, and is in no loop."""
        outside, self.breaks = self.breaks, []
        self.possible.update(inner.params)
        self.block(inner.body, state.plus(inner.params))
        self.breaks = outside

    def loop(self, stmt: For | While, body: Block, state: _State) -> list[Defined]:
        """Follow the body of a loop; return the states at its breaks."""
        self.possible.update(var for inner in walk([stmt]) for var in targets_of(inner))  # by an iteration before
        self.breaks.append([])
        self.block(body, state)
        return self.breaks.pop()

    def while_loop(self, stmt: While, state: _State) -> Defined:
        tested = self.block(stmt.test, state)
        if tested is None:
            return None
        self.read(stmt, tested)
        return _meet([tested, *self.loop(stmt, stmt.body, tested)])


def _reads(stmt: Stmt) -> Iterator[tuple[Var, bool]]:
    """Yield (variable, whether only its shape is read) for what a statement itself reads."""
    stack: list[tuple[Expr, bool]] = [(expr, False) for expr in exprs_of(stmt)]
    while stack:
        expr, shape_only = stack.pop()
        if isinstance(expr, Var):
            yield expr, shape_only
        elif isinstance(expr, Op):
            at = SHAPE_READS.get(expr.name)
            stack.extend((arg, i == at) for i, arg in enumerate(expr.args))
            stack.extend((attr, False) for attr in expr.attrs.values())
        elif isinstance(expr, Call):
            stack.extend((arg, False) for arg in expr.args)
