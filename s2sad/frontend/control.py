"""Lowering of control flow. Where paths meet, a name that differs becomes a join variable, assigned on each path."""

from __future__ import annotations

import itertools
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import libcst as cst

from s2sad.errors import Problem
from s2sad.frontend import iteration
from s2sad.frontend.exits import breaks, has_return, leaves_loop
from s2sad.frontend.models import behind
from s2sad.frontend.pools import is_list, is_listlike, is_none, is_place, unwrapped
from s2sad.frontend.values import (
    FUNCTIONS,
    HALFWAY,
    POISON,
    Backwards,
    Chosen,
    Deferred,
    Iteration,
    OfNothing,
    Pending,
    Poison,
    RangeValue,
    Relower,
    State,
    Struct,
    Unjoinable,
    Unsupported,
    Value,
    spelled_items,
)
from s2sad.ir.nodes import Assign, Block, Break, Const, Continue, Expr, For, If, Move, Op, Raise, Stmt, Var, While
from s2sad.ir.types import (
    NOT_YET,
    Array,
    ListOf,
    Name,
    Reference,
    Scalar,
    Shape,
    Static,
    Structure,
    Type,
    fresh_mark,
    fresh_size,
    join,
    name_of,
    names_in,
    same_type,
)
from s2sad.rules.builder import constant_expr, number
from s2sad.rules.core import is_pure
from s2sad.rules.infer import describe, size_of

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

    def merge(self: Any, a: State, b: State, a_block: Block, b_block: Block) -> State:
        """Join two states; moves are appended to the blocks."""
        if a.ended and b.ended:
            result = a.copy()
            return result
        if a.ended or b.ended:
            return b if a.ended else a
        result = a.copy()
        for struct, fields in b.heap.items():
            self.check_keys(struct, result.heap.setdefault(struct, dict(fields)), fields)
        self.state = result
        moves: list[tuple[Var, Expr, Expr]] = []
        left, right = leaves(a), leaves(b)
        for key in {**left, **right}:
            joined = self.join_values(key, left.get(key), right.get(key), moves, (a, b))
            put(result, key, joined)
        append_moves(a_block, [(j, x) for j, x, _ in moves], self.builder.origin)
        append_moves(b_block, [(j, y) for j, _, y in moves], self.builder.origin)
        return result

    def check_keys(self: Any, struct: Struct, left: Any, right: Any) -> None:
        """A list that is longer on one path than on the other has no fixed length; a dict has the same keys on both."""
        if list(left) == list(right):
            return
        if struct.kind in ("object", "cell"):
            for name in left.keys() ^ right.keys():
                self.check_default(struct, name)
            return
        dynamic = self.unit.knowledge.dynamic
        if struct.kind == "list" and struct.site is not None and struct.site not in dynamic:
            dynamic.add(struct.site)
            raise Relower
        self.as_table(struct)
        name = f" {struct.name!r}" if struct.name else ""
        raise Unsupported(f"the {struct.kind}{name} has other items on one path than on the other", None)

    def check_default(self: Any, struct: Struct, name: str) -> None:
        """Where an attribute is set on one path only, the other one must not fall back on that of the class."""
        cls = behind(struct.cls)
        default = getattr(cls, name, None)
        if cls is not None and hasattr(cls, name) and not isinstance(default, types.MemberDescriptorType):
            message = f"the attribute {name!r} is set on one path and is that of {cls.__name__} on the other"
            raise Unsupported(message, None, f"set self.{name} on both paths")

    def join_values(
        self: Any, key: Any, x: Value, y: Value, moves: list[tuple[Var, Expr, Expr]], sides: tuple[State, State]
    ) -> Value:
        """Join two values of one name."""
        x, y = unwrapped(x), unwrapped(y)
        if x is y:
            return x
        if is_place(x) or is_place(y):
            x, y = self.among_all(x), self.among_all(y)
        if x is None or y is None:
            return self.join_missing(key, x if y is None else y, moves, x is None)
        if isinstance(x, Const) and isinstance(y, Const) and x.type == y.type and x.value is y.value:
            return x
        if (
            isinstance(x, Const)
            and isinstance(y, Const)
            and type(x.value) is type(y.value)
            and isinstance(x.value, int | float | str | type(None))
            and x.value == y.value
        ):
            return x
        known = is_name(x) and is_name(y)
        if not (known and is_choice(key)):
            x, y = self.as_name(x), self.as_name(y)
        self.as_growing(x, y)
        if self.whole(x, y) or self.whole(y, x):
            x, y = (self.materialized_in(side, part) for side, part in zip(sides, (x, y), strict=True))
        if isinstance(x, Expr) and isinstance(y, Expr):
            self.agree_on_items(x, y)
            type_ = join_or_none(x, y)
            why = f"is {describe(x.type)} on one path and {describe(y.type)} on the other"
            if type_ is None or isinstance(type_, Static) or (known and is_choice(key)):
                return self.unlike(why, x, y)
            made = Var(self.wish(key, x, y), type_, join=True, user=True)
            if self.may_be_none(x) or self.may_be_none(y):
                self.unit.optional.add(made)
            if x in self.unit.partial or y in self.unit.partial:
                self.unit.partial.add(made)
            moves.append((made, x, y))
            if self.unit.list_sites.get(x) == self.unit.list_sites.get(y, ()):
                self.unit.list_sites[made] = self.unit.list_sites[x]
            self.unit.joined[made] = self.sites_of(x) | self.sites_of(y)
            return Unjoinable(why, named=made) if known else made
        if alike(x, y):
            return self.join_fields(key, x, y, moves, sides)
        if isinstance(x, Poison) or isinstance(y, Poison):
            return POISON
        return self.unlike("is bound to different objects on two paths", x, y)

    def materialized_in(self: Any, side: State, value: Value) -> Expr:
        """Return a value as it is at the end of one of the paths that are joined."""
        joined, self.state = self.state, side
        try:
            return self.materialize(value)
        finally:
            self.state = joined

    def as_name(self: Any, value: Value) -> Value:
        """Return a name that a test or the path chooses as a value of the program; anything else as it is.

        It is an operation that stands nowhere yet: one of an arm belongs to its block.
        """
        if isinstance(value, Unjoinable) and value.named is not None:
            return value.named
        if not isinstance(value, Chosen):
            return value
        then, orelse = self.as_name(value.then), self.as_name(value.orelse)
        if not isinstance(then, Expr) or not isinstance(orelse, Expr):
            return value
        type_ = join(then.type, orelse.type)
        if not isinstance(type_, Name):
            return value
        return Op("if_else", (then, value.test, orelse), type_)

    def bound_name(self: Any, value: Value) -> Value:
        """Return a name that a test or the path chooses as a variable; anything else as it is."""
        made = self.as_name(value)
        if isinstance(value, Chosen) and isinstance(made, Op):
            return bound_in(self.builder.block, made, "name", self.builder.origin)
        return made

    def agree_on_items(self: Any, x: Expr, y: Expr) -> None:
        """What is put into a list through one name is in it under the other as well."""
        self.early(x)
        self.early(y)
        for empty, other in ((x, y), (y, x)):
            if is_nothing_yet(empty) and isinstance(other.type, ListOf) and not is_nothing_yet(other):
                sites = self.sites_of(empty) - self.unit.knowledge.unlike
                if sites:
                    self.unit.knowledge.guessed |= sites
                    self.learn_lists(sites, other.type)
                    empty.type = other.type

    def sites_of(self: Any, value: Value) -> set[Any]:
        """Return the places where the lists were made that a value may be."""
        if not isinstance(value, Var):
            return set()
        own = {self.unit.list_sites[value]} if value in self.unit.list_sites else set()
        return own | self.unit.joined.get(value, set())

    def as_growing(self: Any, x: Value, y: Value) -> None:
        """Two lists that one name may be bound to: they have a type in common if neither has a fixed length.

        So have two tuples of which one has none.
        """
        others = [value for value in (x, y) if isinstance(value, Expr) and isinstance(value.type, ListOf)]
        kinds = {value.type.kind for value in others if isinstance(value.type, ListOf)} | {"list"}
        lists = [value for value in (x, y) if isinstance(value, Struct) and value.kind in kinds and value.site]
        sites = {value.site for value in lists} - self.unit.knowledge.dynamic
        if sites and len(lists) + len(others) == 2:
            self.unit.knowledge.dynamic |= sites
            raise Relower

    def as_growing_tuple(self: Any, x: Struct, y: Struct) -> None:
        """Two tuples of unlike lengths that one name may be bound to: they are of any length, if both can be."""
        sites = {value.site for value in (x, y) if value.kind == "tuple" and value.cls is None}
        items = [item for value in (x, y) for item in self.fields(value).values()]
        if sites and None not in sites and self.uniform(items) and sites - self.unit.knowledge.dynamic:
            self.unit.knowledge.dynamic |= sites
            raise Relower

    def outline(self: Any, value: Value) -> Any:
        """Return the structures in a result: (kind, place, what is inside); None for anything else."""
        if not isinstance(value, Struct):
            return None
        inside = {key: self.outline(item) for key, item in self.fields(value).items()}
        return value.kind, value.site if value.kind == "list" else None, inside

    def as_one_kind(self: Any, outlines: list[Any]) -> None:
        """Lists at one place in several results have a type in common if none of them has a fixed length."""
        dynamic = self.unit.knowledge.dynamic
        for a, b in itertools.pairwise([outline for outline in outlines if outline is not None]):
            if list(a[2]) == list(b[2]):
                for key in a[2]:
                    self.as_one_kind([a[2][key], b[2][key]])
            elif sites := {a[1], b[1]} - {None} - dynamic:
                dynamic |= sites
                raise Relower

    def whole(self: Any, value: Value, other: Value) -> bool:
        """Return whether a tuple is joined as one value, and not item by item: the other may be None."""
        if not isinstance(value, Struct) or not self.unchanging(value) or not isinstance(other, Expr):
            return False
        return is_none(other) or isinstance(other.type, Structure)

    def unchanging(self: Any, value: Value) -> bool:
        """Return whether nothing in a structure can be assigned."""
        if isinstance(value, Struct):
            return value.kind == "tuple" and all(map(self.unchanging, self.fields(value).values()))
        return isinstance(value, Expr)

    def may_be_none(self: Any, value: Value) -> bool:
        """Return whether a value that is used as one of some type may be None."""
        return is_none(value) or value in self.unit.optional

    def join_fields(
        self: Any, key: Any, x: Struct, y: Struct, moves: list[tuple[Var, Expr, Expr]], sides: tuple[State, State]
    ) -> Value:
        if (x, y) in self.joining:  # they hold one another in a ring
            return self.unlike("is bound to different objects on two paths", x, y)
        left, right = (side.heap.get(part) or self.fields(part) for side, part in zip(sides, (x, y), strict=True))
        if list(left) != list(right):
            self.as_growing_tuple(x, y)
            return Unjoinable(f"has different {'lengths' if x.kind == 'tuple' else 'keys'} on two paths")
        made = Struct(x.kind, cls=x.cls, name=x.name)
        made.item = made.mutable  # which object it is depends on the path: no field of it is assigned
        made.births = x.births | y.births
        name = key if isinstance(key, str) else "item"
        self.joining.append((x, y))
        joined = {k: self.join_values(f"{name}_{k}", left[k], right[k], moves, sides) for k in left}
        self.joining.pop()
        self.state.heap[made] = joined
        return made

    def join_missing(self: Any, key: Any, value: Value, moves: list[tuple[Var, Expr, Expr]], first: bool) -> Value:
        """Join a name that one path does not bind: reading it there is the user's UnboundLocalError."""
        if not isinstance(value, Expr) or isinstance(value.type, Static):
            return value if isinstance(value, Expr) else Unjoinable("is not bound on every path")
        made = Var(self.wish(key, value, value), value.type, join=True, user=True)
        self.unit.partial.add(made)
        if isinstance(key, tuple):
            self.unit.fields.add(made)
        moves.append((made, UNBOUND, value) if first else (made, value, UNBOUND))
        return made

    def wish(self: Any, key: Any, x: Any, y: Any) -> str:
        """Return the name a join should have."""
        if isinstance(key, Suspended):
            key = key.name
        if isinstance(key, str):
            return key.strip(".0123456789") if key.startswith(".") else key
        if isinstance(key, Item):
            last = key.path[-1]
            whole = self.wish(key.path[0], None, None)
            return last if isinstance(last, str) else x.name if isinstance(x, Var) else f"{whole}_{last}"
        if isinstance(key, tuple) and isinstance(key[1], str):
            return key[1]
        if isinstance(x, Var):
            return x.name
        return y.name if isinstance(y, Var) else f"{key[0].name or 'item'}_{key[1]}"

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
                raise Unsupported("this leaves a loop over fixed items of unlike kinds", statement, "loop over a list")
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

    def fixed_items(self: Any, value: Value) -> list[Value] | None:
        """Return the items of an iterable of fixed structure, or None."""
        value = self.apart(value, "item")
        if isinstance(value, Struct):
            if value.kind == "list" and value.site is not None:
                items = list(self.fields(value).values())
                dynamic = self.unit.knowledge.dynamic
                spelled = value.site in dynamic or ("spell", value.site) in self.unit.knowledge.cures
                if len(items) > 1 and not spelled and self.uniform(items):
                    dynamic.add(value.site)
                    raise Relower
            return self.iterated(value, None)
        if isinstance(value, Const):
            return spelled_items(value)
        if isinstance(value, Iteration) and value.kind == "zip":
            groups = self.beside_fixed(value)
            if groups is not None:
                return self.fixed_iteration(value, groups)
        if isinstance(value, Iteration):
            parts = [self.fixed_items(part) for part in value.parts if value.kind != "enumerate" or part is not None]
            if any(part is None for part in parts):
                return None
            return self.fixed_iteration(value, parts)
        return None

    def beside_fixed(self: Any, value: Iteration) -> list[list[Value]] | None:
        """Return the items of sequences of unlike things, and as many of the arrays gone through together with them."""
        fixed = [self.unlike_items(part) for part in value.parts]
        others = [part for part, items in zip(value.parts, fixed, strict=True) if items is None]
        sequences = all(is_endless(part) or is_sequence(part) for part in others)
        if not others or len(others) == len(fixed) or not sequences:
            return None
        count = min(len(items) for items in fixed if items is not None)
        for part in filter(is_sequence, others) if value.strict else ():
            self.refuse_lengths(self.builder.op("not_equal", self.builder.op("len", part), number(count)))
        return [
            self.first_items(part, count) if items is None else items[:count]
            for part, items in zip(value.parts, fixed, strict=True)
        ]

    def first_items(self: Any, part: Value, count: int) -> list[Value]:
        """Return so many items of a sequence, or of what has no end."""
        element = self.counted(part, None)[3]
        return [element(number(i)) for i in range(count)]

    def unlike_items(self: Any, value: Value) -> list[Value] | None:
        """Return the items of what is spelled out, and of a list or tuple that holds objects, names or functions."""
        if isinstance(value, Const):
            return spelled_items(value)
        if not isinstance(value, Struct) or value.kind not in ("list", "tuple", "dict"):
            return None
        if value.kind == "dict":
            return self.iterated(value, None)
        if value.kind == "list" and value.site in self.unit.knowledge.dynamic:
            return None
        items = list(self.fields(value).values())
        return items if any(map(is_itself, items)) else None

    def iterated(self: Any, value: Struct, node: Any) -> list[Value]:
        """Return what iteration over a structure gives: the keys of a dict, the items of a tuple or list."""
        if value.kind == "object":
            raise Unsupported("an object is iterated over by a method of its class", node, "loop over its parts")
        fields = self.fields(value)
        return list(map(self.known_value, fields)) if value.kind == "dict" else list(fields.values())

    def known_value(self: Any, value: Any) -> Value:
        """Return a Python value as one that is known: a tuple as its items."""
        if type(value) is tuple:
            return self.struct("tuple", dict(enumerate(map(self.known_value, value))))
        return constant_expr(value)

    def uniform(self: Any, items: list[Value]) -> bool:
        """Return whether items have one kind, so that a loop can stay a loop."""
        types = [self.type_of_value(item) for item in items]
        first = types[0] if types else None
        return first is not None and all(t is not None and is_one_kind(first, t) for t in types)

    def type_of_value(self: Any, value: Value) -> Type | None:
        if isinstance(value, Expr):
            return value.type
        if isinstance(value, Struct) and value.kind != "object":
            if any(self.type_of_value(item) is None for item in self.fields(value).values()):
                return None
            return self.materialize(value).type
        return None

    def fixed_iteration(self: Any, value: Iteration, parts: list[list[Value]]) -> list[Value]:
        if value.kind == "reversed":
            return parts[0][::-1]
        if value.kind == "enumerate":
            return [
                self.struct("tuple", {0: self.from_start(value, number(i)), 1: item}) for i, item in enumerate(parts[0])
            ]
        if value.strict and len({len(part) for part in parts}) > 1:
            raise Unsupported("zip(strict=True) is given parts of unlike lengths", None)
        return [self.struct("tuple", dict(enumerate(group))) for group in zip(*parts, strict=False)]

    def counted(self: Any, iterable: Value, node: Any) -> tuple[Expr, Any, Expr, Any]:
        """Return (start, stop, step, element by index) of an iterable."""
        zero, one = number(0), number(1)
        match iterable:
            case RangeValue():
                return iterable.start, iterable.stop, iterable.step, lambda index: index
            case Iteration(kind="enumerate"):
                start, stop, step, element = self.counted(iterable.parts[0], node)
                return (
                    start,
                    stop,
                    step,
                    lambda index: self.struct(
                        "tuple", {0: self.from_start(iterable, self.position(index, start, step)), 1: element(index)}
                    ),
                )
            case Iteration(kind="reversed"):
                start, stop, step, element = self.counted(iterable.parts[0], node)
                first = self.builder.op("subtract", stop, one)
                if not (isinstance(step, Const) and step.value == 1):
                    raise Unsupported("reversed is accepted on ranges of step 1 and sequences", node)
                return first, self.builder.op("subtract", start, one), number(-1), element
            case Iteration(kind="zip"):
                return self.counted_zip(iterable, node)
            case Iteration(kind="repeat"):
                return zero, None, one, lambda index: iterable.parts[0]
            case Iteration(kind="cycle"):
                start, stop, _, element = self.counted(iterable.parts[0], node)
                return start, None, one, lambda index: element(self.builder.op("remainder", index, stop, form="%"))
            case Iteration(kind="count"):
                first, by = iterable.parts
                return zero, None, one, lambda index: self.operate("add", first, self.times(index, by, node), node)
            case Expr(type=Array() | ListOf() | Shape() | Reference(kind="list")):
                self.early(iterable)
                count = self.builder.op("len", self.contents_of(iterable))
                return zero, count, one, lambda index: self.load(self.get(iterable, index), "item")
            case Struct(kind="tuple" | "list") if made_here(iterable) and self.uniform(self.iterated(iterable, node)):
                return self.counted(self.new_list(self.iterated(iterable, node)), node)
            case Struct():
                raise self.make_dynamic(iterable, node)
        raise Unsupported("this cannot be iterated over", node)

    def position(self: Any, index: Expr, start: Expr, step: Expr) -> Expr:
        """Return which iteration this is, counting from 0."""
        if isinstance(start, Const) and start.value == 0 and isinstance(step, Const) and step.value == 1:
            return index
        return self.builder.op("floor_divide", self.builder.op("subtract", index, start), step)

    def counted_zip(self: Any, iterable: Iteration, node: Any) -> tuple[Expr, Any, Expr, Any]:
        parts = [self.counted_from_zero(part, node) for part in iterable.parts]
        for start, _, step, _ in parts:
            if not (isinstance(start, Const) and start.value == 0 and isinstance(step, Const) and step.value == 1):
                raise Unsupported("zip is accepted on sequences and on range(n)", node)
        stops = [stop for _, stop, _, _ in parts if stop is not None]
        if not stops:
            raise Unsupported("this never ends", node, "write while True with a break")
        stop = stops[0]
        for other in stops[1:]:
            if size_of(other) != size_of(stop) and iterable.strict:
                self.refuse_lengths(self.builder.op("not_equal", stop, other))
            elif size_of(other) != size_of(stop):
                stop = self.builder.op("minimum", stop, other, form="min")
        return (
            number(0),
            stop,
            number(1),
            lambda index: self.struct("tuple", {i: part[3](index) for i, part in enumerate(parts)}),
        )

    def counted_from_zero(self: Any, iterable: Value, node: Any) -> tuple[Expr, Any, Expr, Any]:
        """Return what goes through an iterable as one counter of several: each item by how many come before it."""
        start, stop, step, element = self.counted(iterable, node)
        if stop is None or (self.known(start) == 0 and self.known(step) == 1):
            return start, stop, step, element
        if isinstance(iterable, Iteration) and iterable.kind == "reversed":
            count = self.builder.op("add", start, number(1))
            return number(0), count, number(1), lambda index: element(self.builder.op("subtract", start, index))
        count = self.builder.op("range_len", start, stop, step)

        def item(index: Expr) -> Value:
            return element(self.operate("add", start, self.times(index, step, node), node))

        return number(0), count, number(1), item

    def times(self: Any, index: Expr, by: Value, node: Any) -> Value:
        return index if self.known(by) == 1 else self.operate("multiply", index, by, node)

    def refuse_lengths(self: Any, unlike: Expr) -> None:
        """Raise where the parts of a strict zip have unlike lengths."""
        error = Op(
            "exception", (Const("zip() is given parts of unlike lengths"),), Static("exception"), {}, "ValueError"
        )
        origin = self.builder.origin
        self.builder.block.append(If(unlike, [Raise(error, origin)], [], origin))

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

    def moves_to_head(self: Any, loop: Loop, leaves_it: bool = False) -> None:
        """Append the parallel assignment of what this iteration leaves to the joins of the loop."""
        moves: list[tuple[Var, Expr]] = []
        before = leaves(loop.entry, loop.carried)
        for key, value in leaves(self.state, loop.carried).items():
            if key in loop.heads or (key in before and not self.unchanged(before[key], value)):
                value = self.as_name(value)
            if leaves_it and isinstance(value, Unjoinable) and value.why == HALFWAY:
                loop.halfway[key] = value  # nobody may ask for it after the loop
            elif key in loop.heads:
                self.move_to_head(loop, key, value, moves)
            elif key in before:
                if not self.unchanged(before[key], value):
                    self.need_head(loop, key, before[key], value)
            else:
                self.move_to_exit(loop, key, value, moves)
        for name in loop.asked - set(before) - set(loop.heads):
            value = self.state.names.get(name)
            if isinstance(value, Expr) and not isinstance(value.type, Static):
                loop.widen(name, value.type)
        for struct, fields in loop.entry.heap.items():
            if struct.kind == "cell":
                continue  # a name like any other: it may be bound in the loop first
            if struct.mutable and struct in self.state.heap and list(self.state.heap[struct]) != list(fields):
                if struct.kind == "list" and struct.site is not None:
                    self.unit.knowledge.dynamic.add(struct.site)
                    raise Relower
                self.as_table(struct)
                raise Unsupported(f"this loop adds keys to {struct.name or 'a container'!r}", None)
        append_moves(self.builder.block, moves, self.builder.origin)

    def unchanged(self: Any, old: Value, new: Value) -> bool:
        if old is new:
            return True
        if isinstance(old, Const) and isinstance(new, Const):
            return type(old.value) is type(new.value) and old.value == new.value
        return False

    def move_to_head(self: Any, loop: Loop, key: Any, value: Value, moves: list[tuple[Var, Expr]]) -> None:
        head = loop.heads[key]
        if value is head:
            return
        self.as_growing(head, value)
        if not isinstance(value, Expr):
            loop.widen(key, self.unlike("becomes another kind of object in this loop", head, value))
            return
        if self.may_be_none(value):
            loop.may_be_none(key)
        if isinstance(head.type, ListOf):
            self.agree_on_items(head, value)
        type_ = join_or_none(head, value, loop.mark)
        if type_ is None:
            why = f"is {describe(head.type)} before this loop and {describe(value.type)} after an iteration"
            loop.widen(key, self.unlike(why, head, value))
        elif not same_type(type_, head.type):
            loop.widen(key, type_)
        else:
            self.unit.joined[head] |= self.sites_of(value)
            moves.append((head, value))

    def need_head(self: Any, loop: Loop, key: Any, old: Value, new: Value) -> None:
        """A name bound before the loop changes in it: it becomes a join at the head."""
        if isinstance(new, Poison) or isinstance(old, Poison):
            return
        old = self.as_name(old)
        if key in loop.unlike:
            loop.wider[key] = loop.unlike[key]
            return
        if alike(old, new):
            self.carry_fields(loop, key, old, new)
            return
        self.as_growing(old, new)
        if not isinstance(old, Expr) or not isinstance(new, Expr):
            if isinstance(old, Unjoinable):
                return
            loop.widen(key, self.unlike("is bound to another object in this loop", old, new))
            return
        if self.may_be_none(old) or (self.may_be_none(new) and not is_none(new)):
            loop.may_be_none(key)
        if isinstance(old.type, ListOf):
            self.agree_on_items(old, new)
        type_ = join_or_none(old, new, loop.mark)
        if type_ is None or (isinstance(type_, Static) and not self.unchanged(old, new)):
            why = f"is {describe(old.type)} before this loop and {describe(new.type)} after an iteration"
            loop.widen(key, self.unlike(why, old, new))
        else:
            loop.widen(key, type_)

    def carry_fields(self: Any, loop: Loop, key: Any, old: Struct, new: Struct) -> None:
        """A structure that is made anew in a loop goes around field by field, each like a name of its own."""
        if isinstance(key, tuple) and key[0].kind == "list":
            raise self.make_dynamic(key[0], None)
        if isinstance(key, tuple):
            raise Unsupported(f"a {old.kind} inside an object is made anew in this loop; give it a name", None)
        if list(self.fields(old)) != list(self.fields(new)):
            self.as_growing_tuple(old, new)
            what = "another length" if old.kind == "tuple" else "other keys"
            loop.widen(key, Unjoinable(f"has {what} after an iteration of this loop"))
            return
        self.check_recursive(loop, key, old, new)
        old.births |= new.births  # it may be either
        raise CarryFields(key.path if isinstance(key, Item) else (key,))

    def check_recursive(self: Any, loop: Loop, key: Any, old: Struct, new: Struct) -> None:
        """An object that holds one of its own kind would go around field by field without end: they are places."""
        if not isinstance(key, Item):
            return
        around = binding(loop.entry, key.path[0])
        for step in key.path[1:]:
            if (around.kind, around.cls, list(loop.entry.heap[around])) == (old.kind, old.cls, list(self.fields(old))):
                self.as_places(around, old, new)
            around = loop.entry.heap[around][step]

    def renew(self: Any, loop: Loop, state: State) -> None:
        """Bind structures that go around to new ones with their fields: which object it is depends on the iteration."""
        for path in sorted(loop.carried, key=len):
            old = binding(loop.entry, path[0])
            for step in path[1:]:
                old = loop.entry.heap[old][step]
            made = Struct(old.kind, cls=old.cls, name=old.name)
            made.item = made.mutable  # another name may hold it: no field of it is assigned
            made.births = old.births
            state.heap[made] = dict(loop.entry.heap[old])
            put(state, path[0] if len(path) == 1 else Item(path), made)

    def move_to_exit(self: Any, loop: Loop, key: Any, value: Value, moves: list[tuple[Var, Expr]]) -> None:
        """A name first bound in the loop may be read after it."""
        name = key[1] if isinstance(key, tuple) and key[0].kind == "cell" else key
        name = key.name if isinstance(key, Suspended) else name
        if not isinstance(value, Expr) or isinstance(value.type, Static) or not isinstance(name, str):
            return
        if name.startswith("."):
            return
        found = loop.exits.get(key)
        if found is None:
            found = loop.exits[key] = Var(name, value.type, join=True, user=True)
            self.unit.partial.add(found)  # there may be no iteration
        type_ = join(found.type, value.type)
        if type_ is None:
            return
        if value in self.unit.optional:
            self.unit.optional.add(found)
        found.type = type_
        moves.append((found, value))

    def after_loop(self: Any, loop: Loop) -> None:
        """The state after a loop: the joins, and names first bound in it."""
        state = loop.entry.copy()
        for struct, fields in self.state.heap.items():
            state.heap.setdefault(struct, dict(fields))
        self.renew(loop, state)
        for key, head in loop.heads.items():
            put(state, key, head)
        for key, value in loop.wider.items():
            put(state, key, value)
        for key, var in loop.exits.items():
            put(state, key, var)
        for key, value in loop.halfway.items():
            put(state, key, value)
        state.ended = False
        self.state = state

    def ask(self: Any, name: str) -> list[Loop]:
        """Note that a name which is not bound before the loops around may be left by an iteration before."""
        found = [loop for kind, loop in self.loops if kind == "loop" and loop.frame is self.frame]
        for loop in found:
            if name not in loop.entry.names:
                loop.asked.add(name)
        return found

    def read_unbound(self: Any, name: str, node: Any) -> bool:
        """In a loop that may bind a name, the first iteration does not come to where it is read: look again."""
        loops = self.ask(name)
        if loops:
            loops[0].unread[name] = node
            self.state.ended = True
        return bool(loops)

    def report_unread(self: Any, loop: Loop) -> None:
        """Report what was read in a loop and is bound nowhere in it either."""
        for name, node in loop.unread.items():
            hint = "assign it on every path to here"
            self.note(Problem(f"{name!r} is read before it is assigned", self.span(node), hint))

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
            raise Unsupported(f"`{how}` in a loop over fixed items of unlike kinds", None, "loop over a list or range")
        self.leave_bodies(len(self.loops))
        self.moves_to_head(loop, how == "break")
        self.builder.block.append(Break(self.builder.origin) if how == "break" else Continue(self.builder.origin))
        self.state.ended = True

    # --- comprehensions ---------------------------------------------------------------------------------------
    def comprehension(self: Any, node: Any, element: Any, iterable: Value = None) -> Value:
        """A list comprehension is a loop that appends."""
        clause = node.for_in
        iterable = self.iterator_of(self.expression(clause.iter) if iterable is None else iterable, clause)
        saved = dict(self.state.names)
        for target in target_names(clause):
            self.state.names.pop(target, None)
        if self.lazily(iterable) and clause.inner_for_in is None:
            found = self.listed_each(iterable, clause, element, node)
            if found is not None:
                self.restore_names(clause, saved)
                self.check_late([found], target_names(clause), node)
                return found
        fixed = self.fixed_items(iterable)
        if ("spell", self.site(node)) in self.unit.knowledge.cures:
            fixed = self.few_items(iterable) or fixed
        if fixed is not None and clause.ifs and clause.inner_for_in is None:
            fixed = self.picked(fixed, clause)
        if fixed is not None and clause.inner_for_in is None:
            values = []
            for item in fixed:
                self.assign(clause.target, item)
                values.append(self.expression(element))
            self.restore_names(clause, saved)
            self.check_late(values, target_names(clause), node)
            return self.display("list", values, node)
        result = self.new_list([], self.site(node))
        assert isinstance(result, Var)
        name = f".list{id(node)}"
        self.state.names[name] = result
        self.comprehension_loop(clause, iterable, element, name)
        made = self.state.names.pop(name)
        self.restore_names(clause, saved)
        return self.born(made, node)

    def listed_each(self: Any, iterable: Value, clause: Any, element: Any, node: Any) -> Value | None:
        """A comprehension over a generator that yields in straight lines: a list of known length; else None."""

        def made(item: Value) -> list[Value]:
            self.assign(clause.target, item)
            tests = [self.test(test.test) for test in clause.ifs]
            if not all(isinstance(test, bool) for test in tests):
                raise self.make_dynamic_at(("generator", *self.site(node), 0))
            return [self.expression(element)] if all(tests) else []

        return self.listed_of(iterable, made, node)

    def picked(self: Any, items: list[Value], clause: Any) -> list[Value] | None:
        """Return the items that pass the tests of a clause; None if that is not known when code is generated."""
        before, mark = self.state.copy(), len(self.builder.block)
        found = []
        for item in items:
            self.assign(clause.target, item)
            tests = [self.test(test.test) for test in clause.ifs]
            if not all(isinstance(test, bool) for test in tests):
                del self.builder.block[mark:]
                self.state = before
                return None
            found += [item] if all(tests) else []
        return found

    def comprehension_loop(self: Any, clause: Any, iterable: Value, element: Any, name: str) -> None:
        """Append what a comprehension makes to a list."""
        self.clauses(clause, iterable, lambda: self.append_to(self.state.names[name], self.expression(element), name))

    def clauses(self: Any, clause: Any, iterable: Value, body: Any) -> None:
        """Lower the loops and tests of a comprehension, with something done inside."""

        def innermost() -> None:
            if clause.inner_for_in is not None:
                inner = clause.inner_for_in
                self.clauses(inner, self.expression(inner.iter), body)
                return
            body()

        def guarded(tests: list[Any]) -> None:
            if not tests:
                innermost()
                return
            test = self.test(tests[0].test)
            if isinstance(test, bool):
                if test:
                    guarded(tests[1:])
                return
            self.branch(test, lambda: guarded(tests[1:]), lambda: None, self.builder.origin)

        def each() -> None:
            try:
                guarded(list(clause.ifs))
            except OfNothing as problem:  # it makes nothing yet
                self.note_nothing(problem, clause)

        self.loop_over(iterable, clause, each, clause.target)

    def restore_names(self: Any, clause: Any, saved: dict[str, Value]) -> None:
        """The names of a comprehension are its own."""
        for name in target_names(clause):
            if name in saved:
                self.state.names[name] = saved[name]
            else:
                self.state.names.pop(name, None)

    def changes_list(self: Any, target: Value) -> None:
        """Note that a list changes; one that is an item of another would have to change there as well."""
        if is_list(target):
            return
        self.unit.grown.add(target)
        self.lend(target)
        self.check_held(target, target in self.unit.held or self.is_item(target))

    def resizes_list(self: Any, target: Value) -> None:
        """Note that a list grows or shrinks: not while a loop goes through it, which would have to see that."""
        self.changes_list(target)
        for _, iterable, written_out in self.counters:
            if iterable is target:
                self.cure(("live", written_out[1]))
            if target in sources_of(iterable):
                raise Unsupported(RESIZED, None, THROUGH_A_COPY)

    def check_held(self: Any, value: Value, changes: bool) -> None:
        """Refuse a list that changes while it is an item of another list; in a pool it may."""
        if changes:
            self.tell_apart(self.births_of(value))
            self.inline_caller()
            message = "a list changes after it was put into another list"
            raise Unsupported(message, None, "put it there when it is complete, or put a copy: list(xs)")

    def check_item(self: Any, value: Value) -> None:
        """Refuse a function or an iterator as an item of a list that grows."""
        kept = value.value if isinstance(value, Const) else self.as_name(unwrapped(value))
        if isinstance(kept, FUNCTIONS | RangeValue | Iteration | Deferred):
            what = "a function" if isinstance(value, Const | FUNCTIONS) else "an iterator"
            raise Unsupported(f"{what} becomes an item of a list that grows", None, "write the list out: [f, g]")

    def hold(self: Any, value: Value, sites: set[Any]) -> None:
        """A value becomes an item of a list (made at these places): what can be assigned in it is not, from now on."""
        value = unwrapped(value)
        self.note_contents(value, sites)
        self.hold_parts(value)

    def hold_parts(self: Any, value: Value) -> None:
        """What can be assigned in a value, or in a part of it, is not any more."""
        self.check_item(value)
        if isinstance(value, Struct) and value.place is None:
            value.item = value.item or value.mutable
            for part in self.fields(value).values():
                self.hold_parts(part)
        elif isinstance(value, Var) and isinstance(value.type, ListOf):
            self.unit.held.add(value)
            older = any(value in leaves(loop.entry).values() for loop in self.going_around)
            self.check_held(value, older and value in self.unit.grown)

    def keep_spelled(self: Any, site: Any) -> None:
        """Functions are put into a list: lower it item by item, and write out the loop around, if that can be done."""
        if site is None:
            return
        self.cure(("spell", site))
        for _, iterable, written_out in self.counters:
            if self.few_items(iterable) and written_out not in self.unit.knowledge.cures:
                self.unit.knowledge.dynamic.discard(site)
                self.cure(written_out)

    def append_to(self: Any, target: Value, value: Value, name: str, at: Expr | None = None) -> None:
        """Append to a list of unknown length, or insert at a place; the first item decides the type of its items."""
        from s2sad.ir.nodes import Effect

        if is_list(target):
            self.resizes_list(target)
            self.append_to_row(target, value, at)
            return
        assert isinstance(target, Var) and isinstance(target.type, ListOf)
        value = self.bound_name(value)
        if self.holds_function(value):
            self.keep_spelled(self.unit.list_sites.get(target))
        value = self.as_item_of_list(target, value)
        self.hold(value, self.sites_of(target))
        expr = self.materialize(value)
        self.resizes_list(target)
        target.type = self.list_type(target, expr, None)
        made = Op("append", (target, expr) if at is None else (target, expr, at), Static(None))
        self.builder.block.append(Effect(made, self.builder.origin))


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
