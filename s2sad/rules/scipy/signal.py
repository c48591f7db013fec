"""scipy.signal: convolutions, and linear filters (A. Oppenheim, R. Schafer, Discrete-Time Signal Processing)."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir.nodes import Const
from s2sad.ir.types import Array, Structure, broadcast, dtype_of, fresh_size, numeric_kind
from s2sad.rules.builder import Sym, cast_like, constant_expr, unbroadcast
from s2sad.rules.core import EXPENSIVE, Followed, TypeProblem, bilinear, composed, constant, custom, static
from s2sad.rules.infer import array_of, size_of
from s2sad.rules.linalg import float_dtype
from s2sad.rules.register import register
from s2sad.rules.symbols import along, call, joined, length, on_axis, positive, where


# --- convolutions -----------------------------------------------------------------------------------------------------
def _whole(g: Sym, a: Sym, v: Sym, mode: str) -> Sym:
    """Return the cotangent of the full convolution: zero where a mode has cut off."""
    if mode == "full":
        return g
    widths = []
    for axis in range(a.ndim):
        m, n = length(a, axis), length(v, axis)
        if mode == "same":  # as many elements as a has, in the middle
            before = (n - 1).op("floor_divide", 2)
            widths.append((before, n - 1 - before))
        else:
            beyond = call(a.builder, "minimum", m, n, form="min") - 1
            widths.append((beyond, beyond))
    return g.op("pad_constant", pad_width=tuple(widths))


def _slide(g: Sym, other: Sym) -> Sym:
    """Sum over k of g[i + k] other[k]."""
    return g.op("signal.correlate", other.op("conj"), mode="valid")


def _axis(attrs: dict[str, Any]) -> int | None:
    """Return the one axis along which fftconvolve convolves; None for all."""
    axes = static(attrs.get("axes"))
    if isinstance(axes, tuple) and len(axes) == 1:
        (axes,) = axes
    if isinstance(axes, tuple) or (axes is not None and _mode(attrs) == "valid"):
        raise TypeProblem("scipy.signal.fftconvolve is accepted along all axes, or one with mode 'full' or 'same'")
    return axes


def _slide_along(g: Sym, other: Sym, like: Sym, axis: int, before: Any) -> Sym:
    """The sums over k of g[i + k] other[k] along an axis, by the transforms of as many points as there are in all."""
    whole = length(like, axis) + length(other, axis) - 1
    if before is not None:
        widths = [(0, 0)] * g.ndim
        widths[axis] = (before, whole - length(g, axis) - before)
        g = g.op("pad_constant", pad_width=tuple(widths))
    real = "complex" not in (numeric_kind(g.type), numeric_kind(other.type))
    there, back = ("rfft", "irfft") if real else ("fft", "ifft")
    spectrum = g.op(there, n=whole, axis=axis) * other.op("conj").op(there, n=whole, axis=axis).op("conj")
    return unbroadcast(along(spectrum.op(back, n=whole, axis=axis), axis, slice(None, length(like, axis))), like.expr)


def _fft_back(first: bool) -> Any:
    def pull(g: Sym, y: Sym, a: Sym, v: Sym, **attrs: Any) -> Sym:
        axis = _axis(attrs)
        if axis is None:
            return _slide(_whole(g, a, v, _mode(attrs)), v if first else a)
        before = (length(v, axis) - 1).op("floor_divide", 2) if _mode(attrs) == "same" else None
        return _slide_along(g, v if first else a, a if first else v, positive(axis, a.ndim), before)

    return pull


def _mode(attrs: dict[str, Any]) -> str:
    mode: str = static(attrs.get("mode"), "full")
    return mode


def _correlate(a: Sym, v: Sym, mode: str = "full", **_: Any) -> Sym:
    backwards = v.op("conj")[tuple(slice(None, None, -1) for _ in range(v.ndim))]
    return a.op("signal.convolve", backwards, mode=mode)


def _convolve_type(args: Any, attrs: Any, form: str) -> Array:
    a, v = (array_of(arg.type) for arg in args)
    if a.ndim != v.ndim or not a.ndim:
        raise TypeProblem("scipy.signal is accepted for two arrays of one rank")
    shape = a.shape if _mode(attrs) == "same" else tuple(fresh_size() for _ in a.shape)
    return Array(str(np.result_type(a.dtype, v.dtype)), shape)


def _fft_type(args: Any, attrs: Any, form: str) -> Array:
    made = _convolve_type(args, attrs, form)
    axis = _axis(attrs)
    if axis is None:
        return Array(float_dtype(made.dtype), made.shape)
    shape = list(broadcast(*(array_of(arg.type).shape for arg in args)))
    shape[axis] = made.shape[axis]
    return Array(float_dtype(made.dtype), tuple(shape))


for _name, _infer, _signature in (
    ("convolve", _convolve_type, "in1 in2 | mode method"),
    ("fftconvolve", _fft_type, "in1 in2 | mode axes"),
):
    register(
        f"signal.{_name}",
        bilinear(_fft_back(True), _fft_back(False)),
        _infer,
        names=f"scipy.signal.{_name}",
        signature=_signature,
        cost=EXPENSIVE,
    )
register(
    "signal.correlate",
    composed(_correlate),
    _convolve_type,
    names="scipy.signal.correlate",
    signature="in1 in2 | mode method",
    cost=EXPENSIVE,
)


# --- filters ----------------------------------------------------------------------------------------------------------
def _lfilter_type(args: Any, attrs: Any, form: str) -> Array:
    b, a, x = (array_of(arg.type) for arg in args)
    if b.ndim != 1 or a.ndim != 1 or not x.ndim:
        raise TypeProblem("scipy.signal.lfilter takes the coefficients as vectors")
    return Array(float_dtype(str(np.result_type(b.dtype, a.dtype, x.dtype))), x.shape)


def _backwards(x: Sym, axis: int) -> Sym:
    return along(x, axis, slice(None, None, -1))


def _filtered(b: Any, a: Sym, x: Sym, axis: int) -> Sym:
    options = {} if axis in (-1, x.ndim - 1) else {"axis": axis}
    return call(a.builder, "signal.lfilter", b, a, x, **options)


def _one(a: Sym) -> Sym:
    dtype = dtype_of(a.type)
    return call(a.builder, "ones", 1, **({} if dtype == "float64" else {"dtype": Const(dtype)}))


def _reversed_filter(g: Sym, b: Any, a: Sym, axis: int) -> Sym:
    """The transpose of a filter runs backwards."""
    return _backwards(_filtered(b, a, _backwards(g, axis), axis), axis)


def _lags(g: Sym, x: Sym, coefficients: Sym, axis: int) -> Sym:
    """Return, for each coefficient, the sum of g times x that many steps before."""
    g, x = (m.op("moveaxis", source=axis, destination=-1) if axis not in (-1, m.ndim - 1) else m for m in (g, x))
    return g.op("signal.lags", x, coefficients)


def _numerator(g: Sym, y: Sym, b: Sym, a: Sym, x: Sym, axis: Any = None) -> Sym:
    """y = B (1/A) x, so that b_bar[k] = sum over n of y_bar[n] w[n - k] with w = (1/A) x."""
    axis = static(axis, -1)
    return _lags(g, _filtered(_one(a), a, x, axis), b, axis)


def _denominator(g: Sym, y: Sym, b: Sym, a: Sym, x: Sym, axis: Any = None) -> Sym:
    """a_bar[k] = -sum over n of u[n] y[n - k] with u = (1/A)^T y_bar."""
    axis = static(axis, -1)
    return -_lags(_reversed_filter(g, _one(a), a, axis), y, a, axis)


def _signal(g: Sym, y: Sym, b: Sym, a: Sym, x: Sym, axis: Any = None) -> Sym:
    return _reversed_filter(g, b, a, static(axis, -1))


def _lfilter_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    """A y_dot = B_dot x + B x_dot - A_dot y."""
    b, a, x = args
    axis = static(attrs.get("axis"), -1)
    one, total = _one(a), None
    if dots[0] is not None:
        total = _filtered(dots[0], a, x, axis)
    if dots[2] is not None:
        more = _filtered(b, a, dots[2], axis)
        total = more if total is None else total + more
    if dots[1] is not None:
        moved = _filtered(one, a, _filtered(dots[1], one, y, axis), axis)
        total = -moved if total is None else total - moved
    assert total is not None
    return total


def _lags_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    g, x, like = args
    terms = [] if dots[0] is None else [dots[0].op("signal.lags", x, like)]
    terms += [] if dots[1] is None else [g.op("signal.lags", dots[1], like)]
    return terms[0] if len(terms) == 1 else terms[0] + terms[1]


register(
    "signal.lags",
    custom(
        [
            lambda h, y, g, x, like: _filtered(h, _one(h), x, -1),
            lambda h, y, g, x, like: _reversed_filter(g, h, _one(h), -1),
            None,
        ],
        _lags_push,
    ),
    lambda args, attrs, form: array_of(args[2].type),
    signature="g x like |",
    cost=EXPENSIVE,
)


def _lfilter_from(b: Sym, a: Sym, x: Sym, zi: Sym, axis: int = -1) -> tuple[Sym, Sym]:
    """What stands in the delays comes out as an input of its own would; what is left in them comes out at rest."""
    axis = positive(axis, x.ndim)
    n, delays = length(x, axis), length(zi, axis)
    whole = _filtered(b, a, joined([x, zi.op("zeros_like")], axis), axis)
    whole = whole + _filtered(a[:1], a, joined([zi, x.op("zeros_like")], axis), axis)
    tail = along(whole, axis, slice(n, n + delays))
    left = _filtered(a / a[0], _one(a), tail, axis)
    return along(whole, axis, slice(None, n)), left


register(
    "signal.lfilter_from",
    composed(_lfilter_from),
    names="scipy.signal.lfilter",
    signature="b a x | axis @zi",
    cost=EXPENSIVE,
)
register(
    "signal.lfilter",
    custom([_numerator, _denominator, _signal], _lfilter_push),
    _lfilter_type,
    names="scipy.signal.lfilter",
    signature="b a x | axis zi=None",
    cost=EXPENSIVE,
)


def _sosfilt_type(args: Any, attrs: Any, form: str) -> Array:
    sos, x = (array_of(arg.type) for arg in args)
    return Array(float_dtype(str(np.result_type(sos.dtype, x.dtype))), x.shape)


def _sosfilt_back(g: Sym, y: Sym, sos: Sym, x: Sym, axis: Any = None) -> Sym:
    axis = static(axis, -1)
    options = {} if axis in (-1, x.ndim - 1) else {"axis": axis}
    return _backwards(sos.op("signal.sosfilt", _backwards(g, axis), **options), axis)


def _sosfilt_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    if dots[0] is not None:
        SECTIONS()
    return args[0].op("signal.sosfilt", dots[1], **attrs)


def _cascade_type(args: Any, attrs: Any, form: str) -> Structure:
    sos, x, state = (array_of(arg.type) for arg in args)
    dtype = float_dtype(str(np.result_type(sos.dtype, x.dtype, state.dtype)))
    return Structure("tuple", (0, 1), (Array(dtype, x.shape), Array(dtype, state.shape)))


SECTIONS = Followed("signal.sosfilt")
CASCADE = Followed("signal.sosfilt_from")

register(
    "signal.sosfilt_from",
    custom([CASCADE] * 3, CASCADE),
    _cascade_type,
    names="scipy.signal.sosfilt",
    signature="sos x | axis @zi",
    cost=EXPENSIVE,
)
register(
    "signal.sosfilt",
    custom([SECTIONS, _sosfilt_back], _sosfilt_push),
    _sosfilt_type,
    names="scipy.signal.sosfilt",
    signature="sos x | axis zi=None",
    cost=EXPENSIVE,
)


# --- convolutions of images -------------------------------------------------------------------------------------------
def _of_image(name: str) -> Any:
    def definition(in1: Sym, in2: Sym, mode: str = "full", **_: Any) -> Sym:
        if name == "correlate" and mode == "same":  # of an even number of weights other ones than `correlate` takes
            whole = in1.op("signal.correlate", in2, mode="full")
            starts = [length(in2, axis).op("floor_divide", 2) for axis in range(in1.ndim)]
            return whole[tuple(slice(start, start + length(in1, axis)) for axis, start in enumerate(starts))]
        return in1.op(f"signal.{name}", in2, mode=mode)

    return definition


for _name, _alike in (("convolve2d", "convolve"), ("correlate2d", "correlate")):
    register(
        f"signal.{_name}",
        composed(_of_image(_alike)),
        _convolve_type,
        names=f"scipy.signal.{_name}",
        signature="in1 in2 | mode boundary=fill fillvalue=0",
        cost=EXPENSIVE,
    )
register(
    "signal.oaconvolve",
    composed(_of_image("convolve")),
    _fft_type,
    names="scipy.signal.oaconvolve",
    signature="in1 in2 | mode axes=None",
    cost=EXPENSIVE,
)


register(
    "signal.get_window",
    constant(cost=EXPENSIVE),
    lambda args, attrs, form: Array("float64", (size_of(args[1]),)),
    names="scipy.signal.get_window",
    signature="window Nx | fftbins xp=None device=None",
)


# --- other linear maps along an axis ----------------------------------------------------------------------------------
def along_axis(name: str, operand: int, usual: int) -> Any:
    """A map of the rows along an axis is a matrix, whose columns are what it makes of the unit vectors."""

    def pull(g: Sym, y: Sym, *args: Any, **attrs: Any) -> Sym:
        x = args[operand]
        axis = positive(static(attrs.get("axis"), usual), x.ndim)
        given = list(args)
        given[operand] = call(g.builder, "eye", length(x, axis))
        matrix = call(g.builder, name, *given, form=f"scipy.{name}", **{**attrs, "axis": 0})
        rows = g if axis == x.ndim - 1 else g.op("moveaxis", source=axis, destination=-1)
        back = rows @ matrix
        return back if axis == x.ndim - 1 else back.op("moveaxis", source=-1, destination=axis)

    return pull


def along_axis_push(name: str, operand: int) -> Any:
    def push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
        if any(dot is not None for dot in (*dots[:operand], *dots[operand + 1 :])):
            BOTH_WAYS(**attrs)
        given = [dot if i == operand else arg for i, (arg, dot) in enumerate(zip(args, dots, strict=True))]
        return call(y.builder, name, *given, form=f"scipy.{name}", **attrs)

    return push


def _rows_type(operand: int, usual: int) -> Any:
    def infer(args: Any, attrs: Any, form: str) -> Array:
        x = array_of(args[operand].type)
        axis = positive(static(attrs.get("axis"), usual), x.ndim)
        if not form.endswith("resample"):
            return Array(float_dtype(x.dtype), x.shape)
        return Array(float_dtype(x.dtype), (*x.shape[:axis], size_of(args[1]), *x.shape[axis + 1 :]))

    return infer


BOTH_WAYS = Followed(
    "signal.filtfilt",
    "the derivative of filtfilt by its coefficients is known for method='pad' only",
    (("method", "pad"),),
)
for _name, _operand, _signature in (
    ("detrend", 0, "data | axis type bp overwrite_data=False"),
    ("savgol_filter", 0, "x window_length polyorder | deriv delta axis mode cval=0.0"),
    ("resample", 0, "x num | t=None axis window domain=time"),
    ("filtfilt", 2, "b a x | axis padtype padlen method irlen"),
):
    _pulls = [BOTH_WAYS, BOTH_WAYS] if _name == "filtfilt" else []
    _usual = 0 if _name == "resample" else -1
    register(
        f"signal.{_name}",
        custom(
            [*_pulls, along_axis(f"signal.{_name}", _operand, _usual)],
            along_axis_push(f"signal.{_name}", _operand),
            over_complex="refused",
        ),
        _rows_type(_operand, _usual),
        names=f"scipy.signal.{_name}",
        signature=_signature,
        cost=EXPENSIVE,
    )


def _hilbert(x: Sym, N: Any = None, axis: int = -1) -> Sym:
    """The inverse transform of the spectrum without its negative half."""
    n = length(x, axis) if N is None else Sym(constant_expr(N), x.builder)
    half = (n + 1).op("floor_divide", 2)
    k = call(x.builder, "arange", n)
    positive_ = (k > 0).op("logical_and", k < half)
    weights: Any = where(positive_, 2.0, where((2 * k).equals(n).op("logical_or", k.equals(0)), 1.0, 0.0))
    weights = cast_like(weights, x.expr)
    points = {} if N is None else {"n": n}
    return (x.op("fft", axis=axis, **points) * on_axis(weights, positive(axis, x.ndim), x.ndim)).op("ifft", axis=axis)


register(
    "signal.hilbert",
    composed(_hilbert, over_complex="refused"),
    names="scipy.signal.hilbert",
    signature="x | N axis",
    cost=EXPENSIVE,
)
