"""numpy.fft. The transform is a symmetric matrix F of phases: the adjoint of F is its conjugate, the inverse unscaled.

A norm that scales one way scales the other way in the inverse, so that the adjoint of `fft(norm="backward")` is
`ifft(norm="forward")`: neither is scaled.
"""

from __future__ import annotations

from typing import Any

from s2sad.ir.types import Array, Size, fresh_size
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, composed, constant, linear, static
from s2sad.rules.infer import array_of, normal_axes, size_of
from s2sad.rules.register import register
from s2sad.rules.symbols import call, length, positive

INVERSE = {"fft": "ifft", "ifft": "fft", "fftn": "ifftn", "ifftn": "fftn"}
NORM = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


def swapped(attrs: dict[str, Any]) -> dict[str, str]:
    """Return the norm with which the inverse is the adjoint; "backward" need not be said."""
    norm = NORM[static(attrs.get("norm"))]
    return {} if norm == "backward" else {"norm": norm}


def _complex(dtype: str) -> str:
    return "complex64" if dtype in ("float32", "complex64", "float16") else "complex128"


def _real(dtype: str) -> str:
    return "float32" if _complex(dtype) == "complex64" else "float64"


def _sized(args: Any, attrs: dict[str, Any], size: Any, dtype: Any) -> Array:
    """The type of a transform along one axis."""
    array = array_of(args[0].type)
    axis = positive(static(attrs.get("axis"), -1), array.ndim)
    shape = list(array.shape)
    n = attrs.get("n")
    given = None if n is None or static_none(n) else size_of(n)
    shape[axis] = size(shape[axis], given)
    return Array(dtype(array.dtype), tuple(shape))


def static_none(value: Any) -> bool:
    """Return whether an attribute is None."""
    return getattr(value, "value", 0) is None


def _same_size(own: Size, given: Size | None) -> Size:
    return own if given is None else given


def _half(own: Size, given: Size | None) -> Size:
    size = own if given is None else given
    return Size.number(size.value // 2 + 1) if size.value is not None else fresh_size()


def _double(own: Size, given: Size | None) -> Size:
    if given is not None:
        return given
    return Size.number(2 * (own.value - 1)) if own.value is not None else fresh_size()


def _transform_type(args: Any, attrs: Any, form: str) -> Array:
    return _sized(args, attrs, _same_size, _complex)


def _rfft_type(args: Any, attrs: Any, form: str) -> Array:
    return _sized(args, attrs, _half, _complex)


def _irfft_type(args: Any, attrs: Any, form: str) -> Array:
    return _sized(args, attrs, _double, _real)


def _axis(attrs: dict[str, Any]) -> dict[str, int]:
    axis = static(attrs.get("axis"), -1)
    return {} if axis == -1 else {"axis": axis}


def _back(name: str) -> Any:
    """The adjoint of a transform along one axis: what was cut off gets zeros, what was filled up is cut off."""

    def pull(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
        made = g.op(INVERSE[name], **_axis(attrs), **swapped(attrs))
        return fitted(made, x, attrs)

    return pull


def fitted(made: Sym, x: Sym, attrs: dict[str, Any]) -> Sym:
    """Return what belongs to x of an array that was transformed with another number of points."""
    n = attrs.get("n")
    if n is None or static_none(n):
        return made
    axis = static(attrs.get("axis"), -1)
    return made.op("fit", length(x, axis), axis=axis)


def _rfft_back(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    """The second half of the spectrum is not there: its cotangent is zero, as ifft fills it up."""
    axis, n = static(attrs.get("axis"), -1), attrs.get("n")
    points = length(x, axis) if n is None or static_none(n) else n
    made = g.op("ifft", n=points, **_axis(attrs), **swapped(attrs)).op("real")
    return fitted(made, x, attrs)


def _irfft_back(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    """Each point of the spectrum but the first, and the last if their number is even, stands for two."""
    axis = static(attrs.get("axis"), -1)
    half = g.op("rfft", **_axis(attrs), **swapped(attrs))
    made = half * g.op("hermitian_weights", axis=axis)
    return made.op("fit", length(x, axis), axis=axis)


def _weights_type(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    axis = positive(static(attrs["axis"]), array.ndim)
    return Array(array.dtype, (fresh_size(), *(Size.number(1),) * (array.ndim - axis - 1)))


def _fit_type(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    shape = list(array.shape)
    shape[positive(static(attrs["axis"]), array.ndim)] = size_of(args[1])
    return Array(array.dtype, tuple(shape))


def _fit_back(g: Sym, y: Sym, x: Sym, n: Sym, axis: Any = -1) -> Sym:
    return g.op("fit", length(x, static(axis)), axis=static(axis))


# --- several axes -------------------------------------------------------------------------------------------------
def _axes(x: Sym, s: Any, axes: Any, default: tuple[int, ...] | None) -> tuple[int, ...]:
    if axes is not None:
        return tuple(axes) if isinstance(axes, tuple) else (axes,)
    if default is not None:
        return default
    return tuple(range(-len(s), 0)) if s is not None else tuple(range(x.ndim))


def _each(name: str, default: tuple[int, ...] | None) -> Any:
    """A transform along several axes is one along each, the last first."""

    def definition(x: Sym, s: Any = None, axes: Any = None, norm: Any = None) -> Sym:
        found = _axes(x, s, axes, default)
        if s is None and name in INVERSE and default is None:
            return x.op(f"{name}_whole", axes=found, **({} if norm is None else {"norm": norm}))
        for i in reversed(range(len(found))):
            more = {} if s is None else {"n": s[i]}
            x = x.op(name.rstrip("n2"), axis=found[i], **more, **({} if norm is None else {"norm": norm}))
        return x

    return definition


def _real_each(default: tuple[int, ...] | None) -> Any:
    def definition(x: Sym, s: Any = None, axes: Any = None, norm: Any = None) -> Sym:
        found = _axes(x, s, axes, default)
        scale = {} if norm is None else {"norm": norm}
        x = x.op("rfft", axis=found[-1], **scale, **({} if s is None else {"n": s[-1]}))
        for i in reversed(range(len(found) - 1)):
            x = x.op("fft", axis=found[i], **scale, **({} if s is None else {"n": s[i]}))
        return x

    return definition


def _inverse_real_each(default: tuple[int, ...] | None) -> Any:
    def definition(x: Sym, s: Any = None, axes: Any = None, norm: Any = None) -> Sym:
        found = _axes(x, s, axes, default)
        scale = {} if norm is None else {"norm": norm}
        for i in range(len(found) - 1):
            x = x.op("ifft", axis=found[i], **scale, **({} if s is None else {"n": s[i]}))
        return x.op("irfft", axis=found[-1], **scale, **({} if s is None else {"n": s[-1]}))

    return definition


def _hfft(a: Sym, n: Any = None, axis: int = -1, norm: Any = None) -> Sym:
    """The spectrum of a signal that is Hermitian: irfft of its conjugate, scaled the other way."""
    return a.op("conj").op("irfft", axis=axis, norm=NORM[norm], **({} if n is None else {"n": n}))


def _ihfft(a: Sym, n: Any = None, axis: int = -1, norm: Any = None) -> Sym:
    return a.op("rfft", axis=axis, norm=NORM[norm], **({} if n is None else {"n": n})).op("conj")


def _shift(way: int) -> Any:
    """Roll each axis by half its length."""

    def definition(x: Sym, axes: Any = None) -> Sym:
        for axis in normal_axes(axes, x.ndim):
            half = length(x, axis).op("floor_divide", 2)
            x = x.op("roll", half if way > 0 else -half, axis=axis)
        return x

    return definition


_ONE = "a | n axis norm out=None"
for _name in ("fft", "ifft"):
    register(_name, linear(_back(_name)), _transform_type, names=f"np.fft.{_name}", signature=_ONE, cost=EXPENSIVE)
register(
    "rfft",
    {**linear(_rfft_back), "over_complex": "refused"},
    _rfft_type,
    names="np.fft.rfft",
    signature=_ONE,
    cost=EXPENSIVE,
)
register("irfft", linear(_irfft_back), _irfft_type, names="np.fft.irfft", signature=_ONE, cost=EXPENSIVE)
register("hfft", composed(_hfft), names="np.fft.hfft", signature=_ONE, cost=EXPENSIVE)
register("ihfft", composed(_ihfft, over_complex="refused"), names="np.fft.ihfft", signature=_ONE, cost=EXPENSIVE)
register("fit", linear(_fit_back), _fit_type, signature="x n | axis", cost=EXPENSIVE)
register("hermitian_weights", constant(cost=EXPENSIVE), _weights_type, signature="x | axis")


def _whole_type(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    return Array(_complex(array.dtype), array.shape)


def _whole_back(name: str) -> Any:
    def pull(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
        return g.op(f"{INVERSE[name]}_whole", axes=static(attrs["axes"]), **swapped(attrs))

    return pull


for _name in ("fftn", "ifftn"):
    register(f"{_name}_whole", linear(_whole_back(_name)), _whole_type, signature="a | axes norm", cost=EXPENSIVE)
_MANY = "a | s axes norm out=None"
for _name, _default in (("fft2", (-2, -1)), ("ifft2", (-2, -1)), ("fftn", None), ("ifftn", None)):
    register(_name, composed(_each(_name, _default)), names=f"np.fft.{_name}", signature=_MANY, cost=EXPENSIVE)
for _name, _default in (("rfft2", (-2, -1)), ("rfftn", None)):
    _entry = composed(_real_each(_default), over_complex="refused")
    register(_name, _entry, names=f"np.fft.{_name}", signature=_MANY, cost=EXPENSIVE)
for _name, _default in (("irfft2", (-2, -1)), ("irfftn", None)):
    register(_name, composed(_inverse_real_each(_default)), names=f"np.fft.{_name}", signature=_MANY, cost=EXPENSIVE)
for _name, _way in (("fftshift", 1), ("ifftshift", -1)):
    register(_name, composed(_shift(_way)), names=f"np.fft.{_name}", signature="x | axes", cost=EXPENSIVE)


def _frequencies(half: bool) -> Any:
    def infer(args: Any, attrs: Any, form: str) -> Array:
        size = size_of(args[0])
        return Array("float64", (_half(size, None) if half else size,))

    return infer


def _over_spacing(name: str) -> Any:
    return lambda n, d=1.0: call(n.builder, f"{name}_unit", n) / d


for _name, _half_of in (("fftfreq", False), ("rfftfreq", True)):
    _type = _frequencies(_half_of)
    register(f"{_name}_unit", constant(cost=EXPENSIVE), _type, signature="n |")
    register(
        _name,
        composed(_over_spacing(_name)),
        _type,
        names=f"np.fft.{_name}",
        signature="n | d device=None",
        cost=EXPENSIVE,
    )
