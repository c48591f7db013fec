"""Places, counts and tests: what is asked of arrays and answered in ints and bools, without a derivative."""

from __future__ import annotations

from typing import Any

from s2sad.ir.types import Array, Scalar, Size, Structure, fresh_size
from s2sad.rules import infer
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TypeProblem, composed, constant, static
from s2sad.rules.infer import array_of, shape_of
from s2sad.rules.register import register


def _indices(count: int) -> Structure:
    """Return the type of a tuple of index arrays, all of one length."""
    n = fresh_size()
    return Structure("tuple", tuple(range(count)), (Array("int64", (n,)),) * count)


def _nonzero(args: Any, attrs: Any, form: str) -> Structure:
    rank = array_of(args[0].type).ndim
    if not rank:
        raise TypeProblem("nonzero of a number")
    return _indices(rank)


def _places(args: Any, attrs: Any, form: str) -> Array:
    """Return the type of np.argwhere (a row for each place) and of np.flatnonzero."""
    rank = array_of(args[0].type).ndim
    return Array("int64", (fresh_size(), *((Size.number(rank),) if form.endswith("argwhere") else ())))


def _count(args: Any, attrs: Any, form: str) -> Any:
    if static(attrs.get("axis")) is None and not static(attrs.get("keepdims"), False):
        return Scalar("int", None, fresh_size())
    return infer.reduction("int64")(args, attrs, form)


def _sorted_places(args: Any, attrs: Any, form: str) -> Any:
    return infer.scalar_or_array("int64", shape_of(args[1].type))


def _bins(args: Any, attrs: Any, form: str) -> Any:
    return infer.scalar_or_array("int64", shape_of(args[0].type))


def _counts(args: Any, attrs: Any, form: str) -> Array:
    if array_of(args[0].type).ndim != 1:
        raise TypeProblem("np.bincount of an array that is no vector")
    return Array("int64", (fresh_size(),))


def _unique_type(args: Any, attrs: Any, form: str) -> Array:
    return Array(array_of(args[0].type).dtype, (fresh_size(),))


def _first_places(args: Any, attrs: Any, form: str) -> Array:
    return Array("int64", (fresh_size(),))


def _unique(ar: Sym) -> Sym:
    """The elements at the places where each is first."""
    return (ar.op("ravel") if ar.ndim != 1 else ar)[ar.op("unique_places")]


def _triangle(args: Any, attrs: Any, form: str) -> Structure:
    return _indices(2)


def _python_bool(args: Any, attrs: Any, form: str) -> Scalar:
    return Scalar("bool")


_CLOSE = "a b | rtol atol equal_nan"
for _name, _infer, _signature, _methods in (
    ("nonzero", _nonzero, "a |", "nonzero"),
    ("argwhere", _places, "a |", ""),
    ("flatnonzero", _places, "a |", ""),
    ("count_nonzero", _count, "a | axis * keepdims", ""),
    ("searchsorted", _sorted_places, "a v | side sorter", "searchsorted"),
    ("digitize", _bins, "x bins | right", ""),
    ("bincount", _counts, "x | weights=None minlength", ""),
    ("tril_indices", _triangle, "n | k m", ""),
    ("triu_indices", _triangle, "n | k m", ""),
    ("isclose", infer.comparison, _CLOSE, ""),
    ("allclose", _python_bool, _CLOSE, ""),
    ("array_equal", _python_bool, "a1 a2 | equal_nan", ""),
):
    register(_name, constant(cost=EXPENSIVE), _infer, names=f"np.{_name}", methods=_methods, signature=_signature)
register("unique_places", constant(cost=EXPENSIVE), _first_places, signature="ar |")
register("unique", composed(_unique), _unique_type, names="np.unique", signature="ar |", cost=EXPENSIVE)
