"""scipy.spatial.distance: distances between the rows of matrices."""

from __future__ import annotations

import functools
import math
from typing import Any

from s2sad.ir.types import Array, Scalar, fresh_size
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TypeProblem, composed
from s2sad.rules.infer import array_of
from s2sad.rules.register import register, type_of
from s2sad.rules.scipy import special as _special  # noqa: F401 - relative entropies
from s2sad.rules.symbols import call, length, part_of, where

METRICS = "euclidean sqeuclidean cityblock chebyshev minkowski cosine correlation canberra braycurtis"


def distance(a: Sym, b: Sym, metric: str, p: Any, w: Sym | None = None) -> Sym:
    """Return the distances between rows, along the last axis; weights count the places of a row."""
    if metric == "cosine":
        return _cosine(a, b, w)
    if metric == "correlation":
        return _cosine(a - _mean(a, w), b - _mean(b, w), w)
    d = a - b
    match metric:
        case "euclidean":
            return (d if w is None else d * w**0.5).op("norm", axis=-1)
        case "sqeuclidean":
            return _summed(d * d, w)
        case "cityblock":
            return _summed(d.op("absolute"), w)
        case "chebyshev":
            far = d.op("absolute")  # of the weights only counts where they are 0
            return (far if w is None else where(w > 0, far, 0.0)).op("max", axis=-1)
        case "minkowski":
            return _summed(d.op("absolute") ** p, w) ** (1.0 / p)
        case "canberra":
            return _summed(d.op("absolute") / (a.op("absolute") + b.op("absolute")), w)
        case "braycurtis":
            return _summed(d.op("absolute"), w) / _summed((a + b).op("absolute"), w)
    raise TypeProblem(f"scipy.spatial.distance is accepted with the metrics {METRICS}, not {metric!r}")


def _summed(terms: Sym, w: Sym | None) -> Sym:
    return (terms if w is None else terms * w).sum(axis=-1)


def _mean(a: Sym, w: Sym | None) -> Sym:
    if w is None:
        return a.op("mean", axis=-1, keepdims=True)
    return (a * w).op("sum", axis=-1, keepdims=True) / w.sum()


def _cosine(a: Sym, b: Sym, w: Sym | None) -> Sym:
    if w is None:
        return 1.0 - (a * b).sum(axis=-1) / (a.op("norm", axis=-1) * b.op("norm", axis=-1))
    return 1.0 - (a * b * w).sum(axis=-1) / ((a * a * w).sum(axis=-1) * (b * b * w).sum(axis=-1)) ** 0.5


def _cdist(a: Sym, b: Sym, w: Sym | None = None, metric: str = "euclidean", p: Any = 2.0, **_: Any) -> Sym:
    return distance(a.op("expand_dims", axis=1), b, metric, p, w)


def _pdist(x: Sym, w: Sym | None = None, metric: str = "euclidean", p: Any = 2.0, **_: Any) -> Sym:
    pairs = call(x.builder, "triu_indices", length(x), k=1)
    return distance(x[part_of(pairs, 0)], x[part_of(pairs, 1)], metric, p, w)


def _cdist_type(args: Any, attrs: Any, form: str) -> Array:
    a, b = (array_of(arg.type) for arg in args[:2])
    return Array("float64", (a.shape[0], b.shape[0]))


register(
    "distance.cdist",
    composed(_cdist, over_complex="refused"),
    _cdist_type,
    names="scipy.spatial.distance.cdist",
    signature="XA XB | metric * out=None p @w",
    cost=EXPENSIVE,
)
register(
    "distance.pdist",
    composed(_pdist, over_complex="refused"),
    lambda args, attrs, form: Array("float64", (fresh_size(),)),
    names="scipy.spatial.distance.pdist",
    signature="X | metric * out=None p @w",
    cost=EXPENSIVE,
)
GIVES = {  # where the result is not what the operations give
    "euclidean": lambda args, attrs, form: Scalar("float"),
    "canberra": lambda args, attrs, form: Scalar("float", "float64"),
    "braycurtis": lambda args, attrs, form: Scalar("float", "float64"),
}


def _of_metric(metric: str, u: Sym, v: Sym, w: Sym | None = None) -> Sym:
    return distance(u, v, metric, 2.0, w)


def _minkowski(u: Sym, v: Sym, w: Sym | None = None, p: Any = 2.0) -> Sym:
    return distance(u, v, "minkowski", p, w)


def _gives(definition: Any, name: str) -> Any:
    """With weights SciPy computes in double precision."""
    plain = GIVES.get(name) or type_of(definition)

    def infer(args: Any, attrs: Any, form: str) -> Any:
        weighted = len(args) > 2 and getattr(args[2], "value", args[2]) is not None
        return Scalar("float", "float64") if weighted else plain(args, attrs, form)

    return infer


for _name in METRICS.split():
    if _name == "minkowski":
        continue
    _metric: Any = functools.partial(_of_metric, _name)
    register(
        f"distance.{_name}",
        composed(_metric, over_complex="refused"),
        _gives(_metric, _name),
        names=f"scipy.spatial.distance.{_name}",
        signature="u v | @w" if _name != "correlation" else "u v | @w centered=True",
        cost=EXPENSIVE,
    )
register(
    "distance.minkowski",
    composed(_minkowski, over_complex="refused"),
    _gives(_minkowski, "minkowski"),
    names="scipy.spatial.distance.minkowski",
    signature="u v | p @w",
    cost=EXPENSIVE,
)


def _squareform(X: Sym, force: Any = "no", checks: Any = True) -> Sym:
    """The distances of all pairs as a symmetric matrix, or those above the diagonal of one as a vector."""
    if X.ndim == 2:
        pairs = call(X.builder, "triu_indices", length(X), k=1)
        return X[(part_of(pairs, 0), part_of(pairs, 1))]
    count = length(X)
    n = ((8.0 * count + 1.0) ** 0.5 + 1.0).op("floor_divide", 2.0).op("int")
    rows = call(X.builder, "arange", n).op("expand_dims", axis=1)
    columns = call(X.builder, "arange", n)
    low, high = rows.op("minimum", columns), rows.op("maximum", columns)
    place = low * n - (low * (low + 1)).op("floor_divide", 2) + high - low - 1
    same = rows.equals(columns)
    return where(same, 0.0, X[where(same, 0, place)])


def _squareform_type(args: Any, attrs: Any, form: str) -> Array:
    X = array_of(args[0].type)
    n = fresh_size()
    return Array(X.dtype, (n,) if X.ndim == 2 else (n, n))


def _mahalanobis(u: Sym, v: Sym, VI: Sym) -> Sym:
    d = u - v
    return (d @ VI @ d).op("sqrt")


def _seuclidean(u: Sym, v: Sym, V: Sym) -> Sym:
    d = u - v
    return (d * d / V).sum().op("sqrt")


def _jensenshannon(p: Sym, q: Sym, base: Any = None, **_: Any) -> Sym:
    """The root of half the sum of the relative entropies to the mean."""
    p, q = p / p.sum(), q / q.sum()
    m = 0.5 * (p + q)
    total = p.op("special.rel_entr", m).sum() + q.op("special.rel_entr", m).sum()
    if base is not None:
        total = total / (base.op("log") if isinstance(base, Sym) else math.log(base))
    return (0.5 * total).op("sqrt")


register(
    "distance.squareform",
    composed(_squareform, over_complex="refused"),
    _squareform_type,
    names="scipy.spatial.distance.squareform",
    signature="X | force=no checks",
    cost=EXPENSIVE,
)
for _name, _definition, _signature in (
    ("mahalanobis", _mahalanobis, "u v VI |"),
    ("seuclidean", _seuclidean, "u v V |"),
    ("jensenshannon", _jensenshannon, "p q | base * axis=0 keepdims=False"),
):
    register(
        f"distance.{_name}",
        composed(_definition, over_complex="refused"),
        names=f"scipy.spatial.distance.{_name}",
        signature=_signature,
        cost=EXPENSIVE,
    )
