"""An emitted file refuses arguments of another kind than those it was made for: also what is inside of them."""

from __future__ import annotations

import runpy
import sys
import textwrap

import numpy as np
import pytest

from s2sad.cli import main

PROGRAM = """
    import math
    import numpy as np

    def shaped(x, shape):
        return np.sum(np.ones(shape) * x)

    def named(x, names):
        return sum(x[n] for n in names)

    def configured(x, cfg):
        return x * x if cfg["mode"] == "a" else x

    def applied(x, f):
        return f(x)

    def picked(x, idx):
        return sum(x[i] for i in idx[1:])

    def number(x, y):
        return np.sum(x * y)

    def params(x, p):
        return np.sum(p["w"] * x) + p["b"]

    class Model:
        def __init__(self, mode, n):
            self.mode, self.n = mode, n

    def of_object(x, m):
        return x * m.n if m.mode == "lin" else x ** m.n

    def layers(x, ws):
        for w in ws:
            x = np.tanh(w * x)
        return np.sum(x)
"""
CASES = [
    ("shaped", "(1.5, (2, 3))", "(1.5, (2, 4))", "(1.5, (2, 4, 5))"),
    ("named", "({'a': 1.0, 'b': 5.0}, ['a'])", "({'a': 2.0, 'b': 5.0}, ['a'])", "({'a': 1.0, 'b': 5.0}, ['b'])"),
    ("named", "({'a': 1.0, 'b': 5.0}, ['a'])", "({'a': 2.0, 'b': 5.0}, ['a'])", "({'b': 1.0, 'a': 5.0}, ['a'])"),
    ("configured", "(1.5, {'mode': 'a'})", "(2.5, {'mode': 'a'})", "(1.5, {'mode': 'b'})"),
    ("applied", "(1.5, math.sin)", "(2.5, math.sin)", "(1.5, math.cos)"),
    ("picked", "([1., 2., 3., 4.], [0, 1, 2])", "([1., 2., 3., 5.], [0, 1, 2])", "([1., 2., 3., 4.], [0, 1, 2, 3])"),
    ("number", "(2.0, 3.0)", "(4.0, 3)", "(np.ones(3), 3.0)"),
    ("number", "(2.0, 3.0)", "(np.float32(4.0), 3.0)", "(2j, 3.0)"),
    ("params", "(2.0, {'w': np.ones(3), 'b': 1.0})", "(2.0, {'w': np.ones(5), 'b': 1.0})", "(2.0, {'w': np.ones(3)})"),
    ("params", "(2.0, {'w': np.ones(3), 'b': 1})", "(3., {'w': np.ones(2), 'b': 1})", "(2., {'w': np.eye(3), 'b': 1})"),
    ("of_object", "(2.0, Model('lin', 2))", "(3.0, Model('lin', 2))", "(2.0, Model('sq', 2))"),
    ("layers", "(2.0, [np.ones(3), np.ones(3)])", "(3.0, [np.ones(4), np.ones(4)])", "(2.0, [np.ones((1, 3))] * 2)"),
]


@pytest.fixture
def program(tmp_path, monkeypatch):
    (tmp_path / "guarded.py").write_text(textwrap.dedent(PROGRAM))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("guarded", None)


@pytest.mark.parametrize(("name", "example", "other", "refused"), CASES)
def test_what_is_inside_arguments_is_asked_about(program, name, example, other, refused):
    assert main(["emit", f"guarded:{name}", "--wrt", "x", "--example", example, "-o", "out.py"]) == 0
    made = runpy.run_path("out.py")[f"{name}_value_and_grad"]
    names = {**vars(sys.modules["guarded"]), "np": np}
    plain = getattr(sys.modules["guarded"], name)
    for text in (example, other):
        given = eval(text, names)
        value = made(*given)[0]
        assert np.isclose(value, plain(*eval(text, names)))
    with pytest.raises(AssertionError, match="made for"):
        made(*eval(refused, names))
