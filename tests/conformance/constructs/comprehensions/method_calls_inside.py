"""A comprehension that calls methods and nested functions."""

import numpy as np


class Layer:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def __call__(self, v):
        return np.tanh(self.w * v + self.b)


def program(x, k):
    def size(v):
        return np.sum(v * v) + k

    layers = [Layer(row, k) for row in x]
    return sum(size(layer(x[0])) for layer in layers)
