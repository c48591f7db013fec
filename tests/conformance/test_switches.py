"""The newer programs of this folder give the same numbers with all passes, with none, and without activity and TBR."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from s2sad.transforms.assemble import Options
from tests.conformance import test_asked, test_complex, test_constants, test_nested_derivatives, test_nested_functions
from tests.generated import run

X = np.array([0.7, 1.2, -0.4, 0.9])
CALLS: list[tuple[Any, tuple[Any, ...]]] = [
    *((f, args) for f, args in test_complex.PROGRAMS if f is not test_complex.holomorphic),
    *((f, (X,)) for f in test_nested_functions.PROGRAMS),
    *((f, (1.3,)) for f in test_asked.PROGRAMS if f not in (test_asked.callables,)),
    *((f, args) for f, args in test_constants.PLACES),
    (test_constants.settings, (X,)),
    (test_nested_derivatives.narrowing, test_nested_derivatives.PROGRAMS[3][1]),
]
SWITCHES = [Options(passes=False), Options(activity=False), Options(tbr=False), Options(False, False, False)]


def leaves(value: Any) -> list[Any]:
    """Return the numbers in a gradient."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in leaves(item)]
    return [] if value is None else [np.asarray(value)]


def drawn(f: Any) -> bool:
    """Whether a program reads a global of its module: generated code takes that as a further argument."""
    return f in (test_asked.generator_or_not, test_asked.pair_of_gradients)


@pytest.mark.parametrize(("f", "args"), [pytest.param(f, a, id=f.__name__) for f, a in CALLS if not drawn(f)])
def test_switches(f: Any, args: tuple[Any, ...]) -> None:
    wrt = tuple(i for i, a in enumerate(args) if not is_whole(a))
    value, gradients = run(f, copy.deepcopy(args), wrt, "value_and_grad")
    for options in SWITCHES:
        again, others = run(f, copy.deepcopy(args), wrt, "value_and_grad", options)
        assert np.allclose(again, value, rtol=1e-12, atol=1e-12)
        for a, b in zip(leaves(gradients), leaves(others), strict=True):
            assert np.allclose(a, b, rtol=1e-10, atol=1e-12), options


def is_whole(value: Any) -> bool:
    """Whether an argument is made of ints."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "iub"
