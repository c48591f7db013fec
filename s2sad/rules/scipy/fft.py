"""scipy.fft: the transforms of numpy.fft under SciPy's names, and cosine and sine transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad.ir.types import Array
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TABLE, TypeProblem, composed, linear, static
from s2sad.rules.fourier import fitted, static_none
from s2sad.rules.infer import array_of, normal_axes, size_of
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
    shape = list(array.shape)
    n = attrs.get("n")
    if n is not None and not static_none(n):
        shape[positive(static(attrs.get("axis"), -1), array.ndim)] = size_of(n)
    return Array(array.dtype if array.dtype in ("float32", "float64") else "float64", tuple(shape))


TRANSPOSED = {1: 1, 2: 3, 3: 2, 4: 4}


def _transpose(name: str) -> Callable[..., Sym]:
    """The matrix of type 3 is the transpose of that of type 2, but for the first term, which is halved; 4 is symmetric.

    So is that of the sines of type 1; that of the cosines is with both ends halved. With norm="ortho" the transposes
    are exact (G. Strang, "The discrete cosine transform", 1999).
    """

    def pull(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
        kind, axis = static(attrs.get("type"), 2), static(attrs.get("axis"), -1)
        norm = static(attrs.get("norm"), None)
        if kind not in TRANSPOSED:
            raise TypeProblem(f"scipy.fft.{name} is accepted with types 1 to 4, not {kind}")
        options = {"type": TRANSPOSED[kind], **({} if axis == -1 else {"axis": axis})}
        options |= {} if norm in (None, "backward") else {"norm": norm}
        ends = [] if norm == "ortho" else _unequal(name, kind)
        for end, before, _ in ends:
            g = _scaled(g, axis, end, before) if before != 1.0 else g
        made = g.op(f"fft.{name}", **options)
        for end, _, after in ends:
            made = _scaled(made, axis, end, after) if after != 1.0 else made
        return fitted(made, x, attrs)

    return pull


def _unequal(name: str, kind: int) -> list[tuple[slice, float, float]]:
    """Return the ends of a vector that count otherwise than what is between, before and after the transposed map."""
    first, last = slice(None, 1), slice(-1, None)
    single = first if name.endswith("ct") else last
    inverse = name.startswith("i") and kind in (2, 3)  # that of type 2 is type 3, over 2 n
    forward = 5 - kind if inverse else kind
    match forward:
        case 1 if name.endswith("ct"):
            return [(first, 2.0, 0.5), (last, 2.0, 0.5)]
        case 2:
            return [(single, 2.0, 1.0)]
        case 3:
            return [(single, 1.0, 0.5)]
    return []


def _scaled(x: Sym, axis: int, end: slice, factor: float) -> Sym:
    """Return x with the first or last element along an axis multiplied."""
    axis = positive(axis, x.ndim)
    first = end.stop == 1
    rest = along(x, axis, slice(1, None) if first else slice(None, -1))
    ends = factor * along(x, axis, end)
    return joined([ends, rest] if first else [rest, ends], axis)


def _over_axes(name: str) -> Callable[..., Sym]:
    """One axis after the other."""

    def definition(x: Sym, type: int = 2, s: Any = None, axes: Any = None, norm: Any = None, **_: Any) -> Sym:
        chosen = axes if axes is not None else tuple(range(x.ndim - len(s), x.ndim)) if s is not None else None
        chosen = normal_axes(chosen, x.ndim)
        sizes = s if isinstance(s, tuple) else (s,) * len(chosen)
        for axis, n in zip(chosen, sizes, strict=True):
            options = {"norm": norm} if norm is not None else {}
            options |= {"n": n} if n is not None else {}
            x = x.op(f"fft.{name}", type=type, axis=axis, **options)
        return x

    return definition


for _name in ("dct", "dst", "idct", "idst"):
    register(
        f"fft.{_name}",
        {**linear(_transpose(_name)), "over_complex": "refused"},
        _same_type,
        names=f"scipy.fft.{_name}",
        signature=f"x | type n axis norm {OPTIONS} orthogonalize=None",
        cost=EXPENSIVE,
    )
    register(
        f"fft.{_name}n",
        composed(_over_axes(_name), over_complex="refused"),
        names=f"scipy.fft.{_name}n",
        signature=f"x | type s axes norm {OPTIONS} * orthogonalize=None",
        cost=EXPENSIVE,
    )
