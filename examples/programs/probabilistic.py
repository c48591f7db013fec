"""A small probabilistic modelling library built on effect handlers.

A model is an ordinary function that calls ``sample(name, distribution)``.
Handlers (``Trace``, ``Condition``, ``Replay``, ``Seed``) are context managers;
while they are active, every sample statement passes through them.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

LOG_TWO_PI = math.log(2.0 * math.pi)


class Distribution(ABC):
    """Base class; parameters and values may be floats or arrays."""

    support: ClassVar[str] = "real"

    @abstractmethod
    def log_prob(self, value):
        """Elementwise log density (or log mass) of ``value``."""

    @abstractmethod
    def sample(self, rng: np.random.Generator, size=None):
        """Draw from the distribution."""

    def validate(self, value) -> None:
        if not np.all(_SUPPORT_CHECKS[self.support](value)):
            raise ValueError(f"{value!r} is outside the support of {self!r}")


_SUPPORT_CHECKS: dict[str, Callable] = {
    "real": np.isfinite,
    "positive": lambda v: np.asarray(v) > 0,
    "unit": lambda v: (np.asarray(v) > 0) & (np.asarray(v) < 1),
    "boolean": lambda v: np.isin(v, (0, 1)),
    "count": lambda v: (np.asarray(v) >= 0) & (np.asarray(v) == np.floor(v)),
}


@dataclass(frozen=True)
class Normal(Distribution):
    loc: Any = 0.0
    scale: Any = 1.0

    def log_prob(self, value):
        z = (value - self.loc) / self.scale
        return -0.5 * z**2 - np.log(self.scale) - 0.5 * LOG_TWO_PI

    def sample(self, rng, size=None):
        return rng.normal(self.loc, self.scale, size)

    @property
    def mean(self):
        return self.loc


@dataclass(frozen=True)
class Gamma(Distribution):
    """Gamma distribution with constant shape and a rate."""

    shape: float
    rate: Any = 1.0
    support = "positive"

    def log_prob(self, value):
        normaliser = self.shape * np.log(self.rate) - math.lgamma(self.shape)
        return normaliser + (self.shape - 1.0) * np.log(value) - self.rate * value

    def sample(self, rng, size=None):
        return rng.gamma(self.shape, 1.0 / self.rate, size)

    @property
    def mean(self):
        return self.shape / self.rate


@dataclass(frozen=True)
class Beta(Distribution):
    a: float
    b: float
    support = "unit"

    def log_prob(self, value):
        log_beta = math.lgamma(self.a) + math.lgamma(self.b) - math.lgamma(self.a + self.b)
        return (self.a - 1) * np.log(value) + (self.b - 1) * np.log1p(-value) - log_beta

    def sample(self, rng, size=None):
        return rng.beta(self.a, self.b, size)


@dataclass(frozen=True)
class Bernoulli(Distribution):
    """Bernoulli distribution, given by its log odds."""

    logits: Any
    support = "boolean"

    def log_prob(self, value):
        return value * self.logits - np.logaddexp(0.0, self.logits)

    def sample(self, rng, size=None):
        return (rng.uniform(size=size or np.shape(self.logits)) < self.mean).astype(float)

    @property
    def mean(self):
        return 1.0 / (1.0 + np.exp(-self.logits))


@dataclass(frozen=True)
class Poisson(Distribution):
    rate: Any
    support = "count"

    def log_prob(self, value):
        log_factorial = np.array([math.lgamma(k + 1.0) for k in np.ravel(value)])
        return value * np.log(self.rate) - self.rate - log_factorial.reshape(np.shape(value))

    def sample(self, rng, size=None):
        return rng.poisson(self.rate, size)


@dataclass
class Message:
    """What travels through the handler stack for one sample statement."""

    name: str
    distribution: Distribution
    value: Any = None
    observed: bool = False
    scale: float = 1.0
    rng: np.random.Generator | None = None
    infer: dict = field(default_factory=dict)


_STACK: list[Handler] = []


class Handler:
    """A context manager that sees the sample statements in its block."""

    def __enter__(self):
        _STACK.append(self)
        return self

    def __exit__(self, exc_type, exc, tb):
        popped = _STACK.pop()
        assert popped is self, "handlers must be left in the reverse order"
        return False

    def process(self, message: Message) -> None:
        """Called from the innermost handler outwards, before a value is drawn."""

    def postprocess(self, message: Message) -> None:
        """Called from the outermost handler inwards, when the value is known."""


class Trace(Handler):
    """Records name -> {value, log_prob, distribution, observed}."""

    def __init__(self):
        self.sites: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def postprocess(self, message):
        if message.name in self.sites:
            raise KeyError(f"duplicate sample site {message.name!r}")
        log_prob = message.scale * np.sum(message.distribution.log_prob(message.value))
        self.sites[message.name] = {
            "value": message.value,
            "log_prob": log_prob,
            "distribution": message.distribution,
            "observed": message.observed,
        }

    def __getitem__(self, name):
        return self.sites[name]["value"]

    def __iter__(self):
        return iter(self.sites)

    def items(self):
        yield from self.sites.items()

    def log_prob_sum(self, predicate: Callable[[dict], bool] = lambda site: True):
        return sum(site["log_prob"] for site in self.sites.values() if predicate(site))

    @property
    def latent(self) -> dict[str, Any]:
        return {name: site["value"] for name, site in self.items() if not site["observed"]}


class Condition(Handler):
    """Fixes the named sites at given values and marks them as observed."""

    observed = True

    def __init__(self, values: Mapping[str, Any] | None = None, **kwargs):
        self.values = {**(values or {}), **kwargs}

    def process(self, message):
        if message.value is None and message.name in self.values:
            message.value = self.values[message.name]
            message.observed = self.observed


class Replay(Condition):
    """Gives the named sites the values of an earlier run, still as latent."""

    observed = False

    @classmethod
    def from_trace(cls, trace: Trace) -> Replay:
        return cls(trace.latent)


class Scale(Handler):
    """Multiplies the log density of the sites in its block."""

    def __init__(self, factor: float):
        self.factor = factor

    def process(self, message):
        message.scale *= self.factor


class Seed(Handler):
    """Supplies the random generator for the sites that must be drawn."""

    def __init__(self, seed: int):
        self.rng = np.random.default_rng(seed)

    def process(self, message):
        if message.rng is None:
            message.rng = self.rng


def sample(name: str, distribution: Distribution, obs=None, **infer):
    """The sample statement; returns the value of the site."""
    message = Message(name, distribution, value=obs, observed=obs is not None, infer=infer)
    for handler in reversed(_STACK):
        handler.process(message)
    if message.value is None:
        message.value = distribution.sample(message.rng or np.random.default_rng())
    else:
        distribution.validate(message.value)
    for handler in _STACK:
        handler.postprocess(message)
    return message.value


@contextmanager
def handlers(*stack: Handler):
    """Enter several handlers at once; yields the first one."""
    with ExitStack() as exits:
        entered = [exits.enter_context(handler) for handler in stack]
        yield entered[0]


@dataclass(frozen=True)
class Data:
    features: np.ndarray
    response: np.ndarray
    clicks: np.ndarray
    visits: np.ndarray

    def __post_init__(self):
        lengths = {len(getattr(self, name)) for name in self.__dataclass_fields__}
        if len(lengths) != 1:
            raise ValueError(f"columns differ in length: {sorted(lengths)}")


DATA = Data(
    features=np.array([[0.5, -1.2, 0.3], [1.1, 0.4, -0.6], [-0.7, 0.9, 1.5], [0.2, -0.3, -1.1], [-1.4, 0.8, 0.6]]),
    response=np.array([1.9, 2.4, -0.8, 1.1, -1.3]),
    clicks=np.array([1.0, 1.0, 0.0, 1.0, 0.0]),
    visits=np.array([4, 7, 1, 3, 0]),
)


def model(data: Data):
    """Three kinds of observation that share one linear predictor."""
    mu = sample("mu", Normal(0.0, 2.0))
    sigma = sample("sigma", Gamma(2.0, rate=3.0))
    mixing = sample("mixing", Beta(2.0, 3.0))
    slopes = sample("slopes", Normal(np.zeros(data.features.shape[1]), 1.0 + sigma), method="hmc")

    predictor = mu + data.features @ slopes
    sample("response", Normal(predictor, sigma), obs=data.response)
    with Scale(0.5):
        sample("clicks", Bernoulli(logits=mixing * predictor), obs=data.clicks)
    sample("visits", Poisson(np.exp(0.3 * predictor) + mixing), obs=data.visits)
    return predictor


def run_conditioned(values: Mapping[str, Any], data: Data, seed: int = 0) -> Trace:
    """Run the model with the given latent values and return its trace."""
    with handlers(Trace(), Seed(seed), Replay(values)) as trace:
        model(data)
    missing = values.keys() - set(trace)
    if missing:
        raise KeyError(f"no such sample sites: {', '.join(sorted(missing))}")
    return trace


def log_joint(mu: float, log_sigma: float, slopes: np.ndarray) -> float:
    """Log joint density in the unconstrained space (with the log Jacobian)."""
    sigma = np.exp(log_sigma)
    latent = {"mu": mu, "sigma": sigma, "mixing": 0.35, "slopes": slopes}
    trace = run_conditioned(latent, DATA)
    prior = trace.log_prob_sum(lambda site: not site["observed"])
    likelihood = trace.log_prob_sum(lambda site: site["observed"])
    return prior + likelihood + log_sigma


ARGUMENTS = (0.4, -0.3, np.array([0.8, -0.2, -0.5]))
FUNCTION = log_joint


def central_differences(function, arguments, step=1e-6):
    for position, argument in enumerate(arguments):
        for index in np.ndindex(np.shape(argument)):
            shift = np.zeros(np.shape(argument))
            shift[index] = step
            values = []
            for moved in (argument + shift, argument - shift):
                values.append(function(*arguments[:position], moved, *arguments[position + 1 :]))
            yield position, index, (values[0] - values[1]) / (2 * step)


if __name__ == "__main__":
    with handlers(Trace(), Seed(7)) as prior_run:
        model(DATA)
    print("prior draw:", {k: np.round(v, 3).tolist() for k, v in prior_run.latent.items()})
    with handlers(Trace(), Replay.from_trace(prior_run)) as again:
        model(DATA)
    print("replayed log density agrees:", np.isclose(prior_run.log_prob_sum(), again.log_prob_sum()))

    names = ("mu", "log_sigma", "slopes")
    print(f"{FUNCTION.__name__} = {FUNCTION(*ARGUMENTS):.10f}")
    for position, index, slope in central_differences(FUNCTION, ARGUMENTS):
        print(f"  d/d {names[position]}{list(index) or ''}: {slope: .8f}")
        assert math.isfinite(slope) and slope != 0.0
