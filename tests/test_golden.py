"""Golden modules: the generated text of every corpus program, byte for byte; and the stored file runs.

After a wanted change of output: `python -m tests.test_golden` writes the files anew; read the diff.
"""

import copy

import pytest

from tests.generated import HERE, PROGRAMS, assert_close, load, module_text, program
from tests.oracle import gradient

GOLDEN = HERE / "golden"
MODES = {"value_and_grad": PROGRAMS, "vjp": ["mlp_loss", "burgers", "break_tape"], "jvp": ["mlp_loss", "burgers"]}
CASES = [(name, mode) for mode, names in MODES.items() for name in names]


def golden_file(name, mode):
    """Return the path of a golden module."""
    return GOLDEN / f"{name}.{mode}.numpy.py"


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_text(name, mode):
    function, args, wrt = program(name)
    text, _ = module_text(function, args, wrt, mode)
    assert text == golden_file(name, mode).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PROGRAMS)
def test_stored_file_runs(name):
    function, args, wrt = program(name)
    text = golden_file(name, "value_and_grad").read_text(encoding="utf-8")
    assert "s2sad" not in text
    value, found = load(text, f"{name}_value_and_grad")(*copy.deepcopy(args))
    assert_close(value, function(*copy.deepcopy(args)))
    assert_close(found, gradient(function, copy.deepcopy(args), wrt))


def write_all():
    """Write every golden module."""
    for name, mode in CASES:
        function, args, wrt = program(name)
        golden_file(name, mode).write_text(module_text(function, args, wrt, mode)[0], encoding="utf-8")


if __name__ == "__main__":
    write_all()
