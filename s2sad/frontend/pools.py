"""Objects and lists that change while it is not known which one a name stands for.

    particles = [Particle(v) for v in x]            x_of, v_of = [], []
    for p in particles:                             for p in particles:       (places in these lists)
        p.v -= dt * p.x                                 v_of[p] -= dt * x_of[p]

An object whose fields are assigned where it is an item of a list of unknown length, or chosen on a path, is kept in a
pool: its fields are in lists, one for each, with those of all that it may be taken for, and names stand for a place in
them. Two names for one object are the same place, so that writes through one are seen through the other, and lists of
objects, links between them and `is` are what they are in Python. A list that changes while it is an item of another
is an item of the list of all those: `rows[i][j]`.

Which are in a pool is found out: lowering begins without, and begins again when one must be. They are known by where
they are made (their births); all births that one name may stand for are in one pool.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from s2sad.frontend.values import Chosen, Relower, Struct, Unjoinable, Unsupported, Value
from s2sad.ir.nodes import Assign, Const, Effect, Expr, Op, Var
from s2sad.ir.types import (
    NOT_YET,
    Array,
    ListOf,
    Recursive,
    Reference,
    Scalar,
    Static,
    Structure,
    differentiable,
    join,
    list_of,
    same_type,
)
from s2sad.rules.builder import number
from s2sad.rules.infer import describe, is_path

NO_FIELD = ".made"  # what is in the pool of objects without fields: they are only counted
POOLED = ("object", "dict", "list", "tuple")


@dataclass(eq=False, slots=True)
class Pool:
    """The lists in which the fields of objects are, or the one in which lists are."""

    reference: Reference
    cls: type | None
    lists: dict[Any, Var]  # by field; of lists by None


def is_list(value: Value) -> bool:
    """Return whether a value is a list in a pool."""
    return isinstance(value, Expr) and isinstance(value.type, Reference) and value.type.kind == "list"


def is_place(value: Value) -> bool:
    """Return whether a value is the place of an object or list in a pool."""
    return isinstance(value, Expr) and isinstance(value.type, Reference)


def is_listlike(value: Value) -> bool:
    """Return whether a value is a list of unknown length, in a pool or not."""
    return isinstance(value, Expr) and (isinstance(value.type, ListOf) or is_list(value))


def pool_of(place: Expr | None) -> Any:
    """Return in which pool a place is."""
    assert place is not None and isinstance(place.type, Reference)
    return place.type.pool


def birth_of(pool: Any) -> Any:
    """Return the birth that stands for a pool, or for that which one of the objects of one class is part of."""
    return pool[1] if pool[0] == "class" else pool


def is_none(value: Value) -> bool:
    """Return whether a value is None."""
    return isinstance(value, Const) and value.value is None


def is_object(value: Value) -> bool:
    """Return whether a value is an object or a list, or a place."""
    of_object = Reference | ListOf | Recursive
    return isinstance(value, Struct) or (isinstance(value, Expr) and isinstance(value.type, of_object))


def is_told(value: Value) -> bool:
    """Return whether it is noted of a value where it was made."""
    whole = isinstance(value, Var) and isinstance(value.type, Structure) and value.type.kind != "tuple"
    return whole or is_object(value)


def is_value(value: Value) -> bool:
    """Return whether a value is an expression, or stands for one in a pool."""
    return isinstance(unwrapped(value), Expr)


def unwrapped(value: Value) -> Value:
    """Return an object in a pool as its place, anything else as it is."""
    return value.place if isinstance(value, Struct | Chosen) and value.place is not None else value


def root_of(parents: dict[Any, Any], birth: Any) -> Any:
    """Return the birth that stands for all in one pool with this one; None if it is in none."""
    if birth not in parents:
        return None
    while parents[birth] != birth:
        birth = parents[birth]
    return birth


def unite(unit: Any, births: Iterable[Any]) -> bool:
    """See to it that what was made at these places is in one pool; return whether that is new."""
    found, knowledge = sorted(births, key=repr), unit.knowledge
    if not found or any(birth not in unit.knowledge.kinds for birth in found):
        return False
    makers = [function for kind, function in (knowledge.kinds[birth] for birth in found) if kind == "call"]
    if makers:  # what they make is known once they are lowered where they are called
        return max(lower_in_place(knowledge, function) for function in makers)
    parents, roots = knowledge.pools, {root_of(knowledge.pools, birth) for birth in found}
    kinds = {unit.knowledge.kinds[birth] for birth in found}
    alike = len(kinds) == 1 or all(kind == "object" and cls is not None for kind, cls in kinds)
    if not alike or (len(roots) == 1 and None not in roots):
        return False
    first = min((root for root in roots if root is not None), key=repr, default=found[0])
    for birth in found:
        parents[root_of(parents, birth) or birth] = first
    for site, type_ in list(knowledge.items.items()):
        if not isinstance(type_.item, Scalar | Array):
            del knowledge.items[site]  # lists that held the objects themselves hold places
    knowledge.cures.clear()  # what was written out for their sake may stay a loop
    knowledge.results.clear()  # what returned the objects returns places
    knowledge.folded.clear()
    knowledge.reads.clear()
    for pool in list(knowledge.later):
        now = root_of(parents, birth_of(pool))
        moved = (pool[0], now, pool[2]) if pool[0] == "class" else now
        if moved != pool:
            knowledge.later.setdefault(moved, []).extend(knowledge.later.pop(pool))
    return True


def unite_items(unit: Any) -> bool:
    """Put objects and lists that are items of lists, or one of two, into pools; return whether that is new."""
    several = [births for births in unit.joined.values() if len(births) > 1]
    groups = [
        [birth for birth in births if unit.knowledge.kinds.get(birth, ("",))[0] in ("object", "dict", "list", "call")]
        for births in (*unit.contents.values(), *several)
    ]
    found = [unite(unit, group) for group in groups]
    return any(found)


def lower_in_place(knowledge: Any, function: Any) -> bool:
    """See to it that a function is lowered where it is called; return whether that is new, and can be."""
    lifted = not isinstance(function, types.FunctionType)
    key = ("in place", function.node) if lifted else ("inline", function)
    if key in knowledge.dynamic or is_recursive(knowledge, function):
        return False
    knowledge.dynamic.add(key)
    return True


def is_recursive(knowledge: Any, function: Any) -> bool:
    """Return whether a function is one of its own, and not lowered where it is called, because it calls itself."""
    lifted = not isinstance(function, types.FunctionType)
    return function in knowledge.recursive or (lifted and function.node in knowledge.lifted)


def in_place(unit: Any) -> bool:
    """See to it that functions that may return a list that they are given are lowered where they are called."""
    return max([lower_in_place(unit.knowledge, function) for function in unit.returning], default=False)


def holds_reference(type_: Any) -> bool:
    """Return whether there are places in a pool in values of a type."""
    if isinstance(type_, Structure):
        return any(map(holds_reference, type_.items))
    return holds_reference(type_.item) if isinstance(type_, ListOf) else isinstance(type_, Reference)


class Pools:
    """Making, reading and writing what is in a pool."""

    # --- which are in a pool ----------------------------------------------------------------------------------
    def root_of(self: Any, birth: Any) -> Any:
        """Return the birth that stands for all in one pool with this one; None if it is in none."""
        return root_of(self.unit.knowledge.pools, birth)

    def tell_apart(self: Any, births: Iterable[Any]) -> None:
        """Lower again with what was made at these places in one pool, if it is not yet."""
        if unite(self.unit, births):
            raise Relower

    def deep_apart(self: Any, value: Value) -> None:
        """A part of what a recursive function made, that holds ever more of its own, is asked for its parts."""
        if isinstance(value, Expr) and isinstance(value.type, Recursive):
            self.tell_apart(self.births_of(value))

    def as_places(self: Any, *values: Value) -> None:
        """One name may stand for any of these: if they are objects, or None, they belong in one pool."""
        self.tell_apart(self.births_of_all(*values))

    def births_of_all(self: Any, *values: Value) -> set[Any]:
        """Return where the objects were made that one name may stand for; none if it may be something else as well."""
        values = tuple(map(unwrapped, values))
        lists = [value for value in values if isinstance(value, Expr) and isinstance(value.type, ListOf)]
        if any(isinstance(self.item_type(value), Reference) for value in lists):  # what is in them is of one kind
            return {birth for value in lists for birth in self.births_in(self.sites_inside(value), ())}
        births: set[Any] = set()
        for value in values:
            own = self.births_of(value) if is_told(value) else set()
            own = set(value.births) if isinstance(value, Unjoinable) else own
            if not own and not is_none(value):
                return set()
            births |= own
        return births

    def unlike(self: Any, why: str, *values: Value) -> Unjoinable:
        """Return what a name is that may stand for any of these: where it is used, places if they are objects."""
        return Unjoinable(why, births=self.births_of_all(*values))

    def as_growing_rows(self: Any, item: Any, value: Value, others: set[Any], growing: bool) -> None:
        """Lists in one list have one type: one of known length is lowered as one of any length beside such."""
        if isinstance(value, Struct) and value.kind == "list" and value.place is None:
            if growing or isinstance(item, ListOf) or (isinstance(item, Reference) and item.kind == "list"):
                raise self.make_dynamic(value, None)
        elif is_listlike(value) and isinstance(item, Structure) and item.kind == "list":
            sites = {birth for birth in others if self.unit.knowledge.kinds.get(birth) == ("list", None)}
            if not sites <= self.unit.knowledge.dynamic:
                self.unit.knowledge.dynamic |= sites
                raise Relower

    def as_item_of_list(self: Any, target: Expr, value: Value) -> Value:
        """Return what a list takes: an object or a list is in a pool if the other items are, and they if it is."""
        value = self.as_object(value, None)
        self.as_places_of_tables([value])
        item = self.item_type(target)
        others = {item.pool} if isinstance(item, Reference) else self.births_in(self.sites_inside(target), ())
        growing = ("rows", self.unit.list_sites.get(target)) in self.unit.knowledge.dynamic
        self.as_growing_rows(item, value, others, growing)
        if isinstance(item, Structure) and is_told(value) and unwrapped(value) is value:
            made = self.materialize(value).type
            if getattr(made, "kind", item.kind) == item.kind and list_of([item, made]) is None:
                self.tell_apart(others | self.births_of(value))  # of another class, or one that holds deeper ones
        value = self.among_all(value)
        given = unwrapped(value).type if is_value(value) else None
        if isinstance(item, Reference) and isinstance(given, Reference) and item.pool != given.pool:
            self.tell_apart({birth_of(item.pool), birth_of(given.pool)})
        if isinstance(item, Reference) == isinstance(given, Reference):
            return value
        births = self.births_of(unwrapped(value))
        if is_listlike(value) and not births and isinstance(item, Reference):  # an operation has made it
            return self.put_in_pool(value, self.root_of(item.pool), None)
        self.tell_apart(others | births)
        return value

    def births_of(self: Any, value: Value) -> set[Any]:
        """Return where an object or list may have been made, as far as that is known."""
        value = unwrapped(value)
        if isinstance(value, Expr) and isinstance(value.type, Reference):
            return {birth_of(value.type.pool)}
        if isinstance(value, Struct):
            return value.births
        made = self.builder.definitions.get(value) if isinstance(value, Var) else None
        found = self.sites_of(value) | self.unit.births.get(value, set())
        if isinstance(made, Op) and made.name in ("getitem", "pop") and isinstance(made.args[0].type, ListOf):
            found |= self.births_in(self.sites_read(made), ())
        return found

    def births_in(self: Any, sites: set[Any], path: tuple[Any, ...]) -> set[Any]:
        """Return where the items of lists, or the fields of items that a path leads to, may have been made."""
        return {birth for site in sites for birth in self.unit.contents.get((site, path), ())}

    def sites_read(self: Any, item: Op) -> set[Any]:
        """Return where the list was made that an item is read from."""
        index = item.args[1] if len(item.args) > 1 else None
        if isinstance(index, Op) and is_path(index):
            return self.sites_inside(index.args[0])
        return self.sites_inside(item.args[0])

    def sites_inside(self: Any, value: Expr) -> set[Any]:
        """Return where a list may have been made, as that under which its items are noted."""
        return {("items", value.type.pool)} if isinstance(value.type, Reference) else self.births_of(value)

    def note_contents(self: Any, value: Value, sites: set[Any], path: tuple[Any, ...] = ()) -> None:
        """Note where that was made which becomes an item of a list."""
        births = self.births_of(value)
        for site in sites:
            self.unit.contents.setdefault((site, path), set()).update(births)
        if isinstance(value, Struct) and value.place is None:
            self.go_into(value)
            for key, part in self.fields(value).items():
                self.note_contents(part, sites, (*path, key))
            self.gone_into.pop()

    def go_into(self: Any, value: Struct) -> None:
        """Go through what is in an object: one that holds itself, or those that hold it, is in a pool."""
        if value in self.gone_into:
            self.gone_into.clear()
            self.tell_apart(value.births)
            hint = "hand on what is needed of them"
            raise Unsupported("objects that hold one another in a ring are handed on whole", None, hint)
        self.gone_into.append(value)

    # --- made -------------------------------------------------------------------------------------------------
    def born(self: Any, made: Value, node: Any, site: Any = None) -> Value:
        """Return a new object, dict or list: its place, if it belongs in a pool."""
        birth = site or self.site(node)
        if isinstance(made, Struct):
            if birth is None or made.kind not in POOLED or made.place is not None:
                return made
            made.births.add(birth)
            self.unit.knowledge.kinds[birth] = ("list", None) if made.kind == "list" else (made.kind, made.cls)
        elif is_listlike(made) and birth is not None:
            self.unit.knowledge.kinds[birth] = ("list", None)
            self.unit.births.setdefault(made, set()).add(birth)
        root = self.root_of(birth)
        return made if root is None or is_list(made) else self.put_in_pool(made, root, node)

    def put_in_pool(self: Any, made: Value, root: Any, node: Any) -> Value:
        """Put a new object or list into its pool; return its place."""
        if isinstance(made, Struct) and made.kind == "list":
            raise self.make_dynamic(made, node)
        if isinstance(made, Struct) and self.is_mixed(root):
            return self.put_among_others(made, root, node)
        if isinstance(made, Expr):
            self.check_parts(self.item_type(made), self.births_in(self.sites_inside(made), ()))
        pool = self.pool(root, made)
        fields = (self.fields(made) or {NO_FIELD: number(0)}) if isinstance(made, Struct) else {None: made}
        if isinstance(made, Struct) and all(value is made for value in fields.values()):
            raise Unsupported("an object that holds nothing but itself", node)
        if pool.reference.kind == "dict" and list(fields) != list(pool.lists):
            self.as_tables(root)
        if isinstance(made, Struct) and made.kind == "object":
            fields = self.with_all_attributes(made, root, fields, node)
        if list(fields) != list(pool.lists):
            hint = "set the same in each, in the same order"
            raise Unsupported(f"this {pool.reference.kind} has other keys than those it may be taken for", node, hint)
        own = [key for key in fields if fields[key] is made and key is not None]  # it holds itself
        others = [key for key in fields if key not in own]
        for key in others:
            self.append_to(pool.lists[key], fields[key], "")
        newest = Op("newest", (pool.lists[others[0]],), pool.reference)
        place = self.builder.bind(newest, "row" if pool.cls is None else pool.cls.__name__.lower())
        for key in own:
            self.append_to(pool.lists[key], place, "")
        return place

    def with_all_attributes(
        self: Any, made: Struct, root: Any, fields: dict[Any, Value], node: Any
    ) -> dict[Any, Value]:
        """Return the attributes of an object and those that others have: of these what the class says, or None."""
        lists = self.pools[root].lists
        for key in fields:
            if key not in lists:
                self.add_attribute(root, key)
        if lists.keys() - fields.keys() - set(self.unit.knowledge.later.get(root, ())):
            self.add_attribute(root, *(key for key in lists if key not in fields))
        return {key: fields[key] if key in fields else self.class_attribute(made, key, node) for key in lists}

    def class_attribute(self: Any, made: Struct, key: str, node: Any) -> Value:
        """Return what an object has under the name of an attribute that was not set."""
        return self.attribute(made, key, node) if hasattr(made.cls, key) else Const(None)

    def add_attribute(self: Any, root: Any, *keys: str) -> None:
        """Not all objects in a pool have these attributes, or have them when they are made."""
        known = self.unit.knowledge.later.setdefault(root, [])
        new = [key for key in keys if key not in known]
        if not new:
            raise Unsupported("objects that have other attributes are in one place", None)
        known += new
        raise Relower

    def as_tables(self: Any, root: Any) -> None:
        """Dicts in one pool that have unlike keys are dicts whose keys are made when the program runs."""
        knowledge = self.unit.knowledge
        sites = {
            birth for birth in knowledge.pools if self.root_of(birth) == root and knowledge.kinds[birth][0] == "dict"
        }
        if not sites <= knowledge.dynamic:
            knowledge.dynamic |= sites
            for site in sites:
                del knowledge.pools[site], knowledge.kinds[site]
            raise Relower

    def pool(self: Any, root: Any, made: Value) -> Pool:
        """Return the pool of what is made at a place; its lists are there from the beginning of the function."""
        if root in self.pools:
            found: Pool = self.pools[root]
            return found
        if not isinstance(made, Struct):
            pool = self.new_pool(root, Reference(root, "list"), None)
            self.add_list(pool, None, "rows")
            return pool
        name = made.cls.__name__.lower() if made.cls else made.name or made.kind
        self.unit.knowledge.layouts[root] = made.kind, made.cls, tuple(self.fields(made)) or (NO_FIELD,), name
        if root in self.unit.missing:
            raise Relower
        return self.laid_out_pool(root)

    def laid_out_pool(self: Any, root: Any) -> Pool:
        """Return the pool of objects of which it is known what fields they have."""
        if root in self.pools:
            found: Pool = self.pools[root]
            return found
        if root not in self.unit.knowledge.layouts:
            self.unit.missing.add(root)
            raise Unsupported("an object is used of a class of which none has been made", None)
        kind, cls, keys, name = self.unit.knowledge.layouts[root]
        keys = tuple(dict.fromkeys((*keys, *self.unit.knowledge.later.get(root, ()))))
        pool = self.new_pool(root, Reference(root, kind), cls)
        for key in keys:
            self.add_list(pool, key, f"{name}_{str(key).strip(chr(46))}")
        return pool

    def new_pool(self: Any, root: Any, reference: Reference, cls: type | None) -> Pool:
        """Return a pool without lists."""
        made = self.pools[root] = Pool(reference, cls, {})
        return made

    def add_list(self: Any, pool: Pool, key: Any, name: str) -> None:
        """Make a list of a pool at the beginning of the function."""
        site = ("pool", pool.reference.pool, key)
        pool.lists[key] = self.list_of_pool(pool.reference, key, name, self.type_in_pool(site))
        self.unit.list_sites[pool.lists[key]] = site

    def list_of_pool(self: Any, reference: Reference, key: Any, name: str, type_: ListOf) -> Var:
        """Return a list of a pool: a new one, or that of the first call where a function calls itself."""
        if self.calls_itself():
            if isinstance(type_.item, Scalar):
                type_ = replace(type_, item=replace(type_.item, size=None))  # which int it is changes from call to call
            given: Var = self.capture(name, type_, ("pool", reference, key))
            given.user = False
            return given
        made = Var(name, type_)
        self.prologue.append(Assign(made, Op("list", (), type_)))
        return made

    def tell_of_pools(self: Any) -> None:
        """Let a function that is lowered now know what is in the lists of the pools so far."""
        for pool in self.pools.values():
            for var in pool.lists.values():
                site = self.unit.list_sites.get(var)
                if site is not None and var.type.item != NOT_YET:
                    self.unit.knowledge.items.setdefault(site, var.type)

    def calls_itself(self: Any) -> bool:
        """Return whether what is lowered is a function that calls itself: what is in a pool is handed to and fro."""
        active, knowledge = self.unit.active, self.unit.knowledge
        return bool(active) and is_recursive(knowledge, active[-1][0])

    def pool_of(self: Any, place: Expr | None) -> Pool:
        """Return the pool in which a place is; it may be that of a caller."""
        assert place is not None and isinstance(place.type, Reference)
        return self.pool_behind(place.type)

    def pool_behind(self: Any, reference: Reference) -> Pool:
        """Return the pool that references are to."""
        if reference.kind == "list":
            return self.pool(reference.pool, None)
        if reference.kind == "mixed":
            return self.mixed_pool(reference.pool)
        return self.laid_out_pool(reference.pool)

    def type_in_pool(self: Any, site: tuple[str, Any, Any]) -> ListOf:
        """Return the type of a list of a pool, as far as lowering has found out before."""
        known = self.unit.knowledge.items
        found: ListOf = known.get(site, ListOf(NOT_YET))
        inner = known.get(("items", site[1])) if site[2] is None else None
        if inner is None:
            return found
        joined = inner if found.item == NOT_YET else join(found.item, inner)
        return found if joined is None else replace(found, item=joined)

    # --- objects ----------------------------------------------------------------------------------------------
    def wrapped(self: Any, place: Expr, name: str) -> Struct | Chosen:
        """Return an object in a pool as a structure whose fields are there."""
        pool = self.pool_of(place)
        if not name.isidentifier():  # it is said of the value in a message
            name = pool.cls.__name__.lower() if pool.cls else "item"
        if pool.reference.kind == "mixed":
            return self.of_each_class(place, name)
        made = Struct(pool.reference.kind, cls=pool.cls, name=name)
        made.place = place
        return made

    def fields_in_pool(self: Any, struct: Struct) -> Mapping[Any, Value]:
        """Return the fields of an object as they are here."""
        lists = self.pool_of(struct.place).lists
        return FieldsInPool(self, struct.place, {key: var for key, var in lists.items() if key != NO_FIELD})

    def set_in_pool(self: Any, struct: Struct, key: Any, value: Value) -> None:
        """`object.key = value`."""
        lists = self.pool_of(struct.place).lists
        if key not in lists and struct.kind == "dict":
            self.as_tables(pool_of(struct.place))
        if key not in lists:
            self.add_attribute(pool_of(struct.place), key)
        self.store_array(lists[key], struct.place, value, "set", None)

    # --- lists ------------------------------------------------------------------------------------------------
    def rows_of(self: Any, row: Expr) -> Var:
        """Return the list in which a list in a pool is an item."""
        rows: Var = self.pool_of(row).lists[None]
        return rows

    def row_type(self: Any, row: Expr) -> ListOf:
        """Return the type of a list in a pool."""
        type_ = self.rows_of(row).type
        assert isinstance(type_, ListOf) and isinstance(type_.item, ListOf)
        return type_.item

    def item_type(self: Any, value: Expr) -> Any:
        """Return the type of the items of a list, in a pool or not."""
        return self.row_type(value).item if is_list(value) else value.type.item  # type: ignore[attr-defined]

    def contents_of(self: Any, value: Value) -> Value:
        """Return a list in a pool as the list it is now, to be read at once; anything else as it is."""
        self.deep_apart(value)
        if not is_list(value):
            return value
        rows = self.rows_of(value)
        self.early_in_pool(value)
        return self.builder.op("getitem", rows, value)

    def early_in_pool(self: Any, row: Expr) -> None:
        """Note that lists are read of which it is not known yet what they hold."""
        if self.row_type(row).item == NOT_YET:
            self.unit.early.add(("items", pool_of(row)))

    def item_of_row(self: Any, row: Expr, index: Expr) -> Expr:
        """`row[index]`."""
        rows = self.rows_of(row)
        self.early_in_pool(row)
        item = self.builder.op("getitem", rows, path(row, index))
        if self.row_type(row).optional:
            self.unit.optional.add(item)
        found: Expr = item
        return found

    def widen_row(self: Any, row: Expr, value: Expr, node: Any) -> Var:
        """A list in a pool takes a value: lower again if the lists there hold others; return the list of them."""
        rows = self.rows_of(row)
        site, have = ("items", pool_of(row)), self.row_type(row)
        inner = Var("row", have)
        self.unit.list_sites[inner] = site
        made = self.list_type(inner, value, node)
        if not same_type(made, have):
            self.learn_lists([site], made)
            rows.type = replace(rows.type, item=made)
        return rows

    def append_to_row(self: Any, row: Expr, value: Value, at: Expr | None) -> None:
        """`row.append(value)` and `row.insert(at, value)`."""
        value = self.as_item_of_list(row, value)
        expr = self.materialize(value)
        self.check_parts(expr.type, self.births_of(value))
        rows = self.widen_row(row, expr, None)
        self.hold(value, {("items", pool_of(row))})
        made = Op("append", (rows, expr) if at is None else (rows, expr, at), Static(None), {"of": row})
        self.builder.block.append(Effect(made, self.builder.origin))

    def check_parts(self: Any, item: Any, births: set[Any]) -> None:
        """What is in a list in a list is a number, an array or a place: what has parts is in a pool, too."""
        if isinstance(item, Structure) and differentiable(item):
            self.tell_apart(births)
            hint = "put them there one by one, written out: row.append((a, b))"
            raise Unsupported(f"a list in a list holds {describe(item)}s that something else has made", None, hint)

    def pop_from_row(self: Any, row: Expr, at: list[Expr]) -> Expr:
        """`row.pop()` and `row.pop(at)`."""
        rows = self.rows_of(row)
        item: Expr = self.builder.op("pop", rows, *at, of=row)
        if self.row_type(row).optional:
            self.unit.optional.add(item)
        return item

    # --- outside ----------------------------------------------------------------------------------------------
    def outward(self: Any, value: Value, node: Any) -> Value:
        """Return what is in a pool as it is without: for a result, or for NumPy."""
        if is_list(value):
            value = self.builder.op("copy", self.contents_of(value))
        if isinstance(value, Expr) and isinstance(value.type, Reference):
            value = self.apart(value, "item")
        if isinstance(value, Struct):
            return (
                self.struct(
                    value.kind,
                    {key: self.outward(part, node) for key, part in self.fields(value).items()},
                    cls=value.cls,
                )
                if value.place is not None
                else value
            )
        if isinstance(value, Expr) and isinstance(value.type, ListOf) and isinstance(value.type.item, Reference):
            return self.collected([(value, lambda item: self.outward(item, node))], node)
        return value


class FieldsInPool(Mapping[Any, Value]):
    """The fields of an object in a pool: one is read when it is asked for."""

    def __init__(self, lowerer: Any, place: Expr | None, lists: dict[Any, Var]) -> None:
        self.lowerer, self.place, self.lists = lowerer, place, lists

    def __getitem__(self, key: Any) -> Value:
        return self.lowerer.load(self.lowerer.get(self.lists[key], self.place), key_name(key))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.lists)

    def __len__(self) -> int:
        return len(self.lists)


def path(row: Expr, index: Expr) -> Op:
    """Return the index of an item of a list that is an item itself."""
    return Op("path", (row, index), Static("path"))


def key_name(key: Any) -> str:
    """Return a name for what is under a key."""
    return key if isinstance(key, str) and key.isidentifier() else "item"
