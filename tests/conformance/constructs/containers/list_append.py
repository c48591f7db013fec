"""A list that grows by append in a loop."""

import numpy as np


def program(x, k):
    states = [x[0]]
    for row in x[1:]:
        states.append(np.tanh(states[-1] * row + k))
    return sum(np.sum(s) for s in states) + np.dot(states[0], states[-1])
