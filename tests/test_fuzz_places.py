"""Random programs with objects and lists under several names, against differences: right, or refused with a reason."""

import numpy as np
import pytest

import s2sad
from tests.fuzz.places import function, program

X, K = [0.31, 0.72, 1.13, -0.45], 0.64
BATCHES, SIZE = 6, 20


def outcome(seed):
    """Return what comes of one program."""
    f = function(seed)
    try:
        want = f(list(X), K)
        value, _ = s2sad.value_and_grad(f, argnums=(0, 1))(list(X), K)
    except s2sad.UnsupportedError:
        return "refused"
    except IndexError:  # of the program itself
        return "right"
    np.testing.assert_allclose(value, want, rtol=1e-9, err_msg=program(seed))
    if np.isfinite(want):
        s2sad.check_grads(f, (list(X), K), rtol=1e-4, atol=1e-5)
    return "right"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_programs(batch):
    found = [outcome(seed) for seed in range(batch * SIZE, (batch + 1) * SIZE)]
    assert found.count("refused") <= 4
