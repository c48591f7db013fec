"""Class attributes, read through the class and the object, hidden by one of the object."""

import numpy as np

INTERPRETED = False


class Model:
    gain = 1.5
    weights = np.array([1.0, -1.0, 0.5, 2.0])

    def value(self, x):
        return self.gain * np.sum(x @ self.weights) + Model.gain


def program(x, k):
    plain, tuned = Model(), Model()
    tuned.gain = k
    return plain.value(x) + tuned.value(np.exp(x)) * tuned.gain
