"""Random programs over the accepted language: right, or refused with a reason; nothing else."""

import warnings

import pytest

from tests.fuzz.generate import FLOW_FROM
from tests.fuzz.judge import GOOD, outcome
from tests.fuzz.second import second_outcome

SIZE = 100
BATCHES = 20  # 2,000 programs
REFUSED = 0.12
FLOW = 50  # programs in a batch of those with contexts, exceptions, generators and iterators
SECOND = 15  # programs in a batch of those that are differentiated twice


@pytest.mark.parametrize("batch", range(BATCHES))
def test_right_or_refused(batch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = {seed: outcome(seed) for seed in range(batch * SIZE, (batch + 1) * SIZE)}
    bad = {seed: text for seed, text in found.items() if text not in GOOD}
    assert not bad
    assert sum(text == "refused" for text in found.values()) <= REFUSED * SIZE + 6


@pytest.mark.parametrize("batch", range(6))
def test_contexts_exceptions_and_generators_are_right_or_refused(batch):
    first = FLOW_FROM + batch * FLOW
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = {seed: outcome(seed) for seed in range(first, first + FLOW)}
    bad = {seed: text for seed, text in found.items() if text not in GOOD}
    assert not bad
    assert sum(text == "right" for text in found.values()) >= FLOW // 2


@pytest.mark.parametrize("batch", range(6))
def test_second_derivatives_are_right_or_refused(batch, monkeypatch, tmp_path):
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = {seed: second_outcome(seed) for seed in range(batch * SECOND, (batch + 1) * SECOND)}
    bad = {seed: text for seed, text in found.items() if text not in GOOD}
    assert not bad
    assert sum(text == "right" for text in found.values()) >= SECOND // 2
