"""Turn the entries of the rule files (`"tanh": elementwise(...)`) into rules of the table."""

from __future__ import annotations

import builtins
import cmath
import dataclasses
import inspect
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.ir.nodes import Const, Expr
from s2sad.ir.types import Scalar, Type
from s2sad.rules.builder import Builder, Sym, expanded
from s2sad.rules.core import TABLE, Rule, scipy_module
from s2sad.rules.infer import ufunc


def _push_linear(name: str) -> Callable[..., Any]:
    def push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
        if dots[0] is None:  # what moves is read for its shape only
            return y.op("zeros_like")
        return dots[0].op(name, *args[1:], **attrs)

    return push


def _push_bilinear(name: str) -> Callable[..., Any]:
    def push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
        a, b = args
        terms = []
        if dots[0] is not None:
            terms.append(dots[0].op(name, b, **attrs))
        if dots[1] is not None:
            terms.append(a.op(name, dots[1], **attrs))
        return terms[0] if len(terms) == 1 else terms[0] + terms[1]

    return push


def register(
    name: str,
    entry: dict[str, Any],
    infer: Callable[..., Any] | None = None,
    *,
    names: str = "",
    methods: str = "",
    signature: str = "",
    view: str | None = None,
    cost: int | None = None,
    pure: bool = True,
) -> None:
    """Add one entry. `names` are dotted (`np.tanh math.tanh`), `signature` gives the arguments in order.

    In the signature the operands come first, then `|`, then, in the order of the function's own, the attributes with
    their defaults and the operands that are optional: `a | axis @weights keepdims`.
    """
    options = dict(entry)
    infer = infer or type_of(options["definition"])
    push = options.pop("push", None)
    if push == "linear":
        push = _push_linear(name)
    elif push == "bilinear":
        push = _push_bilinear(name)
    if cost is not None:
        options["cost"] = cost
    operands, _, attributes = signature.partition("|")
    order = (*operands.split(), "|", *attributes.split())
    spelling = names.split(maxsplit=1)[0] if names else ""
    TABLE.add(Rule(name, infer, push=push, view=view, pure=pure, signature=order, spelling=spelling, **options))
    for dotted in names.split():
        object_ = resolve(dotted)
        if object_ is not None:
            TABLE.bind(name, (object_, dotted))
    for method in methods.split():
        TABLE.methods[method] = name


class OwnRule:
    """What a program depends on that uses a rule of its user's: fresh as long as the rule is this one."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def fresh(self) -> bool:
        """Return whether the function still has this rule."""
        return TABLE.rules.get(self.rule.name) is self.rule


def register_own(
    function: Callable[..., Any], entry: dict[str, Any], infer: Callable[..., Any] | None, signature: str
) -> None:
    """Give a function of the user's, or of another library, a rule; the last one given counts."""
    module, name = function.__module__, function.__qualname__
    if not signature:
        signature = " ".join(inspect.signature(function).parameters) + " |"
    if infer is None and "definition" not in entry:
        infer = _elementwise_type
    TABLE.rules.pop(f"{module}.{name}", None)
    register(f"{module}.{name}", entry, infer, signature=signature)
    rule = dataclasses.replace(TABLE.rules[f"{module}.{name}"], spelling=f"{module}:{name}")
    TABLE.rules[rule.name] = rule
    TABLE.bind(rule.name, (function, rule.spelling))


def _elementwise_type(args: tuple[Expr, ...], attrs: dict[str, Expr], form: str) -> Type:
    """The type of `arg + ... + 0.0`."""
    result: Type = Scalar("float")
    for arg in args:
        result = ufunc("add")((Const(None, result), arg), {}, "")
    return result


def type_of(definition: Callable[..., Any]) -> Callable[..., Any]:
    """Return the type rule of an operation that is composed of others."""

    def infer(args: tuple[Expr, ...], attrs: dict[str, Expr], form: str) -> Type:
        return expanded(definition, Builder(), args, attrs).type

    return infer


ROOTS = {**vars(builtins), "np": np, "math": math, "cmath": cmath}


def resolve(dotted: str) -> Any:
    """Return the object a dotted name (`np.linalg.norm`, `math.exp`, `len`) means."""
    root, *rest = dotted.split(".")
    object_: Any = ROOTS.get(root)
    if root == "scipy":  # whose modules are loaded when they are used
        module = scipy_module(dotted)
        object_, rest = sys.modules[module], dotted.removeprefix(f"{module}.").split(".")
    for part in rest:
        object_ = getattr(object_, part, None)
    return object_
