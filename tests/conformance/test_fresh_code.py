"""Section 6: what a derivative was made from may change between calls; what is generated keeps no state."""

import importlib
import linecache
import sys
import types

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import right

X = np.array([0.5, -1.25, 2.0])
FACTOR = 2.0


def helper(x):
    return x * x


def cube(x):
    return x * x * x


def through_helpers(x):
    return np.sum(middle(x)) * FACTOR


def middle(x):
    return helper(x) * 1.0


class Layer:
    def __init__(self, w):
        self.w = w

    def apply(self, x):
        return self.w * x


def through_a_class(x, w):
    layer = Layer(w)
    return np.sum(layer.apply(x) * x)


def squared_weights(self, x):
    return self.w * self.w * x


def every_mode(f, x):
    """Return the gradient of f in the modes that have one."""
    return [s2sad.grad(f)(x), s2sad.value_and_grad(f)(x)[1], s2sad.vjp(f, x)[1](1.0)[0]]


def test_a_redefined_helper_of_a_helper(monkeypatch):
    df = s2sad.grad(through_helpers)
    for replacement, power in ((helper, 2), (cube, 3), (helper, 2)):
        monkeypatch.setattr(sys.modules[__name__], "helper", replacement)
        want = FACTOR * power * X ** (power - 1)
        np.testing.assert_allclose(df(X), want)
        for found in every_mode(through_helpers, X):
            np.testing.assert_allclose(found, want)
        assert s2sad.jvp(through_helpers, (X,), (np.ones(3),))[1] == pytest.approx(np.sum(want))


def test_a_changed_global(monkeypatch):
    df = s2sad.grad(through_helpers)
    for factor in (2.0, 3.0, 7, np.float32(0.5), np.float64(1.5)):
        monkeypatch.setattr(sys.modules[__name__], "FACTOR", factor)
        np.testing.assert_allclose(df(X), 2.0 * factor * X)
        right(through_helpers, X, truth=(2.0 * factor * X,))


def test_a_redefined_method(monkeypatch):
    df = s2sad.grad(through_a_class, argnums=(0, 1))
    assert df(X, 3.0)[1] == pytest.approx(np.sum(X * X))
    monkeypatch.setattr(Layer, "apply", squared_weights)
    assert df(X, 3.0)[1] == pytest.approx(6.0 * np.sum(X * X))
    right(through_a_class, X, 3.0)


def test_a_replaced_code_object(monkeypatch):
    df = s2sad.grad(through_helpers)
    np.testing.assert_allclose(df(X), 4.0 * X)
    monkeypatch.setattr(helper, "__code__", cube.__code__)
    np.testing.assert_allclose(df(X), 6.0 * X * X)


def test_closure_cells_are_read_at_each_call():
    scale = 2.0

    def f(x):
        return np.sum(x * x) * scale

    df = s2sad.grad(f)
    np.testing.assert_allclose(df(X), 4.0 * X)
    scale = 5.0
    np.testing.assert_allclose(df(X), 10.0 * X)


def test_a_pullback_keeps_the_global_of_its_call(monkeypatch):
    _, pullback = s2sad.vjp(through_helpers, X)
    monkeypatch.setattr(sys.modules[__name__], "FACTOR", 50.0)
    np.testing.assert_allclose(pullback(1.0)[0], 4.0 * X)


# --- what is found must be what runs ----------------------------------------------------------------------------------
TEXT = "import numpy as np\n\n\ndef loss(x):\n    return np.sum(x * x)\n"


def test_an_edited_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "edited_conformance.py"
    file.write_text(TEXT)
    importlib.invalidate_caches()
    module = importlib.import_module("edited_conformance")
    linecache.clearcache()
    file.write_text(TEXT.replace("x * x", "x * x * x"))
    for action in (
        lambda: s2sad.grad(module.loss)(X),
        lambda: s2sad.vjp(module.loss, X),
        lambda: s2sad.jvp(module.loss, (X,), (X,)),
    ):
        with pytest.raises(s2sad.SourceError, match="is not the code that runs"):
            action()
    monkeypatch.delitem(sys.modules, "edited_conformance")


def test_a_stale_notebook_cell_is_refused():
    name, names = "<conformance cell>", {"__name__": "notebook"}
    linecache.cache[name] = (len(TEXT), None, TEXT.splitlines(True), name)
    exec(compile(TEXT, name, "exec", dont_inherit=True), names)
    other = TEXT.replace("x * x", "x + x")
    linecache.cache[name] = (len(other), None, other.splitlines(True), name)
    with pytest.raises(s2sad.SourceError, match="is not the code that runs"):
        s2sad.grad(names["loss"])(X)


# --- what is generated ------------------------------------------------------------------------------------------------
def test_a_generated_module_holds_no_state():
    for mode in ("grad", "value_and_grad"):
        df = getattr(s2sad, mode)(through_helpers)
        df(X)
        first = dict(df._latest.function.__globals__)
        df(2.0 * X)
        after = df._latest.function.__globals__
        assert set(after) == set(first)
        plain = (types.FunctionType, types.ModuleType, str, type(None), types.BuiltinFunctionType)
        for name, value in after.items():
            assert value is first[name]
            assert name.startswith("__") or isinstance(value, plain)


def test_a_damaged_file_of_the_cache_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path))
    lowered = s2sad.grad(through_helpers).lower(X)
    text = open(lowered.path, encoding="utf-8").read()  # noqa: SIM115
    for damaged in (text[: len(text) // 2], text.replace("2.0", "3.0"), ""):
        with open(lowered.path, "w", encoding="utf-8") as file:
            file.write(damaged)
        np.testing.assert_allclose(s2sad.grad(through_helpers)(X), 4.0 * X)
