"""What a review of the table of rules found: programs whose derivative was wrong, or that were not compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import linalg

import s2sad


def of_residual(a: Any, b: Any) -> Any:
    return linalg.lstsq(a, b)[1] * 2.0


def test_a_residual_that_may_be_an_empty_array_is_refused() -> None:
    """SciPy gives a number or an empty array for one right-hand side: both modes refuse to guess."""
    rng = np.random.default_rng(0)
    args = rng.normal(size=(5, 2)), rng.normal(size=5)
    for call in (lambda: s2sad.grad(of_residual)(*args), lambda: s2sad.jvp(of_residual, args, args)):
        with pytest.raises(s2sad.UnsupportedError, match="residual"):
            call()
