"""The fuzzer must notice faults: each fault of `tests/fuzz/faults.py` is planted, and the programs are tried in order.

A fault is found when a program is wrong or crashes, as `tests/test_fuzz.py` would see it. The derivative is generated
anew for each program (`tests.generated.module_text` goes past the caches in memory and on disk), so that no cache can
hide a fault; only what the oracle says is remembered. The compiler as it is passes the same programs.
"""

import functools
import warnings

import pytest

from tests.fuzz.faults import FAULTS
from tests.fuzz.judge import GOOD, is_known, outcome, traits

BUDGET = 700  # programs, in the order of their seeds; those without what a fault needs are not compiled


@pytest.fixture(autouse=True)
def quiet():
    """A planted fault may divide by zero."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


@functools.cache
def unplanted(seed):
    """Return what the compiler as it is makes of a program."""
    return outcome(seed)


def plant(fault, patch):
    """Make the change; return a list that grows each time it acts. A change of nothing is an AttributeError."""
    acts = []
    right = getattr(fault.owner, fault.attribute)
    patch.setattr(fault.owner, fault.attribute, fault.make(right, lambda: acts.append(1)))
    return acts


def hunt(fault, monkeypatch, first=0):
    """Return the programs that were tried, and whether the fault acted in the last, which shows it; else None."""
    tried = []
    with monkeypatch.context() as patch:
        acts = plant(fault, patch)
        for seed in range(first, BUDGET):
            if not fault.needs <= traits(seed):
                continue
            tried.append(seed)
            before = len(acts)
            if outcome(seed) not in GOOD and is_known(seed):
                return tried, len(acts) > before
    return tried, None


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fuzzer_finds(fault, monkeypatch):
    tried, acted = hunt(fault, monkeypatch)
    while acted is not None and unplanted(tried[-1]) == "refused":  # in a mode that comes after the one that is wrong
        more, acted = hunt(fault, monkeypatch, tried[-1] + 1)
        tried += more
    assert acted is not None, f"no program of {len(tried)} shows that {fault.breaks}"
    assert acted, f"program {tried[-1]} is wrong, but the fault did nothing in it"
    assert unplanted(tried[-1]) == "right"
    wrong = {seed: found for seed in tried if (found := unplanted(seed)) not in GOOD}
    assert not wrong, "the compiler without the fault is wrong too"


def test_faults_differ():
    """Each fault has a name and a line of its own, and they are many."""
    assert len({fault.name for fault in FAULTS}) == len({fault.breaks for fault in FAULTS}) == len(FAULTS) >= 20
