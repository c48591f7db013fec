"""Random programs that call transforms inside, against differences: right, or refused with a reason."""

import numpy as np
import pytest

import s2sad
from tests.fuzz.nested import function, program

X, K = np.array([0.31, 0.72, 1.13]), 0.64
COUNT = 30


@pytest.mark.parametrize("seed", range(COUNT))
def test_a_random_program(seed):
    f = function(seed)
    try:
        value, _ = s2sad.value_and_grad(f, argnums=(0, 1))(X.copy(), K)
    except s2sad.UnsupportedError:
        return
    np.testing.assert_allclose(value, f(X.copy(), K), err_msg=program(seed))
    s2sad.check_grads(f, (X, K), rtol=1e-4, atol=1e-5)


def test_few_are_refused():
    refused = 0
    for seed in range(0, COUNT, 3):
        try:
            s2sad.grad(function(seed))(X.copy(), K)
        except s2sad.UnsupportedError:
            refused += 1
    assert refused <= 2
