"""The examples in the docstrings of the public functions are run."""

import doctest
import importlib

import pytest

from tests.tables import own_rules


@pytest.mark.parametrize("name", ["s2sad.api", "s2sad.testing", "s2sad.extend"])
def test_examples(name, tmp_path, monkeypatch):
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path))
    with own_rules():
        found = doctest.testmod(importlib.import_module(name))
    assert found.attempted and not found.failed
