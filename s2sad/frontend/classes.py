"""Objects of the user's classes: how they are made, what setting their attributes does, what iterating gives."""

from __future__ import annotations

import collections
import dataclasses
import enum
import inspect
import sys
import types
from collections.abc import Iterable
from typing import Any

from s2sad.frontend import iteration
from s2sad.frontend.arguments import bound
from s2sad.frontend.models import model_of
from s2sad.frontend.values import UNKNOWN, Struct, Unsupported, Value, is_stepped
from s2sad.ir.nodes import Const, Expr
from s2sad.ir.types import ListOf, Name, SetOf, Static
from s2sad.rules.builder import constant_expr


class Classes:
    """Making and using objects."""

    def construct(self: Any, cls: type, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Make an object; one that belongs in a pool is put there."""
        made = self.constructed(cls, args, kwargs, node)
        plain = isinstance(made, Struct) and made.kind == "object" and model_of(made.cls) is None
        return self.born(made, node) if plain else made

    def constructed(self: Any, cls: type, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Make an object: dataclasses by their fields, plain classes by their __init__."""
        model = model_of(cls)
        if model is not None:
            made = self.struct("object", {}, cls=cls)
            self.unit.knowledge.dynamic.add(("inline", model.__init__))
            self.call_user(model.__init__, [made, *args], kwargs, node)
            return made
        if cls is collections.OrderedDict:
            return self.built_dict(args, kwargs, node)
        if cls.__module__.partition(".")[0] in ("numpy", "scipy") and not issubclass(cls, BaseException):
            return self.call_opaque(cls, args, kwargs, node)
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            given = bound(cls.__name__, " ".join(f"{name}?" for name in cls._fields), args, kwargs, node)
            return self.named_tuple(cls, given, node)
        if cls is types.SimpleNamespace and not args:
            return self.struct("object", dict(kwargs), cls=cls)
        if issubclass(cls, enum.Enum):
            return self.enum_member(cls, args, node)
        if is_users(cls) and isinstance(inspect.getattr_static(type(cls), "__call__"), types.FunctionType):
            message = f"objects of {cls.__name__} are made by the __call__ of its metaclass: that is not followed"
            raise Unsupported(message, node, "make them by a function")
        if is_users(cls) and isinstance(cls.__new__, types.FunctionType):
            return self.made_by_new(cls, args, kwargs, node)
        init = cls.__init__
        if isinstance(init, types.FunctionType):
            made = self.struct("object", {}, cls=cls)
            self.initialise(init, made, args, kwargs, node)
            return made
        if not args and not kwargs and is_users(cls) and made_plainly(cls):
            return self.struct("object", {}, cls=cls)
        if not issubclass(cls, BaseException):
            return self.call_opaque(cls, args, kwargs, node)
        raise Unsupported(f"objects of {cls.__name__} cannot be made in differentiated code", node)

    def made_by_new(self: Any, cls: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Make an object by the `__new__` of its class, and initialise it if it is one of that class."""
        self.member(cls, "__new__")
        self.unit.knowledge.dynamic.add(("inline", cls.__new__))
        made = self.call_user(cls.__new__, [Const(cls, Static(cls)), *args], kwargs, node)
        ours = isinstance(made, Struct) and isinstance(made.cls, type) and issubclass(made.cls, cls)
        if ours and isinstance(made.cls.__init__, types.FunctionType):
            self.initialise(made.cls.__init__, made, args, kwargs, node)
        return made

    def enum_member(self: Any, cls: type[enum.Enum], args: list[Value], node: Any) -> Value:
        """`Mode("fast")`: the member of that value."""
        known = self.known(args[0]) if len(args) == 1 else UNKNOWN
        try:
            made = cls(known)
        except ValueError as error:
            raise Unsupported(f"which member of {cls.__name__} this is is not known: {error}", node) from None
        return Const(made, Static(made))

    def dict_of_keys(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`dict.fromkeys(keys, value)`."""
        found = bound("dict.fromkeys", "iterable value?", args, kwargs, node)
        keys = self.known_items(self.iterator_of(found["iterable"], node, drained=True))
        if keys is None:
            raise Unsupported("the keys of a dict must be known when code is generated", node)
        return self.struct("dict", {self.known_key(key, node): found.get("value", Const(None)) for key in keys})

    def fields_of_class(self: Any, value: Value, node: Any) -> Value:
        """`dataclasses.fields(...)` of an object or a class."""
        cls = value.cls if isinstance(value, Struct) else self.known(value)
        if not dataclasses.is_dataclass(cls):
            raise Unsupported("dataclasses.fields is asked of a dataclass", node)
        return self.struct("tuple", {i: Const(f, Static(f)) for i, f in enumerate(dataclasses.fields(cls))})

    def is_told(self: Any, base: Struct, name: str) -> bool:
        """Return whether the class of an object is told when an attribute is set."""
        placed = inspect.getattr_static(base.cls, name, None)
        told = isinstance(placed, property) or is_descriptor(placed, "__set__")
        return told or self.method_of(base, "__setattr__") is not None

    def made_by_factory(self: Any, attribute: Any, node: Any) -> Value:
        """Return the default of an attribute of a dataclass that is made anew for each object."""
        outer, self.factory = self.factory, f"{self.factory}.{attribute.name}"
        try:
            return self.call_object(attribute.default_factory, [], {}, node)
        finally:
            self.factory = outer

    def initialise(
        self: Any, init: types.FunctionType, made: Struct, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> None:
        """Run an `__init__` on a new object: the user's, or that of a dataclass, which has no source."""
        owner = dataclass_of(made.cls, init)
        if owner is not None:
            self.initialise_fields(owner, made, args, kwargs, node)
            return
        self.unit.knowledge.dynamic.add(("inline", init))
        self.call_user(init, [made, *args], kwargs, node)

    def initialise_fields(
        self: Any, owner: Any, made: Struct, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> None:
        """Set the fields of a dataclass as its `__init__` does, and call `__post_init__`."""
        fields = [f for f in owner.__dataclass_fields__.values() if kind_of_field(f) != "_FIELD_CLASSVAR"]
        values = bound(owner.__name__, field_signature(fields), args, kwargs, node)
        for f in fields:
            if f.name in values:
                continue
            if f.default_factory is not dataclasses.MISSING:
                values[f.name] = self.made_by_factory(f, node)
            elif isinstance(f.default, int | float | str | None):
                values[f.name] = constant_expr(f.default)  # as it stands in the __init__ that was generated
            elif f.default is not dataclasses.MISSING:
                values[f.name] = self.outside(f.name, f.default, ("global", owner, f.name))
            elif f.init:
                raise Unsupported(f"the field {f.name!r} is missing", node)
        passed = [values.pop(f.name) for f in fields if kind_of_field(f) == "_FIELD_INITVAR"]
        for f in fields:
            if f.name in values:
                self.set_field(made, f.name, values[f.name])
        after = getattr(made.cls, "__post_init__", None)
        if isinstance(after, types.FunctionType):
            self.unit.knowledge.dynamic.add(("inline", after))
            self.call_user(after, [made, *passed], {}, node)

    def set_by_class(self: Any, base: Struct, name: str, value: Value, node: Any) -> bool:
        """Set an attribute by the `__setattr__` of the user's class, if it has one; return whether it has."""
        setter = self.method_of(base, "__setattr__")
        if setter is None:
            return False
        self.unit.knowledge.dynamic.add(("inline", setter))
        self.call_user(setter, [base, constant_expr(name), value], {}, node)
        return True

    def set_plainly(self: Any, args: list[Value], node: Any) -> None:
        """`object.__setattr__(self, name, value)`."""
        base, name, value = args
        if not isinstance(base, Struct) or base.kind != "object":
            raise Unsupported("attributes can be assigned on objects of the user's classes only", node)
        self.set_field(base, self.attribute_named(name, node), value)

    def iterator_of(self: Any, value: Value, node: Any, drained: bool = False) -> Value:
        """Return what the `__iter__` of an object gives, and what an iterator goes over; anything else as it is."""
        value = self.begun(value, node, drained)
        self.deep_apart(value)
        if isinstance(value, Expr) and isinstance(value.type, SetOf):
            return self.items_of_set(value, node)
        if isinstance(value, Expr) and isinstance(value.type, Name) and value.type.cls is str:
            return self.opaque("list", [value], ListOf(value.type))  # the letters of a string
        if not isinstance(value, Struct) or value.kind != "object":
            return self.zip_ahead(value, node)
        if is_stepped(value):
            return self.rest_of(value, node)
        if isinstance(getattr(value.cls, "__next__", None), types.FunctionType):
            return self.call_user(iteration.next_by_next, [value], {}, node)
        method = self.method_of(value, "__iter__")
        if method is None:
            return value
        return self.iterator_of(self.call_user(method, [value], {}, node), node)


def dataclass_of(cls: Any, init: types.FunctionType) -> Any:
    """Return the dataclass whose generated `__init__` this is; None for another."""
    for base in cls.__mro__:
        if vars(base).get("__init__") is init:
            generated = init.__code__.co_filename == "<string>" and "__dataclass_fields__" in vars(base)
            return base if generated else None
    return None


def is_descriptor(value: Any, name: str) -> bool:
    """Return whether an object in a class says in Python what reading or setting the attribute does."""
    method = getattr(type(value), name, None)
    return isinstance(method, types.FunctionType) and is_users(type(value)) and not isinstance(value, type)


def kind_of_field(field: Any) -> str:
    """Return what a field of a dataclass is: an attribute, a class variable, an argument of `__post_init__`."""
    return str(field._field_type.name)


def is_users(cls: type) -> bool:
    """Return whether a class is written in Python, and not in the standard library."""
    return cls.__module__.partition(".")[0] not in sys.stdlib_module_names or cls.__module__ == "__main__"


def made_plainly(cls: Any) -> bool:
    """Return whether the objects of a class have no attributes when they are made."""
    return cls.__init__ is object.__init__ and cls.__new__ is object.__new__


def field_signature(fields: Iterable[dataclasses.Field[Any]]) -> str:
    """Return the signature of a dataclass: keyword-only fields last, those without an `init` not at all."""
    given = [f for f in fields if f.init]
    return " ".join([*(f"{f.name}?" for f in given if not f.kw_only), "*", *(f"{f.name}?" for f in given if f.kw_only)])
