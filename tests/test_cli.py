"""The command line: emit, show, check and explain; what is emitted runs where s2sad is not installed."""

from __future__ import annotations

import inspect
import math
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import s2sad
from s2sad import pipeline
from s2sad.cli import main
from s2sad.pipeline import PASSES
from tests.tables import own_rules

ROOT = Path(__file__).parent.parent

PROGRAM = """
    import functools

    import numpy as np

    STRENGTH = 0.5

    def penalty(w):
        return STRENGTH * np.sum(w * w)

    def loss(w, x, y):
        hidden = np.tanh(x @ w)
        winner = np.argmax(hidden)
        scale = 2.0 * x[0, 0]
        for _ in range(3):
            hidden = hidden * np.sin(hidden)
        return np.sum((hidden - y) ** 2) * scale + penalty(w) + hidden[winner]

    def twice(x):
        return x * 2.0

    half_square = lambda x: 0.5 * np.sum(x * x) * STRENGTH

    def make(k, offset):
        def shifted(x):
            return np.sum(x * k * x) + np.sum(x * offset)
        return shifted

    closure = make(3.0, np.array([1.0, 2.0]))

    def uses_closure(x):
        return closure(x) * STRENGTH

    class Model:
        def __init__(self, w):
            self.w = w

        def loss(self, x):
            return np.sum(self.w * x * x)

        def __call__(self, x):
            return np.sum(self.w * x)

    model = Model(np.array([1.5, 2.5]))
    bound = model.loss
    part = functools.partial(lambda a, x, b: np.sum(a * x * x) * b, np.array([1.0, 2.0]), b=4.0)

    def defaults(x, n=3.0, *, scale=np.float32(2.0)):
        cli_program = n * x
        return np.sum(x * cli_program) * scale * STRENGTH

    def kink(x):
        return np.sum(np.log(x))

    def by_axis(x, axis):
        return np.sum(np.sum(x, axis=axis) ** 2)

    def refused(x):
        return np.sum(np.histogram_bin_edges(x))

    def example(rng):
        return rng.normal(size=3), rng.normal(size=(4, 3)), rng.normal(size=4)
"""


@pytest.fixture(autouse=True)
def program(monkeypatch, tmp_path):
    """A folder with a module, current and on the path."""
    (tmp_path / "cli_program.py").write_text(textwrap.dedent(PROGRAM))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path / "cache"))
    yield tmp_path
    sys.modules.pop("cli_program", None)


def run(*args: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *args], env=env, capture_output=True, text=True, check=False, timeout=60)


def test_as_a_process(program):
    made = run("-m", "s2sad.cli", "emit", "cli_program:loss", "--wrt", "w,x", "-o", "out.py")
    assert made.returncode == 0, made.stderr
    assert "def loss_value_and_grad(" in (program / "out.py").read_text()
    checked = run("-m", "s2sad.cli", "check", "out.py")
    assert (checked.returncode, checked.stdout.strip()) == (0, "right"), checked.stderr
    assert run("-m", "s2sad.cli", "--help").returncode == 0
    assert run("-m", "s2sad.cli", "bake").returncode == 2


def test_an_emitted_file_runs_without_s2sad(program):
    assert main(["emit", "cli_program:loss", "-o", "out.py", "--mode", "grad"]) == 0
    code = """
        import sys
        class Refuse:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in ("s2sad", "libcst"):
                    raise ImportError(name)
        sys.meta_path.insert(0, Refuse())
        sys.path.insert(0, ".")
        import numpy as np
        names = {}
        exec(open("out.py").read(), names)
        rng = np.random.default_rng(0)
        w, x, y = rng.normal(size=3), rng.normal(size=(4, 3)), rng.normal(size=4)
        print(names["loss_grad"](w, x, y).tolist())
    """
    found = subprocess.run(
        [sys.executable, "-I", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=program,
    )
    assert found.returncode == 0, found.stderr
    import cli_program

    import s2sad

    want = s2sad.grad(cli_program.loss)(*cli_program.example(np.random.default_rng(0)))
    np.testing.assert_allclose(eval(found.stdout), want)


@pytest.mark.parametrize("mode", ["grad", "value_and_grad", "vjp", "jvp"])
@pytest.mark.parametrize("wrt", ["w", "w,y,x"])
def test_every_mode_is_emitted_and_checked(mode, wrt):
    assert main(["emit", "cli_program:loss", "--wrt", wrt, "--mode", mode, "-o", "out.py"]) == 0
    assert main(["check", "out.py"]) == 0


def emitted(program, target, *args):
    """Emit and check a target with two numbers as its example; return the names of the file."""
    assert main(["emit", f"cli_program:{target}", "--example", "np.array([0.5, -1.5])", "-o", "out.py", *args]) == 0
    assert main(["check", "out.py"]) == 0
    names = {}
    exec((program / "out.py").read_text(), names)
    return names


@pytest.mark.parametrize("mode", ["grad", "value_and_grad", "vjp", "jvp"])
@pytest.mark.parametrize(
    "target",
    ["half_square", "closure", "uses_closure", "model.loss", "model", "bound", "part", "defaults", "Model.loss"],
)
def test_functions_of_every_kind_are_emitted_and_checked(program, target, mode):
    if target != "Model.loss":
        emitted(program, target, "--mode", mode)
    else:
        args = ["--example", "(model, np.ones(2))", "--wrt", "x", "--mode", mode, "-o", "out.py"]
        assert main(["emit", "cli_program:Model.loss", *args]) == 0
        assert main(["check", "out.py"]) == 0


def test_an_emitted_file_reads_globals_at_each_call(program, monkeypatch):
    import cli_program

    x = np.array([0.5, -1.5])
    made = emitted(program, "half_square", "--mode", "grad")["function_grad"]
    np.testing.assert_allclose(made(x), 0.5 * x)
    monkeypatch.setattr(cli_program, "STRENGTH", 4.0)
    np.testing.assert_allclose(made(x), 4.0 * x)
    made = emitted(program, "model", "--mode", "grad")["__call___grad"]
    monkeypatch.setattr(cli_program, "model", cli_program.Model(np.array([7.0, 8.0])))
    np.testing.assert_allclose(made(x), [7.0, 8.0])


def test_the_signature_of_an_emitted_function(program):
    x = np.array([0.5, -1.5])
    made = emitted(program, "defaults", "--mode", "grad")["defaults_grad"]
    assert str(inspect.signature(made)) == "(x, n=3.0, *, scale=np.float32(2.0))"
    np.testing.assert_allclose(made(x), 6.0 * x)
    np.testing.assert_allclose(made(x, 1.0, scale=np.float32(1.0)), x)
    made = emitted(program, "closure", "--mode", "grad")["shifted_grad"]
    assert str(inspect.signature(made)) == "(x, *, k, offset)"
    assert made.__doc__ == "By keyword: k, offset, captured by the closures that are called."
    np.testing.assert_allclose(made(x, k=3.0, offset=0.0 * x), 6.0 * x)


def test_a_module_that_imports_s2sad_is_not_imported(program, capsys):
    path = program / "cli_program.py"
    path.write_text("import s2sad\n" + path.read_text() + "\nMANY = np.ones(1000)\nBIG = lambda x: np.sum(x * MANY)\n")
    assert main(["emit", "cli_program:half_square", "--example", "np.ones(2)", "-o", "out.py"]) == 0
    text = (program / "out.py").read_text()
    assert "    STRENGTH = 0.5  # of cli_program when this was written\n" in text and "import cli_program" not in text
    assert main(["check", "out.py"]) == 0
    assert main(["emit", "cli_program:BIG", "--example", "np.ones(1000)", "-o", "out.py"]) == 2
    assert "the value of 'MANY' cannot be written into a file" in capsys.readouterr().err


def test_emit_to_the_terminal(capsys):
    assert main(["emit", "cli_program:twice", "--example", "np.ones(3)", "--mode", "vjp"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# vjp of cli_program.twice with respect to x\n")
    assert out.splitlines()[-1].startswith("# s2sad: {")
    compile(out, "out", "exec")


def test_check_is_right_wrong_or_cannot_tell(program, capsys):
    assert main(["check", "cli_program:loss"]) == 0
    assert capsys.readouterr().out.strip() == "right"
    assert main(["emit", "cli_program:loss", "-o", "out.py"]) == 0
    path = program / "out.py"
    text = path.read_text()
    edited = text.replace("+= x.T @", "-= x.T @")
    assert edited != text
    path.write_text(edited)
    assert main(["check", "out.py"]) == 1
    assert "the derivative in 'w' gives" in capsys.readouterr().err
    path.write_text("\n".join(line for line in text.splitlines() if not line.startswith("# s2sad: ")))
    assert main(["check", "out.py"]) == 2
    assert "does not say what it was made from" in capsys.readouterr().err
    assert main(["check", "missing.py"]) == 2
    path.write_text(text.replace("np.", "np_missing."))
    assert main(["check", "out.py"]) == 2
    assert main(["check", "cli_program:refused", "--example", "np.ones(3)"]) == 2
    assert "cannot tell" in capsys.readouterr().err


def test_check_where_differences_are_no_evidence(capsys):
    assert main(["emit", "cli_program:kink", "--example", "np.ones(2)", "-o", "out.py"]) == 0
    assert main(["check", "out.py"]) == 0
    with np.errstate(all="ignore"):
        assert main(["check", "out.py", "--example=-np.ones(2)"]) == 2
    assert "take another example" in capsys.readouterr().err


def test_show(capsys):
    assert main(["show", "cli_program:loss", "--wrt", "w"]) == 0
    assert "def loss_value_and_grad(" in capsys.readouterr().out
    assert main(["show", "cli_program:loss", "--after", "lower"]) == 0
    assert capsys.readouterr().out.startswith("function loss(w, x, y)")


@pytest.mark.parametrize("mode", ["grad", "vjp", "jvp"])
def test_show_after_each_pass(mode, capsys):
    shown = {}
    for name in PASSES:
        assert main(["show", "cli_program:loss", "--wrt", "w,x", "--mode", mode, "--after", name]) == 0
        shown[name] = capsys.readouterr().out
        assert f"function loss_{mode}(w, x" in shown[name] or "nothing to do here" in shown[name]
    assert f"function loss_{mode}(" in shown["transform"]
    assert len(shown["substitute_once"].splitlines()) < len(shown["transform"].splitlines())
    assert main(["show", "cli_program:by_axis", "--example", "(np.ones((2, 3)), 1)", "--after", "remove_dead"]) == 0
    assert "function by_axis_value_and_grad(" in capsys.readouterr().out


def test_the_names_of_the_passes(capsys):
    import cli_program

    from s2sad.compile import generate
    from s2sad.frontend.signature import type_of
    from s2sad.frontend.values import Knowledge

    seen = set()
    types = [(n, type_of(v, n)) for n, v in zip("wxy", cli_program.example(np.random.default_rng(0)), strict=True)]
    for mode in ("grad", "vjp"):
        observe = lambda name, function: seen.add(name)  # noqa: E731
        generate(cli_program.loss, types, ["w"], mode, False, Knowledge(), [], observe=observe)
    assert seen <= set(PASSES)
    source = Path(pipeline.__file__).read_text()
    assert set(re.findall(r'observe\("(\w+)"', source)) == set(PASSES)
    with pytest.raises(SystemExit) as caught:
        main(["show", "cli_program:loss", "--after", "magic"])
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert "invalid choice: 'magic'" in err and all(name in err for name in PASSES)
    with pytest.raises(SystemExit):
        main(["show", "--help"])
    out = capsys.readouterr().out
    assert all(name in out for name in PASSES)


def test_explain(capsys):
    assert main(["explain", "cli_program:loss", "--wrt", "w"]) == 0
    out = capsys.readouterr().out
    assert "cli_program:loss, value_and_grad with respect to w" in out
    for line in ("  w: active", "  x: inactive", "  y: inactive", "  hidden: active", "  scale: inactive"):
        assert line in out.splitlines()
    assert "winner = np.argmax(hidden)    by argmax" in out
    assert "kept for the adjoint: tape of hidden, sin_hidden\n" in out
    assert main(["explain", "cli_program:twice", "--example", "2.0"]) == 0
    out = capsys.readouterr().out
    assert "paths cut: none" in out and "no tape" in out


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["emit", "cli_program"], "is not of the form module:function"),
        (["emit", "no_such_module:f"], "the module 'no_such_module' cannot be imported"),
        (["emit", "cli_program:nothing"], "'cli_program' has no 'nothing'"),
        (["emit", "cli_program:loss", "--wrt", "q"], "argnums 'q' does not name a parameter of 'loss'"),
        (
            ["show", "cli_program:refused", "--example", "np.ones(3)"],
            "numpy.histogram_bin_edges has no derivative rule",
        ),
        (["show", "cli_program:loss", "--example", "(np.ones(3),)"], "loss is missing the argument 'x'"),
        (["show", "cli_program:loss", "--example", "np.ones("], "the example 'np.ones(' cannot be evaluated"),
        (["show", "numpy:tanh"], "give --example EXPR"),
    ],
)
def test_errors_have_no_traceback(args, message, capsys):
    assert main(args) == 2
    err = capsys.readouterr().err
    assert message in err and "Traceback" not in err and err.startswith("s2sad: ")


@pytest.mark.parametrize(
    ("target", "example", "kind", "filled"),
    [
        ("math:erf", "0.3", "elementwise", "2.0 / 1.7724538509055159 * (-a * a).op('exp')"),
        ("numpy:polymul", "(np.ones(3), np.ones(2))", "bilinear", None),
        ("numpy:kaiser", "(5, 2.0)", "composed", None),
        ("numpy:unwrap", None, "composed", None),
        ("scipy.special:owens_t", None, "elementwise", None),
    ],
)
def test_new_rule_prints_the_entry(capsys, target, example, kind, filled):
    assert main(["new-rule", target, *(["--example", example] if example else [])]) == 0
    text = capsys.readouterr().out
    assert f"from s2sad.rules.core import {kind}\n" in text
    assert f"    {kind}(lambda " in text
    compile(text, "entry", "exec")
    if filled is not None:
        with own_rules():
            exec(text.replace("lambda y, x: ...", f"lambda y, a: {filled}"), {})
            assert s2sad.grad(lambda x: math.erf(x) ** 2)(0.3) == pytest.approx(0.6778, abs=1e-4)
