"""Nothing that HIPS autograd knows the derivative of is missing here."""

import pytest

from benchmarks.coverage import DISTRIBUTIONS, MODULES, of_module


@pytest.mark.parametrize("module", [*MODULES, DISTRIBUTIONS])
def test_nothing_is_missing(module):
    found = of_module(module)
    assert found
    missing = [name for name, who in found.items() if who["hips"] and not who["s2sad"]]
    assert not missing
