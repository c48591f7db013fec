"""Lowering of attributes: of objects, classes, modules and arrays."""

from __future__ import annotations

import enum
import functools
import inspect
import sys
import types
from typing import Any

import libcst as cst
import numpy as np

from s2sad.frontend.classes import is_descriptor
from s2sad.frontend.expressions import NAMED_TUPLE_METHODS, is_data
from s2sad.frontend.library import UfuncMethod
from s2sad.frontend.mixed import is_one_of_several
from s2sad.frontend.models import behind
from s2sad.frontend.pools import is_listlike
from s2sad.frontend.sets import ASKING, CHANGING, MAKING, is_known_set
from s2sad.frontend.source import mangled
from s2sad.frontend.values import (
    ArrayMethod,
    Bound,
    Chosen,
    RangeValue,
    Struct,
    Super,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Const, Expr
from s2sad.ir.types import (
    Array,
    Name,
    Opaque,
    Scalar,
    SetOf,
    Static,
)
from s2sad.rules.builder import constant_expr, number


class Attributes:
    """Lowering of attributes."""

    def expr_Attribute(self: Any, node: cst.Attribute) -> Value:
        return self.attribute(self.expression(node.value), self.attribute_name(node), node)

    def attribute_name(self: Any, node: cst.Attribute) -> str:
        """Return the name of an attribute as Python has it: `__w` in a class is `_Class__w`."""
        return mangled(node.attr.value, self.frame.function.__code__)

    def attribute(self: Any, base: Value, name: str, node: Any) -> Value:
        """Return `base.name`."""
        if isinstance(base, Super):
            return self.super_attribute(base, name, node)
        if isinstance(base, Chosen):
            arms = [lambda part=part: self.attribute(part, name, node) for part in (base.then, base.orelse)]
            return self.chosen(base.test, *map(self.in_class, arms), f"the attribute {name!r}", node)
        base = self.apart(base, name)
        if isinstance(base, Chosen):
            return self.attribute(base, name, node)
        if name == "__class__":
            return self.built_type([base], {}, node)
        if isinstance(base, Struct):
            return self.struct_attribute(base, name, node)
        if is_known_set(base) and name in CHANGING:
            self.changes_set(base, node)
        if (isinstance(base, Expr) and isinstance(base.type, SetOf)) or (
            is_known_set(base) and name in (*MAKING, *ASKING)
        ):
            return ArrayMethod(base, name)
        if isinstance(base, Const) and isinstance(base.type, Static):
            return self.static_attribute(base, name, node)
        if isinstance(base, RangeValue) and name in ("start", "stop", "step"):
            return getattr(base, name)
        if isinstance(base, Expr) and isinstance(base.type, Array | Scalar):
            return self.array_attribute(base, name, node)
        if is_listlike(base):
            return ArrayMethod(base, name)
        if isinstance(base, Expr) and isinstance(base.type, Name) and issubclass(base.type.cls, enum.Enum):
            return self.attribute_of_member(base, list(base.type.cls), name, node)
        if isinstance(base, Expr) and isinstance(base.type, Opaque):
            return self.opaque(f"attribute {name}", [base], Opaque(f"the attribute {name!r}"))
        raise Unsupported(f"the attribute {name!r} is not accepted here", node)

    def attribute_of_member(self: Any, base: Expr, members: list[Any], name: str, node: Any) -> Value:
        """An attribute of a member of an enumeration that the data choose: that of the one that it is."""
        first, *rest = (Const(member, Static(member)) for member in members)
        if not rest:
            return self.attribute(first, name, node)
        same = self.compare("is", base, first, node)
        others = lambda: self.attribute_of_member(base, members[1:], name, node)  # noqa: E731
        return self.chosen(same, lambda: self.attribute(first, name, node), others, f"the attribute {name!r}", node)

    def struct_attribute(self: Any, base: Struct, name: str, node: Any) -> Value:
        cls: Any = behind(base.cls)
        plain = (object.__getattribute__, BaseException.__getattribute__, types.SimpleNamespace.__getattribute__)
        own = cls is not None and cls is not slice and cls.__getattribute__ not in plain
        if base.kind == "object" and own:
            hint = "use a property for what is computed"
            raise Unsupported(f"attributes of {cls.__name__} are read by its __getattribute__", node, hint)
        fields = self.fields(base)
        named: Any = getattr(base.cls, "_fields", ())
        if base.kind == "tuple" and name in named:
            return self.usable(fields[named.index(name)], name, node)
        own = hasattr(tuple, name) or (named and name in NAMED_TUPLE_METHODS)
        if base.kind != "object" and (base.cls is None or own):
            return ArrayMethod(base, name)
        raw = inspect.getattr_static(cls, name, None)
        if is_descriptor(raw, "__set__") and is_descriptor(raw, "__get__"):  # such a one comes before what is set
            return self.described(base, name, raw, node)
        if name in fields and self.trying and fields[name] in self.unit.fields:
            message = f"whether there is an attribute {name!r} depends on the path, and an exception says so"
            raise Unsupported(message, node, "set it to None first, and ask whether it is None")
        if name in fields:
            return self.usable(fields[name], name, node)
        if is_descriptor(raw, "__get__"):
            return self.described(base, name, raw, node)
        if isinstance(raw, functools.cached_property):
            return self.computed_once(base, name, raw, node)
        if is_data(getattr(cls, name, None)):
            return self.outside(name, getattr(cls, name), ("member", cls, name))
        member = self.member(base.cls, name)
        if isinstance(member, property):
            return self.call_function(member.fget, [base], {}, node)
        if member is None and self.method_of(base, "__getattr__") is not None:
            return self.call_function(self.method_of(base, "__getattr__"), [base, constant_expr(name)], {}, node)
        if member is None or isinstance(raw, types.MemberDescriptorType):  # a slot in which there is nothing yet
            text = f"{getattr(cls, '__name__', 'object')!r} object has no attribute {name!r}"
            message = f"the object has no attribute {name!r}"
            raise self.missing("AttributeError", text, message, node, certain=is_one_of_several(base))
        if isinstance(raw, staticmethod):
            return Const(member, Static(member))
        if isinstance(raw, classmethod):
            return Bound(member.__func__, Const(cls, Static(cls)))
        if isinstance(member, type):  # a class in a class is no method
            return Const(member, Static(member))
        if callable(member):
            return Bound(member, base)
        if isinstance(member, int | float | str | type(None)):
            return constant_expr(member)
        raise Unsupported(f"the class attribute {name!r} is neither a number nor a method", node, "pass it to __init__")

    def described(self: Any, base: Struct, name: str, descriptor: Any, node: Any) -> Value:
        """An attribute that an object in the class computes, by its `__get__`."""
        self.member(base.cls, name)
        given = [Const(descriptor, Static(descriptor)), base, Const(base.cls, Static(base.cls))]
        return self.call_function(type(descriptor).__get__, given, {}, node)

    def computed_once(self: Any, base: Struct, name: str, computed: Any, node: Any) -> Value:
        """A `functools.cached_property`: an attribute of the object from now on."""
        if base.ref is not None:
            raise Unsupported(
                f"{name!r} would be kept in an object from outside: it would be a constant at the next call",
                node,
                "make it a property",
            )
        self.member(base.cls, name)
        value = self.call_function(computed.func, [base], {}, node)
        self.set_field(base, name, value)
        return value

    def member(self: Any, holder: Any, name: str) -> Any:
        """Return an attribute of a class or module (None if it has none): the code generated depends on what it is."""
        self.unit.reached[f"member:{id(holder)}:{name}"] = (("member", holder, name), None)
        return getattr(behind(holder), name, None)

    def static_attribute(self: Any, base: Const, name: str, node: Any) -> Value:
        if base.value is sys and name in ("stdout", "stderr"):  # generated code looks there when it prints
            return Const(getattr(sys, name), Static(getattr(sys, name)))
        try:
            value = getattr(base.value, name)
        except AttributeError:
            self.member(base.value, name)
            raise Unsupported(f"{base.value!r} has no attribute {name!r}", node) from None
        if isinstance(base.value, type | types.ModuleType) and is_data(value):
            return self.outside(name, value, ("member", base.value, name))
        self.member(base.value, name)
        if isinstance(base.value, np.ufunc) and callable(value):
            return UfuncMethod(base.value, name)
        if isinstance(base.value, np.dtype) and isinstance(value, str | int | bool):
            return constant_expr(value)
        if isinstance(value, np.floating | np.integer) and not isinstance(value, np.float64):
            return self.builder.op("astype", number(value.item()), dtype=Const(value.dtype.name))
        if isinstance(value, float | int) and not isinstance(value, bool | enum.Enum):
            made = number(float(value) if isinstance(value, np.float64) else value)
            if isinstance(base.value, types.ModuleType) and base.value.__name__ in ("numpy", "math"):
                made.text = {"numpy": "np", "math": "math"}[base.value.__name__] + "." + name
            return made
        return Const(value, Static(value))

    def array_attribute(self: Any, base: Expr, name: str, node: Any) -> Value:
        type_ = base.type
        rank = type_.ndim if isinstance(type_, Array) else 0
        match name:
            case "T":
                return self.builder.op("transpose", base, form=".T") if rank > 1 else base
            case "shape":
                return self.builder.op("shape", base)
            case "ndim":
                return number(rank)
            case "size":
                return self.builder.op("size", base)
            case "strides" if rank:
                return self.load(self.builder.op("strides", base), "strides")
            case "dtype":
                from s2sad.ir.types import dtype_of

                dtype = np.dtype(dtype_of(type_))
                return Const(dtype, Static(dtype), "")
            case "real" | "imag":
                return self.part(name, base)
            case "mT" if rank > 1:
                return self.transposed(base) if rank == 2 else self.builder.op("swapaxes", base, axis1=-1, axis2=-2)
            case "flat" if rank:
                flat = self.builder.bind(self.builder.op("ravel", base), "flat")
                self.unit.flats.add(flat)
                return flat
        return ArrayMethod(base, name)
