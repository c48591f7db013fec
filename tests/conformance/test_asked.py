"""What a program asks of its values when code is generated must be answered as Python answers it, or when it runs."""

from __future__ import annotations

import dataclasses
import enum
import json
import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any


class Mode(enum.Enum):
    A = 1
    B = 2


def mode_of(path: str) -> Any:
    try:
        return Mode[os.path.basename(path)]
    except KeyError:
        return None


def maybe(path: str) -> int | None:
    try:
        return len(os.listdir(path))
    except OSError:
        return None


def size_of(path: str) -> float:
    """Return an int, as a function that promises a float may."""
    try:
        return os.path.getsize(path)
    except OSError:
        return 2


def absent(x: float) -> float:
    found = os.environ.get("NOT_SET_ANYWHERE")
    if found is None:
        x = x * x
    other = maybe("/no/such/folder")
    if other is not None:
        x = x * 3.0
    return x * x


def its_class(x: float) -> float:
    found = json.loads('{"layers": [1, 2], "name": "a"}')
    if isinstance(found["layers"], list):
        x = x * x
    if isinstance(found["name"], (list, dict)):
        x = x * 5.0
    if type(found["name"]) is str:
        x = x * x
    return x


def generator_or_not(x: float) -> float:
    rng = np.random.default_rng(3)
    if isinstance(rng, np.random.Generator):
        x = x * rng.standard_normal()
    return x * np.sum(rng.standard_normal(3)) * rng.choice(np.array([2.0, 3.0]))


def members(x: float) -> float:
    found = mode_of("/tmp/A")
    if found == Mode.A:
        x = x * x
    if found is Mode.B:
        x = x * 5.0
    if found in (Mode.A, Mode.B):
        x = x * x
    return x


def handed(act: Callable[[float], float], x: float) -> float:
    return act(x) if callable(act) else x


def callables(x: float) -> float:
    return handed(math.sin, x) + handed(np.cos, x)


def kinds(x: float) -> float:
    if isinstance(math.floor(3.7), int):
        x = x * x
    if isinstance(round(2.6), int) and not isinstance(round(2.6, 1), int):
        x = x * x
    if type(2**-1) is float:
        x = x * x
    if isinstance(range(3), range):
        x = x * 1.5
    if type(math.sin(x)) is float:
        x = x * x
    return x


def dtypes(z: Array) -> float:
    if z.dtype == complex:
        return np.sum(np.abs(z) ** 2)
    if z.dtype == np.float32 or z.dtype.kind == "i":
        return np.sum(z)
    return np.sum(z * z) * z.dtype.itemsize


def promised(x: float) -> float:
    return x * x * size_of("/no/such/file")


@dataclasses.dataclass
class State:
    place: float
    history: list[float] = dataclasses.field(default_factory=list)


def history(x: float) -> float:
    state = State(x * x)
    for i in range(3):
        state.history.append(state.place * i)
    return sum(state.history)


def words(x: float) -> float:
    total = 0.0
    for letter in "abc":
        total = total + x ** len(letter + "b")
    return total * np.sum(np.array([x * float(t) for t in ["1", "2", "3"]]))


def of_constants(x: float) -> float:
    weights = np.array([1.0, 2.0, 5.0])
    low, high = np.linalg.eigh(np.diag(weights))
    grid, _ = np.meshgrid(weights, weights)
    order = np.lexsort((weights,))
    return x * np.median(weights) + np.sum(x * low[order]) * high[0, 0] + x * np.sum(np.kron(weights, grid[0]))


def loss(w: float, b: float) -> float:
    return w * w * b


def pair_of_gradients(x: float) -> float:
    dw, db = s2sad.grad(loss, argnums=(0, 1))(x, 2.0 * x)
    return dw * db


PROGRAMS = [
    absent,
    its_class,
    generator_or_not,
    members,
    callables,
    kinds,
    promised,
    history,
    words,
    of_constants,
    pair_of_gradients,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(f: Any) -> None:
    s2sad.check_grads(f, (1.3,))


@pytest.mark.parametrize("z", [np.array([1.0 + 2.0j, 3.0j]), np.array([1.0, 2.0]), np.ones(2, np.float32)])
def test_dtypes(z: Array) -> None:
    value, found = s2sad.value_and_grad(dtypes)(z)
    assert value == dtypes(z)
    assert found.dtype == z.dtype and np.all(found != 0.0)


def unknown_class(x: Array) -> float:
    s = 0.0
    for v in x:
        s = max(s, v)
    if type(s) is float:
        return s * s
    return s


def kept(x: float) -> float:
    seen = json.loads("[]")
    seen.append(x * x)
    return x + float(seen[0])


def set_on(x: float) -> float:
    box = mode_of("/tmp/A")
    setattr(box, "v", x * x)  # noqa: B010
    return x


def drawn(x: Array) -> float:
    return np.frompyfunc(abs, 1, 1)(x)[0]


def test_refused() -> None:
    for f, args, said in (
        (unknown_class, (np.ones(3),), "whether this is a Python number or one of NumPy's is not known"),
        (kept, (1.3,), "append has no derivative rule and is given an active value"),
        (set_on, (1.3,), "setattr is accepted on objects"),
        (drawn, (np.ones(3),), "numpy.frompyfunc has no derivative rule"),
    ):
        with pytest.raises(s2sad.UnsupportedError, match=said):
            s2sad.grad(f)(*args)


def whole_factors(x: float, n: int, m: int, flag: bool) -> float:
    k = 2 if flag else 3
    return x * n * m * k


def test_a_gradient_is_a_float() -> None:
    """Also where only ints are multiplied."""
    found = s2sad.grad(whole_factors)(1.3, 2, 3, True)
    assert found == 12.0 and type(found) is float


class Vec:
    def __init__(self, x: float, y: float) -> None:
        self.x, self.y = x, y


def of_objects(ps: list[Vec]) -> float:
    s = 0.0
    for i in range(len(ps)):
        s += ps[i].x ** 3 * ps[i].y
    return s


def horner(c: list[float], z: float) -> float:
    p = 0.0
    for a in c:
        p = p * z + a
    return p


def squared_horner(c: list[float], z: float) -> float:
    return horner(c, z) ** 2


def complex_list(zs: list[complex]) -> float:
    total = 0.0
    for i, z in enumerate(zs):
        total = total + (i + 1) * abs(z) ** 4
    return total


def test_gradients_of_gradients_of_containers() -> None:
    """Of a tuple of one gradient, of a list that the caller shortens, of a list of complex numbers."""
    ps = [Vec(0.1, 0.3), Vec(1.0, 2.0), Vec(-1.0, 0.4)]
    y, pullback = s2sad.vjp(s2sad.grad(of_objects, argnums=(0,)), ps)
    assert isinstance(pullback(y)[0][0], Vec)
    bars = []
    for change in (list.copy, list.pop, list.clear):
        c = [1.0, 2.0, 3.0]
        _, pullback = s2sad.vjp(s2sad.grad(squared_horner, argnums=(0, 1)), c, 0.3)
        change(c)
        bars.append(pullback(([1.0, 0.5, 0.2], 0.7)))
    assert bars[0] == bars[1] == bars[2]
    zs = [0.3 + 1j, -0.2 + 0.1j]
    y, y_dot = s2sad.jvp(s2sad.grad(complex_list), (zs,), ([1 + 0j, 0j],))
    assert isinstance(y, list) and isinstance(y_dot, list)
    s2sad.check_grads(s2sad.grad(complex_list), (zs,), rtol=1e-4)
