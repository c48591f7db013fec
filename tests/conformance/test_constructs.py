"""Every construct of the language has a small file; see constructs/README.md."""

import importlib.util
import pathlib
import sys

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import right, twice_right

FILES = sorted((pathlib.Path(__file__).parent / "constructs").glob("*/*.py"))


def loaded(path):
    name = f"construct_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_construct(path):
    module = loaded(path)
    rng = np.random.default_rng(len(path.stem))
    for _ in range(2):
        x, k = rng.uniform(0.3, 0.9, size=(3, 4)), float(rng.uniform(0.3, 0.9))
        s2sad.check_grads(module.program, (x, k))
        if getattr(module, "INTERPRETED", True):
            right(module.program, x, k)
    if getattr(module, "TWICE", True):
        twice_right(module.program, x, k)


def test_there_are_many():
    assert len(FILES) >= 200
