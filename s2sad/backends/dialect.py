"""The NumPy dialect: how each operation is spelled when the user's spelling is not at hand."""

from __future__ import annotations

OPERATORS = {
    "add": ("+", 11),
    "subtract": ("-", 11),
    "multiply": ("*", 12),
    "divide": ("/", 12),
    "matmul": ("@", 12),
    "floor_divide": ("//", 12),
    "remainder": ("%", 12),
    "power": ("**", 14),
    "bitwise_and": ("&", 9),
    "bitwise_or": ("|", 7),
    "bitwise_xor": ("^", 8),
    "left_shift": ("<<", 10),
    "right_shift": (">>", 10),
    "equal": ("==", 6),
    "not_equal": ("!=", 6),
    "less": ("<", 6),
    "less_equal": ("<=", 6),
    "greater": (">", 6),
    "greater_equal": (">=", 6),
    "is": ("is", 6),
    "is_not": ("is not", 6),
    "in": ("in", 6),
    "not_in": ("not in", 6),
    "and": ("and", 4),
    "or": ("or", 3),
}
UNARY = {"negative": ("-", 13), "positive": ("+", 13), "invert": ("~", 13), "not": ("not ", 5)}

LIBRARIES = ("np.", "math.", "cmath.", "scipy.")  # what a function may be spelled with
FUNCTIONS = {
    "absolute": "np.abs",
    "len": "len",
    "float": "float",
    "complex": "complex",
    "int": "int",
    "bool": "bool",
    "norm": "np.linalg.norm",
    "inv": "np.linalg.inv",
    "solve": "np.linalg.solve",
    "det": "np.linalg.det",
    "cholesky": "np.linalg.cholesky",
    "cholesky_upper": "np.linalg.cholesky",
    "var_about": "np.var",
    "std_about": "np.std",
    "logical_not": "np.logical_not",
    "sum_list": "sum",
    "vecdot_along": "np.vecdot",
    **{f"{name}_where": f"np.{name}" for name in ("sum", "prod", "max", "min", "mean", "var", "std")},
    "cummax": "np.maximum.accumulate",
    "bincount_weights": "np.bincount",
    "cummin": "np.minimum.accumulate",
    "logaddexp_reduce": "np.logaddexp.reduce",
    "hypot_reduce": "np.hypot.reduce",
    "add_reduceat": "np.add.reduceat",
    "spread_at": "_spread_at",
    "unbroadcast": "_unbroadcast",
    "winners": "_winners",
    "selected": "_selected",
    "prod_others": "_prod_others",
    "prod_pairs": "_prod_pairs",
    "prod_triples": "_prod_triples",
    "fftfreq_unit": "np.fft.fftfreq",
    "rfftfreq_unit": "np.fft.rfftfreq",
    "fftn_whole": "np.fft.fftn",
    "ifftn_whole": "np.fft.ifftn",
    "fit": "_fit",
    "hermitian_weights": "_hermitian_weights",
    "pad_constant": "np.pad",
    "repeat_places": "np.repeat",
    "delete_places": "np.delete",
    "insert_places": "np.insert",
    "cumprod_back": "_cumprod_back",
    "cumprod_along": "_cumprod_along",
    "where_exponent": "_exponent",
    "log_or_zero": "_log_or_zero",
    "inverse_or_zero": "_inverse_or_zero",
    "eig_of_real": "_eig",
    "bessel_i": "_bessel_i",
    "polygamma_of": "_polygamma",
    "special.ellipkinc_by_m": "_ellipkinc_by_m",
    "special.ellipeinc_by_m": "_ellipeinc_by_m",
    "special.psi_rise": "_psi_rise",
    "special.gammainc_by_shape": "_gammainc_by_shape",
    "special.betainc_by_first": "_betainc_by_first",
    "special.betainc_by_second": "_betainc_by_second",
    "special.stdtr_by_df": "_stdtr_by_df",
    "zeros_tree": "_zeros",
    "conj_tree": "_conj",
    "phase": "np.sign",
    "expect": "_expect",
    "dense": "_dense",
    "expect_array": "_expect_array",
    "add_each": "_add_each",
    "split_like": "_split_like",
    "add_lists": "_add_each",
    "add_all": "_add_all",
    "put_along_zeros": "_put_along_zeros",
    "sliding_window_view": "np.lib.stride_tricks.sliding_window_view",
    "add_windows": "_add_windows",
    "deepcopy": "_copy",
    "range_len": "_range_len",
    "sort_order": "_order",
    "place_of_greatest": "_place_of_greatest",
    "place_of_least": "_place_of_least",
    "linalg.permutation": "_permutation",
    "signal.lags": "_lags",
    "add_rows": "_add_rows",
    "add_to_each": "_add_to_each",
    "clear_all": "_clear_all",
}
# how an object of SciPy is made and used: {0}, {1}, ... are the operands, {name} an option where it is given
MADE = {
    "interpolate.ppoly": "interpolate.PPoly({0}, {1})({2}{nu}{extrapolate})",
    "interpolate.cubic": "interpolate.CubicSpline({0}, {1}{bc_type}).c",
    "interpolate.pchip": "interpolate.PchipInterpolator({0}, {1}).c",
    "interpolate.akima": "interpolate.Akima1DInterpolator({0}, {1}{method}).c",
    "interpolate.hermite": "interpolate.CubicHermiteSpline({0}, {1}, {2}).c",
    "interpolate.interp1d": "interpolate.interp1d({0}, {1}{kind}{rows}{bounds_error}{fill_value})({2})",
    "interpolate.on_grid": "interpolate.RegularGridInterpolator({0}, {1}{method}{bounds_error}{fill_value})({2})",
    "interpolate.bspline": "interpolate.BSpline({0}, {1}{k})({2}{nu}{extrapolate})",
    "interpolate.bspline_fit": "interpolate.make_interp_spline({0}, {1}{k}).c",
    "interpolate.bspline_knots": "interpolate.make_interp_spline({0}, {1}{k}).t",
}
USUAL = {"nu": 0, "extrapolate": True, "bc_type": "not-a-knot", "method": "akima", "kind": "linear"}
METHODS = {
    "flatten",
    "sum",
    "mean",
    "max",
    "min",
    "copy",
    "reshape",
    "ravel",
    "transpose",
    "astype",
    "dot",
    "std",
    "var",
    "prod",
    "argmax",
    "argmin",
    "cumsum",
    "item",
}

HELPERS: dict[str, str] = {
    "_object": '''def _object(cls, **fields):
    """Make an object from its attributes: its __init__ may take something else, or change them."""
    made = cls.__new__(cls)
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made
''',
    "_eig": '''def _eig(a):
    """Eigenvalues and eigenvectors as complex numbers, be they real or not."""
    found = np.linalg.eig(a)
    return type(found)(*(part.astype(np.result_type(part, np.complex64)) for part in found))
''',
    "_polygamma": '''def _polygamma(x, n):
    """The n-th derivative of the digamma function, by recurrence and its asymptotic series (DLMF 5.11, 5.15)."""
    total, factorial = 0.0, math.factorial(n)
    while x < 15.0:
        total -= (-1) ** n * factorial / x ** (n + 1)
        x += 1.0
    series = 0.5 * factorial / x ** (n + 1)
    for k, bernoulli in enumerate((1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6), 1):
        series += bernoulli * math.factorial(2 * k + n - 1) / (math.factorial(2 * k) * x ** (2 * k + n))
    leading = math.log(x) if n == 0 else (-1) ** (n + 1) * math.factorial(n - 1) / x**n
    return total + leading + (-1) ** (n + 1) * series
''',
    "_half_line": '''def _half_line(integrand, scale):
    """The integral from 0 of what falls like exp(-u / scale) in the end; the places u are on a last axis.

    The double exponential rule of H. Takahasi and M. Mori (Publ. RIMS 9, 1974), for large arrays some nodes at a time.
    """
    total = 0.0
    for step in np.array_split(np.arange(-54, 128) / 16.0, min(1 + scale.size // 5000, 182)):
        node = scale[..., None] * np.exp(step - np.exp(-step))
        total = total + np.sum(node * (1.0 + np.exp(-step)) / 16.0 * integrand(node), axis=-1)
    return total
''',
    "_gammainc_by_shape": '''def _gammainc_by_shape(a, x):
    """dP(a, x) / da: the mean of log(t) - psi(a) below x, or less that above x, of t with the gamma density.

    The integral is over the side on which the integrand has one sign, so that it is right in both tails; below x it
    is that of a + 1, and a term (DLMF 8.8.5). With t = x exp(+-u) the integrand falls exponentially.
    """
    a, x = np.broadcast_arrays(np.asarray(a, dtype=float), x)
    at_end = (x == 0.0) | (x == np.inf)
    x = np.where(at_end, 1.0, x)
    by_first = np.log(x) - special.psi(a + 1.0)
    below = by_first < 0.0
    shape, place, sign = (a + below)[..., None], x[..., None], np.where(below, -1.0, 1.0)[..., None]
    level = np.log(place) - special.psi(shape)

    def slope(u):
        density = np.exp(shape * sign * u - place * np.expm1(np.minimum(sign * u, 500.0)))
        return density * (level + sign * u)

    mean = _half_line(slope, 1.0 / (np.abs(a + below - x) + np.sqrt(x)))
    first = np.exp(a * np.log(x) - x - special.gammaln(a + 1.0))
    return np.where(at_end, 0.0, first * np.where(below, by_first + x * mean, -a * mean))[()]
''',
    "_betainc_by_shape": '''def _betainc_by_shape(a, b, log_x, log_rest):
    """dI_x(a, b) / da of log(x) and log(1 - x), as `_gammainc_by_shape`: by DLMF 8.17.20, and with odds exp(+-u)."""
    centre = special.psi(a + 1.0) - special.psi(a + b + 1.0)
    below = log_x < centre
    c, x, rest, sign = a + below, np.exp(log_x), np.exp(log_rest), np.where(below, -1.0, 1.0)
    steep = np.abs(c * rest - b * x) + np.sqrt((c + b) * x * rest)
    ahead = np.maximum(sign * (np.log(c / b) - log_x + log_rest), 0.0)
    first, second, place, ways = c[..., None], b[..., None], x[..., None], sign[..., None]
    level = log_x[..., None] - special.psi(first) + special.psi(first + second)

    def slope(u):
        moved = ways * u
        grown = np.maximum(moved - 30.0, 0.0)  # where the odds are so large, 1 - t is 1 / odds
        grown = grown + np.log1p(place * np.expm1(moved - grown))
        return np.exp(first * (moved - grown) - second * grown) * (level + moved - grown)

    mean = _half_line(slope, np.minimum(1.0 / steep, ahead + 1.0 + 1.0 / np.where(below, c, b)))
    density = np.exp(a * log_x + b * log_rest - np.log(a) - special.betaln(a, b))
    return density * np.where(below, log_x - centre - 1.0 / (a + b) + x * (a + b) * mean, -a * mean)
''',
    "_betainc_by_first": '''def _betainc_by_first(a, b, x):
    """The derivative of the incomplete beta function by its first shape."""
    a, b, x = np.broadcast_arrays(np.asarray(a, dtype=float), b, x)
    at_end = (x == 0.0) | (x == 1.0)
    x = np.where(at_end, 0.5, x)
    return np.where(at_end, 0.0, _betainc_by_shape(a, b, np.log(x), np.log1p(-x)))[()]
''',
    "_betainc_by_second": '''def _betainc_by_second(a, b, x):
    """The derivative of the incomplete beta function by its second shape: I_x(a, b) = 1 - I_(1 - x)(b, a)."""
    a, b, x = np.broadcast_arrays(np.asarray(a, dtype=float), b, x)
    at_end = (x == 0.0) | (x == 1.0)
    x = np.where(at_end, 0.5, x)
    return np.where(at_end, 0.0, -_betainc_by_shape(b, a, np.log1p(-x), np.log(x)))[()]
''',
    "_stdtr_by_df": '''def _stdtr_by_df(df, t):
    """The derivative of Student's distribution function by df: of the tail, or of the middle (which is 1/2 less it).

    Of the two it is the one over which the density's derivative has one sign; t = sqrt(df) sinh(w).
    """
    df, t = np.broadcast_arrays(np.asarray(df, dtype=float), t)
    at_end = np.abs(t) == np.inf
    end = np.arcsinh(np.where(at_end, 1.0, np.abs(t)) / np.sqrt(df))
    low, far = np.minimum(df, 30.0), np.maximum(df, 30.0) ** -2.0
    series = far * (0.5 + far * (-0.25 + far * (0.5 + far * (15.5 * far - 2.125))))  # DLMF 5.11.2
    exact = special.psi(0.5 * low + 0.5) - special.psi(0.5 * low) - 1.0 / low
    level, rows = np.where(df < 30.0, exact, series)[..., None], df[..., None]

    def moved(w):
        near, square = np.minimum(w, 18.0), np.tanh(w) ** 2
        log_cosh = 0.5 * np.log1p(np.sinh(near) ** 2) + w - near
        return 0.5 * (level - 2.0 * log_cosh + square + square / rows) * np.exp(-rows * log_cosh)

    scale = 1.0 / (df * np.tanh(end) + np.sqrt(df) / np.cosh(np.minimum(end, 300.0)))
    tail = _half_line(lambda u: moved(end[..., None] + u), scale)
    node, share = np.polynomial.legendre.leggauss(64)
    middle = 0.5 * end * np.sum(share * moved(0.5 * end[..., None] * (1.0 + node)), axis=-1)
    part = np.where(moved(end[..., None])[..., 0] < 0.0, -tail, middle)
    density = np.exp(special.gammaln(0.5 * df + 0.5) - special.gammaln(0.5 * df)) / np.sqrt(np.pi)
    return np.where(at_end, 0.0, np.sign(t) * density * part)[()]
''',
    "_ellipinc_by_m": '''def _ellipinc_by_m(phi, m, first):
    """The derivatives of F(phi, m) and E(phi, m) by m: Carlson's R_D does not cancel at 0 (DLMF 19.18.1, 19.25.13)."""
    dtype = np.result_type(phi, m, 0.0)
    turns = np.round(phi / np.pi)
    sine, cosine = np.sin(phi - turns * np.pi), np.cos(phi - turns * np.pi)
    delta = 1.0 - m * sine * sine
    part = special.elliprd(cosine**2, 1.0, delta) if first else -special.elliprd(cosine**2, delta, 1.0)
    inside = np.where(turns == 0.0, 0.0, m)  # at m = 1 it is finite there only
    whole = special.hyp2f1(0.5, 0.5, 2.0, inside) / (1.0 - inside) if first else -special.hyp2f1(0.5, 1.5, 2.0, inside)
    return np.asarray(sine**3 / 6.0 * part + 0.25 * np.pi * turns * whole, dtype)[()]
''',
    "_ellipkinc_by_m": '''def _ellipkinc_by_m(phi, m):
    """The derivative of the incomplete elliptic integral of the first kind by m."""
    return _ellipinc_by_m(phi, m, True)
''',
    "_ellipeinc_by_m": '''def _ellipeinc_by_m(phi, m):
    """The derivative of the incomplete elliptic integral of the second kind by m."""
    return _ellipinc_by_m(phi, m, False)
''',
    "_psi_rise": '''def _psi_rise(z, m):
    """psi(z + m) - psi(z); where both are large by the asymptotic series, whose terms do not cancel (DLMF 5.11.2)."""
    large = np.minimum(z, z + m) > 20.0
    start, end = np.where(large, z, 20.0), np.where(large, z + m, 20.0)
    a, b = start**-2.0, end**-2.0
    series = [-0.5 / w - v * (1.0 / 12.0 - v * (1.0 / 120.0 - v / 252.0)) for w, v in ((start, a), (end, b))]
    difference = special.psi(np.where(large, 1.0, z + m)) - special.psi(np.where(large, 1.0, z))
    return np.where(large, np.log1p(np.where(large, m, 0.0) / start) + series[1] - series[0], difference)[()]
''',
    "_bessel_i": '''def _bessel_i(x, order):
    """The modified Bessel function I_n(x), the mean of exp(x cos(t)) cos(n t) over a circle (DLMF 10.32.3).

    Its odd or even part is enough; the mean over equal steps converges exponentially (Trefethen and Weideman, 2014).
    """
    t = np.pi * (np.arange(256) + 0.5) / 256
    part = np.sinh if order % 2 else np.cosh
    found = np.mean(part(np.multiply.outer(x, np.cos(t))) * np.cos(order * t), axis=-1)
    return np.asarray(found, np.result_type(x, 0.0))
''',
    "_unbroadcast": '''def _unbroadcast(x_bar, x):
    """Sum a cotangent over the axes along which x was broadcast."""
    if x_bar.shape == x.shape:
        return x_bar
    extra = x_bar.ndim - x.ndim
    if extra:
        x_bar = x_bar.sum(axis=tuple(range(extra)))
    axes = tuple(i for i, n in enumerate(x.shape) if n == 1 and x_bar.shape[i] != 1)
    return x_bar.sum(axis=axes, keepdims=True) if axes else x_bar
''',
    "_winners": '''def _winners(x_bar, index):
    """Mark the writes of `x[index] = ...` that no later one at the same place overwrites."""
    order = np.full(x_bar.shape, -1)
    count = np.arange(order[index].size).reshape(order[index].shape)
    order[index] = count
    return order[index] == count
''',
    "_selected": '''def _selected(a, b, y):
    """The share of a in y = maximum(a, b) or minimum(a, b): one half at a tie."""
    share = np.where(a == y, np.where(b == y, 0.5, 1.0), 0.0)
    return share.astype(np.result_type(np.asarray(y), np.float16), copy=False)[()]
''',
    "_prod_others": '''def _prod_others(x, axis=None, keepdims=False):
    """The product of all other elements along the axis, right also where some are zero."""
    zero = x == 0
    n = zero.sum(axis=axis, keepdims=True)
    rest = np.where(zero, 1.0, x).prod(axis=axis, keepdims=True)
    return np.where(n == 0, rest / np.where(zero, 1.0, x), np.where((n == 1) & zero, rest, 0.0))
''',
    "_prod_pairs": '''def _prod_pairs(x, weights, axis=None):
    """For each element the weighted sum over the others of the product of all but both."""
    zero = x == 0
    safe = np.where(zero, 1.0, x)
    share = np.where(zero, 0.0, weights / safe)
    at_zero = np.where(zero, weights, 0.0)
    shares = share.sum(axis=axis, keepdims=True) - share
    zeros = at_zero.sum(axis=axis, keepdims=True) - at_zero
    left = zero.sum(axis=axis, keepdims=True) - zero
    pairs = np.where(left == 0, shares, np.where(left == 1, zeros, 0.0))
    return pairs * safe.prod(axis=axis, keepdims=True) / safe
''',
    "_prod_triples": '''def _prod_triples(x, first, second, axis=None):
    """For each element the sum over two others i != j of first_i second_j times the product of all but the three."""
    zero = x == 0
    safe = np.where(zero, 1.0, x)

    def others(v):
        return v.sum(axis=axis, keepdims=True) - v

    a, b = np.where(zero, 0.0, first / safe), np.where(zero, 0.0, second / safe)
    a_zero, b_zero = np.where(zero, first, 0.0), np.where(zero, second, 0.0)
    none = others(a) * others(b) - others(a * b)
    one = others(a_zero) * others(b) + others(a) * others(b_zero)
    two = others(a_zero) * others(b_zero) - others(a_zero * b_zero)
    left = zero.sum(axis=axis, keepdims=True) - zero
    triples = np.where(left == 0, none, np.where(left == 1, one, np.where(left == 2, two, 0.0)))
    return triples * safe.prod(axis=axis, keepdims=True) / safe
''',
    "_fit": '''def _fit(x, n, axis):
    """The first n elements along an axis, with zeros where there are fewer."""
    x = np.moveaxis(x, axis, -1)[..., :n]
    pad = [(0, 0)] * (x.ndim - 1) + [(0, n - x.shape[-1])]
    return np.moveaxis(np.pad(x, pad), -1, axis)
''',
    "_hermitian_weights": '''def _hermitian_weights(x, axis):
    """How many points of the spectrum of a real signal each of the first half stands for."""
    n = x.shape[axis]
    weights = np.full(n // 2 + 1, 2.0, x.dtype)
    weights[0] = 1.0
    if n % 2 == 0:
        weights[-1] = 1.0
    return weights.reshape((-1,) + (1,) * (x.ndim - axis % x.ndim - 1))
''',
    "_cumprod_back": '''def _cumprod_back(y_bar, x, axis):
    """The adjoint of cumprod, right also from the first zero on: there only that element's own derivative is left."""
    zeros = np.cumsum(x == 0, axis=axis)
    first = (x == 0) & (zeros == 1)
    filled = np.where(first, 1.0, x)
    product = np.cumprod(filled, axis=axis) * y_bar
    before = np.flip(np.cumsum(np.flip(np.where(zeros == 0, product, 0.0), axis), axis=axis), axis)
    after = np.flip(np.cumsum(np.flip(product, axis), axis=axis), axis)
    return np.where(zeros == 0, before / np.where(zeros == 0, x, 1.0), np.where(first, after, 0.0))
''',
    "_cumprod_along": '''def _cumprod_along(x_dot, x, axis):
    """The tangent of cumprod, right also from the first zero on."""
    zeros = np.cumsum(x == 0, axis=axis)
    first = (x == 0) & (zeros == 1)
    product = np.cumprod(np.where(first, 1.0, x), axis=axis)
    before = np.cumsum(np.where(zeros == 0, x_dot / np.where(zeros == 0, x, 1.0), 0.0), axis=axis)
    return product * np.where(zeros == 0, before, np.cumsum(np.where(first, x_dot, 0.0), axis=axis))
''',
    "_exponent": '''def _exponent(a, b):
    """b - 1, and 0 where a and b are 0: there b * a**(b - 1) is 0."""
    return np.where((a == 0) & (b == 0), 0.0, b - 1.0)[()]
''',
    "_log_or_zero": '''def _log_or_zero(x):
    """log(x), and 0 where x is 0."""
    return np.log(np.where(x == 0, 1.0, x))[()]
''',
    "_inverse_or_zero": '''def _inverse_or_zero(x):
    """1 / x, and 0 where x is 0."""
    return np.where(x == 0, 0.0, 1.0 / np.where(x == 0, 1.0, x))[()]
''',
    "_add_each": '''def _add_each(xs_bar, more_bar):
    """Add two cotangents leaf by leaf: of lists, tuples and dicts; None is zero."""
    if xs_bar is None or more_bar is None:
        return more_bar if xs_bar is None else xs_bar
    if isinstance(xs_bar, dict):
        return {key: _add_each(xs_bar[key], more_bar[key]) for key in xs_bar}
    if isinstance(xs_bar, (list, tuple)):
        return type(xs_bar)([_add_each(x_bar, more) for x_bar, more in zip(xs_bar, more_bar)])
    return xs_bar + more_bar
''',
    "_split_like": '''def _split_like(whole, parts):
    """Cut along the first axis what was concatenated: as long as each of the parts."""
    ends = np.cumsum([len(part) for part in parts])
    return [whole[end - len(part) : end] for part, end in zip(parts, ends)]
''',
    "_zeros": '''def _zeros(value):
    """Zeros for the floats of a value, None for what has no derivative."""
    if isinstance(value, dict):
        return {key: _zeros(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [_zeros(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, np.ndarray):
        return np.zeros_like(value) if value.dtype.kind in "fc" else None
    if isinstance(value, (float, complex, np.inexact)):
        return 0.0
    fields = [name for cls in type(value).__mro__ for name in vars(cls) if name in vars(cls).get("__slots__", ())]
    fields = [name for name in (*fields, *getattr(value, "__dict__", ())) if hasattr(value, name)]
    return {name: _zeros(getattr(value, name)) for name in fields} or None
''',
    "_expect": '''def _expect(value, kind):
    """Return a value that must be a number of this kind: code was generated for it."""
    if not isinstance(value, {int: (int, np.integer), float: (int, float)}.get(kind, kind)):
        raise TypeError(f"{value!r} is a {type(value).__name__}; code was generated for a {kind.__name__}")
    return value
''',
    "_expect_array": '''def _expect_array(value, dtype, ndim):
    """Return an array that must be of this dtype and rank: code was generated for it."""
    if value.dtype != dtype or value.ndim != ndim:
        raise TypeError(f"{value.dtype} of rank {value.ndim}; code was generated for {dtype} of rank {ndim}")
    return value
''',
    "_permutation": '''def _permutation(piv):
    """The order of the rows after the exchanges that LAPACK lists."""
    order = np.arange(len(piv))
    for i, j in enumerate(piv):
        order[[i, j]] = order[[j, i]]
    return order
''',
    "_spread_at": '''def _spread_at(g, indices, like, axis=0):
    """Each element of g to all elements of its stretch: the transpose of np.add.reduceat."""
    spread = np.zeros_like(like)
    rows = np.moveaxis(spread, axis, 0)
    ends = [*indices[1:], len(rows)]
    for part, start, end in zip(np.moveaxis(g, axis, 0), indices, ends):
        rows[start : max(end, start + 1)] += part
    return spread
''',
    "_lags": '''def _lags(g, x, like):
    """The sums of g times x, and of g times x one, two, ... steps before, along the last axis."""
    n = x.shape[-1]
    return np.array([np.sum(g[..., k:] * x[..., : max(n - k, 0)]) for k in range(len(like))], dtype=like.dtype)
''',
    "_dense": '''def _dense(value):
    """The tangents of records, zero for what has none."""
    if isinstance(value, (list, tuple)):
        return [_dense(item) for item in value]
    return 0.0 if value is None else value
''',
    "_conj": '''def _conj(value):
    """The conjugates of the complex numbers in a value."""
    if isinstance(value, dict):
        return {key: _conj(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [_conj(item) for item in value]
        return value._make(items) if hasattr(value, "_make") else type(value)(items)
    return value if value is None else value.conjugate()
''',
    "_add_all": '''def _add_all(xs_bar, y_bar):
    """Add one cotangent to every item of a list of cotangents."""
    return [x_bar + y_bar for x_bar in xs_bar]
''',
    "_add_rows": '''def _add_rows(xs_bar, array_bar):
    """Add the rows of a cotangent into a list of shadow arrays."""
    for x_bar, row_bar in zip(xs_bar, array_bar):
        x_bar += row_bar
''',
    "_clear_all": '''def _clear_all(shadows):
    """Set shadow arrays to zero; where there was no array there is None."""
    for x_bar in shadows:
        if x_bar is not None:
            x_bar[...] = 0.0
''',
    "_add_to_each": '''def _add_to_each(xs_bar, y_bar):
    """Add one cotangent into every array of a list of shadows."""
    for x_bar in xs_bar:
        x_bar += y_bar
''',
    "_put_along_zeros": '''def _put_along_zeros(x, indices, values, axis):
    """The transpose of take_along_axis."""
    x_bar = np.zeros(x.shape, values.dtype)
    index = list(np.indices(indices.shape, sparse=True))
    index[axis] = indices
    np.add.at(x_bar, tuple(index), values)
    return x_bar
''',
    "_add_windows": '''def _add_windows(windows_bar, x, axes):
    """The transpose of sliding_window_view: each element gets the cotangents of all its windows."""
    x_bar = np.zeros(x.shape, windows_bar.dtype)
    for offset in np.ndindex(*windows_bar.shape[x.ndim:]):
        starts = [0] * x.ndim
        for axis, step in zip(axes, offset):
            starts[axis] += step
        place = tuple(slice(start, start + n) for start, n in zip(starts, windows_bar.shape))
        x_bar[place] += windows_bar[(..., *offset)]
    return x_bar
''',
    "_copy": '''def _copy(value):
    """A copy of residuals or tangents, their containers and arrays included."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        items = [_copy(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, type) or hasattr(value, "__code__") or hasattr(type(value), "__members__"):
        return value
    fields = [name for cls in type(value).__mro__ for name in vars(cls) if name in vars(cls).get("__slots__", ())]
    fields = [name for name in (*fields, *getattr(value, "__dict__", ())) if hasattr(value, name)]
    if not fields:
        return value
    made = object.__new__(type(value))
    for name in fields:
        object.__setattr__(made, name, _copy(getattr(value, name)))
    return made
''',
    "_order": '''def _order(keys, reverse):
    """The places of keys in their order; of equal ones the first stays first."""
    return np.array(sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse), dtype=int)
''',
    "_place_of_greatest": '''def _place_of_greatest(keys):
    """The place of the first of the greatest keys."""
    return max(range(len(keys)), key=keys.__getitem__)
''',
    "_place_of_least": '''def _place_of_least(keys):
    """The place of the first of the least keys."""
    return min(range(len(keys)), key=keys.__getitem__)
''',
    "_range_len": '''def _range_len(start, stop, step):
    """The number of iterations of a range."""
    return len(range(start, stop, step))
''',
}
