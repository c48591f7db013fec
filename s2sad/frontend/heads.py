"""Heads of loops: what an iteration hands on to the next, and what is left after the last."""

from __future__ import annotations

from typing import Any

from s2sad.errors import Problem
from s2sad.frontend.control import (
    CarryFields,
    Item,
    Loop,
    Suspended,
    alike,
    append_moves,
    binding,
    join_or_none,
    leaves,
    put,
)
from s2sad.frontend.pools import is_none
from s2sad.frontend.values import (
    HALFWAY,
    Poison,
    Relower,
    State,
    Struct,
    Unjoinable,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Const, Expr, Var
from s2sad.ir.types import (
    ListOf,
    Static,
    join,
    same_type,
)
from s2sad.rules.infer import describe


class Heads:
    """Names that a loop carries."""

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
