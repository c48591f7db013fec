"""Where objects were made that functions are given, and return.

Which objects a name may stand for is known by where they are made (`pools.py`). What a function is given was made by
those that call it, what it returns perhaps by itself: both are noted for the function, by the keys that lead to each
object. What is found out while a function is lowered counts when lowering begins again, if it has to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from s2sad.frontend.pools import is_told, unwrapped
from s2sad.frontend.values import Struct, Value
from s2sad.ir.nodes import Var

DEPTH = 4  # keys of what is in something else: what a function that calls itself returns may hold ever more

Table = dict[tuple[Any, ...], set[Any]]  # by keys: where it was made


def merged(into: dict[Any, set[Any]], more: Mapping[Any, set[Any]]) -> bool:
    """Add what is noted in one table to another; return whether that is new."""
    before = sum(map(len, into.values()))
    for key, births in more.items():
        into.setdefault(key, set()).update(births)
    return sum(map(len, into.values())) > before


def behind(table: Table, key: Any) -> Table:
    """Return what is noted of the part of a value under a key."""
    return {path[1:]: births for path, births in table.items() if path and path[0] == key}


class Births:
    """What is noted of arguments and results."""

    def births_inside(self: Any, value: Value) -> Table:
        """Return where the objects in a value may have been made."""
        found: Table = {}
        seen: set[Struct] = set()
        stack: list[tuple[tuple[Any, ...], Value]] = [((), value)]
        while stack:
            path, part = stack.pop()
            if len(path) > DEPTH:
                continue
            part = unwrapped(part)
            kind = part.kind if isinstance(part, Struct) else getattr(getattr(part, "type", None), "kind", "")
            if is_told(part) and kind != "tuple":  # which one it is nobody asks
                merged(found, {path: set(self.births_of(part))})
            if isinstance(part, Var):
                inside = self.unit.inside.get(part, {})
                merged(found, {(*path, *more): births for more, births in inside.items()})
            elif isinstance(part, Struct) and part not in seen:
                seen.add(part)
                stack.extend(((*path, key), item) for key, item in self.fields(part).items())
        return {path: births for path, births in found.items() if births and len(path) <= DEPTH}

    def note_births(self: Any, value: Value, table: Table) -> None:
        """Note of a value that a call returned, or a function is given, where what is in it may have been made."""
        value = unwrapped(value)
        if isinstance(value, Struct):
            value.births |= table.get((), set())
            for key, item in self.fields(value).items():
                if inside := behind(table, key):
                    self.note_births(item, inside)
        elif isinstance(value, Var) and table:
            self.unit.births.setdefault(value, set()).update(table.get((), set()))
            merged(self.unit.inside.setdefault(value, {}), {path: births for path, births in table.items() if path})

    def note_given(self: Any, function: Any, values: Mapping[str, Value]) -> None:
        """Note what a function is given in a call."""
        given = {(name, *path): b for name, value in values.items() for path, b in self.births_inside(value).items()}
        if merged(self.unit.knowledge.given.setdefault(function, {}), given):
            self.unit.traced = True

    def note_returned(self: Any, function: Any, value: Value) -> None:
        """Note what a function returns."""
        if merged(self.unit.knowledge.returned.setdefault(function, {}), self.births_inside(value)):
            self.unit.traced = True
