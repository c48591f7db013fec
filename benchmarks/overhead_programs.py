"""Functions whose transforms and calls are timed: what they compute does not matter."""

import numpy as np

WRT = (0, 1)


def leaf(x):
    return x @ x


def leaves(params):
    return params[0] @ params[1]


def thirty(weights, bias, x, targets, rate, steps):
    """Thirty lines with a loop, a branch, a call, writes and broadcasting."""
    n, d = x.shape
    centre = x.mean(axis=0)
    scale = np.sqrt(np.mean((x - centre) ** 2, axis=0) + 1e-6)
    z = (x - centre) / scale
    hidden = np.tanh(z @ weights + bias)
    state = np.zeros(hidden.shape[1])
    history = np.zeros((steps, hidden.shape[1]))
    penalty = 0.0
    for t in range(steps):
        drive = hidden[t % n]
        gate = 1.0 / (1.0 + np.exp(-drive))
        candidate = np.tanh(state + drive)
        state = gate * state + (1.0 - gate) * candidate
        if t % 2 == 0:
            state = state * (1.0 - rate)
        else:
            penalty = penalty + rate * (state @ state)
        history[t] = state
    smooth = history.copy()
    smooth[1:] += 0.5 * history[:-1]
    smooth[:-1] -= 0.25 * history[1:]
    logits = smooth - smooth.max(axis=1, keepdims=True)
    weight = np.exp(logits)
    share = weight / weight.sum(axis=1, keepdims=True)
    picked = share[np.arange(steps), targets]
    data_term = -np.mean(np.log(picked))
    size_term = 0.5 * np.sum(weights**2) / d
    return data_term + penalty / steps + 0.1 * size_term


def example(rng):
    return (
        rng.normal(size=(3, 4)),
        rng.normal(size=4),
        rng.normal(size=(5, 3)),
        rng.integers(0, 4, size=6),
        0.1,
        6,
    )
