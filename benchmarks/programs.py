"""The programs that are timed, each with an input of a size that is met in practice."""

import importlib

import numpy as np


def program(name):
    """A program of the corpus: the function, and the arguments its gradient is taken for."""
    module = importlib.import_module(f"tests.corpus.{name}")
    return getattr(module, name), module.WRT


def argnums(wrt):
    """`WRT` as it is given to a transform: an int where it is one argument."""
    return wrt[0] if len(wrt) == 1 else wrt


def arguments(name):
    """The same arguments on every call."""
    return SIZES[name](np.random.default_rng(0))


def mlp_loss(rng):
    """A batch of 256 images of 784 pixels, 256 hidden units, ten classes."""
    layers = (
        rng.normal(size=(784, 256)) / 28.0,
        np.zeros(256),
        rng.normal(size=(256, 10)) / 16.0,
        np.zeros(10),
    )
    return layers, rng.random(size=(256, 784)), rng.integers(0, 10, size=256)


def burgers(rng):
    """2,000 points, 200 steps."""
    x = np.linspace(0.0, 2.0 * np.pi, 2000)
    return 0.15 * np.sin(x) + 0.01 * rng.normal(size=2000), 0.2, 200


def gauss_seidel(rng):
    """A square of 40 by 40, three sweeps: element by element, as such code is written."""
    return rng.normal(size=(40, 40)), rng.normal(size=(40, 40)), 1.0 / 39.0, 3


def lstm(rng):
    """48 steps, 64 inputs, 128 hidden units, 32 outputs."""
    params = {
        "Wx": rng.normal(size=(64, 512)) / 8.0,
        "Wh": rng.normal(size=(128, 512)) / 11.0,
        "b": 0.1 * rng.normal(size=512),
        "Wy": rng.normal(size=(128, 32)) / 11.0,
    }
    return params, [rng.normal(size=64) for _ in range(48)], rng.normal(size=(48, 32))


def self_attention(rng):
    """256 tokens of 128 features, 4 heads."""
    weights = (rng.normal(size=(128, 128)) / 11.0 for _ in range(3))
    return rng.normal(size=(256, 128)), *weights, 4


def gaussian_mixture(rng):
    """2,000 points in 8 dimensions, 16 components."""
    return (
        rng.normal(size=16),
        rng.normal(size=(16, 8)),
        0.3 * rng.normal(size=(16, 8)),
        rng.normal(size=(2000, 8)),
    )


def kalman(rng):
    """100 observations of 6 values, 12 states."""
    F = 0.9 * np.eye(12) + 0.03 * rng.normal(size=(12, 12))
    return rng.normal(size=(100, 6)), F, rng.normal(size=(6, 12)), np.array([-1.0, -0.5])


def rk4_lorenz(rng):
    """300 steps."""
    return rng.normal(size=3), 10.0, 28.0, 8.0 / 3.0, 0.005, 300


def tree_sum(rng):
    """A binary tree with 256 leaves."""

    def tree(depth):
        return (tree(depth - 1), tree(depth - 1)) if depth else rng.normal(size=8)

    return tree(8), rng.normal(size=8)


def newton_root(rng):
    """200 roots."""
    return rng.uniform(0.2, 2.9, size=200), 0.4


def enumerate_zip(rng):
    """200 polynomials of degree 5."""
    return rng.normal(size=(200, 6)), 0.5 * rng.normal(size=200), rng.uniform(0.2, 1.2, size=200)


SIZES = {
    function.__name__: function
    for function in (
        mlp_loss,
        burgers,
        gauss_seidel,
        lstm,
        self_attention,
        gaussian_mixture,
        kalman,
        rk4_lorenz,
        tree_sum,
        newton_root,
        enumerate_zip,
    )
}
