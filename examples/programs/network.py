"""A small neural-network library: modules, losses, optimisers, batches."""

from __future__ import annotations

import math
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np

Batch = namedtuple("Batch", "inputs labels")


INITIALISERS: dict[str, Callable] = {}


def initialiser(function: Callable) -> Callable:
    """Register an initialiser under its own name."""
    INITIALISERS[function.__name__] = function
    return function


@initialiser
def zeros(shape, rng):
    return np.zeros(shape)


@initialiser
def xavier(shape, rng):
    limit = math.sqrt(6.0 / sum(shape))
    return rng.uniform(-limit, limit, shape)


@initialiser
def he(shape, rng):
    return rng.normal(0.0, math.sqrt(2.0 / shape[0]), shape)


@dataclass(eq=False)
class Parameter:
    """An array that is trained; ``decay`` tells whether it is regularised."""

    value: np.ndarray
    decay: bool = True

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def size(self) -> int:
        return math.prod(self.shape)


class Module:
    """Base class; parameters and submodules are found through attributes."""

    registry: dict[str, type[Module]] = {}

    def __init_subclass__(cls, name: str | None = None, **kwargs):
        super().__init_subclass__(**kwargs)
        Module.registry[name or cls.__name__.lower()] = cls

    def __init__(self):
        self._parameters: OrderedDict[str, Parameter] = OrderedDict()
        self._children: OrderedDict[str, Module] = OrderedDict()
        self.training = True

    def __setattr__(self, name, value):
        if isinstance(value, Parameter):
            self._parameters[name] = value
        elif isinstance(value, Module):
            self._children[name] = value
        super().__setattr__(name, value)

    def __call__(self, *inputs):
        return self.forward(*inputs)

    def forward(self, x):
        raise NotImplementedError(f"{type(self).__name__}.forward")

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
        for name, parameter in self._parameters.items():
            yield prefix + name, parameter
        for name, child in self._children.items():
            yield from child.named_parameters(f"{prefix}{name}.")

    def parameters(self) -> Iterator[Parameter]:
        for _, parameter in self.named_parameters():
            yield parameter

    def train(self, mode: bool = True) -> Module:
        self.training = mode
        for child in self._children.values():
            child.train(mode)
        return self

    def eval(self) -> Module:
        return self.train(False)

    def load_state(self, state: dict[str, np.ndarray]) -> None:
        own = dict(self.named_parameters())
        if unknown := state.keys() - own.keys():
            raise KeyError(f"unknown parameters: {sorted(unknown)}")
        for name, value in state.items():
            if own[name].shape != value.shape:
                raise ValueError(f"{name}: shape {value.shape}, expected {own[name].shape}")
            own[name].value = value

    def state(self) -> dict[str, np.ndarray]:
        return {name: parameter.value for name, parameter in self.named_parameters()}


class Linear(Module):
    def __init__(self, n_in: int, n_out: int, *, init: str = "xavier", bias: bool = True, rng=None):
        super().__init__()
        rng = rng or np.random.default_rng(0)
        self.weight = Parameter(INITIALISERS[init]((n_in, n_out), rng))
        self.bias = Parameter(zeros((n_out,), rng), decay=False) if bias else None

    def forward(self, x):
        out = x @ self.weight.value
        if self.bias is not None:
            out = out + self.bias.value
        return out


class Tanh(Module):
    def forward(self, x):
        return np.tanh(x)


class ReLU(Module):
    def forward(self, x):
        return np.maximum(x, 0.0)


class Softmax(Module):
    def __init__(self, axis: int = -1):
        super().__init__()
        self.axis = axis

    def forward(self, x):
        e = np.exp(x - x.max(axis=self.axis, keepdims=True))
        return e / e.sum(axis=self.axis, keepdims=True)


class Dropout(Module):
    def __init__(self, rate: float = 0.5, seed: int = 0):
        super().__init__()
        if not 0.0 <= rate < 1.0:
            raise ValueError(f"rate must be in [0, 1), not {rate}")
        self.rate = rate
        self.rng = np.random.default_rng(seed)

    def forward(self, x):
        if not self.training or self.rate == 0.0:
            return x
        mask = self.rng.random(x.shape) >= self.rate
        return x * mask / (1.0 - self.rate)


class Sequential(Module):
    def __init__(self, *layers: Module):
        super().__init__()
        for index, layer in enumerate(layers):
            setattr(self, f"layer{index}", layer)

    def __iter__(self):
        return iter(self._children.values())

    def __len__(self):
        return len(self._children)

    def forward(self, x):
        for layer in self:
            x = layer(x)
        return x

    @classmethod
    def from_spec(cls, spec: Iterable[tuple]) -> Sequential:
        """Build from tuples such as ("linear", (3, 4), {"init": "he"})."""
        layers = []
        for kind, args, kwargs in spec:
            try:
                layer_type = Module.registry[kind]
            except KeyError:
                raise ValueError(f"unknown layer {kind!r}, know {sorted(Module.registry)}") from None
            layers.append(layer_type(*args, **kwargs))
        return cls(*layers)


class CrossEntropy:
    def __init__(self, smoothing: float = 0.0, eps: float = 1e-12):
        self.smoothing = smoothing
        self.eps = eps

    def __call__(self, probabilities: np.ndarray, labels: np.ndarray):
        n, k = probabilities.shape
        picked = -np.log(probabilities[np.arange(n), labels] + self.eps)
        if not self.smoothing:
            return picked.mean()
        uniform = -np.log(probabilities + self.eps).sum(axis=1) / k
        return ((1.0 - self.smoothing) * picked + self.smoothing * uniform).mean()


@dataclass(frozen=True)
class L2:
    strength: float = 1e-2

    def __call__(self, parameters: Iterable[Parameter]):
        return self.strength * sum(np.sum(p.value**2) for p in parameters if p.decay)


@dataclass
class Optimiser:
    """Base class: ``state`` maps a parameter's name to its own small dict."""

    model: Module
    lr: float = 0.05
    state: dict[str, dict] = field(default_factory=dict)
    steps: int = 0

    def step(self, gradients: dict[str, np.ndarray]) -> None:
        self.steps += 1
        for name, parameter in self.model.named_parameters():
            if (gradient := gradients.get(name)) is not None:
                state = self.state.setdefault(name, {})
                parameter.value = parameter.value + self.update(gradient, state)

    def update(self, gradient, state):
        raise NotImplementedError


@dataclass
class SGD(Optimiser):
    momentum: float = 0.9

    def update(self, gradient, state):
        velocity = self.momentum * state.get("velocity", 0.0) - self.lr * gradient
        state["velocity"] = velocity
        return velocity


@dataclass
class Adam(Optimiser):
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8

    def update(self, gradient, state):
        moments = state.get("moments", (np.zeros_like(gradient),) * 2)
        powers = (gradient, gradient**2)
        moments = [b * m + (1 - b) * p for b, m, p in zip(self.betas, moments, powers)]
        state["moments"] = moments
        first, second = (m / (1 - b**self.steps) for b, m in zip(self.betas, moments))
        return -self.lr * first / (np.sqrt(second) + self.eps)


INPUTS = np.random.default_rng(3).normal(size=(12, 3))
LABELS = (INPUTS @ np.array([1.0, -0.5, 0.25]) > 0).astype(int) + (INPUTS[:, 1] > 0.8)

SPEC = (
    ("linear", (3, 4), {"init": "he"}),
    ("tanh", (), {}),
    ("dropout", (0.25,), {"seed": 5}),
    ("linear", (4, 3), {}),
    ("softmax", (), {"axis": 1}),
)


def batches(inputs, labels, size: int, *, rng=None) -> Iterator[Batch]:
    """Yield minibatches, shuffled when a generator is given."""
    order = np.arange(len(inputs)) if rng is None else rng.permutation(len(inputs))
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        yield Batch(inputs[chosen], labels[chosen])


@contextmanager
def evaluating(model: Module):
    """Switch a model into evaluation mode for one block."""
    before = model.training
    try:
        yield model.eval()
    finally:
        model.train(before)


def build(w1, b1, w2, b2) -> Sequential:
    model = Sequential.from_spec(SPEC)
    names = [name for name, _ in model.named_parameters()]
    model.load_state(dict(zip(names, (w1, b1, w2, b2), strict=True)))
    return model


def take_steps(model: Module, optimiser: Optimiser, gradients: Iterable[dict[str, np.ndarray]], limit: int = 10):
    """Apply up to ``limit`` given gradients; returns the new state."""
    for gradient in islice(gradients, limit):
        optimiser.step(gradient)
    return model.state()


def training_loss(w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> float:
    """Mean loss over the minibatches of one pass (with dropout) plus the regulariser."""
    model = build(w1, b1, w2, b2)
    criterion, penalty = CrossEntropy(smoothing=0.1), L2(0.02)
    losses = []
    for inputs, labels in batches(INPUTS, LABELS, size=5, rng=np.random.default_rng(1)):
        losses.append(criterion(model(inputs), labels))
    return sum(losses) / len(losses) + penalty(model.parameters())


ARGUMENTS = tuple(np.random.default_rng(11).normal(0.0, 0.7, shape) for shape in ((3, 4), (4,), (4, 3), (3,)))
FUNCTION = training_loss


def central_difference(function, arguments, position, index, step=1e-6):
    def at(delta):
        moved = arguments[position].copy()
        moved[index] += delta
        return function(*(moved if i == position else a for i, a in enumerate(arguments)))

    return (at(step) - at(-step)) / (2 * step)


if __name__ == "__main__":
    print(f"{FUNCTION.__name__} = {FUNCTION(*ARGUMENTS):.10f}")
    places = ([(i, index) for index in np.ndindex(a.shape)] for i, a in enumerate(ARGUMENTS))
    gradient = [np.zeros_like(a) for a in ARGUMENTS]
    for position, index in chain.from_iterable(places):
        gradient[position][index] = slope = central_difference(FUNCTION, ARGUMENTS, position, index)
        assert math.isfinite(slope) and slope != 0.0
    for name, array in zip(("w1", "b1", "w2", "b2"), gradient):
        print(f"  d/d {name}: {np.array2string(array, precision=6)}")
    for optimiser_type in (SGD, Adam):
        net = build(*ARGUMENTS)
        given = dict(zip(net.state(), gradient))
        after = take_steps(net, optimiser_type(net, lr=0.1), [given] * 8)
        with evaluating(net) as quiet:
            accuracy = np.mean(quiet(INPUTS).argmax(axis=1) == LABELS)
        print(f"{optimiser_type.__name__}: loss {FUNCTION(*after.values()):.6f}, accuracy {accuracy:.2f}")
