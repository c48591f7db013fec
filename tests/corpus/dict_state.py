"""Unrolled gradient descent with momentum; the optimiser's state lives in a dict."""

import numpy as np

WRT = (0, 2, 3)


def descend(state, X, y, rate):
    residual = np.tanh(X @ state["w"] + state["bias"]) - y
    slope = residual * (1.0 - (residual + y) ** 2)
    state["velocity"] *= state["momentum"]
    state["velocity"] -= rate * (X.T @ slope) / len(y)
    state["w"] = state["w"] + state["velocity"]
    state["bias"] = state["bias"] - rate * slope.mean()
    state["steps"] += 1


def dict_state(w0, X, y, rate):
    state = {"w": w0, "bias": 0.0, "velocity": np.zeros_like(w0), "momentum": 0.6, "steps": 0}
    while state["steps"] < 4:
        descend(state, X, y, rate)
    residual = np.tanh(X @ state["w"] + state["bias"]) - y
    return np.sum(residual**2) / state["steps"]


def example(rng):
    return rng.normal(size=3), rng.normal(size=(6, 3)), 0.5 * rng.normal(size=6), 0.3
