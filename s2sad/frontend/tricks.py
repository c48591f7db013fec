"""What NumPy spells with brackets: `np.r_[a, 1.0, b]`, `np.c_[a, b]`, `np.mgrid[0:3, 0:4]`, `np.ogrid[0:3]`."""

from __future__ import annotations

from typing import Any

import libcst as cst
import numpy as np

from s2sad.frontend.values import Unsupported, Value
from s2sad.ir.nodes import Const, Expr, Op
from s2sad.ir.types import ListOf, Scalar, Structure, numeric_kind
from s2sad.rules.builder import Sym, constant_expr
from s2sad.rules.infer import array_of
from s2sad.rules.symbols import call, joined, length, on_axis, stacked


class Tricks:
    """Objects of NumPy that are indexed."""

    def index_trick(self: Any, object_: Any, node: cst.Subscript) -> Value | None:
        """Return what indexing an object of NumPy gives; None for one that is not known."""
        if not any(object_ is trick for trick in (np.r_, np.c_, np.mgrid, np.ogrid)):
            return None
        parts = [self.index_part(element.slice) for element in node.slice]
        if object_ is np.r_ or object_ is np.c_:
            made = [self.trick_part(part, node) for part in parts]
            return self.rows(made, node) if object_ is np.r_ else self.columns(made, node)
        if not all(isinstance(part, Op) and part.name == "slice" for part in parts):
            raise Unsupported("a grid is made of slices", node)
        axes = [self.range_of(part, node) for part in parts]
        if len(axes) == 1:
            return axes[0].expr
        open_ = [on_axis(part, axis, len(axes)) for axis, part in enumerate(axes)]
        if object_ is np.ogrid:
            whole = [
                p.op("expand_dims", axis=tuple(range(len(axes) - p.ndim))) if p.ndim < len(axes) else p for p in open_
            ]
            return self.tuple_of_syms(whole)
        sizes = tuple(length(part) for part in axes)
        return stacked([part.op("broadcast_to", shape=sizes) for part in open_]).expr

    def trick_part(self: Any, part: Expr, node: Any) -> Sym:
        """Return one part: a range for a slice."""
        if isinstance(part, Op) and part.name == "slice":
            made: Sym = self.range_of(part, node)
            return made
        if isinstance(part, Const) and isinstance(part.value, str):
            raise Unsupported("a text in np.r_ is not accepted", node, "use np.concatenate or np.stack")
        if isinstance(part.type, Structure | ListOf):
            part = self.builder.op("array", part, form="np.array")
        return Sym(self.operand(part, node, ""), self.builder)

    def range_of(self: Any, part: Op, node: Any) -> Sym:
        """`a:b:c` is np.arange(a, b, c), and np.linspace(a, b, n) where c is n times 1j."""
        lower, upper, step = (None if self.is_none(bound) else bound for bound in part.args)
        if upper is None:
            raise Unsupported("a slice of np.r_ or of a grid needs an end", node)
        lower = constant_expr(0) if lower is None else lower
        known = self.known(step) if step is not None else None
        if isinstance(known, complex):
            return call(self.builder, "linspace", lower, upper, num=int(abs(known)))
        return call(self.builder, "arange", lower, upper, *(() if step is None else (step,)))

    def rows(self: Any, parts: list[Sym], node: Any) -> Value:
        """One after the other along the first axis; a number is a vector of one."""
        parts = widened(parts)
        if len({part.ndim for part in parts}) > 1:
            raise Unsupported("np.r_ is accepted for parts of one rank", node, "use np.concatenate")
        return joined(parts).expr if len(parts) > 1 else parts[0].op("copy").expr

    def columns(self: Any, parts: list[Sym], node: Any) -> Value:
        """Side by side: a vector is a column."""
        if any(part.ndim > 2 for part in parts):
            raise Unsupported("np.c_ is accepted for vectors and matrices", node, "use np.concatenate")
        parts = [part if part.ndim > 1 else part.op("expand_dims", axis=1) for part in widened(parts)]
        return joined(parts, 1).expr if len(parts) > 1 else parts[0].op("copy").expr


def widened(parts: list[Sym]) -> list[Sym]:
    """Return the parts with numbers as vectors of one, in the dtype of the arrays: a number of Python's widens none."""
    arrays = [array_of(part.type).dtype for part in parts if part.ndim]
    made = []
    for part in parts:
        if part.ndim:
            made.append(part)
            continue
        one = part.op("broadcast_to", shape=(1,))
        weak = isinstance(part.type, Scalar) and part.type.dtype is None
        dtype = (
            str(np.result_type(*arrays, {"float": 0.0, "complex": 0j}.get(numeric_kind(part.type) or "", 0)))
            if weak
            else ""
        )
        made.append(one.op("astype", dtype=np.dtype(dtype)) if dtype in ("float32", "complex64") else one)
    return made
