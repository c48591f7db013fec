"""scipy.fft: the transforms of numpy.fft under SciPy's names, and cosine and sine transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad.ir.types import Array
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TABLE, composed, linear, static
from s2sad.rules.infer import TypeProblem, array_of
from s2sad.rules.register import register
from s2sad.rules.symbols import along, call, joined, positive

OPTIONS = "overwrite_x=False workers"


def same_as(name: str, parameters: tuple[str, ...]) -> Callable[..., Sym]:
    """Return the definition of a transform that NumPy has too."""

    def definition(x: Sym, **attrs: Any) -> Sym:
        given = {key: value for key, value in attrs.items() if key in parameters and value is not None}
        return x.op(name, **given)

    return definition


def add(name: str, parameters: str) -> None:
    """Register a transform of NumPy's under SciPy's name."""
    keys = tuple(parameters.split())
    register(
        f"fft.{name}",
        composed(same_as(name, keys), over_complex=TABLE.rules[name].over_complex),
        TABLE.rules[name].infer,
        names=f"scipy.fft.{name}",
        signature=f"x | {parameters} {OPTIONS if 'norm' in keys else ''}",
        cost=EXPENSIVE,
    )


for _name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"):
    add(_name, "n axis norm")
for _name in ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn"):
    add(_name, "s axes norm")
for _name in ("fftshift", "ifftshift"):
    add(_name, "axes")
for _name in ("fftfreq", "rfftfreq"):
    register(
        f"fft.{_name}",
        composed(lambda n, d=1.0, _name=_name: call(n.builder, _name, n, d=d)),
        TABLE.rules[_name].infer,
        names=f"scipy.fft.{_name}",
        signature="n | d",
    )


# --- cosine and sine transforms ---------------------------------------------------------------------------------------
def _same_type(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    return Array(array.dtype if array.dtype in ("float32", "float64") else "float64", array.shape)


TRANSPOSED = {2: 3, 3: 2, 4: 4}


def _transpose(name: str) -> Callable[..., Sym]:
    """The matrix of type 3 is the transpose of that of type 2, but for the first term, which is halved; 4 is symmetric.

    With norm="ortho" the transposes are exact (G. Strang, "The discrete cosine transform", 1999).
    """

    def pull(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
        kind, axis = static(attrs.get("type"), 2), static(attrs.get("axis"), -1)
        norm = static(attrs.get("norm"), None)
        if kind not in TRANSPOSED:
            raise TypeProblem(f"scipy.fft.{name} is accepted with types 2, 3 and 4, not {kind}")
        if norm not in (None, "backward", "ortho"):
            raise TypeProblem(f"scipy.fft.{name} is accepted with norm=None or 'ortho', not {norm!r}")
        options = {"type": TRANSPOSED[kind], **({} if axis == -1 else {"axis": axis})}
        if norm == "ortho":
            return g.op(f"fft.{name}", **options, norm="ortho")
        single = slice(None, 1) if name.endswith("ct") else slice(-1, None)
        forward = kind if name in ("dct", "dst") else 5 - kind  # the inverse of type 2 is type 3, over 2 n
        if forward == 2:
            return _scaled(g, axis, single, 2.0).op(f"fft.{name}", **options)
        made = g.op(f"fft.{name}", **options)
        return _scaled(made, axis, single, 0.5) if forward == 3 else made

    return pull


def _scaled(x: Sym, axis: int, end: slice, factor: float) -> Sym:
    """Return x with the first or last element along an axis multiplied."""
    axis = positive(axis, x.ndim)
    first = end.stop == 1
    rest = along(x, axis, slice(1, None) if first else slice(None, -1))
    ends = factor * along(x, axis, end)
    return joined([ends, rest] if first else [rest, ends], axis)


for _name in ("dct", "dst", "idct", "idst"):
    register(
        f"fft.{_name}",
        {**linear(_transpose(_name)), "over_complex": "refused"},
        _same_type,
        names=f"scipy.fft.{_name}",
        signature=f"x | type n=None axis norm {OPTIONS} orthogonalize=None",
        cost=EXPENSIVE,
    )
