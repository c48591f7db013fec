"""Complex numbers: z_bar = dL/dRe + i dL/dIm inside, the conjugate at the public face, as in JAX."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any


@dataclasses.dataclass
class Wave:
    """A field with a phase."""

    field: Array
    phase: float


def power(z: Array) -> float:
    return np.sum(np.abs(z) ** 2)


def interference(x: Array, k: Array) -> float:
    z = x * np.exp(1j * k)
    return np.abs(np.sum(z)) ** 2


def in_place(z: Array) -> float:
    a = z.copy()
    a[1:] *= a[:-1]
    a /= 2.0 + a[::-1]
    r = a.real
    r *= 2.0  # writes a
    return np.sum(a.imag * a.real)


def mandelbrot(x: float, y: float) -> float:
    z = complex(x, y)
    for _ in range(4):
        if abs(z) > 2.0:
            break
        z = z * z + complex(0.1, 0.2) * x
    return abs(z)


def amplitudes(z: Array) -> float:
    found = []
    for v in z:
        if v.real > 0.0:
            found.append(v * v.conjugate() * v)
        else:
            found.append(v * 2.0)
    return np.sum(np.array(found)).imag


def early(z: Array) -> float:
    total = 0j
    for v in z:
        total = total + v * v
        if abs(total) > 1.0:
            return total.real
    return total.imag


def scaled(part: Array, factor: complex) -> None:
    part *= factor


def helper(z: Array, factor: complex) -> float:
    a = z * 1.0
    scaled(a[1:], factor)
    return np.sum(a * a).real


def of_records(waves: list[Wave]) -> float:
    total = np.zeros(3, dtype=complex)
    for wave in waves:
        total += wave.field * np.exp(1j * wave.phase)
    return power(total)


def of_list(zs: list[complex]) -> float:
    total = 0.0
    for i, z in enumerate(zs):
        total = total + i * abs(z)
    return total


def solved(a: Array, b: Array) -> float:
    x = np.linalg.solve(a, b)
    return np.linalg.norm(x) + np.vdot(x, b).real + np.var(x) + np.linalg.slogdet(a)[1]


def mixed(x: Array) -> float:
    a = np.zeros(3, dtype=complex)
    a[0] = x[0]
    a[1] = 1j * x[1]
    a[2] = x[2] * x[0] + 1j
    return np.sum(np.abs(np.sin(a)))


def mask(z: Array) -> float:
    a = np.where(z.real > 0.0, z * z, 1j * z)
    a[np.array([0, 0, 2])] = z[:3]
    return np.sum(a.imag)


def parts(z: Array) -> float:
    real, imag = z.real, z.imag
    imag_before = imag.copy()
    y = z * (1.0 + 2.0j)
    return np.sum(real * imag_before) + np.sum(y.real * imag)


def transform(z: Array) -> float:
    n = len(z)
    k = np.arange(n)
    w = np.exp(-2j * np.pi * np.outer(k, k) / n)
    return np.sum(np.abs(w @ z) ** 3)


def holomorphic(z: Array) -> Array:
    return z * z + np.conj(z) * 3.0


rng = np.random.default_rng(4)


def numbers(*shape: int) -> Array:
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


PROGRAMS: list[tuple[Any, tuple[Any, ...]]] = [
    (power, (numbers(3),)),
    (interference, (rng.normal(size=3), rng.normal(size=3))),
    (in_place, (numbers(4),)),
    (mandelbrot, (0.3, 0.4)),
    (mandelbrot, (1.3, 1.4)),
    (amplitudes, (numbers(5),)),
    (early, (numbers(5),)),
    (early, (0.1 * numbers(3),)),
    (helper, (numbers(4), 0.3 - 0.6j)),
    (of_records, ([Wave(numbers(3), 0.3), Wave(numbers(3), -1.2)],)),
    (of_list, ([0.3 + 0.1j, -1.0 + 2.0j, 0.7j],)),
    (solved, (numbers(3, 3), numbers(3))),
    (mixed, (rng.normal(size=3),)),
    (mask, (numbers(4),)),
    (parts, (numbers(4),)),
    (transform, (numbers(5),)),
    (transform, (rng.normal(size=5),)),
    (holomorphic, (numbers(3),)),
    (holomorphic, (0.3 - 0.2j,)),
]


def named(f: Any, args: tuple[Any, ...]) -> Any:
    return pytest.param(f, args, id=f.__name__)


@pytest.mark.parametrize(("f", "args"), [named(f, a) for f, a in PROGRAMS])
def test_derivatives(f: Any, args: tuple[Any, ...]) -> None:
    """Both modes against central differences along complex directions."""
    s2sad.check_grads(f, args)


@pytest.mark.parametrize(("f", "args"), [named(f, a) for f, a in PROGRAMS[:9] + PROGRAMS[11:17]])
def test_second_derivatives(f: Any, args: tuple[Any, ...]) -> None:
    """The gradient, differentiated in both modes."""
    s2sad.check_grads(s2sad.grad(f), args, rtol=1e-4)


def test_convention_of_jax() -> None:
    """grad is dL/dRe - i dL/dIm, vjp the transpose of jvp without a conjugate."""
    z = numbers(3)
    assert np.allclose(s2sad.grad(power)(z), 2.0 * z.conj())
    assert np.allclose(s2sad.grad(lambda z: (z * z * z).real)(0.3 + 0.4j), 3.0 * (0.3 + 0.4j) ** 2)
    _, pullback = s2sad.vjp(lambda z: z * z * 1j, 0.3 + 0.4j)
    assert np.isclose(pullback(1.0 + 0j)[0], 2j * (0.3 + 0.4j))
    assert np.isclose(pullback(2j)[0], 2j * 2j * (0.3 + 0.4j))
    assert np.isclose(s2sad.jvp(lambda z: z * z * 1j, (0.3 + 0.4j,), (1.0 + 0j,))[1], 2j * (0.3 + 0.4j))


def test_kinds() -> None:
    """A gradient has the dtype of its argument; that of a real argument is real."""
    z = numbers(3).astype(np.complex64)
    found = s2sad.grad(power)(z)
    assert found.dtype == np.complex64 and found.flags.writeable and not np.shares_memory(found, z)
    assert isinstance(s2sad.grad(abs)(3.0 + 4.0j), complex)
    assert type(s2sad.grad(lambda z: 2.0)(3.0 + 4.0j)) is complex
    assert type(s2sad.grad(lambda z: 2.0 * z.real)(3.0 + 4.0j)) is complex
    x_bar, k_bar = s2sad.grad(interference, argnums=(0, 1))(np.ones(2), np.zeros(2))
    assert x_bar.dtype == k_bar.dtype == float


def test_a_conjugate_that_is_its_argument_is_fresh() -> None:
    """conj(conj(w)) is w: the gradient must not be the caller's array."""
    z, w = numbers(3), numbers(3)
    z_bar, w_bar = s2sad.grad(lambda z, w: np.sum(z * w).real, argnums=(0, 1))(z, w)
    assert np.array_equal(z_bar, w) and np.array_equal(w_bar, z)
    assert not any(np.shares_memory(a, b) for a in (z_bar, w_bar) for b in (z, w))
    _, pullback = s2sad.vjp(lambda z: z, z)
    given = numbers(3)
    assert not np.shares_memory(pullback(given)[0], given)


def into_floats(z: Array) -> float:
    a = np.zeros(3)
    a[0] = z[0]
    return np.sum(a)


def test_refused() -> None:
    """What has no derivative, or loses the imaginary part without a word."""
    z = numbers(3)
    with pytest.raises(s2sad.ArgumentError, match=r"complex number; take its \.real"):
        s2sad.grad(np.sum)(z)
    with pytest.raises(s2sad.UnsupportedError, match="its imaginary part would be lost"):
        s2sad.grad(into_floats)(z)
    with pytest.raises(s2sad.UnsupportedError, match="maximum of complex numbers has no derivative"):
        s2sad.grad(lambda z: np.sum(np.maximum(z, 1j)).real)(z)
    with pytest.raises(s2sad.ShapeError, match="complex, the value is real"):
        s2sad.vjp(power, z)[1](1j)
