"""Joins: what names and fields are after two paths."""

from __future__ import annotations

import itertools
import types
from typing import Any

from s2sad.frontend.control import (
    UNBOUND,
    Item,
    Suspended,
    alike,
    append_moves,
    bound_in,
    is_choice,
    is_name,
    is_nothing_yet,
    join_or_none,
    leaves,
    put,
)
from s2sad.frontend.models import behind
from s2sad.frontend.pools import is_none, is_place, unwrapped
from s2sad.frontend.values import (
    POISON,
    Chosen,
    Poison,
    Relower,
    State,
    Struct,
    Unjoinable,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Block, Const, Expr, Op, Var
from s2sad.ir.types import (
    ListOf,
    Name,
    Static,
    Structure,
    join,
)
from s2sad.rules.infer import describe


class Joining:
    """Joining of what two paths have bound."""

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
