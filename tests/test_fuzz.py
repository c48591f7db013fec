"""Random programs over the accepted language: right, or refused with a reason; nothing else.

The oracle is the dual-number interpreter of `tests/oracle`, which shares no code with the compiler.
"""

import copy
import linecache
import warnings

import numpy as np
import pytest

from s2sad.errors import UnsupportedError
from tests.fuzz.generate import program
from tests.generated import load, module_text
from tests.oracle import OracleUnsupported, gradient, jvp

SIZE = 100
BATCHES = 20  # 2,000 programs
REFUSED = 0.12


def user_function(seed):
    """Return the function of a random program, its source registered."""
    text, file = program(seed), f"<program {seed}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names = {"__name__": f"program_{seed}"}
    exec(compile(text, file, "exec"), names)
    return names["f"]


def arguments(seed):
    """Return the arguments of a random program."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=5), rng.normal(size=(3, 4)), float(rng.normal()), 3


def close(have, want):
    """Return whether two numbers or arrays agree."""
    return np.allclose(have, want, rtol=1e-7, atol=1e-9)


def reverse_is_right(function, args, mode):
    """Compare value and gradient with the oracle; the second call of a pullback too."""
    text, entry = module_text(function, args, (0, 1, 2), mode)
    made = load(text, entry)
    if mode == "vjp":
        value, pullback = made(*copy.deepcopy(args))
        pullback(1.0)
        found = pullback(1.0)
    else:
        value, found = made(*copy.deepcopy(args))
    want = gradient(function, copy.deepcopy(args), (0, 1, 2))
    right = close(value, function(*copy.deepcopy(args)))
    return right and all(close(a, b) for a, b in zip(found, want, strict=True))


def forward_is_right(function, args, seed):
    """Compare the tangent along a random direction with the oracle."""
    rng = np.random.default_rng(seed + 1)
    tangents = rng.normal(size=5), rng.normal(size=(3, 4)), float(rng.normal())
    text, entry = module_text(function, args, (0, 1, 2), "jvp")
    _, found = load(text, entry)(*copy.deepcopy(args), *copy.deepcopy(tangents))
    return close(found, jvp(function, copy.deepcopy(args), (*tangents, None))[1])


def outcome(seed):
    """Return "right", "refused", "unknown" (no oracle), or what went wrong."""
    function, args = user_function(seed), arguments(seed)
    try:
        if not reverse_is_right(function, args, "vjp" if seed % 5 == 0 else "value_and_grad"):
            return "wrong gradient"
        if seed % 4 == 0 and not forward_is_right(function, args, seed):
            return "wrong tangent"
    except UnsupportedError:
        return "refused"
    except OracleUnsupported:
        return "unknown"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "right"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_right_or_refused(batch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = {seed: outcome(seed) for seed in range(batch * SIZE, (batch + 1) * SIZE)}
    bad = {seed: text for seed, text in found.items() if text not in ("right", "refused", "unknown")}
    assert not bad
    assert sum(text == "refused" for text in found.values()) <= REFUSED * SIZE + 6
