"""Objects of several classes of which it is not known which one a name stands for.

    for shape in shapes:                for s in range(len(shape_class)):
        total += shape.area()               if shape_class[s] == "Circle":
                                                area = math.pi * circle_r[shape_at[s]]**2
                                            else:
                                                area = square_a[shape_at[s]]**2

Those of one class are in a pool of their own; a place among all of them tells the class, and the place there. What is
done with such an object is done for each class, behind a test.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from s2sad.frontend.pools import pool_of, unwrapped
from s2sad.frontend.values import POISON, Chosen, Poisoned, Struct, Unsupported, Value
from s2sad.ir.nodes import Const, Effect, Expr, Op, Var
from s2sad.ir.types import BOOL, INT, ListOf, Opaque, Reference, Static
from s2sad.rules.builder import constant_expr

Fact = tuple[Expr, frozenset[type], bool]  # that an object is of one of these classes, or of none


@dataclass(eq=False, slots=True)
class MethodOfSeveral:
    """A method, not yet called, of an object that is of one of several classes."""

    value: Struct | Chosen
    name: str


class Mixed:
    """Objects of several classes in one pool."""

    def classes_of(self: Any, root: Any) -> list[type]:
        """Return the classes of the objects in a pool, by name."""
        knowledge = self.unit.knowledge
        found = {knowledge.kinds[birth][1] for birth in knowledge.pools if self.root_of(birth) == root}
        return sorted(found - {None}, key=lambda cls: cls.__qualname__)

    def is_mixed(self: Any, root: Any) -> bool:
        """Return whether there are objects of several classes in a pool."""
        return len(self.classes_of(root)) > 1

    def put_among_others(self: Any, made: Struct, root: Any, node: Any) -> Expr:
        """Put an object into the pool of its class; return its place among those of all classes."""
        own = self.put_in_pool(made, own_root(root, made.cls), node)
        pool = self.mixed_pool(root)
        for key, value in (("class", Const(class_name(made.cls))), ("at", own)):
            added = Op("append", (pool.lists[key], value), Static(None))
            self.builder.block.append(Effect(added, self.builder.origin))
        found: Expr = self.builder.bind(Op("newest", (pool.lists["class"],), pool.reference), "object")
        return found

    def mixed_pool(self: Any, root: Any) -> Any:
        """Return the pool of objects of several classes."""
        if root in self.pools:
            return self.pools[root]
        classes = self.classes_of(root)
        if len({class_name(cls) for cls in classes}) < len(classes):
            raise Unsupported("objects of classes of one name are among those that this may be", None, "rename one")
        name = base_of(classes).__name__.lower()
        name = "object" if name == "object" else name
        pool = self.new_pool(root, Reference(root, "mixed"), base_of(classes))
        for key, item in (("class", Opaque("the name of a class")), ("at", INT)):
            pool.lists[key] = self.list_of_pool(pool.reference, key, f"{name}_{key}", ListOf(item))
        return pool

    def of_each_class(self: Any, place: Expr, name: str) -> Struct | Chosen:
        """Return an object as one of each class, and the tests that tell which it is."""
        root = pool_of(place)
        which, at = (self.get(self.mixed_pool(root).lists[key], place) for key in ("class", "at"))

        def as_one_of(cls: type) -> Value:
            self.laid_out_pool(own_root(root, cls))
            own = Reference(own_root(root, cls), "object")
            found = self.builder.bind(Op("place", (at,), own), name)
            self.unit.among[found] = place
            return self.wrapped(found, name)

        *others, last = self.made_so_far(root, self.possible(place))
        made: Struct | Chosen = as_one_of(last)
        for cls in reversed(others):
            made = Chosen(self.class_test(place, which, [cls]), as_one_of(cls), made, place)
        return made

    def among_all(self: Any, value: Value) -> Value:
        """Return the place of an object among those of all classes, if it is known as one of its own class only."""
        return self.unit.among.get(unwrapped(value), value)

    def made_so_far(self: Any, root: Any, classes: list[type]) -> list[type]:
        """Return those classes of which an object has been made; lowering begins again when one is of another."""
        roots = {cls: own_root(root, cls) for cls in classes}
        made = [cls for cls in classes if roots[cls] in self.pools or roots[cls] in self.unit.knowledge.layouts]
        self.unit.missing |= {roots[cls] for cls in classes if cls not in made}
        return made or classes

    def class_test(self: Any, place: Expr, which: Expr, classes: list[type]) -> Expr:
        """Return whether an object is of one of these classes."""
        names = [class_name(cls) for cls in classes]
        made = Op("equal", (which, Const(names[0])), BOOL)
        if len(names) > 1:
            made = Op("in", (which, Const(tuple(names))), BOOL)
        test: Var = self.builder.bind(made, "is_" + "_or_".join(names).lower())
        self.class_tests[test] = place, frozenset(classes)
        return test

    def possible(self: Any, place: Expr) -> list[type]:
        """Return the classes that an object may be of here."""
        found = self.classes_of(pool_of(place))
        for known, classes, holds in self.facts:
            if known is place:
                found = [cls for cls in found if (cls in classes) == holds]
        return found or self.classes_of(pool_of(place))

    def facts_of(self: Any, test: Expr, holds: bool) -> list[Fact]:
        """Return what it says of the class of an object that a test holds, or does not."""
        made = self.builder.definitions.get(test) if isinstance(test, Var) else test
        if isinstance(made, Op) and made.name == "not":
            return self.facts_of(made.args[0], not holds)
        return [(*self.class_tests[test], holds)] if test in self.class_tests else []

    def is_instance(self: Any, place: Expr, classes: tuple[Any, ...], node: Any) -> Value:
        """`isinstance(object, classes)` of what is in a pool."""
        pool = self.pool_of(place)
        if place in self.unit.optional:
            there = self.builder.bind(Op("is_not", (place, Const(None)), BOOL), "there")
            none = constant_expr(issubclass(type(None), classes))
            return self.chosen(there, lambda: self.is_of(place, classes), lambda: none, "this test", node)
        if pool.reference.kind == "mixed":
            return self.is_of(place, classes)
        kinds = {"list": list, "dict": dict, "tuple": tuple}
        return constant_expr(issubclass(pool.cls or kinds[pool.reference.kind], classes))

    def is_of(self: Any, place: Expr, classes: tuple[Any, ...]) -> Value:
        """Return whether an object that is there is of one of these classes."""
        if self.pool_of(place).reference.kind != "mixed":
            return constant_expr(issubclass(self.pool_of(place).cls, classes))
        possible = self.possible(place)
        wanted = [cls for cls in possible if issubclass(cls, classes)]
        if len(wanted) in (0, len(possible)):
            return constant_expr(bool(wanted))
        which = self.get(self.pool_of(place).lists["class"], place)
        if len(wanted) == len(possible) - 1 and len(wanted) > 1:
            return self.turned(self.class_test(place, which, [cls for cls in possible if cls not in wanted]))
        return self.class_test(place, which, wanted)

    def in_class(self: Any, act: Any) -> Any:
        """Return an action for objects of one class: what these do not have raises where one is met."""

        def acted() -> Value:
            try:
                return act()
            except Poisoned:
                if not self.state.ended:
                    raise
                return POISON

        return acted

    def call_of_each(self: Any, method: MethodOfSeveral, args: Any, kwargs: Any, node: Any) -> Value:
        """Call the method of the class that the object is of."""
        value, name = method.value, method.name
        if not isinstance(value, Chosen):
            return self.call_function(self.attribute(value, name, node), args, kwargs, node)
        parts = [MethodOfSeveral(part, name) for part in (value.then, value.orelse)]
        arms = [functools.partial(self.call_of_each, part, args, kwargs, node) for part in parts]
        return self.chosen(value.test, *map(self.in_class, arms), f"what {name!r} gives", node)

    def for_each_class(self: Any, value: Chosen, act: Any) -> None:
        """Do something with an object, whichever class it is of."""
        arms = [functools.partial(act, part) for part in (value.then, value.orelse)]
        self.branch(value.test, *map(self.in_class, arms), self.builder.origin)


def is_one_of_several(value: Struct) -> bool:
    """Return whether an object is seen as one of its class, and may be of another."""
    type_ = value.place.type if value.place is not None else None
    return isinstance(type_, Reference) and isinstance(type_.pool, tuple) and type_.pool[:1] == ("class",)


def own_root(root: Any, cls: Any) -> tuple[str, Any, Any]:
    """Return the key of the pool of the objects of one class among others."""
    return "class", root, cls


def class_name(cls: Any) -> str:
    """Return how a class is told in generated code."""
    return str(cls.__qualname__.rpartition("<locals>.")[2])


def base_of(classes: list[type]) -> type:
    """Return the class that all these are derived from."""
    return next(base for base in classes[0].__mro__ if all(issubclass(cls, base) for cls in classes))


def in_one_family(a: Reference, b: Reference) -> bool:
    """Return whether two places may be those of one object, seen as one of its class and as one of several."""

    def roots(pool: Any) -> set[Any]:
        inner = pool[1] if isinstance(pool, tuple) and pool[:1] == ("class",) else pool
        return {pool, inner}

    return bool(roots(a.pool) & roots(b.pool))
