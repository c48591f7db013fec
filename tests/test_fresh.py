"""Code is never stale: helpers, globals, classes and files may change between calls; generated files can be seen."""

from __future__ import annotations

import importlib
import linecache
import pdb
import sys
import textwrap
import traceback
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import grad, vjp

X = np.array([0.5, -1.0, 2.0])
SCALE = 2.0


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "s2sad-cache"))


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Make modules from text, importable for the time of a test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    made: list[str] = []

    def make(name: str, text: str) -> Any:
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
        importlib.invalidate_caches()
        made.append(name)
        return importlib.import_module(name)

    yield make
    for name in made:
        sys.modules.pop(name, None)


def helper(x):
    return x * x


def uses_helper(x):
    return np.sum(helper(x))


def uses_scale(x):
    return np.sum(SCALE * x * x)


def uses_both(x):
    return SCALE * uses_helper(x)


def cubed(x):
    return x * x * x


def long_helper(x):
    y = x
    for i in range(len(x)):
        y[i] = y[i] * x[i]
    return y


def uses_long_helper(x):
    y = long_helper(x.copy())
    return np.sum(y)


def long_cube(x):
    y = x
    for i in range(len(x)):
        y[i] = y[i] * x[i] * x[i]
    return y


@pytest.mark.parametrize(("f", "factor"), [(uses_helper, 1.0), (uses_both, SCALE)])
def test_a_redefined_helper(monkeypatch, f, factor):
    df = grad(f)
    np.testing.assert_allclose(df(X), 2.0 * factor * X)
    monkeypatch.setattr(sys.modules[__name__], "helper", cubed)
    np.testing.assert_allclose(df(X), 3.0 * factor * X**2)
    monkeypatch.undo()
    np.testing.assert_allclose(df(X), 2.0 * factor * X)


def test_a_redefined_helper_that_is_a_function_of_its_own(monkeypatch):
    df = grad(uses_long_helper)
    s2sad.check_grads(uses_long_helper, (X,))
    before = df(X)
    monkeypatch.setattr(sys.modules[__name__], "long_helper", long_cube)
    assert not np.allclose(df(X), before)
    s2sad.check_grads(uses_long_helper, (X,))


def test_a_helper_whose_code_object_is_replaced(monkeypatch):
    df = grad(uses_helper)
    df(X)
    monkeypatch.setattr(helper, "__code__", cubed.__code__)
    np.testing.assert_allclose(df(X), 3.0 * X**2)


def test_the_function_itself_is_replaced(monkeypatch):
    df = grad(uses_scale)
    df(X)
    monkeypatch.setattr(uses_scale, "__code__", uses_helper.__code__)
    np.testing.assert_allclose(df(X), 2.0 * X)


def test_a_global_number_is_read_at_each_call(monkeypatch):
    df = grad(uses_scale)
    np.testing.assert_allclose(df(X), 4.0 * X)
    latest = df._latest
    monkeypatch.setattr(sys.modules[__name__], "SCALE", 3.0)
    np.testing.assert_allclose(df(X), 6.0 * X)
    assert df._latest is latest
    np.testing.assert_allclose(grad(grad(lambda t: SCALE * t**3))(2.0), 36.0)


def test_a_global_that_changes_its_kind(monkeypatch):
    df = grad(uses_scale)
    df(X)
    for scale in (np.array([1.0, 2.0, 3.0]), 7, np.float32(1.5), np.ones((2, 3)), True, 2.0):
        monkeypatch.setattr(sys.modules[__name__], "SCALE", scale)
        np.testing.assert_allclose(df(X), 2.0 * X * np.sum(np.broadcast_to(scale, (2, 3)), axis=0) * factor(scale))


def factor(scale: Any) -> float:
    return 1.0 if np.ndim(scale) == 2 else 0.5


def test_second_order_sees_a_redefined_helper(monkeypatch):
    df = grad(grad(lambda t: 1.0 * helper(t)))
    assert df(2.0) == 2.0
    monkeypatch.setattr(sys.modules[__name__], "helper", cubed)
    assert df(2.0) == 12.0


def test_a_changed_default():
    def f(x, n=2.0):
        return np.sum(x * n)

    df = grad(f)
    assert df(X)[0] == 2.0
    f.__defaults__ = (5.0,)
    assert df(X)[0] == 5.0


def test_a_pullback_keeps_the_values_of_its_call(monkeypatch):
    _, pullback = vjp(uses_scale, X)
    monkeypatch.setattr(sys.modules[__name__], "SCALE", 100.0)
    np.testing.assert_allclose(pullback(1.0)[0], 4.0 * X)


CONFIG = """
    RATE = 2.0

    def act(x):
        return x * x

    class Settings:
        power = 2.0
"""

USER = """
    import numpy as np
    import {config}
    from {config} import Settings

    def loss(x):
        return np.sum({config}.act(x)) * {config}.RATE + np.sum(x) * Settings.power
"""


def test_names_of_modules_and_classes(module):
    config = module("fresh_config", CONFIG)
    user = module("fresh_user", USER.format(config="fresh_config"))
    df = grad(user.loss)
    np.testing.assert_allclose(df(X), 4.0 * X + 2.0)
    config.RATE = 3.0
    np.testing.assert_allclose(df(X), 6.0 * X + 2.0)
    config.Settings.power = 5.0
    np.testing.assert_allclose(df(X), 6.0 * X + 5.0)
    config.act = user.np.exp
    np.testing.assert_allclose(df(X), 3.0 * np.exp(X) + 5.0)


def test_a_redefined_method(module):
    user = module(
        "fresh_methods",
        """
        import numpy as np

        class Layer:
            def __init__(self, w):
                self.w = w

            def apply(self, x):
                return self.w * x

        def loss(layer, x):
            return np.sum(layer.apply(x))

        def other(self, x):
            return self.w * x * x
        """,
    )
    df = grad(user.loss, argnums="x")
    np.testing.assert_allclose(df(user.Layer(X), X), X)
    user.Layer.apply = user.other
    np.testing.assert_allclose(df(user.Layer(X), X), 2.0 * X * X)


# --- classes and modules ----------------------------------------------------------------------------------------------
class Base:
    factor = 2.0
    other = 3.0

    @property
    def gain(self):
        return 3.0

    def scaled(self, x):
        return x * self.factor


class Derived(Base):
    pass


DERIVED = Derived()


def uses_method(x):
    return np.sum(DERIVED.scaled(x))


def uses_property(x):
    return np.sum(DERIVED.gain * x)


def uses_alias(x):
    cls = Derived
    return np.sum(x * cls.other)


def test_a_changed_class_attribute(monkeypatch):
    df = grad(uses_method)
    assert df(X)[0] == 2.0
    monkeypatch.setattr(Base, "factor", 5.0)
    assert df(X)[0] == grad(uses_method)(X)[0] == 5.0
    monkeypatch.setattr(Derived, "factor", 7.0, raising=False)
    assert df(X)[0] == 7.0
    monkeypatch.undo()
    assert df(X)[0] == 2.0


def test_a_changed_property(monkeypatch):
    df = grad(uses_property)
    assert df(X)[0] == 3.0
    monkeypatch.setattr(Base, "gain", property(lambda self: 4.0))
    assert df(X)[0] == 4.0
    monkeypatch.setattr(Derived, "gain", 6.0, raising=False)
    assert df(X)[0] == 6.0


def test_an_attribute_of_a_class_with_another_name(monkeypatch):
    df = grad(uses_alias)
    assert df(X)[0] == 3.0
    monkeypatch.setattr(Base, "other", 8.0)
    assert df(X)[0] == 8.0


class Number:
    def __init__(self, a):
        self.a = a

    def __mul__(self, k):
        return Number(self.a * k * 2.0)


class SpecialNumber(Number):
    pass


NUMBER = SpecialNumber(3.0)


def weighted(x):
    return np.sum(x * weighted.weight)


weighted.weight = 2.0


def test_an_operator_that_a_subclass_overrides(monkeypatch):
    df = grad(lambda t: (NUMBER * t).a)
    assert df(1.5) == 6.0
    monkeypatch.setattr(SpecialNumber, "__mul__", lambda self, k: Number(self.a * k * 5.0), raising=False)
    assert df(1.5) == 15.0


def test_a_changed_attribute_of_a_function(monkeypatch):
    df = grad(weighted)
    assert df(X)[0] == 2.0
    monkeypatch.setattr(weighted, "weight", 4.0)
    assert df(X)[0] == grad(weighted)(X)[0] == 4.0


slope = grad(lambda t: 1.0 * helper(t))


def test_a_derivative_called_inside_sees_a_redefined_helper(monkeypatch):
    df = grad(lambda t: slope(t) ** 2)
    assert df(2.0) == 16.0
    monkeypatch.setattr(sys.modules[__name__], "helper", cubed)
    assert df(2.0) == 288.0


# --- edited files -----------------------------------------------------------------------------------------------------
FIRST = "import numpy as np\n\n\ndef loss(x):\n    return np.sum(x * x)\n"


def test_an_edited_file_is_refused(module, tmp_path):
    user = module("edited_file", FIRST)
    linecache.clearcache()
    (tmp_path / "edited_file.py").write_text(FIRST.replace("x * x", "x * x * x"))
    with pytest.raises(s2sad.SourceError, match=r"edited_file\.py:4 is not the code that runs: the file or cell was"):
        grad(user.loss)(X)
    (tmp_path / "edited_file.py").write_text("def loss(x:\n")
    with pytest.raises(s2sad.SourceError, match="no longer valid Python"):
        grad(user.loss)(X)


@pytest.mark.parametrize(
    ("before", "after"),
    [("x * x * 2", "x * x * 2.0"), ("x * x * 2", "x * x * 3"), ("(lambda y: y * 2.0)(x)", "(lambda y: y * 3.0)(x)")],
)
def test_small_edits_are_seen(module, tmp_path, before, after):
    user = module("edited_small", FIRST.replace("x * x", before))
    linecache.clearcache()
    (tmp_path / "edited_small.py").write_text(FIRST.replace("x * x", after))
    with pytest.raises(s2sad.SourceError):
        grad(user.loss)(X)


def test_a_reloaded_module(module, tmp_path):
    user = module("edited_reload", FIRST)
    np.testing.assert_allclose(grad(user.loss)(X), 2.0 * X)
    df = grad(lambda x: 1.0 * user.loss(x))
    np.testing.assert_allclose(df(X), 2.0 * X)
    (tmp_path / "edited_reload.py").write_text(FIRST.replace("x * x", "x * (x * x)"))
    importlib.reload(user)
    np.testing.assert_allclose(grad(user.loss)(X), 3.0 * X**2)
    np.testing.assert_allclose(df(X), 3.0 * X**2)


def test_a_notebook_cell(monkeypatch):
    def run(number: int, text: str) -> Any:
        file = f"<cell {number}>"
        linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        exec(compile(text, file, "exec", dont_inherit=True), names)

    names: dict[str, Any] = {"__name__": "notebook"}
    run(1, FIRST)
    np.testing.assert_allclose(grad(names["loss"])(X), 2.0 * X)
    run(2, "def total(x):\n    return loss(x) * 3.0\n")
    df = grad(names["total"])
    np.testing.assert_allclose(df(X), 6.0 * X)
    run(3, FIRST.replace("x * x", "x * x * x"))
    np.testing.assert_allclose(df(X), 9.0 * X**2)


# --- generated files --------------------------------------------------------------------------------------------------
def fails(x):
    y = np.sum(x * x)
    if y > 1.0:
        raise ValueError("too large")
    return y


def test_a_generated_file_shows_in_tracebacks():
    df = grad(fails)
    lowered = df.lower(X)
    with pytest.raises(ValueError, match="too large") as caught:
        df(X)
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert frames[-1].filename == lowered.path
    assert frames[-1].name == "fails_grad"
    assert "raise ValueError" in (frames[-1].line or "")
    on_disk = open(lowered.path, encoding="utf-8").read().splitlines()  # noqa: SIM115
    assert frames[-1].lineno is not None and "raise ValueError" in on_disk[frames[-1].lineno - 1]
    linecache.checkcache()
    assert linecache.getline(lowered.path, frames[-1].lineno).strip().startswith("raise ValueError")


def test_a_debugger_stops_in_generated_code():
    df = grad(uses_helper)
    lowered = df.lower(X)
    lines = lowered.source.splitlines()
    at = next(i for i, line in enumerate(lines, 1) if line.strip().startswith("return"))
    seen: list[dict[str, Any]] = []

    class Debugger(pdb.Pdb):
        def user_line(self, frame):
            if frame.f_code.co_filename == self.canonic(lowered.path):
                seen.append(dict(frame.f_locals))
            self.set_continue()

    debugger = Debugger(nosigint=True, readrc=False)
    assert debugger.set_break(lowered.path, at) is None
    old = sys.gettrace()
    try:
        debugger.runcall(df, X)
    finally:
        sys.settrace(old)
    assert seen and "x" in seen[-1]


def test_lines_of_generated_code_are_traced():
    df = grad(uses_scale)
    path = df.lower(X).path
    lines: set[int] = set()

    def tracer(frame, event, arg):
        if frame.f_code.co_filename == path and event == "line":
            lines.add(frame.f_lineno)
        return tracer

    old = sys.gettrace()
    sys.settrace(tracer)
    try:
        df(X)
    finally:
        sys.settrace(old)
    text = df.source.splitlines()
    code = {i for i, line in enumerate(text, 1) if line.startswith("    ") and not line.strip().startswith("#")}
    assert lines == code


def test_a_profiler_sees_generated_code():
    import cProfile
    import pstats

    df = grad(uses_scale)
    path = df.lower(X).path
    profiler = cProfile.Profile()
    profiler.runcall(df, X)
    entries = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    assert any(file == path and name == "uses_scale_grad" for file, _, name in entries)
