"""`library_program(seed)` writes a random program over what NumPy and SciPy offer, with writes, loops and branches.

The function is `f(x, y, k)` of two matrices of shape (3, 4) and a float. What it computes stays near 1: values are
squashed on their way, so that central differences can tell right from wrong.
"""

from __future__ import annotations

import functools
import itertools
import operator
import random

import numpy as np
from scipy import interpolate, sparse, stats

# of matrices {a}, {b} of shape (3, 4), a number {k}: matrices of that shape
MATRICES = (
    "{a} * {b}[0]",
    "np.where({a} > {k}, {a}, np.cos({b}))",
    "np.cumsum({a}, axis={ax})",
    "np.pad({a}, ((0, 0), (1, 0)), constant_values={k})[:, :4]",
    "np.pad({a}, ((1, 0), (0, 0)), 'linear_ramp', end_values={k})[:3]",
    "np.roll({a}, 1, axis={ax}) + {k}",
    "np.logaddexp.accumulate({a}, axis={ax})",
    "np.linspace({a}[0], {b}[1], 3)",
    "np.linspace({k}, {b}[:, 0], 4).T",
    "np.outer({a}[:, 0], {b}[1])",
    "np.outer({a}[:1, 0], {b})[:, :4] * {a}",
    "np.einsum('ij,kj,kl->il', {a}, {b}, {a})",
    "np.einsum('ij,j->ij', {a}, {b}[0, :1])",
    "np.diag({a}[0, :3], 1)[:3] + {b}",
    "np.sort({a}, axis={ax})",
    "np.partition({a}, 1, axis=0)",
    "np.take_along_axis({a}, np.argsort({b}, axis=1), axis=1)",
    "np.gradient({a}, axis={ax})",
    "np.diff({a}, axis=1, prepend={k})",
    "np.tile({a}[:, :2], 2)",
    "np.repeat({a}[:, ::2], 2, axis=1)",
    "np.kron({a}[:, :2], np.ones((1, 2)))",
    "np.inner({a}, {b}) @ {a}",
    "np.tensordot({a}, {b}, axes=([0], [0]))[:3]",
    "np.triu({a}) + np.tril({b}, -1)",
    "np.flip({a}, {ax}) * np.std({b})",
    "{a} - np.mean({a}, axis={ax}, keepdims=True)",
    "{a} / np.linalg.norm({a}, axis=1, keepdims=True)",
    "np.linalg.solve({a}[:, :3] + 5.0 * np.eye(3), {b})",
    "np.linalg.lstsq({a}[:, :2] + np.eye(3)[:, :2], {b})[0][[0, 1, 0]]",
    "np.linalg.eigh({a} @ {a}.T + np.diag([1.0, 2.0, 4.0]))[0][:, None] * {b}",
    "np.abs(np.linalg.eigvals({a}[:, :3] + np.diag([1.0, 3.0, 6.0])))[:, None] + {a}",
    "np.linalg.cholesky({a} @ {a}.T + np.eye(3)) @ {b}",
    "np.fft.ifft(np.fft.fft({a}, axis=1) * np.array([1.0, 0.5, 0.2, 0.5]), axis=1).real",
    "np.apply_along_axis(lambda v: np.cumprod(v) * {k}, {ax}, {a})",
    "np.vectorize(lambda u, v: u * v if u > 0.5 else v)({a}, {b})",
    "np.polyval({a}[0], {b})",
    "np.poly1d({a}[1])({b})",
    "np.interp({a}, np.linspace(-3.0, 3.0, 4), {b}[0])",
    "np.unwrap({a}, period={k} + 5.0)",
    "np.r_[{a}[:1], {b}[1:]]",
    "np.stack([{a}[0], {b}[1], {a}[2] * {k}])",
    "np.nan_to_num({a}, nan={k})",
    "np.clip({a}, -0.7, np.abs({b}) + 0.5)",
    "np.add.outer({a}[:, 0], {b}[0])",
    "np.lib.stride_tricks.sliding_window_view(np.concatenate([{a}[0], {b}[0]]), 4)[:3]",
    "linalg.expm(0.3 * {a}[:, :3]) @ {b}",
    "linalg.solve_triangular({a}[:, :3] + 4.0 * np.eye(3), {b}, lower=True)",
    "special.expit({a}) * special.softmax({b}, axis={ax})",
    "special.logsumexp(np.stack([{a}, {b}]), axis=0)",
    "stats.norm.logpdf({a}, {b}, np.abs({k}) + 1.0)",
    "stats.norm({k}, 2.0).cdf({a})",
    "stats.zscore({a} + np.arange(4.0), axis=1)",
    "signal.detrend({a}, axis={ax})",
    "signal.fftconvolve({a}, {b}[:2, :2], mode='same')",
    "signal.lfilter([0.5, {k}], [1.0, 0.2], {a}, axis={ax})",
    "ndimage.gaussian_filter({a}, 0.7)",
    "ndimage.sobel({a}, axis={ax}) * 0.2",
    "ndimage.correlate1d({a}, {b}[0, :3], axis={ax}, mode='constant', cval={k})",
    "interpolate.CubicSpline(np.arange(3.0), {a})(np.array([0.3, 1.1, 1.8]))",
    "interpolate.PchipInterpolator(np.arange(4.0), {a}[0])(1.5 + np.tanh({b}))",
    "interpolate.interp1d(np.arange(4.0), {a}[0], fill_value='extrapolate')(1.5 + np.tanh({b}))",
    "sparse.csr_array(({a}[0], ([0, 1, 2, 2], [0, 2, 1, 0])), shape=(3, 3)) @ {b}",
    "distance.cdist({a}, {b} + 3.0)[:, [0, 1, 2, 0]] - 5.0",
    # objects of libraries made outside, see OUTSIDE
    "CURVE(1.5 + np.tanh({a}))",
    "CURVE(1.5 + np.tanh({a}), 1) * {k}",
    "SPARSE @ {b}",
    "{a} @ SPARSE.toarray()[[0, 1, 2, 0], :][:, [0, 1, 2, 0]]",
    "FROZEN.logpdf({a}) + FROZEN.cdf({b})",
    "POLY({a} * 0.5)",
    "SERIES(np.tanh({a})) * {b}",
    "GRID(np.stack([1.0 + np.tanh({a}), 1.5 + np.tanh({b})], axis=-1))",
    "Model.scale * {a} + Model.bias[{i}]",
    "MODEL({a})",
    # helpers whose defaults and constants decide
    "normed({a})",
    "normed({a}, {ax})",
    "normed({a}, axis={ax}, power=3)",
    # iteration
    "np.stack(list(map(lambda r, s: r * s[0], {a}, {b})))",
    "np.stack([r * s for r, s in itertools.pairwise([*{a}, {b}[0]])])",
    "np.stack([row for i, row in enumerate({a}) if i != 1] + [{b}[0]])",
    "np.stack(sorted({a}, key=lambda r: r[1]))",
    "np.stack([functools.reduce(operator.mul, [{a}[i], {b}[i], {a}[0]]) for i in range(3)])",
    "np.stack([max({a}, key=np.sum), min({b}, key=lambda r: r[0]), {a}[2]])",
    "sum((p * q for p, q in itertools.combinations([{a}, {b}, {a} + {k}], 2)), start=0.0)",
    "np.array([[{k} * u for u in row] for row in {a}])",
)
# numbers
NUMBERS = (
    "np.sum({a}[0])",
    "np.trapezoid({a}[0], {b}).sum()",
    "np.max({a}) - np.min({b})",
    "np.linalg.slogdet({a}[:, :3] + 4.0 * np.eye(3))[1]",
    "np.quantile({a}, 0.3)",
    "np.vdot({a}, {b})",
    "np.average({a}, weights=np.abs({b}) + 0.5)",
    "np.cov({a})[0, 1]",
    "integrate.simpson({a}[0], dx=np.abs({k}) + 0.5)",
    "integrate.quad(lambda t: np.cos(t * {k}) * {a}[0, 0], 0.0, 1.0)[0]",
    "stats.skew({a}[0] + np.arange(4.0))",
    "math.erf({k})",
    "float({a}[0, 1]) * {k}",
    "np.linalg.norm({a} - {b} + 0.3)",
    "{a}.item(5) * {k}",
    "sum(v * w for v, w in zip({a}[0], {b}[1]) if v > w or v > 0)",
    "sum(v * (i[0] + 1) for i, v in np.ndenumerate({a}))",
    "max(abs(v) for v in {a}[1])",
    "FROZEN.sf({k}) * CURVE.integrate(0.2, 1.7)",
    "POLY.deriv()({k})",
    "math.prod([{k}, *{a}[0, :2]])",
)
# what programs find around them
OUTSIDE = {
    "CURVE": interpolate.CubicSpline(np.arange(4.0), [0.3, -0.2, 0.7, 0.1]),
    "SPARSE": sparse.csr_array(np.array([[0.5, 0.0, 1.0], [0.0, 0.0, -0.4], [0.2, 0.9, 0.0]])),
    "FROZEN": stats.norm(0.2, 1.7),
    "POLY": np.poly1d([0.4, -0.3, 1.0]),
    "SERIES": np.polynomial.Chebyshev([0.1, 0.5, -0.3], domain=[-2.0, 3.0]),
    "GRID": interpolate.RegularGridInterpolator(
        (np.arange(3.0), np.arange(4.0)), np.cos(np.arange(12.0)).reshape(3, 4)
    ),
    "itertools": itertools,
    "functools": functools,
    "operator": operator,
}
# writes into a matrix {v} of the program's own
WRITES = (
    "{v}[0] = {b}[:1]",
    "{v}[{i}] = {b}[1] * {k}",
    "{v}[:, {i}] += {b}[:, 0]",
    "{v}.flat[{i}] = {k}",
    "{v}.flat[[1, 6, 9]] = {b}[0, :3] * 1.0",
    "np.add.at({v}, [0, 2, 0], {b})",
    "np.multiply.at({v}, [0, 1, 1], np.cos({b}))",
    "np.fill_diagonal({v}, {k})",
    "np.put_along_axis({v}, np.array([[0], [1], [2]]), {b}[:, :1], axis=1)",
    "np.copyto({v}, {b}, where={v} > 0.4)",
    "{v}.sort(axis=1)",
    "{v} *= np.tanh({b})",
    "np.exp(-np.abs({b}), out={v})",
    "{v}[{v} > 0.5] = {k}",
    "{v}[::2] = {v}[::2] * {b}[0]",
)
# stretches with the idioms that have a shorter adjoint, often with a write in between; {m} is made
IDIOMS = (
    ("{m} = np.exp({a} - np.max({a}, axis=1, keepdims=True))", "{w}", "{m} = {m} / np.sum({m}, axis=1, keepdims=True)"),
    ("{m} = np.exp({a})", "{n} = np.sum({m}, axis=1, keepdims=True)", "{w}", "{m} = {m} / {n}"),
    ("{m} = {a} - np.mean({a})", "{w}", "{m} = {m} * np.mean({m} ** 2)"),
    ("{n} = {a} * 1.0", "{m} = {n} - np.mean({n}, axis=0)", "{n}[0] = {b}[1]", "{m} = {n} * np.sum({m} * {m}, axis=0)"),
    ("{m} = np.exp(-{a})", "{w}", "{m} = 1.0 / (1.0 + {m})"),
    (
        "{m} = {a} - np.mean({a}, axis=1, keepdims=True)",
        "{n} = {m} * {m}",
        "{n} *= {b}",
        "{m} = {m} * {n}.mean(axis=0)",
    ),
    ("{m} = {a} * 1.0", "{m} -= {m}.mean(axis=1, keepdims=True)", "{m} /= np.sqrt(np.mean({m}**2) + 0.1)"),
)
BETWEEN = ("pass", "{m} *= np.cos({b})", "{m}[0] = {b}[1] + 2.0", "{m} = {m} + 0.1 * {b}")
FUNCTIONS = (
    "def turned(u, v):\n    w = u * 1.0\n    w[1:] -= v[:-1] * 0.5\n    return w\n",
    "def scaled(u, v):\n    for row in u:\n        row *= np.cos(v[0])\n    return np.sin(u) + v\n",
    "def normed(u, axis=1, power=2):\n    return u / (np.sum(np.abs(u) ** power, axis=axis, keepdims=True) + 0.3)\n",
    "class Model:\n"
    "    scale = 0.7\n"
    "    bias = np.array([[0.1], [0.2], [0.3]])\n\n"
    "    def __init__(self, weight):\n"
    "        self.weight = weight\n\n"
    "    def __call__(self, u):\n"
    "        return np.cos(self.weight * u) + self.bias\n",
    "MODEL = Model(1.3)\n",
)


# loops and branches, and what comes after their last statement
HEADS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("for _{i} in range(2):", ()),
    ("if {k} > 0.2:", ()),
    ("for _{i} in range(3):", ("    if {v}[0, 0] > 0.3:", "        break", "else:", "    {v} = {v} * {k}")),
    ("for _{i} in range(3):", ("    if _{i} == 1:", "        continue", "    {v} = {v} * {k}")),
)


class Writer:
    """A program being written."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.matrices = ["x", "y"]
        self.own: list[str] = []
        self.numbers = ["k"]
        self.lines: list[str] = []
        self.count = 0

    def fresh(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def filled(self, template: str, **more: str) -> str:
        pick = self.rng.choice
        values = {"a": pick(self.matrices), "b": pick(self.matrices), "k": pick(self.numbers)}
        return template.format(**values, ax=pick(["0", "1", "-1"]), i=pick(["0", "1", "2"]), **more)

    def emit(self, text: str, depth: int) -> None:
        self.lines.append("    " * depth + text)

    def statement(self, depth: int) -> None:
        kind = self.rng.random()
        if kind < 0.5:
            name = self.fresh("m")
            self.emit(f"{name} = np.tanh({self.filled(self.rng.choice(MATRICES))})", depth)
            self.matrices.append(name)
            self.own.append(name)
        elif kind < 0.56:
            name, other = self.fresh("m"), self.fresh("n")
            between = self.rng.choice(BETWEEN).format(m=name, b=self.rng.choice(self.matrices))
            for line in self.rng.choice(IDIOMS):
                self.emit(self.filled(line, m=name, n=other, w=between), depth)
            self.emit(f"{name} = np.tanh({name})", depth)
            self.matrices.append(name)
            self.own.append(name)
        elif kind < 0.66:
            name = self.fresh("s")
            self.emit(f"{name} = np.sin({self.filled(self.rng.choice(NUMBERS))})", depth)
            self.numbers.append(name)
        elif kind < 0.85 and self.own:
            target = self.rng.choice(self.own)
            self.emit(self.filled(self.rng.choice(WRITES), v=target), depth)
        elif kind < 0.92 and self.own and depth < 3:
            self.nested(depth)
        elif self.own:
            name = self.rng.choice(["turned", "scaled"])
            target = self.rng.choice(self.own)
            self.emit(f"{target} = {name}({target}, {self.rng.choice(self.matrices)})", depth)
        else:
            self.statement(depth)

    def nested(self, depth: int) -> None:
        """A loop or a branch that rebinds what is there."""
        head, tail = self.rng.choice(HEADS)
        index = self.fresh("i")
        self.emit(head.format(i=index, k=self.rng.choice(self.numbers)), depth)
        kept = list(self.matrices), list(self.own), list(self.numbers)
        for _ in range(self.rng.randint(1, 2)):
            self.statement(depth + 1)
        target = self.rng.choice(kept[1])
        self.emit(f"{target} = np.tanh({self.filled(self.rng.choice(MATRICES))})", depth + 1)
        for line in tail:
            self.emit(line.format(v=target, i=index, k=self.rng.choice(kept[2])), depth)
        self.matrices, self.own, self.numbers = kept


def library_program(seed: int) -> str:
    """Return the text of a module with the function f(x, y, k)."""
    writer = Writer(seed)
    for _ in range(writer.rng.randint(3, 7)):
        writer.statement(1)
    total = " + ".join([*(f"np.sum({name})" for name in writer.matrices), *writer.numbers])
    head = [*FUNCTIONS, "def f(x, y, k):"]
    return "\n".join([*head, *writer.lines, f"    return {total}"]) + "\n"
