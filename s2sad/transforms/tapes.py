"""Turn tapes into arrays or lists.

What an array holds at one moment is copied: into an array indexed by the loop counters where trip counts are exact
and the shape is proved. A value that nothing writes needs no copy: it goes on a list, which is appended to and read
backwards; values of one stretch go on one list (`packing.py`). Reading leaves the list as it is, so that a pullback
may be called again.
"""

from __future__ import annotations

from typing import Any

from s2sad.analysis.places import Places
from s2sad.ir.nodes import (
    Assign,
    Block,
    Const,
    Effect,
    Expr,
    For,
    Keep,
    Op,
    Stmt,
    Store,
    Tape,
    Try,
    Var,
    blocks_of,
    end_of_body,
    variables,
    walk,
)
from s2sad.ir.types import Array, ListOf, Opaque, Scalar, Shape, Size, Static, Structure, dtype_of
from s2sad.passes.naming import name_temporaries
from s2sad.rules.builder import index_expr, number
from s2sad.transforms.loops import LoopReverse, leaves_early
from s2sad.transforms.packing import find_recalls, pack


class Tapes:
    """Lowers the tapes of one adjoint."""

    def __init__(self, places: Places, loops: dict[Stmt, LoopReverse], params: list[Var]) -> None:
        self.places = places
        self.loops = loops
        self.params = params
        self.storage: dict[Tape, Var] = {}
        self.arrays: set[Tape] = set()
        self.copies: set[Tape] = set()  # those that keep what an array holds now, not the array
        self.reading: dict[Tape, Var] = {}
        self.known_lengths: set[str] | None = None
        self.exact: dict[Stmt, bool] = {}  # by loop: whether it goes round as often as its range says
        self.shaped: dict[tuple[Size, ...], list[Var]] = {}
        for var in [*params, *places.defs]:
            if isinstance(var.type, Array):
                self.shaped.setdefault(var.type.shape, []).append(var)

    def declare(self, tapes: list[Tape], forward: Block, reverse: Block) -> None:
        """Put the storage of each tape before its outermost loop, and what reads a list before the reverse of that."""
        read = find_recalls(reverse)
        drop_keeps(forward, {tape for tape in tapes if tape not in read})
        tapes = [tape for tape in tapes if tape in read]
        self.copies = {
            stmt.tape
            for stmt in walk(forward)
            if isinstance(stmt, Keep) and isinstance(stmt.value, Op) and stmt.value.name == "copy"
        }
        lists = [tape for tape in tapes if not tape.reference and self.array_shape(tape) is None]
        name_temporaries(forward, [tape.var for tape in tapes if tape.var is not None])
        name_after_values(tapes, reverse)
        packed = pack(lists, forward, reverse)
        tapes = [*(tape for tape in tapes if tape not in lists), *packed]
        first: dict[Stmt, list[Stmt]] = {}
        reading: dict[Stmt, list[Stmt]] = {}
        backwards = {stmt.index: stmt for stmt in walk(reverse) if isinstance(stmt, For)}
        for tape in tapes:
            loop = tape.loops[0]
            storage = self.storage_of(tape)
            first.setdefault(loop, []).append(storage)
            var = self.storage[tape] = self.reading[tape] = storage.target
            if tape not in self.arrays:
                back = self.reading[tape] = Var(var.name, Opaque("iterator"))
                start = Assign(back, Op("reversed", (var,), back.type))
                reading.setdefault(backwards[self.loops[loop].index], []).append(start)
        forward[:] = place_before(forward, first)
        reverse[:] = place_before(reverse, reading)

    def storage_of(self, tape: Tape) -> Assign:
        """Return the statement that makes the storage of a tape."""
        shape = self.array_shape(tape)
        if shape is None:
            return Assign(Var(tape.name, ListOf(tape.type)), Op("list", (), ListOf(tape.type)))
        self.arrays.add(tape)
        dtype = dtype_of(tape.type)
        type_ = Array(
            dtype,
            tuple(Size("?", 0) for _ in range(len(tape.loops)))
            + (tape.type.shape if isinstance(tape.type, Array) else ()),
        )
        attrs: dict[str, Expr] = {} if dtype == "float64" else {"dtype": Const(dtype)}
        return Assign(Var(tape.name, type_), Op("empty", (shape,), type_, attrs))

    def array_shape(self, tape: Tape) -> Expr | None:
        """Return the shape of the array that can hold a tape, or None if it must be a list."""
        if tape.reference or tape not in self.copies:
            return None
        outer = self.places.of[tape.loops[0]].order
        counts = []
        for loop in tape.loops:
            if not isinstance(loop, For) or not self.is_exact(loop):
                return None
            if not (is_number(loop.start, 0) and is_number(loop.step, 1)):
                return None
            if not all(self.known_before(v, outer) for v in variables(loop.stop)):
                return None
            counts.append(self.trips(loop.stop))
        if not isinstance(tape.type, Array):
            return None
        like = self.like(tape.type, outer, tape.var)
        if like is None:
            return None
        head = Op("tuple", tuple(counts), Structure("tuple", tuple(range(len(counts))), tuple(c.type for c in counts)))
        return Op("add", (head, Op("shape", (like,), Shape(tape.type.shape))), Static("shape"))

    def trips(self, stop: Expr) -> Expr:
        """Return how often `range(stop)` runs: not at all if `stop` is negative."""
        size = stop.type.size if isinstance(stop.type, Scalar) else None
        if size is not None and size.offset >= 0 and (size.symbol is None or size.symbol in self.lengths()):
            return stop
        made = self.places.defs.get(stop, [None])[0] if isinstance(stop, Var) else None
        if isinstance(made, Assign) and isinstance(made.value, Op) and made.value.name == "len":
            return stop
        return Op("max", (stop, number(0)), stop.type, form="max")

    def lengths(self) -> set[str]:
        """Return the symbols of sizes that are lengths, and so not negative."""
        if self.known_lengths is None:
            found: set[str] = set()
            for var in [*self.params, *self.places.defs]:
                if isinstance(var.type, Array):
                    found.update(size.symbol for size in var.type.shape if size.symbol and not size.offset)
                elif isinstance(var.type, ListOf) and var.type.length is not None and var.type.length.symbol:
                    found.add(var.type.length.symbol)
            self.known_lengths = found
        return self.known_lengths

    def known_before(self, var: Var, order: int) -> bool:
        """Return whether a variable has its value before a loop begins."""
        defs = self.places.defs.get(var)
        if defs is None:
            return var in self.params
        of = self.places.of
        return all(of[d].order < order and not of[d].loops and not of[d].branches for d in defs)

    def like(self, type_: Array, order: int, tape_var: Var | None) -> Var | None:
        """Return a variable known before the loop that provably has this shape."""
        first = [tape_var] if tape_var is not None else []
        for var in [*first, *self.shaped.get(type_.shape, ())]:
            if isinstance(var.type, Array) and var.type.shape == type_.shape and self.known_before(var, order):
                return var
        return None

    def is_exact(self, loop: For) -> bool:
        """Return whether a loop goes round as often as its range says."""
        if loop not in self.exact:
            self.exact[loop] = not leaves_early(loop)
        return self.exact[loop]

    def lower(self, block: Block) -> None:
        """Replace Keep and recall in a block."""
        for i, stmt in enumerate(block):
            for inner in blocks_of(stmt):
                self.lower(inner)
            if isinstance(stmt, Keep):
                block[i] = self.keep(stmt)
            elif isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name == "recall":
                stmt.value = self.recall(stmt.value)

    def keep(self, stmt: Keep) -> Stmt:
        tape, var = stmt.tape, self.storage[stmt.tape]
        if tape in self.arrays:
            index = self.index(tape, forward=True)
            value = stmt.value
            if isinstance(value, Op) and value.name == "copy":
                value = value.args[0]
            return Store(var, index, value, "set", stmt.origin)
        return Effect(Op("append", (var, stmt.value), Static(None)), stmt.origin)

    def recall(self, value: Op) -> Op:
        tape = value.attrs["tape"].value  # type: ignore[attr-defined]
        var = self.reading[tape]
        if tape in self.arrays:
            return Op("getitem", (var, self.index(tape, forward=False)), value.type)
        return Op("next", (var,), value.type)

    def index(self, tape: Tape, forward: bool) -> Expr:
        """Return the loop counters that index a tape."""
        counters: list[Expr] = []
        for loop in tape.loops:
            assert isinstance(loop, For)
            counters.append(loop.index if forward else self.loops[loop].index)
        return counters[0] if len(counters) == 1 else index_expr(tuple(counters))


def name_after_values(tapes: list[Tape], reverse: Block) -> None:
    """Name tapes of temporaries, and what is read from them, after what the temporaries hold."""
    for tape in tapes:
        if tape.var is not None:
            tape.name = f"{tape.var.name}_tape"
    for stmt in walk(reverse):
        if isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name == "recall":
            var = stmt.value.attrs["tape"].value.var  # type: ignore[attr-defined]
            if var is not None and stmt.target.name == "t":
                stmt.target.name = var.name


def drop_unfinished(block: Block, lists: set[Var]) -> Block:
    """Where the body of a `try` has raised, drop what it has put on lists that are read from their ends.

    n = len(tape)
    try:
        for v in x:
            tape.append(v)
            ...
    except ValueError:
        del tape[n:]
    """
    result: Block = []
    for stmt in block:
        for inner in blocks_of(stmt):
            inner[:] = drop_unfinished(inner, lists)
        if isinstance(stmt, Try):
            for var in filled_in(stmt.then, lists):
                count = Var("n", Scalar("int"))
                result.append(Assign(count, Op("len", (var,), count.type), stmt.origin))
                stmt.orelse.insert(0, Effect(Op("truncate", (var, count), Static(None)), stmt.origin))
        result.append(stmt)
    return result


def filled_in(body: Block, lists: set[Var]) -> list[Var]:
    """Return the lists from outside that the body of a `try` may have appended to when it raises, in order."""
    made = {stmt.target for stmt in walk(body) if isinstance(stmt, Assign)}
    inside = walk(body[: end_of_body(body)])
    effects = [stmt.value for stmt in inside if isinstance(stmt, Effect) and isinstance(stmt.value, Op)]
    filled = [value.args[0] for value in effects if value.name == "append"]
    return [var for var in dict.fromkeys(filled) if isinstance(var, Var) and var in lists and var not in made]


def drop_keeps(block: Block, tapes: set[Tape]) -> None:
    """Do not write what nobody reads."""
    for stmt in block:
        for inner in blocks_of(stmt):
            drop_keeps(inner, tapes)
    block[:] = [stmt for stmt in block if not (isinstance(stmt, Keep) and stmt.tape in tapes)]


def is_number(expr: Expr, value: int) -> bool:
    """Return whether an expression is this int."""
    return isinstance(expr, Const) and expr.value == value


def place_before(block: Block, first: dict[Stmt, list[Stmt]]) -> Block:
    """Return a block with statements put before others."""
    result: Block = []
    for stmt in block:
        result.extend(first.get(stmt, ()))
        result.append(stmt)
        for inner in blocks_of(stmt):
            inner[:] = place_before(inner, first)
    return result


def count_iterations(forward: Block, loops: dict[Stmt, LoopReverse]) -> Block:
    """Count the iterations of loops that can be left early."""
    result: Block = []
    for stmt in forward:
        info = loops.get(stmt)
        for inner in blocks_of(stmt):
            inner[:] = count_iterations(inner, loops)
        if info is not None and info.counter is not None:
            from s2sad.ir.nodes import Move, While

            counter = info.counter
            one = Op("add", (counter, number(1)), counter.type)
            result.append(Move((counter,), (number(0),)))
            assert isinstance(stmt, For | While)
            stmt.body.insert(0, Move((counter,), (one,)))
        result.append(stmt)
    return result


def flag_exits(forward: Block, flags: dict[Stmt, tuple[Var, Tape | None]]) -> Block:
    """Record where a statement left its block, for those whose reverse asks."""
    from s2sad.ir.nodes import Break, Continue, Move, Return, While

    def record(flag: tuple[Var, Tape | None], value: bool) -> Stmt:
        var, tape = flag
        return Move((var,), (number(value),)) if tape is None else Keep(tape, number(value))

    def mark(block: Block, flag: tuple[Var, Tape | None], loops: int) -> Block:
        result: Block = []
        for stmt in block:
            if isinstance(stmt, Return) or (loops == 0 and isinstance(stmt, Break | Continue)):
                result.append(record(flag, True))
            result.append(stmt)
            inside = loops + isinstance(stmt, For | While)
            for inner in blocks_of(stmt):
                inner[:] = mark(inner, flag, inside)
        return result

    result: Block = []
    for stmt in forward:
        for inner in blocks_of(stmt):
            inner[:] = flag_exits(inner, flags)
        flag = flags.get(stmt)
        if flag is None:
            result.append(stmt)
            continue
        result.extend(mark([stmt], flag, 0))
        result.append(record(flag, False))
    return result


def used_flags(reverse: Block, flags: dict[Stmt, tuple[Var, Tape | None]]) -> dict[Stmt, tuple[Var, Tape | None]]:
    """Return the exits whose record is read in reverse code."""
    from s2sad.ir.nodes import reads

    read = {var for stmt in walk(reverse) for var in reads(stmt)}
    recalled: set[Any] = {
        getattr(stmt.value.attrs["tape"], "value", None)
        for stmt in walk(reverse)
        if isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name == "recall"
    }
    return {stmt: (flag, tape) for stmt, (flag, tape) in flags.items() if flag in read or tape in recalled}
