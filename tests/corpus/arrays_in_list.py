"""A residual network that keeps its activations in a list and edits one of them afterwards."""

import numpy as np

WRT = (0, 1)


def forward(x, weights):
    activations = [x]
    for W in weights:
        activations.append(np.tanh(activations[-1] @ W) + activations[-1])
    return activations


def arrays_in_list(x, weights, alpha):
    activations = forward(x, weights)
    middle = activations[1]
    middle *= alpha
    activations[2][0] = middle[1] * middle[2]
    total = 0.0
    for a in activations:
        total += np.sum(a * a)
    return total / len(activations)


def example(rng):
    weights = [0.5 * rng.normal(size=(4, 4)) for _ in range(3)]
    return rng.normal(size=4), weights, 0.8
