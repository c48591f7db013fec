"""What generated code was made from and does not read at a call is looked at all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any
X = np.array([0.3, 0.7])
TABLE: dict[str, Any] = {}
NAMES: list[str] = []


@pytest.fixture(autouse=True)
def tables() -> None:
    TABLE.clear()
    TABLE["f"] = np.sin
    NAMES[:] = ["f"]


def looked_up(x: Array) -> float:
    total = 0.0
    for name in NAMES:
        total = total + np.sum(TABLE[name](x))
    return total


def inside(x: Array) -> float:
    return np.sum(s2sad.grad(lambda u: looked_up(u) + np.sum(u * x))(x))


known = s2sad.grad(looked_up)


def inside_known(x: Array) -> float:
    return np.sum(known(x) * x)


def test_a_table_is_no_parameter() -> None:
    assert "def looked_up_grad(x):" in s2sad.grad(looked_up).lower(X).source


@pytest.mark.parametrize("function", [looked_up, inside, inside_known], ids=lambda f: f.__name__)
@pytest.mark.parametrize("order", [1, 2])
def test_a_table_that_changes(function: Any, order: int) -> None:
    for _ in range(order - 1):
        first = s2sad.grad(function)
        function = lambda x, first=first: np.sum(first(x) * x)  # noqa: E731
    df = s2sad.value_and_grad(function)
    before = df(X)
    s2sad.check_grads(function, (X,))
    TABLE["f"] = np.exp
    after = df(X)
    s2sad.check_grads(function, (X,))
    assert not np.allclose(before[1], after[1])
    NAMES.append("g")
    TABLE["g"] = np.tanh
    more = df(X)
    assert not np.allclose(more[1], after[1])
    np.testing.assert_allclose(more[0], function(X))
    s2sad.check_grads(function, (X,))
