"""Lowering of calls: of what kind is the callee, and what is it given."""

from __future__ import annotations

import collections
import contextlib
import copy
import dataclasses
import functools
import inspect
import itertools
import math
import operator
import re
import sys
import types
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst
import numpy as np

from s2sad.errors import SourceError
from s2sad.frontend import iteration, prelude
from s2sad.frontend.arguments import bound
from s2sad.frontend.builtins import SPECIAL, SPECIAL_OBJECTS, python_class
from s2sad.frontend.classes import dataclass_of
from s2sad.frontend.contexts import MADE_MANAGER
from s2sad.frontend.expressions import COMPARISONS, as_expr_of, is_data
from s2sad.frontend.generators import DRAIN
from s2sad.frontend.inside import has_refused
from s2sad.frontend.iterators import BY_ITEM, MAKERS
from s2sad.frontend.library import UfuncMethod, lowered
from s2sad.frontend.mixed import MethodOfSeveral
from s2sad.frontend.models import INFINITE, is_ours, model_of, quad
from s2sad.frontend.opaque import is_opaque, may_be_active, no_rule
from s2sad.frontend.ordered import ORDERED
from s2sad.frontend.pools import is_list, is_listlike, is_place, unwrapped
from s2sad.frontend.randoms import is_drawn_by_python
from s2sad.frontend.sets import is_known_set
from s2sad.frontend.signature import harmless
from s2sad.frontend.source import unwrap
from s2sad.frontend.stepping import GROUPS, is_made_there
from s2sad.frontend.tables import is_table
from s2sad.frontend.values import (
    FUNCTIONS,
    UNKNOWN,
    ArrayMethod,
    Bound,
    Chosen,
    Deferred,
    Iteration,
    LocalFunction,
    Partial,
    Struct,
    Super,
    Transformed,
    Unsupported,
    Value,
    is_stepped,
)
from s2sad.ir.nodes import Const, Expr, Op, Var
from s2sad.ir.types import TEXT, Array, ListOf, Name, Opaque, Reference, Scalar, Static, Structure, Type
from s2sad.rules.builder import Sym, constant_expr, number
from s2sad.rules.core import TABLE, TypeProblem
from s2sad.rules.symbols import call, on_axis, positive

FOLLOWED = ("__main__", "typing", "operator", "numbers")  # of the standard library
LIBRARIES = ("numpy", "scipy", "math", "builtins")
OPERATORS = {  # of the module `operator`
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "matmul": "matmul",
    "concat": "add",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
}
COMPARED = {
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "equal",
    "ne": "not_equal",
    "is": "is",
    "is_not": "is_not",
}
SIGNS = {"neg": cst.Minus, "pos": cst.Plus, "not": cst.Not, "inv": cst.BitInvert, "invert": cst.BitInvert}
TAKE_FUNCTIONS = (np.apply_along_axis, np.apply_over_axes, np.fromfunction)


def is_distribution(object_: Any) -> bool:
    """Return whether an object is a distribution of SciPy, which is called with its parameters."""
    infrastructure = sys.modules.get("scipy.stats._distn_infrastructure")
    return infrastructure is not None and isinstance(object_, infrastructure.rv_generic)


def returned_leaves(node: Any) -> list[Any]:
    """Return the expressions that a function returns, those of both arms of a conditional one."""
    if isinstance(node, cst.Lambda):
        return leaves_of(node.body)
    if isinstance(node, cst.Return):
        return leaves_of(node.value)
    if isinstance(node, cst.FunctionDef):
        return [leaf for child in node.body.children for leaf in returned_leaves(child)]
    if isinstance(node, cst.BaseExpression | cst.ClassDef):
        return []
    return [leaf for child in node.children for leaf in returned_leaves(child)]


def leaves_of(node: Any) -> list[Any]:
    return [*leaves_of(node.body), *leaves_of(node.orelse)] if isinstance(node, cst.IfExp) else [node]


def is_transposing(args: Sequence[cst.Arg]) -> bool:
    """Return whether these are the arguments of `zip(*rows)` or `zip(*rows, strict=False)`."""
    if not args or args[0].star != "*":
        return False
    given = args[1:]
    named = [(arg.keyword.value, arg.value.value) for arg in given if arg.keyword and isinstance(arg.value, cst.Name)]
    return len(named) == len(given) and named in ([], [("strict", "False")])


def is_int_literal(node: Any) -> bool:
    """Return whether an expression is an int, or a bool, as it is written."""
    if isinstance(node, cst.UnaryOperation):
        return is_int_literal(node.expression)
    return isinstance(node, cst.Integer) or (isinstance(node, cst.Name) and node.value in ("True", "False"))


BY_PLACE = (enumerate, zip, reversed, iter, next, list, isinstance, type, len, copy.copy, copy.deepcopy)
KEPT = ("append", "insert", "setdefault", "extend")  # methods that keep an iterator as it is, or begin it themselves


def follows(object_: Any) -> bool:
    """Return whether what is called is of the user's, which may keep or hand on the iterators it is given."""
    if isinstance(object_, type):
        return object_.__module__ not in ("builtins", "numpy", "collections", "itertools")
    return isinstance(object_, types.FunctionType | types.MethodType)


@dataclass(frozen=True)
class Vectorized:
    """What `np.vectorize` is told: a function, a dtype, the arguments that are given whole, the parts it takes."""

    function: Any
    otype: Any
    excluded: tuple[Any, ...]
    signature: str | None


@dataclasses.dataclass(slots=True)
class Memo:
    """What a deep copy has copied already."""

    copied: list[Value] = dataclasses.field(default_factory=list)
    made: dict[int, Value | None] = dataclasses.field(default_factory=dict)  # by identity; None while it is copied

    def site(self, of_call: Any) -> Any:
        """Return the key of the place where the next copy is made."""
        return of_call and (*of_call[:4], f"{of_call[4]}.{len(self.copied)}", *of_call[5:])


def is_shown(value: Value) -> bool:
    """Return whether a value is a number, text or an array that is known only when the program runs."""
    return isinstance(value, Expr) and not isinstance(value, Const) and isinstance(value.type, Scalar | Array | Name)


def holds_memory(type_: Type) -> bool:
    """Return whether there are arrays or lists in values of a type."""
    if isinstance(type_, Structure):
        return any(map(holds_memory, type_.items))
    return isinstance(type_, Array | ListOf)


class Dispatch:
    """Which function a `functools.singledispatch` function calls for objects of a class, as long as that holds."""

    def __init__(self, function: Any, cls: type) -> None:
        self.function, self.cls, self.found = function, cls, function.dispatch(cls)

    def fresh(self) -> bool:
        """Return whether it still calls the same."""
        return self.function.dispatch(self.cls) is self.found


class Calls:
    """Call lowering."""

    def expr_Call(self: Any, node: cst.Call, statement: bool = False) -> Value:
        if isinstance(node.func, cst.Name) and node.func.value == "super":
            return self.super_of(node)
        function = self.callee(node.func)
        if self.known(function) is zip and is_transposing(node.args):
            return self.zipped_rows(node)
        args, kwargs = self.call_arguments(node, function)
        if isinstance(function, ArrayMethod):
            if function.name not in KEPT:
                args = [self.begun(value, node, drained=True) for value in args]
            return self.call_method(function, args, kwargs, node)
        return self.call_function(function, args, kwargs, node)

    def zipped_rows(self: Any, node: cst.Call) -> Value:
        """`zip(*rows)`, of rows of which it may not be known how many there are."""
        rows = self.expression(node.args[0].value)
        if is_listlike(rows) and isinstance(self.item_type(rows), ListOf | Reference):
            return self.call_user(iteration.transposed, [rows], {}, node)
        if is_listlike(rows) and isinstance(self.item_type(rows), Structure):
            error = Op("exception", (Const("there are no rows"),), Static("exception"), {}, "ValueError")
            self.raise_if(self.builder.op("equal", self.length(rows), number(0)), error)
            columns = range(len(self.item_type(rows).keys))
            made = [self.call_user(iteration.column, [rows, number(i)], {}, node) for i in columns]
            return self.struct("tuple", dict(enumerate(made)))
        args = self.starred_for(zip, self.contents_of(self.listed(self.iterator_of(rows, node), node)), 0, node.args[0])
        return self.call_known(zip, args, {}, node)

    def super_of(self: Any, node: cst.Call) -> Super:
        """`super()` in a method, or `super(cls, self)`."""
        args, _ = self.call_arguments(node)
        if len(args) == 2:
            return Super(self.known(args[0]), args[1])
        code = self.frame.function.__code__
        if args or "__class__" not in code.co_freevars or not code.co_argcount:
            raise Unsupported("super() is accepted in a method", node, "write super(cls, self)")
        cls = self.frame.function.__closure__[code.co_freevars.index("__class__")].cell_contents
        return Super(cls, self.state.names[code.co_varnames[0]])

    def super_attribute(self: Any, base: Super, name: str, node: Any) -> Value:
        """An attribute of the classes behind one, in the order in which Python asks them."""
        owner = base.owner
        own = self.known(owner) if isinstance(owner, Const) else owner.cls  # of a class method its class
        order = own.__mro__
        for cls in order[order.index(base.cls) + 1 :]:
            if name not in vars(cls):
                continue
            self.member(cls, name)
            found = vars(cls)[name]
            if isinstance(found, property):
                return self.call_function(found.fget, [owner], {}, node)
            if isinstance(found, classmethod):
                return Bound(found.__func__, Const(own, Static(own)))
            if isinstance(found, staticmethod):
                return Const(found.__func__, Static(found.__func__))
            if issubclass(cls, BaseException) and name == "__init__" and not isinstance(found, types.FunctionType):
                return Bound(iteration.initialise_error, owner)
            if cls is object and name == "__init__":
                return Const(iteration.nothing, Static(iteration.nothing))
            if isinstance(found, types.FunctionType):
                return Bound(found, owner)
            if cls is object and name == "__new__":
                return Const(object.__new__, Static(object.__new__))
            if cls is object and name == "__setattr__":
                return Bound(Const(object.__setattr__, Static(object.__setattr__)), owner)
            return self.outside(name, found, ("member", cls, name)) if is_data(found) else constant_expr(found)
        raise Unsupported(f"no class behind {base.cls.__name__} has {name!r}", node)

    def callee(self: Any, node: Any) -> Value:
        """Return what is called: of an opaque value a method, which is not read before its arguments are."""
        if not isinstance(node, cst.Attribute):
            return self.apart(self.expression(node), "item")
        base = self.expression(node.value)
        if is_opaque(base):
            return ArrayMethod(base, node.attr.value)
        base = self.apart(base, "item")
        if isinstance(base, Chosen) and base.place is not None:
            return MethodOfSeveral(base, self.attribute_name(node))
        try:
            return self.attribute(base, self.attribute_name(node), node)
        except TypeProblem as problem:
            raise Unsupported(str(problem), node) from None

    def call_arguments(self: Any, node: cst.Call, function: Value = None) -> tuple[list[Value], dict[str, Value]]:
        """Return the arguments of a call; a star of any length gives as many as the function takes."""
        args: list[Value] = []
        kwargs: dict[str, Value] = {}
        for arg in node.args:
            value = self.expression(arg.value)
            if arg.star == "*":
                value = self.contents_of(self.listed(self.iterator_of(value, node, drained=True), node))
            if arg.star == "*":
                args.extend(self.starred_for(function, value, len(args), arg))
            elif arg.star == "**":
                if not isinstance(value, Struct) or value.kind != "dict":
                    raise Unsupported("only a dict of known keys can be double-starred", arg)
                kwargs.update(self.fields(value))
            elif arg.keyword is not None:
                kwargs[arg.keyword.value] = value
            else:
                args.append(value)
        return args, kwargs

    def starred_for(self: Any, function: Value, value: Value, before: int, arg: cst.Arg) -> list[Value]:
        """Return the items of a star: of a sequence of any length as many as the function has parameters left."""
        items = self.items_of_star(value, arg)
        count = None if items is not None else self.parameters_left(function, before)
        if count is None or not isinstance(value, Expr) or not isinstance(value.type, Array | ListOf):
            return self.starred(value, arg) if items is None else items
        error = Op("exception", (Const(f"{count} arguments are expected"),), Static("exception"), {}, "TypeError")
        self.raise_if(self.builder.op("not_equal", self.builder.op("len", value), number(count)), error)
        return [self.load(self.get(value, number(i)), f"item{i}") for i in range(count)]

    def parameters_left(self: Any, function: Value, before: int) -> int | None:
        """Return how many positional arguments a function still takes; None if it takes more or fewer as well."""
        if isinstance(function, LocalFunction):
            params = function.node.params
            open_ended = isinstance(params.star_arg, cst.Param) or function.defaults
            return None if open_ended else len(params.posonly_params) + len(params.params) - before
        python = self.known(function)
        if (
            not isinstance(python, types.FunctionType)
            or python.__defaults__
            or python.__code__.co_flags & inspect.CO_VARARGS
        ):
            return None
        return python.__code__.co_argcount - before

    def call_function(self: Any, function: Value, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call any value that can be called."""
        if isinstance(function, Const) and isinstance(function.value, FUNCTIONS):
            function = function.value
        if isinstance(function, Struct) and function.cls in self.templates:
            return self.call_function(self.as_function(function), args, kwargs, node)
        if isinstance(function, MethodOfSeveral):
            return self.call_of_each(function, args, kwargs, node)
        if isinstance(function, Partial):
            return self.call_function(function.function, [*function.args, *args], {**function.kwargs, **kwargs}, node)
        if isinstance(function, LocalFunction):
            return self.call_local(function, args, kwargs, node)
        if isinstance(function, Chosen):
            parts = (function.then, function.orelse)
            arms = [self.in_class(lambda f=f: self.call_function(f, args, kwargs, node)) for f in parts]
            return self.chosen(function.test, *arms, "what is called here", node)
        if isinstance(function, Transformed):
            from s2sad.frontend.nested import call_transformed

            return call_transformed(function, self, args, kwargs, node)
        if isinstance(function, ArrayMethod):
            return self.call_method(function, args, kwargs, node)
        if isinstance(function, UfuncMethod):
            return self.call_ufunc_method(function, args, kwargs, node)
        if isinstance(function, Bound):
            return self.call_function(function.function, [function.self_value, *args], kwargs, node)
        if isinstance(function, Struct) and function.cls is not None and self.member(function.cls, "__call__"):
            return self.call_function(self.member(function.cls, "__call__"), [function, *args], kwargs, node)
        object_ = function.value if isinstance(function, Const) else function
        if isinstance(function, Expr) and not isinstance(function, Const):
            raise Unsupported("this value cannot be called", node)
        return self.call_object(object_, args, kwargs, node)

    def numpy_number(self: Any, kind: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`np.float32(x)` and its like."""
        given = bound(kind.__name__, "x?", args, kwargs, node)
        value = self.operand(given.get("x", number(0.0)), node, "astype")
        return self.builder.op("astype", value, dtype=Const(np.dtype(kind).name))

    def verbatim(self: Any, function: types.FunctionType, given: list[Value]) -> bool:
        """Return whether a function is not followed, but runs as it stands: no derivative is asked of it.

        One of the standard library, or one that does what none that is followed may (files, exceptions, contexts),
        if it is given no floats and no containers.
        """
        if is_ours(function.__code__.co_filename) or any(
            isinstance(v, Struct | FUNCTIONS) or may_be_active(v) for v in given
        ):
            return False
        if (function.__module__ or "").partition(".")[0] in sys.stdlib_module_names:
            return function.__module__ != "__main__"
        from s2sad.frontend.lower import parse

        try:
            return has_refused(parse(function).node)
        except SourceError:
            return False

    def call_object(self: Any, object_: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call a Python object known when code is generated."""
        if id(object_) in MAKERS or object_ == itertools.chain.from_iterable:  # a bound method: a new object each time
            make = lambda between: self.call_maker(object_, args, kwargs, between, node)  # noqa: E731
            return self.deferred(make, node, object_ in BY_ITEM)
        if object_ is iter and len(args) == 1 and isinstance(args[0], Deferred):
            return args[0]
        if object_ is next and args and isinstance(args[0], Deferred) and not is_made_there(node):
            raise self.asked_by_step(args[0], node)
        return self.call_known(object_, args, kwargs, node)

    def call_known(self: Any, object_: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call one that does not defer what it does."""
        made_for_it = object_ is list and len(args) == 1 and (isinstance(args[0], Deferred) or self.lazily(args[0]))
        if (object_ is any or object_ is all) and len(args) == 1 and not kwargs:
            items = args[0] if isinstance(args[0], Deferred) else self.iterator_of(args[0], node)
            if isinstance(items, Deferred) or self.lazily(items):
                return self.decided(object_.__name__, items, node)
            args = [items]
        if not follows(object_):
            args = self.arguments_begun(object_, args, node)
            args = args if any(object_ is each for each in BY_PLACE) else [self.contents_of(value) for value in args]
            kwargs = dict(zip(kwargs, self.arguments_begun(object_, list(kwargs.values()), node), strict=True))
        if object_ is object.__new__ and args:
            return self.struct("object", {}, cls=self.known(args[0]))
        if object_ is object.__setattr__ and len(args) == 3:
            self.set_plainly(args, node)
            return Const(None)
        if object_ is zip and len(args) in GROUPS and all(is_stepped(part) and part is args[0] for part in args):
            return self.call_user(GROUPS[len(args)], args[:1], {}, node)
        if object_ is itertools.islice and is_stepped(args[0]) and len(args) == 2:
            return self.call_user(iteration.first_of_iterator, args, kwargs, node)
        if object_ is zip:
            args = [self.iterator_of(value, node) for value in args]
        elif object_ in (*DRAIN, enumerate, itertools.islice) and (object_ not in (min, max) or len(args) == 1):
            whole = object_ is dict and args and is_table(args[0])
            args = [self.iterator_of(args[0], node), *args[1:]] if args and not whole else args
        if any(map(self.lazily, args)) and not isinstance(object_, types.FunctionType | types.MethodType):
            if object_ is itertools.islice and len(args) == 2:
                return Iteration("islice", args[:1], self.as_expr(args[1], node))
            if object_ not in (enumerate, zip, next, iter):
                args = [self.drained(value, object_, node) for value in args]
                made_for_it |= object_ is list
        if made_for_it and isinstance(args[0], Expr) and isinstance(args[0].type, ListOf):
            return args[0]  # nobody else has it
        if object_ is np.vectorize:
            signature = "pyfunc otypes? doc? excluded? cache? signature?"
            given = bound("np.vectorize", signature, args, kwargs, node)
            options = tuple(given.get(key, Const(None)) for key in ("otypes", "excluded", "signature"))
            return Partial(Const(prelude.of_each, Static(prelude.of_each)), (given["pyfunc"], *options), {})
        if object_ is prelude.of_each:
            excluded = self.constants(args[2], "the excluded arguments of np.vectorize", node)
            signature = self.static_of(args[3], "signature", node)
            how = Vectorized(args[0], self.otype(args[1], node), excluded, signature)
            return self.call_vectorized(how, args[4:], kwargs, node)
        if isinstance(object_, np.vectorize):
            function = Const(object_.pyfunc, Static(object_.pyfunc))
            otype = object_.otypes and object_.otypes[0]
            how = Vectorized(function, otype, tuple(object_.excluded), object_.signature)
            return self.call_vectorized(how, args, kwargs, node)
        if object_ is np.apply_along_axis:
            return self.call_along_axis(args, kwargs, node)
        if object_ is np.apply_over_axes:
            return self.call_over_axes(args, kwargs, node)
        if object_ is np.fromfunction:
            return self.call_on_grid(args, kwargs, node)
        if is_distribution(object_):
            return self.frozen(object_, args, kwargs)
        if object_ == itertools.chain.from_iterable:
            return self.call_user(iteration.flattened, args, kwargs, node)
        if object_ == dict.fromkeys:
            return self.dict_of_keys(args, kwargs, node)
        if getattr(object_, "__name__", "") == "_make" and hasattr(getattr(object_, "__self__", None), "_fields"):
            items = self.starred(bound("_make", "iterable", args, kwargs, node)["iterable"], node)
            return self.construct(object_.__self__, items, {}, node)
        if object_ is abs and len(args) == 1 and self.method_of(args[0], "__abs__") is not None:
            return self.call_function(self.method_of(args[0], "__abs__"), args, {}, node)
        if object_ is abs and len(args) == 1 and (isinstance(args[0], Struct) or is_listlike(args[0])):
            raise self.missing("TypeError", "", "a container has no absolute value", node)
        if object_ is collections.namedtuple:
            return self.named_tuple_class(args, kwargs, node)
        if object_ is dataclasses.fields and len(args) == 1:
            return self.fields_of_class(args[0], node)
        if object_ in (ord, chr) and len(args) == 1 and self.known(args[0]) is not UNKNOWN:
            return constant_expr(object_(self.known(args[0])))
        if object_ in (functools.lru_cache, functools.cache):
            message = "a cached function hands out what it computed for an equal number, which has another derivative"
            raise Unsupported(message, node, "leave out the decorator, or keep what is computed in a dict")
        if object_ is functools.wraps:
            return Const(iteration.same, Static(iteration.same))
        if object_ is dataclasses.replace and args and isinstance(args[0], Struct):
            cls: Any = args[0].cls
            kept = {f.name: self.fields(args[0])[f.name] for f in dataclasses.fields(cls) if f.init}
            return self.construct(cls, [], {**kept, **kwargs}, node)
        if object_ is dataclasses.astuple and args and isinstance(args[0], Struct):
            parts = list(self.fields(args[0]).values())
            if any(isinstance(part, Struct) and part.kind == "object" for part in parts):
                raise Unsupported("dataclasses.astuple of objects in objects is not accepted yet", node)
            return self.copied(self.struct("tuple", dict(enumerate(parts))), Memo(), node)
        if object_ is callable and len(args) == 1 and isinstance(args[0], FUNCTIONS | ArrayMethod):
            return number(True)
        if object_ in (str, repr) and len(args) == 1 and isinstance(self.known(args[0]), int | float | str):
            return constant_expr(object_(self.known(args[0])))
        if object_ in (str, repr) and len(args) == 1 and is_shown(args[0]):
            return Op("fstring", (Op("format", (args[0],), TEXT, {}, "!r" if object_ is repr else ""),), TEXT)
        if is_drawn_by_python(object_):
            return self.python_draw(object_, args, kwargs, node)
        if object_ is dataclasses.asdict and args and isinstance(args[0], Struct):
            fields = dict(self.fields(args[0]))
            if any(isinstance(field, Struct) and field.kind == "object" for field in fields.values()):
                raise Unsupported("dataclasses.asdict of objects in objects is not accepted yet", node)
            return self.copied(self.struct("dict", fields), Memo(), node)
        if object_ is copy.copy or object_ is copy.deepcopy:
            (value,) = bound("copy", "x", args, kwargs, node).values()
            return self.copied(value, Memo() if object_ is copy.deepcopy else None, node)
        if id(object_) in iteration.BY_ID or object_ in (
            itertools.chain,
            itertools.count,
            itertools.cycle,
            *iteration.OF_SOME,
        ):
            return self.call_iteration(object_, args, kwargs, node)
        if getattr(object_, "__module__", None) in ("operator", "_operator"):
            return self.call_operator(object_, args, kwargs, node)
        if id(object_) in ORDERED and (object_.__module__ != "statistics" or any(map(may_be_active, args))):
            return self.call_user(ORDERED[id(object_)], args, kwargs, node)
        in_python = prelude.WRITTEN.get(id(object_))
        if in_python is not None and any(may_be_active(value) for value in (*args, *kwargs.values())):
            return self.call_user(in_python, args, kwargs, node)
        in_python = None if isinstance(object_, type) else model_of(object_)
        if in_python is quad:
            return self.quad_between(args, kwargs, node)
        if in_python is not None:
            TABLE.extended()  # what it is written with has rules
            return self.call_user(in_python, args, kwargs, node)
        if object_ is contextlib.contextmanager and len(args) == 1:
            return Partial(Const(MADE_MANAGER, Static(MADE_MANAGER)), (args[0],), {})
        if object_ is functools.partial and args:
            return Partial(args[0], tuple(args[1:]), kwargs)
        if isinstance(object_, functools.partial):
            first = [self.outside(f"bound_{i}", v, ("partial", object_, str(i))) for i, v in enumerate(object_.args)]
            more = {k: self.outside(k, v, ("partial", object_, k)) for k, v in object_.keywords.items()}
            return self.call_function(object_.func, [*first, *args], {**more, **kwargs}, node)
        special = SPECIAL.get(getattr(object_, "__name__", "")) if object_ in SPECIAL_OBJECTS else None
        if special is not None:
            return getattr(self, special)(args, kwargs, node)
        written_out = lowered(object_)
        if written_out is not None:
            return getattr(self, written_out)(args, kwargs, node)
        converted = self.convert_opaque(object_, args, kwargs)
        if converted is not None:
            return converted
        found = TABLE.lookup(object_)
        if found is not None:
            return self.call_op(found[0], found[1], args, kwargs, node)
        if hasattr(object_, "_s2sad_call"):
            return object_._s2sad_call(self, args, kwargs, node)
        if (getattr(object_, "__module__", ""), getattr(object_, "__name__", "")) == ("logging", "getLogger"):
            return self.opaque("logging/getLogger", [self.as_expr(arg, node) for arg in args], Opaque("logging.Logger"))
        if harmless(object_) and isinstance(object_, types.FunctionType | types.BuiltinFunctionType):
            return self.tell(f"{object_.__module__.lstrip('_')}.{object_.__qualname__}", args, kwargs, node)
        if isinstance(object_, type) and issubclass(object_, np.number):
            return self.numpy_number(object_, args, kwargs, node)
        if isinstance(object_, type):
            return self.construct(object_, args, kwargs, node)
        if hasattr(object_, "registry") and hasattr(object_, "dispatch") and args:
            return self.call_function(self.dispatched(object_, args[0]), args, kwargs, node)
        known = self.made_now(object_, args, kwargs, node)
        if known is not None:
            return known
        cached = isinstance(object_, functools._lru_cache_wrapper)
        if cached and any(may_be_active(value) for value in (*args, *kwargs.values())):
            name = object_.__name__
            message = (
                f"{name} is cached: it hands out what it computed for an equal number, which has another derivative"
            )
            raise Unsupported(message, node, f"call {name}.__wrapped__")
        if isinstance(object_, types.FunctionType) and (manager := self.managed(object_, args, kwargs)) is not None:
            return manager
        function, self_value = unwrap(object_)
        if isinstance(function, types.FunctionType) and function.__name__ == "__init__" and args:
            owner = dataclass_of(args[0].cls, function) if isinstance(args[0], Struct) else None
            if owner is not None:
                self.initialise_fields(owner, args[0], args[1:], kwargs, node)
                return Const(None)
        helper = self.helper_op(function) if isinstance(function, types.FunctionType) else None
        if helper is not None:
            return self.call_helper(helper, args, kwargs, node)
        if isinstance(function, types.FunctionType) and not self.is_library(function):
            if self.verbatim(function, [*args, *kwargs.values()]):
                return self.call_opaque(object_, args, kwargs, node)
            package = (function.__module__ or "").partition(".")[0]
            ordering = package == "functools" and function.__name__ in COMPARISONS.values()  # of total_ordering
            if package in sys.stdlib_module_names and package not in FOLLOWED and not ordering:
                raise no_rule(f"{function.__module__}.{function.__name__}", node)
            if isinstance(self_value, type):
                args = [Const(self_value, Static(self_value)), *args]
            elif self_value is not None:
                args = [self.outside("self_", self_value, ("bound", object_, "self_")), *args]
            return self.call_user(function, args, kwargs, node)
        return self.call_opaque(object_, args, kwargs, node)

    def dispatched(self: Any, function: Any, value: Value) -> Const:
        """Return what a `functools.singledispatch` function calls for a value."""
        choice = Dispatch(function, python_class(value))
        self.unit.reached[f"dispatch:{id(function)}:{choice.cls}"] = choice
        return Const(choice.found, Static(choice.found))

    def copied(self: Any, value: Value, memo: Memo | None, node: Any) -> Value:
        """`copy.copy`; with a memo of what was copied already `copy.deepcopy`."""
        if memo is None:
            return self.copy_of(self.apart(value, "item"), None, node)
        place = unwrapped(value)
        if id(place) in memo.made:
            made = memo.made[id(place)]
            if made is None:
                raise Unsupported("copy.deepcopy of objects that hold one another in a ring is not accepted yet", node)
            return made
        self.check_told_apart(place, memo, node)
        memo.copied.append(place)
        memo.made[id(place)] = None
        made = memo.made[id(place)] = self.copy_of(self.apart(value, "item"), memo, node)
        return made

    def check_told_apart(self: Any, place: Value, memo: Memo, node: Any) -> None:
        """Two things that are one are copied once: whether they are is known of those that were made just now."""
        if not is_place(place):
            return
        for other in memo.copied:
            same_pool = isinstance(other, Expr) and other.type == place.type
            if same_pool and not (self.is_newest(place) and self.is_newest(other)):
                what = f"{place.type.kind}s that may be one and the same"
                raise Unsupported(f"copy.deepcopy of {what} is not accepted yet", node)

    def is_newest(self: Any, place: Expr) -> bool:
        """Return whether a place is that of something where it was made."""
        made = self.builder.definitions.get(place) if isinstance(place, Var) else None
        return isinstance(made, Op) and made.name == "newest"

    def copy_of(self: Any, value: Value, memo: Memo | None, node: Any) -> Value:
        """Return a copy of a value that has not been copied yet."""
        if isinstance(value, Chosen):
            raise Unsupported("a copy of an object whose class is known only when the program runs", node)
        if isinstance(value, Expr) and (is_known_set(value) or getattr(value.type, "what", "") == "set"):
            return self.set_of(value, node)
        if is_table(value):
            return self.copy_of_table(value, memo, node)
        if isinstance(value, Struct):
            own = any(hasattr(value.cls, name) for name in ("__copy__", "__deepcopy__"))
            if own:
                raise Unsupported("a class that says how it is copied is not accepted", node)
            fields = dict(self.fields(value))
            site = self.site(node)
            if memo is not None:
                site = memo.site(site)
                fields = {key: self.copied(item, memo, node) for key, item in fields.items()}
            made: Value = self.born(self.struct(value.kind, fields, cls=value.cls, site=site), node, site)
            return made
        if isinstance(value, Expr) and isinstance(value.type, Array):
            made = self.builder.op("copy", value)
            return made
        if is_listlike(value):
            return self.copy_of_list(value, memo, node)
        return value

    def copy_of_table(self: Any, value: Struct, memo: Memo | None, node: Any) -> Value:
        """Return a copy of a dict of keys that are not known."""
        made = self.apart(self.call_function(self.attribute(value, "copy", node), [], {}, node), "copy")
        for key, part in list(self.fields(made).items()) if memo is not None else ():
            if is_listlike(part) and not isinstance(self.item_type(part), Scalar):
                self.set_field(made, key, self.copied(part, memo, node))
        return made

    def copy_of_list(self: Any, value: Expr, memo: Memo | None, node: Any) -> Value:
        """Return a copy of a list of unknown length, or of one in a pool."""
        item, kind = self.item_type(value), getattr(value.type, "kind", "list")
        deep = memo is not None and not isinstance(item, Scalar)
        site = self.site(node) if memo is None else memo.site(self.site(node))
        if deep and isinstance(item, Structure | ListOf) and item.kind != "tuple":
            self.tell_apart(self.births_in(self.sites_inside(value), ()))
        if deep and isinstance(item, Reference) and self.is_flat(item):
            return self.call_user(iteration.deep_copies_of_places, [value], {}, node)
        if deep and (holds_memory(item) or isinstance(item, Reference)):  # two items may be one array
            raise Unsupported("copy.deepcopy of a list of arrays that grows is not accepted yet", node)
        if kind == "tuple" and not deep:
            return value
        made = self.call_user(iteration.deep_copies, [value], {}, node) if deep else self.new_copy(value, node, site)
        return made if is_list(value) else self.as_kind(kind, made)

    def is_flat(self: Any, reference: Reference) -> bool:
        """Return whether nothing that changes is in what is in a pool."""
        if reference.kind == "mixed":
            return False
        pool = self.pool_behind(reference)
        items = [var.type.item.item if reference.kind == "list" else var.type.item for var in pool.lists.values()]
        return all(isinstance(item, Scalar) for item in items)

    def call_iteration(self: Any, object_: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call `map`, a function of itertools and their like: what they give is a list."""
        if object_ is itertools.chain:
            return self.call_user(iteration.chain, args, kwargs, node)
        if object_ is itertools.repeat and len(args) == 1 and not kwargs:
            return Iteration("repeat", [args[0]])
        if object_ is itertools.cycle:
            items = self.listed(self.iterator_of(args[0], node, drained=True), node)
            return Iteration("cycle", [self.of_one_kind(items, node) if isinstance(items, Struct) else items])
        if object_ is itertools.count:
            found = bound("itertools.count", "start? step?", args, kwargs, node)
            return Iteration("count", [found.get("start", number(0)), found.get("step", number(1))])
        if object_ in iteration.OF_SOME:
            r = self.how_many(object_, args, node)
            if (object_, r) not in iteration.SOME:
                raise Unsupported(f"itertools.{object_.__name__} is not accepted of {r}", node)
            return self.call_user(iteration.SOME[object_, r], args[:1], {}, node)
        if object_ is np.ndindex and len(args) == 1 and not self.is_number(args[0]):
            args = self.starred(args[0], node)
        if object_ is itertools.product and "repeat" in kwargs:
            args = args * self.static_of(kwargs.pop("repeat"), "how often", node)
        _, by_count = iteration.BY_ID[id(object_)]
        if len(args) not in by_count:
            name = f"{object_.__module__}.{object_.__name__}".removeprefix("builtins.")
            counts = " or ".join(map(str, by_count))
            raise Unsupported(f"{name} is accepted with {counts} arguments by position", node)
        return self.call_user(by_count[len(args)], args, kwargs, node)

    def how_many(self: Any, object_: Any, args: list[Value], node: Any) -> Any:
        """Return how many items itertools.combinations and its like take: all, of permutations that do not say."""
        if len(args) == 2 and not self.is_none(args[1]):
            return self.static_of(args[1], "how many of them", node)
        items = self.known_items(args[0])
        if items is None:
            raise Unsupported(f"itertools.{object_.__name__} of how many items is not known", node)
        return len(items)

    def is_number(self: Any, value: Value) -> bool:
        return isinstance(value, Expr) and isinstance(value.type, Scalar)

    def call_operator(self: Any, object_: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call a function of the module `operator`."""
        name = object_.__name__
        if object_ is operator.itemgetter and len(args) == 1:
            return Partial(Const(iteration.item_of, Static(iteration.item_of)), (args[0],), {})
        if object_ is operator.itemgetter and len(args) > 1:
            return Partial(Const(iteration.items_of, Static(iteration.items_of)), tuple(args), {})
        if object_ is operator.attrgetter and len(args) == 1:
            return Partial(Const(iteration.attribute_of, Static(iteration.attribute_of)), (args[0],), {})
        word = name.strip("_")
        if len(args) == 2 and word in OPERATORS:
            return self.operate(OPERATORS[word], args[0], args[1], node)
        if len(args) == 2 and word in COMPARED:
            return self.compare(COMPARED[word], args[0], args[1], node)
        if len(args) == 2 and word == "contains":
            return self.compare("in", args[1], args[0], node)
        if len(args) == 1 and word in SIGNS:
            return self.unary(SIGNS[word], args[0], node)
        if len(args) == 1 and word == "truth":
            return as_expr_of(self.truth(args[0], node))
        if object_ is operator.abs and len(args) == 1:
            return self.call_object(abs, args, {}, node)
        if name == "getitem" and len(args) == 2:
            return self.call_user(iteration.item_of, args[::-1], {}, node)
        raise no_rule(f"operator.{name}", node)

    def call_vectorized(self: Any, how: Vectorized, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call a function for each element, or each part of arrays."""
        function = how.function
        whole = {key: value for key, value in kwargs.items() if key in how.excluded}
        names = self.parameters_of(function) if any(isinstance(at, int) for at in how.excluded) else []
        whole |= {names[i]: arg for i, arg in enumerate(args) if i in how.excluded and i < len(names)}
        args = [arg for i, arg in enumerate(args) if i not in how.excluded]
        if len(whole) < len(kwargs) or len(args) not in prelude.VECTORIZED:
            raise Unsupported("what np.vectorize makes is accepted with one to three arguments, by position", node)
        if whole:
            function = Partial(function, (), whole)
        if how.otype is None:
            self.check_one_kind(how.function, node)
        if how.signature is not None:
            made = self.call_by_parts(function, how.signature, args, node)
        else:
            made = self.call_user(prelude.VECTORIZED[len(args)], [function, *args], {}, node)
        return made if how.otype is None else self.converted(made, Const(np.dtype(how.otype)))

    def check_one_kind(self: Any, function: Value, node: Any) -> None:
        """Refuse a function that may return an int or something else: NumPy makes all of the kind of the first."""
        from s2sad.frontend.lower import parse

        python = self.known(function)
        body = function.node if isinstance(function, LocalFunction) else None
        if isinstance(python, types.FunctionType) and not self.is_library(python):
            body = parse(python).node
        kinds = {is_int_literal(leaf) for leaf in returned_leaves(body)} if body is not None else set()
        if len(kinds) > 1:
            raise Unsupported(
                "np.vectorize makes all results of the kind of the first, which may be an int here",
                node,
                "write 0.0 for 0, or give otypes=[float]",
            )

    def call_by_parts(self: Any, function: Value, signature: str, args: list[Value], node: Any) -> Value:
        """Call a function that takes parts of arrays, `(m,n),(n)->(m)`."""
        left, _, right = signature.replace(" ", "").partition("->")
        cores = [number(part.count(",") + 1 if part else 0) for part in re.findall(r"\(([^)]*)\)", left)]
        if len(cores) != len(args) or len(args) > 2 or right.count("(") != 1:
            raise Unsupported("np.vectorize with a signature is accepted for one or two arrays and one result", node)
        by = prelude.of_parts if len(args) == 1 else prelude.of_two_parts
        return self.call_user(by, [function, *cores, *args], {}, node)

    def parameters_of(self: Any, function: Value) -> list[str]:
        """Return the names of what a function takes, where they are known."""
        if isinstance(function, LocalFunction):
            return [p.name.value for p in function.node.params.params]
        python = self.known(function)
        return (
            list(python.__code__.co_varnames[: python.__code__.co_argcount])
            if isinstance(python, types.FunctionType)
            else []
        )

    def constants(self: Any, value: Value, what: str, node: Any) -> tuple[Any, ...]:
        """Return the items of a list or tuple of constants, or None as none."""
        known = self.known(value)
        if known is None:
            return ()
        items = [self.known(item) for item in self.fields(value).values()] if isinstance(value, Struct) else [known]
        if UNKNOWN in items:
            raise Unsupported(f"{what} must be constants", node)
        return tuple(items)

    def otype(self: Any, types_: Value, node: Any) -> Any:
        """Return the dtype that np.vectorize is told of."""
        items = list(self.fields(types_).values()) if isinstance(types_, Struct) else [types_]
        known = [self.known(item) for item in items]
        if UNKNOWN in known or len(known) != 1:
            raise Unsupported("the otypes of np.vectorize must be one dtype", node)
        return known[0]

    def call_along_axis(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call a function for each row along an axis: what it returns, of any rank, stands where the axis was."""
        names = ("func1d", "axis", "arr")
        found = {name: kwargs[name] for name in names if name in kwargs}
        given = bound("np.apply_along_axis", " ".join(names), args[:3], found, node)
        rest = {name: value for name, value in kwargs.items() if name not in names}
        at, x = self.static_of(given["axis"], "axis", node), self.sym(given["arr"], node)
        at = positive(at, x.ndim)
        rows = x if at == x.ndim - 1 else x.op("moveaxis", source=at, destination=-1)
        made = self.call_user(prelude.of_rows, [given["func1d"], rows.expr, *args[3:]], rest, node)
        result = Sym(self.as_expr(made, node), self.builder)
        new = tuple(range(x.ndim - 1, result.ndim))
        if rows is x or not new:
            return made
        if len(new) == 1:
            return result.op("moveaxis", source=-1, destination=at).expr
        return result.op("moveaxis", source=new, destination=tuple(range(at, at + len(new)))).expr

    def quad_between(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Integrate between limits of which is known which are infinite and which are numbers."""
        given = dict(zip(("func", "a", "b"), args, strict=False)) | kwargs
        known = [self.known(given.get(key, Const(0.0))) for key in ("a", "b")]
        low, high = (value in (-math.inf, math.inf) for value in known)
        if (low and known[0] > 0) or (high and known[1] < 0):
            raise Unsupported("the limits of an integral from or to infinity are accepted in ascending order", node)
        moves = self.struct("tuple", {i: Const(value is UNKNOWN) for i, value in enumerate(known)})
        return self.call_user(INFINITE[low, high], args, {**kwargs, "moves": moves}, node)

    def frozen(self: Any, distribution: Any, args: list[Value], kwargs: dict[str, Value]) -> Struct:
        """`stats.norm(loc, scale)`."""
        infrastructure = sys.modules["scipy.stats._distn_infrastructure"]
        whole = "rv_continuous_frozen" if hasattr(distribution, "pdf") else "rv_discrete_frozen"
        fields = {
            "dist": Const(distribution, Static(distribution)),
            "args": self.struct("tuple", dict(enumerate(args))),
            "kwds": self.struct("dict", dict(kwargs)),
        }
        made: Struct = self.struct("object", fields, cls=getattr(infrastructure, whole))
        return made

    def call_over_axes(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`np.apply_over_axes(function, a, axes)`: what an axis is reduced to stays."""
        found = bound("np.apply_over_axes", "func a axes", args, kwargs, node)
        a = self.sym(found["a"], node)
        axes = found["axes"]
        for given in self.items_of(axes, "axes", node) if isinstance(axes, Struct) else [axes]:
            axis = self.static_of(given, "axes", node)
            made = self.sym(self.call_function(found["func"], [a.expr, number(axis)], {}, node), node)
            a = made if made.ndim == a.ndim else made.op("expand_dims", axis=axis)
        return a.expr

    def call_on_grid(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`np.fromfunction(function, shape)`: the function of the places in each axis."""
        rest = dict(kwargs)
        dtype = rest.pop("dtype", None)
        found = bound(
            "np.fromfunction", "function shape", args, {k: rest.pop(k) for k in list(rest) if k == "shape"}, node
        )
        sizes = self.items_of(found["shape"], "np.fromfunction", node)
        more = {} if dtype is None else {"dtype": self.as_expr(dtype, node)}
        kind = more or {"dtype": constant_expr(np.dtype(float))}
        axes = [call(self.builder, "arange", self.as_expr(size, node), **kind) for size in sizes]
        shape = tuple(Sym(self.as_expr(size, node), self.builder) for size in sizes)
        grid = [on_axis(axis, i, len(axes)).op("broadcast_to", shape=shape).op("copy") for i, axis in enumerate(axes)]
        return self.call_function(found["function"], [part.expr for part in grid], rest, node)

    def call_helper(self: Any, helper: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call a helper of generated code by the operation that it is."""
        if helper == "_object":
            return self.made_object(args, kwargs)
        made = self.call_op(helper, "", args, kwargs, node)
        if helper in ("zeros_tree", "add_lists") and all(arg in self.unit.optional for arg in args):
            self.unit.optional.add(made)  # None, of nothing but None
        return made

    def helper_op(self: Any, function: types.FunctionType) -> str | None:
        """Return the operation that a helper pasted into generated code stands for; others are functions of a user."""
        from s2sad.backends.dialect import FUNCTIONS, HELPERS
        from s2sad.frontend.lower import parse

        text = HELPERS.get(function.__name__)
        if text is None or parse(function).source.text.strip() != text.strip():
            return None
        names = [name for name, spelled in FUNCTIONS.items() if spelled == function.__name__] or [function.__name__]
        known = (n for n in names if n == "_object" or n in TABLE.rules or hasattr(self, "op_" + n))
        return next(known, None)

    def is_library(self: Any, function: types.FunctionType) -> bool:
        return (function.__module__ or "").split(".")[0] in LIBRARIES

    def lacks_rule(self: Any, object_: Any) -> bool:
        """Return whether a Python object that is called has neither a rule nor source to follow."""
        ruled = TABLE.lookup(object_) is not None or lowered(object_) is not None or hasattr(object_, "_s2sad_call")
        written = id(object_) in prelude.WRITTEN or id(object_) in ORDERED
        written = written or model_of(object_) is not None or is_distribution(object_)
        special = (
            isinstance(object_, type | functools.partial) or object_ in TAKE_FUNCTIONS or object_ in SPECIAL_OBJECTS
        )
        if ruled or written or special or not callable(object_):
            return False
        function, _ = unwrap(object_)
        return not isinstance(function, types.FunctionType) or self.is_library(function)
