"""Functions of SciPy that are written out: they take or give what is no array, or lists of arrays."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from s2sad.frontend.arguments import bound
from s2sad.frontend.values import Struct, Unsupported, Value
from s2sad.ir.nodes import Const, Expr
from s2sad.ir.types import Scalar
from s2sad.rules.builder import Sym
from s2sad.rules.core import TABLE
from s2sad.rules.infer import array_of
from s2sad.rules.symbols import call, joined, length, part_of

WRITTEN_OUT = {
    "scipy.linalg": ("block_diag", "cho_factor", "solve_banded", "eigh", "eigvalsh", "lu"),
    "scipy.signal": ("lfilter", "filtfilt", "sosfilt"),
}


def lowered_of_scipy(object_: Any) -> str | None:
    """Return the method that lowers a function of SciPy, if it has one."""
    name = getattr(object_, "__name__", "")
    for module, names in WRITTEN_OUT.items():
        if name in names and module in sys.modules and getattr(sys.modules[module], name) is object_:
            TABLE.extended()  # what it is written out as has rules
            return f"lower_{name}"
    return None


class Scientific:
    """Functions of SciPy; `WRITTEN_OUT` says which."""

    def lower_cho_factor(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The call as it stands; which triangle it gives is known, and decides how `cho_solve` solves."""
        found = bound("scipy.linalg.cho_factor", "a lower? overwrite_a=False check_finite?", args, kwargs, node)
        lower = bool(self.static_of(found.get("lower", Const(False)), "lower", node))
        made = self.sym(found["a"], node).op("linalg.cho_factor", **({"lower": True} if lower else {}))
        pair: Struct = self.struct("tuple", {0: part_of(made, 0).expr, 1: Const(lower)})
        return pair

    def lower_eigh(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Of one matrix, or of a pair."""
        return self.eigen("linalg.eigh", args, kwargs, node)

    def lower_eigvalsh(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.eigen("linalg.eigvalsh", args, kwargs, node)

    def eigen(self: Any, name: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        second = args[1] if len(args) > 1 else kwargs.get("b")
        if second is None or self.is_none(second):
            return self.call_op(name, f"scipy.{name}", args, kwargs, node)
        kwargs = {key: value for key, value in kwargs.items() if key != "b"}
        if name == "linalg.eigvalsh":
            kwargs["eigvals_only"] = Const(True)
        return self.call_op("linalg.eigh_of_pair", "scipy.linalg.eigh", [args[0], second, *args[2:]], kwargs, node)

    def lower_lfilter(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.filtered("lfilter", 4, *self.vectors(args, kwargs), node)

    def lower_filtfilt(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        args, kwargs = self.vectors(args, kwargs)
        return self.call_op("signal.filtfilt", "scipy.signal.filtfilt", args, kwargs, node)

    def vectors(self: Any, args: list[Value], kwargs: dict[str, Value]) -> tuple[list[Value], dict[str, Value]]:
        """The coefficients of a filter as vectors, one of them too."""

        def vector(value: Value) -> Value:
            if not isinstance(value, Expr) or not isinstance(value.type, Scalar):
                return value
            return self.builder.op("array", self.materialize(self.struct("list", {0: value})), form="np.array")

        named = {key: vector(value) if key in ("a", "b") else value for key, value in kwargs.items()}
        return [*map(vector, args[:2]), *args[2:]], named

    def lower_sosfilt(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.filtered("sosfilt", 3, args, kwargs, node)

    def filtered(self: Any, name: str, at: int, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """A filter from rest, or from what stands in its delays."""
        state = args[at] if len(args) > at else kwargs.get("zi")
        rest = state is None or self.is_none(state)
        operation = f"signal.{name}" if rest else f"signal.{name}_from"
        return self.call_op(operation, f"scipy.signal.{name}", args, kwargs, node)

    def lower_lu(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """P, L and U, or P L and U."""
        signature = "a permute_l? overwrite_a=False check_finite? p_indices=False"
        found = bound("scipy.linalg.lu", signature, args, kwargs, node)
        made = self.sym(found["a"], node).op("linalg.lu")
        p, low, up = (part_of(made, i) for i in range(3))
        whole = self.static_of(found.get("permute_l", Const(False)), "permute_l", node)
        parts = [p @ low, up] if whole else [p, low, up]
        return self.tuple_of_syms(parts)

    def lower_block_diag(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Blocks, and zeros in the shape of what stands beside them."""
        found = bound("scipy.linalg.block_diag", "*arrs", args, kwargs, node)
        parts: list[Sym] = [self.sym(value, node) for value in found["arrs"]]
        parts = [part.op("atleast_2d") if part.ndim < 2 else part for part in parts]
        if not parts or any(part.ndim != 2 for part in parts):
            raise Unsupported("scipy.linalg.block_diag is accepted for matrices, one after the other", node)
        dtype = str(np.result_type(*(array_of(part.type).dtype for part in parts)))
        kind = {} if dtype == "float64" else {"dtype": Const(dtype)}
        rows = []
        for i, part in enumerate(parts):
            beside = [
                part if i == j else call(self.builder, "zeros", (length(part), length(other, 1)), **kind)
                for j, other in enumerate(parts)
            ]
            rows.append(self.joined_blocks(beside, 1))
        return self.joined_blocks(rows, 0).expr

    def lower_solve_banded(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        signature = "l_and_u ab b overwrite_ab=False overwrite_b=False check_finite?"
        found = bound("scipy.linalg.solve_banded", signature, args, kwargs, node)
        lower, upper = (self.static_of(n, "l_and_u", node) for n in self.items_of(found["l_and_u"], "l_and_u", node))
        ab = self.sym(found["ab"], node)
        return ab.op("solve_banded", self.sym(found["b"], node), lower=lower, upper=upper).expr

    def joined_blocks(self: Any, parts: list[Sym], axis: int) -> Sym:
        """Return blocks beside or below each other."""
        return joined(parts, axis) if len(parts) > 1 else parts[0].op("copy")
