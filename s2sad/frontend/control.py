"""Lowering of control flow. Where paths meet, a name that differs becomes a join variable, assigned on each path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import libcst as cst

from s2sad.errors import Problem
from s2sad.frontend import iteration
from s2sad.frontend.exits import breaks, has_return, leaves_loop
from s2sad.frontend.pools import is_list, is_listlike, is_none, unwrapped
from s2sad.frontend.values import (
    FUNCTIONS,
    Backwards,
    Chosen,
    Iteration,
    OfNothing,
    Pending,
    RangeValue,
    Relower,
    State,
    Struct,
    Unjoinable,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Assign, Block, Break, Const, Continue, Expr, For, If, Move, Op, Stmt, Var, While
from s2sad.ir.types import (
    NOT_YET,
    Array,
    ListOf,
    Name,
    Scalar,
    Static,
    Type,
    fresh_mark,
    fresh_size,
    join,
    name_of,
    names_in,
)
from s2sad.rules.builder import number
from s2sad.rules.core import is_pure

UNROLL = 64
CHOICES = 8
LOWERINGS = 64  # of a loop, until the types at its head are those after an iteration


Path = tuple[Any, ...]  # a name, and the keys that lead to a field of what it is bound to


@dataclass(eq=False, repr=False)
class Loop:
    """A loop being lowered: the joins at its head, those its exits write, and the state before it."""

    frame: Any
    entry: State
    heads: dict[Any, Var] = field(default_factory=dict)
    exits: dict[Any, Var] = field(default_factory=dict)
    wider: dict[Any, Type | Unjoinable] = field(default_factory=dict)
    carried: frozenset[Path] = frozenset()  # structures that go around field by field
    unlike: dict[Any, Unjoinable] = field(default_factory=dict)  # of unlike kinds before and after an iteration
    cure: Any = None  # how an iteration is peeled off, if it can be
    mark: int = 0
    changed: bool = False
    optional: set[Any] = field(default_factory=set)  # what may be None at the head
    asked: set[str] = field(default_factory=set)  # names an iteration may read as one before it left them
    halfway: dict[Any, Unjoinable] = field(default_factory=dict)  # what is not known where the loop was left
    unread: dict[str, Any] = field(default_factory=dict)  # where names were read that nothing has bound

    def widen(self, key: Any, type_: Type | Unjoinable) -> None:
        """Note the type that something has at the head of the loop; lowering starts again if that is new."""
        if isinstance(type_, Unjoinable):
            type_.cure = self.cure
        self.wider[key] = type_
        self.changed = True

    def may_be_none(self, key: Any) -> None:
        """Note that something may be None at the head of the loop; lowering starts again if that is new."""
        self.changed |= key not in self.optional
        self.optional.add(key)


@dataclass(frozen=True, slots=True)
class Item:
    """One field of a structure that a loop carries field by field: a name, and keys."""

    path: Path


@dataclass(frozen=True, slots=True)
class Suspended:
    """A name of a function that a yield goes back to."""

    frame: Any
    name: str


def binding(state: State, key: Any) -> Value:
    """Return what a name is bound to."""
    return state.suspended[key.frame][key.name] if isinstance(key, Suspended) else state.names[key]


def leaves(state: State, carried: frozenset[Path] = frozenset()) -> dict[Any, Value]:
    """Return everything a state binds, by name, by (structure, key), or by the field of a carried structure."""
    found: dict[Any, Value] = {}

    def spread(path: Path, value: Value) -> None:
        if path in carried and isinstance(value, Struct):
            for key, item in state.heap[value].items():
                spread((*path, key), item)
        else:
            found[path[0] if len(path) == 1 else Item(path)] = unwrapped(value)

    for name, value in state.names.items():
        spread((name,), value)
    for frame, names in state.suspended.items():
        for name, value in names.items():
            spread((Suspended(frame, name),), value)
    for struct, fields in state.heap.items():
        if struct.mutable:
            for key, value in fields.items():
                found[struct, key] = unwrapped(value)
    return found


def put(state: State, key: Any, value: Value) -> None:
    """Bind a name or a field."""
    if isinstance(key, Item):
        struct = binding(state, key.path[0])
        for step in key.path[1:-1]:
            struct = state.heap[struct][step]
        state.heap[struct][key.path[-1]] = value
    elif isinstance(key, tuple):
        state.heap[key[0]][key[1]] = value
    elif isinstance(key, Suspended):
        state.suspended[key.frame][key.name] = value
    else:
        state.names[key] = value


class Control:
    """Control-flow lowering."""

    def in_block(self: Any, action: Any) -> Block:
        """Run an action that appends to a block of its own; return the block."""
        outer, self.builder.block = self.builder.block, []
        mark = len(self.facts)
        try:
            action()
            return self.builder.block
        finally:
            self.builder.block = outer
            del self.facts[mark:]

    # --- if ---------------------------------------------------------------------------------------------------
    def stmt_If(self: Any, node: cst.If, cure: Any = None, rest: Any = ()) -> None:
        """Lower a branch; `rest` is what follows in its block, where it is to be split."""
        header = f"if {self.code(node.test)}:"
        origin = self.origin(node, header)
        self.builder.origin = origin
        test = self.test(node.test)
        cure = cure or ("split", self.site(node))
        arms = (lambda: self.lower_block([*node.body.body, *rest]), lambda: self.else_arm(node.orelse, cure, rest))
        if isinstance(test, bool):
            arms[not test]()
        else:
            self.branch(test, *arms, origin, cure)

    def else_arm(self: Any, orelse: Any, cure: Any, rest: Any) -> None:
        """Lower the other arm: an `elif` is split where its `if` is."""
        if isinstance(orelse, cst.If):
            self.builder.origin = self.origin(orelse, self.code(orelse).split("\n")[0])
            self.guarded(orelse, lambda: self.stmt_If(orelse, cure, rest))
        else:
            self.lower_block([*(orelse.body.body if orelse is not None else ()), *rest])

    def branch(self: Any, test: Expr, then: Any, orelse: Any, origin: Any, cure: Any = None) -> None:
        """Lower both arms and join what they leave."""
        before = self.state
        pending = 0
        blocks: list[Block] = []
        states: list[State] = []
        for arm in (then, orelse):
            self.state = before.copy()
            outer, self.builder.block = self.builder.block, []
            told = [self.unit.outcomes[test]] if arm is then and test in self.unit.outcomes else []
            self.succeeded += told
            mark = len(self.facts)
            self.facts += self.facts_of(test, arm is then)
            try:
                arm()
            except Pending:
                self.state.ended = True
                pending += 1
            finally:
                del self.succeeded[len(self.succeeded) - len(told) :]
                del self.facts[mark:]
            blocks.append(self.builder.block)
            self.builder.block = outer
            states.append(self.state)
        if pending == 2:
            self.state = before
            raise Pending
        self.builder.origin = origin
        self.state = self.merge(states[0], states[1], blocks[0], blocks[1])
        if states[0].ended != states[1].ended:  # what is here has come through the other arm
            self.facts += self.facts_of(test, states[1].ended)
        for key, value in leaves(self.state).items():
            if (
                isinstance(value, Unjoinable)
                and value.cure is None
                and not isinstance(leaves(before).get(key), Unjoinable)
            ):
                put(self.state, key, replace(value, cure=cure))
        self.builder.block.append(If(test, blocks[0], blocks[1], origin))

    def branch_value(self: Any, node: cst.IfExp) -> Value:
        """`a if test else b` as a branch."""
        test = self.test(node.test)
        if isinstance(test, bool):
            return self.expression(node.body if test else node.orelse)
        arms = (lambda: self.arm(node.body, node.orelse), lambda: self.arm(node.orelse, node.body))
        return self.chosen(test, *arms, "the value of this conditional expression", node)

    def arm(self: Any, node: Any, other: Any) -> Value:
        """Lower an arm of a conditional expression; one that reads what is not there yet as the other."""
        try:
            return self.expression(node)
        except OfNothing as problem:
            self.note_nothing(problem, node)
            return self.expression(other)

    def note_nothing(self: Any, problem: OfNothing, node: Any) -> None:
        """Note what is a problem if it stays so when lowering knows more."""
        self.note(Problem(problem.message, self.span(problem.node or node), problem.hint))

    def chosen(self: Any, test: Expr, then: Any, orelse: Any, what: str, node: Any) -> Value:
        """Return the value of one of two actions."""
        name, values = f".value{len(self.frames)}", []
        inner = [f"{name}.test{i}" for i in range(CHOICES)]  # the tests of what is chosen in an arm: read after it
        none = dict.fromkeys(inner, Const(False, Scalar("bool")))

        def arm(action: Any) -> Any:
            def run() -> None:
                values.append(action())
                self.state.names[name] = values[-1]
                self.state.names.update({**none, **dict(zip(inner, tests_of(values[-1]), strict=False))})

            return run

        if isinstance(test, Op):
            test = self.builder.bind(test, "test")
        self.branch(test, arm(then), arm(orelse), self.builder.origin)
        value = self.state.names.pop(name)
        tests = [self.state.names.pop(each, None) for each in inner]
        if isinstance(value, Unjoinable) and all(map(is_name, values)):
            if any(len(tests_of(each)) > CHOICES for each in values):
                raise Unsupported(f"more than {CHOICES} functions or names are chosen from", node, "write if and else")
            return Chosen(test, *(with_tests(each, iter(tests)) for each in values))
        value = self.usable(value, what, node)
        if isinstance(value, Var) and value.name.startswith("."):
            value.name, value.user = "value", False
        return value

    # --- loops ------------------------------------------------------------------------------------------------
    def stmt_For(self: Any, node: cst.For) -> None:
        iterable = self.expression(node.iter)
        body = lambda: self.lower_block(node.body.body)  # noqa: E731
        self.with_else(node, lambda: self.loop_over(iterable, node, body, node.target))

    def with_else(self: Any, node: Any, lower: Any) -> None:
        """Lower a loop, and its `else` where no `break` left it."""
        name = None
        if node.orelse is not None and breaks(node.body):
            name = self.unused("broke")
            self.state.names[name] = Const(False, Scalar("bool"))
        self.broke.append(name)
        lower()
        self.broke.pop()
        if self.frame.exits and self.loops and has_return(node) and not self.state.ended:
            left = self.truth(self.state.names[self.frame.exits[-1].done], node)  # a return leaves this one as well
            if isinstance(left, Expr):
                self.branch(left, lambda: self.leave_loop("break"), lambda: None, self.builder.origin)
        if node.orelse is None or self.state.ended:
            return
        broke = False if name is None else self.truth(self.state.names.pop(name), node)
        if broke is False:
            self.lower_block(node.orelse.body.body)
        elif broke is not True:
            rest = node.orelse.body.body
            self.branch(broke, lambda: None, lambda: self.lower_block(rest), self.builder.origin)

    def unused(self: Any, wish: str, taken: Iterable[str] = ()) -> str:
        """Return a name that the function does not have, and that is not taken."""
        code, name, n = self.frame.function.__code__, wish, 2
        while name in (*code.co_varnames, *code.co_names, *self.state.names, *taken):
            name, n = f"{wish}{n}", n + 1
        return name

    def loop_over(self: Any, iterable: Value, node: Any, body: Any, target: Any) -> None:
        """Lower a loop over any accepted iterable."""
        iterable = self.iterator_of(iterable, node)
        if self.lazily(iterable):

            def each(item: Value) -> None:
                self.assign(target, item)
                body()

            self.each(iterable, each, node)
            return
        if isinstance(iterable, Struct) and iterable.cls is Backwards:
            fields = self.fields(iterable)
            items, at = fields["items"], self.usable(fields["at"], "the iterator", node)
            whole = self.known(fields["whole"]) is True and not is_list(items) and items not in self.unit.grown
            fields["at"] = Unjoinable("was gone through by a loop, which may have been left")
            if not whole:  # it begins at the item that is next, or was the last when it was made
                self.loop_over(self.call_user(iteration.backwards_from, [items, at], {}, node), node, body, target)
                return
            iterable = Iteration("reversed", [items])
        if self.is_empty_range(iterable):
            return
        if ("live", self.site(node)) in self.unit.knowledge.cures and is_listlike(iterable):
            self.loop_over(self.call_user(iteration.live_items, [iterable], {}, node), node, body, target)
            return
        written_out = ("unroll", self.site(node))
        fixed = self.fixed_items(iterable)
        once = isinstance(node, cst.For) and len(self.steps(iterable)) == 1 and not leaves_loop(node.body)
        if once or written_out in self.unit.knowledge.cures:
            fixed = self.few_items(iterable) or fixed  # how many there are may not be known any more
        if fixed is not None and isinstance(node, cst.For) and not can_be_split(node.body) and self.uniform(fixed):
            fixed = None  # what leaves the body is in the midst of it: a loop can be left there
        if fixed is not None:
            self.unrolled(fixed, target, body, iterable, node)
            return
        start, stop, step, element = self.counted(iterable, node)
        if stop is None:
            raise Unsupported("this never ends", node, "write while True with a break")
        origin = self.builder.origin
        wish = target.value if isinstance(target, cst.Name) and isinstance(iterable, RangeValue) else "i"
        cure = ("peel", self.site(node)) if isinstance(node, cst.For) and not leaves_loop(node.body) else None
        if cure in self.unit.knowledge.cures:
            self.peel(start, stop, step, node)
            self.assign(target, element(start))
            body()
            if self.state.ended:
                return
            start, cure = self.builder.op("add", start, step), None
            self.builder.origin = origin
        if cure is None:
            cure = self.spelling(iterable, written_out)

        def make(loop: Loop) -> Stmt:
            index = Var(wish, Scalar("int", None, fresh_size()), user=isinstance(iterable, RangeValue))

            def run() -> None:
                self.builder.origin = origin
                self.assign(target, element(index))
                self.counters.append((index, iterable, written_out))
                try:
                    body()
                except Pending:
                    self.counters.pop()
                    raise
                self.counters.pop()  # where something else is raised, the index may be what decides

            inner = self.loop_body(loop, run)
            return For(index, start, stop, step, inner, origin)

        self.loop(make, cure)

    def steps(self: Any, iterable: Any) -> range:
        """Return the numbers that a range gives if they are known, and few; else none."""
        if isinstance(iterable, Iteration) and iterable.kind == "reversed":
            return self.steps(iterable.parts[0])[::-1]
        if not isinstance(iterable, RangeValue):
            return range(0)
        ends = [self.known(part) for part in (iterable.start, iterable.stop, iterable.step)]
        found = range(*ends) if all(isinstance(end, int) for end in ends) and ends[2] != 0 else range(0)
        return found if len(found) <= UNROLL else range(0)

    def spelling(self: Any, iterable: Value, written_out: Any) -> Any:
        """Return the cure of a loop whose items are known, or would be if the list was not one of any length."""
        site = self.unit.list_sites.get(iterable) if isinstance(iterable, Expr) else None
        if site is not None:
            return "spell", site
        return written_out if self.few_items(iterable) else None

    def is_empty_range(self: Any, iterable: Value) -> bool:
        """Return whether it is known that a range gives nothing."""
        if not isinstance(iterable, RangeValue):
            return False
        ends = [self.known(part) for part in (iterable.start, iterable.stop, iterable.step)]
        return all(isinstance(end, int) for end in ends) and ends[2] != 0 and not range(*ends)

    def few_items(self: Any, iterable: Value) -> list[Value]:
        """Return the items of an iterable if they are known, and few; else none."""
        if isinstance(iterable, RangeValue):
            return [number(i) for i in self.steps(iterable)]
        items = self.known_items(iterable) or []
        return items if len(items) <= UNROLL else []

    def write_out(self: Any, value: Value) -> None:
        """Write out the loop whose index is behind a value that must be known, if its indices are."""
        found = self.sources(value)
        for index, iterable, cure in self.counters:
            if index in found and self.few_items(iterable):
                self.unit.knowledge.cures.add(cure)
                raise Relower
        self.descend()

    def peel_names(self: Any, value: Value) -> None:
        """Lower again so that a name which a loop changes is known in it, if it can be."""
        for source in self.sources(value) & self.unit.cures.keys():
            self.cure(self.unit.cures[source])

    def descend(self: Any) -> None:
        """Lower a function that calls itself where it is called, as the ints that it is given must be known."""
        knowledge, function = self.unit.knowledge, self.frames[0].function
        calls_itself = self.node in knowledge.lifted or function in knowledge.recursive
        if not calls_itself or self.node in knowledge.descending:
            return
        knowledge.descending.add(self.node)
        knowledge.dynamic.add(("inline", function))
        knowledge.lifted.discard(self.node)
        knowledge.recursive.discard(function)
        raise Relower

    def sources(self: Any, value: Value) -> set[Expr]:
        """Return what a value is computed from, as far as that is straight-line code."""
        found: set[Expr] = set()
        waiting = list(self.inside_of(value))
        while waiting:
            expr = waiting.pop()
            if not isinstance(expr, Expr) or expr in found:
                continue
            found.add(expr)
            made = self.builder.definitions.get(expr) if isinstance(expr, Var) else expr
            if isinstance(made, Op):
                waiting += made.args
        return found

    def peel(self: Any, start: Expr, stop: Expr, step: Expr, node: Any) -> None:
        """Before the first iteration that stands apart: see to it that there is one."""
        if not isinstance(step, Const) or step.value == 0:
            raise Unsupported("the kinds of what this loop carries change in it, and its step is not a constant", node)
        runs = self.builder.op("less" if step.value > 0 else "greater", start, stop)
        if isinstance(start, Const) and isinstance(stop, Const):
            if range(start.value, stop.value, step.value):
                return
            raise Unsupported("this loop never runs, and what it assigns would be of another kind if it did", node)
        span = self.span(node)
        place = f"{span.file.rpartition('/')[2]}:{span.line}" if span is not None else "a loop"
        message = f"{place} runs no iteration: what it assigns would not be of the kind it has after one"
        error = Op("exception", (Const(message),), Static("exception"), {}, "ValueError")
        self.raise_if(self.builder.op("not", runs), error)

    def unrolled(self: Any, items: list[Value], target: Any, body: Any, iterable: Value, node: Any) -> None:
        """Repeat the body for the items of a tuple of unlike things."""
        if len(items) > UNROLL:
            raise Unsupported(f"a loop over {len(items)} fixed items would be written out; use a list", node)
        loop = Loop(self.frame, self.state)
        self.loops.append(("unrolled", loop))
        if isinstance(node, cst.For) and leaves_loop(node.body):
            self.unrolled_with_exits(items, target, list(node.body.body))
        else:
            before = self.lengths_of(iterable)
            for item in items:
                if self.state.ended:
                    break
                self.assign(target, item)
                body()
                if not self.state.ended and self.lengths_of(iterable) != before:
                    if isinstance(iterable, Struct) and iterable.site not in (None, *self.unit.knowledge.dynamic):
                        raise self.make_dynamic(iterable, node)
                    raise Unsupported(RESIZED, node, THROUGH_A_COPY)
        self.loops.pop()

    def lengths_of(self: Any, iterable: Any) -> list[int]:
        """Return how many items the lists have now that a loop goes through, where their items are known."""
        return [len(self.fields(source)) for source in sources_of(iterable) if isinstance(source, Struct)]

    def unrolled_with_exits(self: Any, items: list[Value], target: Any, body: list[Any]) -> None:
        """Repeat a body that `break` or `continue` may leave: what is left of the loop stands in the other arm."""

        def rest() -> None:
            if items:
                self.unrolled_with_exits(items[1:], target, body)

        if items:
            self.assign(target, items[0])
            self.up_to_exit(body, rest)

    def up_to_exit(self: Any, statements: list[Any], rest: Any) -> None:
        """Lower statements of a loop body that is written out, and what comes after it unless they leave the loop."""
        for i, statement in enumerate(statements):
            simple = isinstance(statement, cst.SimpleStatementLine | cst.BaseSmallStatement)
            if not leaves_loop(statement):
                self.lower_statement(statement)
                if self.state.ended:
                    return
                continue
            after = statements[i + 1 :]
            if simple:
                *before, last = statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]
                for small in before:
                    self.simple(small)
                if isinstance(last, cst.Continue):
                    rest()
                elif self.broke and self.broke[-1] is not None:
                    self.state.names[self.broke[-1]] = Const(True, Scalar("bool"))
            elif isinstance(statement, cst.If):
                self.branch_to_exit(statement, after, rest)
            else:
                message = "this leaves a loop over items of unlike kinds, each of which is lowered by itself"
                raise Unsupported(message, statement, "set a flag, or loop over items of one kind")
            return
        rest()

    def branch_to_exit(self: Any, statement: cst.If, after: list[Any], rest: Any) -> None:
        """Lower a branch of which an arm may leave the loop: what follows it stands in both."""
        self.split_at(statement, lambda body: self.up_to_exit(body, rest), after)

    def split_at(self: Any, statement: cst.If, lower: Any, after: list[Any]) -> None:
        """Lower a branch with what follows it in both arms."""
        self.builder.origin = origin = self.origin(statement, f"if {self.code(statement.test)}:")
        test, orelse = self.test(statement.test), statement.orelse
        other = [] if orelse is None else [orelse] if isinstance(orelse, cst.If) else list(orelse.body.body)
        arms = [lambda body=body: lower([*body, *after]) for body in (statement.body.body, other)]
        if isinstance(test, bool):
            arms[not test]()
        else:
            self.branch(test, *arms, origin)

    def stmt_While(self: Any, node: cst.While) -> None:
        self.with_else(node, lambda: self.while_loop(node))

    def while_loop(self: Any, node: cst.While) -> None:
        origin = self.builder.origin

        def make(loop: Loop) -> Stmt:
            cond: list[Any] = []

            def test() -> None:
                cond.append(self.test(node.test))

            before = self.state.copy()
            self.builder.origin = origin
            tests = self.in_block(test)
            if cond[0] is False:
                return While([], Const(False, Scalar("bool")), [], origin)
            if not self.state.binds_as(before) or not all(isinstance(s, Assign) and is_pure(s.value) for s in tests):
                self.state = before
                return While([], number(True), self.loop_body(loop, lambda: self.tested_body(node)), origin)
            state = self.state.copy()
            body = self.loop_body(loop, lambda: self.lower_block(node.body.body))
            self.state = state
            value = number(True) if cond[0] is True else cond[0]
            return While(tests, value, body, origin)

        self.loop(make)

    def tested_body(self: Any, node: cst.While) -> None:
        """A test that binds names or writes is a part of the body: its last evaluation, too, is one to reverse."""
        test = self.test(node.test)
        if not isinstance(test, bool):
            self.branch(test, lambda: None, lambda: self.leave_loop("break"), self.builder.origin)
        self.lower_block(node.body.body)

    def loop(self: Any, make: Any, cure: Any = None) -> None:
        """Lower a loop again and again until its head knows every name it carries, with its type."""
        entry = self.state
        heads: dict[Any, Type | Unjoinable] = {}
        carried: frozenset[Path] = frozenset()
        optional: set[Any] = set()
        problems = list(self.unit.problems)
        results = list(self.results)
        for _ in range(LOWERINGS):
            unlike = {key: type_ for key, type_ in heads.items() if isinstance(type_, Unjoinable)}
            loop = Loop(self.frame, entry, mark=fresh_mark(), carried=carried, unlike=unlike, cure=cure)
            loop.optional = optional
            self.state = entry.copy()
            self.renew(loop, self.state)
            self.unit.problems[:] = problems
            del self.results[len(results) :]
            moves = []
            for key, type_ in heads.items():
                if isinstance(type_, Unjoinable):
                    put(self.state, key, type_)
                    continue
                value = self.as_name(leaves(entry, carried).get(key, NOTHING))
                head = Var(self.wish(key, value, value), type_, join=True, user=True)
                loop.heads[key] = head
                if value is NOTHING or value in self.unit.partial:
                    self.unit.partial.add(head)
                if key in optional:
                    self.unit.optional.add(head)
                if isinstance(type_, Name):
                    self.unit.cures[head] = cure
                if value in self.unit.list_sites:
                    self.unit.list_sites[head] = self.unit.list_sites[value]
                self.unit.joined[head] = self.sites_of(value)
                put(self.state, key, head)
                moves.append((head, value))
            self.loops.append(("loop", loop))
            depth = len(self.loops)
            self.going_around.append(loop)
            try:
                stmt = make(loop)
            except CarryFields as found:
                carried |= {found.path}
                continue
            finally:
                self.going_around.pop()
                del self.loops[depth - 1 :]
            if not loop.changed:
                self.report_unread(loop)
                append_moves(self.builder.block, moves, self.builder.origin)
                self.builder.block.append(stmt)
                self.after_loop(loop)
                return
            heads.update(loop.wider)
        raise Unsupported("the types in this loop change in every iteration", None)

    def loop_body(self: Any, loop: Loop, body: Any) -> Block:
        """Lower the body, with the moves to the head at its end."""
        block = self.in_block(lambda: self.body_and_moves(loop, body))
        return block

    def body_and_moves(self: Any, loop: Loop, body: Any) -> None:
        try:
            body()
        except Pending:  # it goes round again when more is known; it may not go round at all
            self.state.ended = True
        if not self.state.ended:
            self.moves_to_head(loop)
        self.state.ended = False

    def leave_loop(self: Any, how: str) -> None:
        """Lower `break` or `continue`."""
        kind, loop = self.loops[-1]
        if kind == "refused":
            self.state.ended = True
            return
        if kind == "generated":
            self.leave_generator(loop, how, None)
            return
        if kind == "unrolled":
            message = f"`{how}` in a loop over items of unlike kinds, each of which is lowered by itself"
            raise Unsupported(message, None, "set a flag, or loop over items of one kind")
        self.leave_bodies(len(self.loops))
        self.moves_to_head(loop, how == "break")
        self.builder.block.append(Break(self.builder.origin) if how == "break" else Continue(self.builder.origin))
        self.state.ended = True


def can_be_split(body: Any) -> bool:
    """Return whether what leaves a loop stands in its body, or in branches there: not in a `try` or a `with`."""
    for statement in body.body:
        if not leaves_loop(statement) or isinstance(statement, cst.SimpleStatementLine | cst.BaseSmallStatement):
            continue
        if not isinstance(statement, cst.If) or not can_be_split(statement.body):
            return False
        orelse = statement.orelse
        if isinstance(orelse, cst.If) and not can_be_split(cst.IndentedBlock([orelse])):
            return False
        if isinstance(orelse, cst.Else) and not can_be_split(orelse.body):
            return False
    return True


def tests_of(value: Any) -> list[Expr]:
    """Return the tests that choose a value."""
    if not isinstance(value, Chosen):
        return []
    return [value.test, *tests_of(value.then), *tests_of(value.orelse)]


def with_tests(value: Any, tests: Iterator[Any]) -> Any:
    """Return what is chosen by other tests, in the order of `tests_of`."""
    if not isinstance(value, Chosen):
        return value
    test = next(tests)
    then = with_tests(value.then, tests)
    return Chosen(test, then, with_tests(value.orelse, tests))


RESIZED = "a list grows or shrinks while a loop goes through it"
THROUGH_A_COPY = "go through a copy: for v in list(xs)"


def sources_of(iterable: Any) -> list[Value]:
    """Return what a loop goes through: the parts of `zip`, `enumerate` and `reversed`, anything else as it is."""
    if isinstance(iterable, Iteration):
        return [source for part in iterable.parts for source in sources_of(part)]
    return [iterable]


def is_choice(key: Any) -> bool:
    """Return whether a hidden name holds the value of a conditional expression: names stay known in its arms."""
    return isinstance(key, str) and key.startswith(".value") and key.removeprefix(".value").isdigit()


def is_one_kind(a: Type, b: Type) -> bool:
    """Return whether values of these types are items of one list, and what is a name in one is none in the other."""
    made = join(a, b)
    return made is not None and names_in(a) == names_in(made) == names_in(b)


def is_sequence(value: Value) -> bool:
    """Return whether a value is an array, or a list of any length."""
    return isinstance(value, Expr) and isinstance(value.type, Array | ListOf)


def is_endless(value: Value) -> bool:
    """Return whether an iterable has no end."""
    return isinstance(value, Iteration) and value.kind in ("repeat", "count", "cycle")


def made_here(value: Struct) -> bool:
    """Return whether a list or tuple is nothing but its items: a list of them is as good."""
    return value.site is None or (value.kind == "tuple" and value.ref is None)


def is_nothing_yet(value: Expr) -> bool:
    """Return whether a value is a list of which it is not known yet what it holds."""
    return isinstance(value.type, ListOf) and value.type.item == NOT_YET


def join_or_none(x: Expr, y: Expr, mark: int | None = None) -> Type | None:
    """Return the type of what is one value or the other, where None has that of the other."""
    if is_none(x) != is_none(y):
        other = y.type if is_none(x) else x.type
        if isinstance(other, Scalar):
            other = replace(other, size=None)  # which number it is is not known: it may be None
        return name_of(other) or other
    return join(x.type, y.type, mark)


class CarryFields(Exception):
    """A loop carries a structure."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


def alike(old: Value, new: Value) -> bool:
    """Return whether both are structures of one kind and class whose fields can go around a loop."""
    if not isinstance(old, Struct) or not isinstance(new, Struct) or (old.kind, old.cls) != (new.kind, new.cls):
        return False
    return old.kind in ("tuple", "dict", "object")


UNBOUND = Const(None, Static(object()))  # what a name holds that one path does not bind
NOTHING = Const(None)  # what a name holds before a loop whose iterations may bind it


def append_moves(block: Block, moves: list[tuple[Var, Expr]], origin: Any) -> None:
    """Append one parallel assignment, without the paths that bind nothing."""
    real: list[tuple[Var, Expr]] = []
    for target, source in moves:
        if isinstance(source, Op):
            source = bound_in(block, source, "t", origin)
        if source is not UNBOUND:
            real.append((target, source))
    if real:
        block.append(Move(tuple(j for j, _ in real), tuple(x for _, x in real), origin))


def bound_in(block: Block, expr: Op, name: str, origin: Any) -> Var:
    """Bind an operation, and those in it, at the end of a block."""
    args = tuple(bound_in(block, arg, name, origin) if isinstance(arg, Op) else arg for arg in expr.args)
    made = Var(name, expr.type)
    block.append(Assign(made, Op(expr.name, args, expr.type, expr.attrs, expr.form), origin))
    return made


def is_itself(item: Value) -> bool:
    """Return whether an item is no number, array or container of them: an object, a function, a name, None."""
    if isinstance(item, Const):
        return not isinstance(item.value, int | float | complex)
    return isinstance(item, FUNCTIONS) or (isinstance(item, Struct) and item.kind == "object")


def is_name(item: Value) -> bool:
    """Return whether a value is a function, a text or a member of an enumeration: what says what is to be done."""
    return isinstance(item, FUNCTIONS) or (is_itself(item) and isinstance(item, Const) and item.value is not None)


def target_names(clause: Any) -> list[str]:
    """Return the names that one clause of a comprehension binds."""
    from s2sad.frontend.statements import assigned_names

    return assigned_names(cst.Assign([cst.AssignTarget(clause.target)], cst.Name("x")))
