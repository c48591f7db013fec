"""Complex cotangents at the public face.

Inside, z_bar = dL/dRe + i dL/dIm, so that the cotangents of `z.real` and `z.imag` are the parts of that of z. At the
public face of the NumPy dialect a cotangent is the conjugate, as in JAX: the pullback is then the transpose of the
tangent, without a conjugate, and the gradient of a holomorphic function's real part is its derivative.
"""

from __future__ import annotations

from s2sad.ir.nodes import Assign, Expr, Op, Var
from s2sad.ir.types import Array, ListOf, Recursive, Structure, Type, numeric_kind
from s2sad.rules.builder import Builder


def holds_complex(type_: Type) -> bool:
    """Return whether there are complex numbers in a value of this type."""
    if isinstance(type_, Structure):
        return any(map(holds_complex, type_.items))
    if isinstance(type_, ListOf):
        return holds_complex(type_.item)
    return numeric_kind(type_) == "complex" and not isinstance(type_, Recursive)


def faced(cotangent: Expr, builder: Builder) -> Expr:
    """Return a cotangent on the other side of the public face: its complex numbers are conjugated."""
    if not holds_complex(cotangent.type):
        return cotangent
    if isinstance(cotangent, Op) and cotangent.name in ("build", "tuple"):
        parts = tuple(faced(part, builder) for part in cotangent.args)
        return Op(cotangent.name, parts, cotangent.type, cotangent.attrs, cotangent.form)
    if numeric_kind(cotangent.type) is None:
        return builder.bind(Op("conj_tree", (cotangent,), cotangent.type), name_of(cotangent))
    value, name = uncopied(cotangent, builder), name_of(cotangent)
    made, count = builder.op("conj", value, hint=name), len(builder.block)
    known = not count or not isinstance(builder.block[-1], Assign) or builder.block[-1].target is not made
    # the conjugate of a conjugate is there already, and may be the caller's own array
    return builder.op("copy", made, hint=name) if known and isinstance(made.type, Array) else made


def uncopied(cotangent: Expr, builder: Builder) -> Expr:
    """Return what a copy was taken of, if it was made just now: its conjugate is fresh as well."""
    last = builder.block[-1] if builder.block else None
    if not isinstance(last, Assign) or last.target is not cotangent or not isinstance(last.value, Op):
        return cotangent
    if last.value.name != "copy" or not isinstance(cotangent.type, Array):
        return cotangent
    builder.block.pop()
    return last.value.args[0]


def name_of(cotangent: Expr) -> str:
    """Return the name that a cotangent keeps."""
    return cotangent.name if isinstance(cotangent, Var) and cotangent.name != "t" else ""
