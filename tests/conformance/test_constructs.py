"""Every construct of the language has a small file; see constructs/README.md.

The text that is generated for each is golden: `python -m tests.conformance.test_constructs` writes it anew.
"""

import importlib.util
import pathlib
import sys

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import right, twice_right

HERE = pathlib.Path(__file__).parent
FILES = sorted((HERE / "constructs").glob("*/*.py"))
GOLDEN = HERE.parent / "golden" / "constructs"


def loaded(path):
    name = f"construct_{path.parent.name}_{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
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


def emitted(path):
    """Return the text of value and gradient of a construct."""
    x, k = np.linspace(0.3, 0.9, 12).reshape(3, 4), 0.7
    return s2sad.value_and_grad(loaded(path).program, argnums=(0, 1)).lower(x, k).source


def golden(path):
    return GOLDEN / path.parent.name / path.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_text(path):
    assert emitted(path) == golden(path).read_text(encoding="utf-8")


def test_no_text_is_left_behind():
    assert sorted(GOLDEN.glob("*/*.py")) == [golden(path) for path in FILES]


def test_there_are_many():
    assert len(FILES) >= 200


def write_all():
    """Write the golden text of every construct."""
    for path in FILES:
        golden(path).parent.mkdir(parents=True, exist_ok=True)
        golden(path).write_text(emitted(path), encoding="utf-8")


if __name__ == "__main__":
    write_all()
