"""A cache folder for the tests, so that nothing depends on what earlier runs generated."""

import pytest


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "s2sad-cache"))
