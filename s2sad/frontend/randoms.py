"""The module `random`: numbers are drawn once, where the program draws them, and are constants."""

from __future__ import annotations

import random
from typing import Any

from s2sad.frontend.values import Struct, Unsupported, Value
from s2sad.ir.nodes import Const, Effect, Expr, Op
from s2sad.ir.types import Opaque, Scalar, Static, Type, fresh_size

FLOATS = "random uniform triangular betavariate expovariate gammavariate gauss lognormvariate normalvariate"
FLOATS += " vonmisesvariate paretovariate weibullvariate"
INTS = "randint randrange getrandbits"
KINDS = {**dict.fromkeys(FLOATS.split(), "float"), **dict.fromkeys(INTS.split(), "int")}


def is_drawn_by_python(object_: Any) -> bool:
    """Return whether an object is `random.Random`, or a function of the module `random`."""
    return object_ is random.Random or getattr(object_, "__self__", None) is random._inst


class Randoms:
    """Lowering of the module `random`."""

    def python_draw(self: Any, object_: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call a function of the module, or make a generator."""
        if object_ is random.Random:
            operands = [self.as_expr(arg, node) for arg in args]
            made: Expr = self.opaque("random/Random", operands, Opaque("random.Random"))
            return made
        return self.drawn_by_python(object_.__name__, f"random/{object_.__name__}", [], args, kwargs, node)

    def drawn_by_python(
        self: Any, name: str, form: str, base: list[Expr], args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> Value:
        """Draw a number or one of some items; or seed."""
        if name == "choice" and len(args) == 1:  # the place that it draws is that of `randrange`
            items = self.of_one_kind(args[0], node) if isinstance(args[0], Struct) else self.as_expr(args[0], node)
            count = self.builder.op("len", self.contents_of(items))
            return self.item_at(items, self.drawn(form.replace("choice", "randrange"), [*base, count], {}, "int"))
        operands = [self.as_expr(arg, node) for arg in args]
        attrs = {key: self.as_expr(value, node) for key, value in kwargs.items()}
        if name == "seed":
            made = Op("tell", (*base, *operands), Static(None), attrs, "seed" if base else "random.seed")
            self.builder.block.append(Effect(made, self.builder.origin))
            return Const(None)
        if name not in KINDS:
            raise Unsupported(f"random.{name} is not followed", node, "draw places: random.randrange(n)")
        return self.drawn(form, [*base, *operands], attrs, KINDS[name])

    def drawn(self: Any, form: str, operands: list[Expr], attrs: dict[str, Expr], kind: str) -> Expr:
        """Draw a number."""
        type_: Type = Scalar("int", None, fresh_size()) if kind == "int" else Scalar("float")
        name = form.rpartition("/")[2].lstrip(".")
        found: Expr = self.builder.bind(Op("draw", tuple(operands), type_, attrs, form), name)
        return found
