"""A comprehension that makes objects, read by their attributes."""

import numpy as np


class Layer:
    def __init__(self, w, b):
        self.w, self.b = w, b


def program(x, k):
    layers = [Layer(row, k * i) for i, row in enumerate(x)]
    return sum(np.sum(layer.w**2) * layer.b for layer in layers) + layers[0].w[1] * k
