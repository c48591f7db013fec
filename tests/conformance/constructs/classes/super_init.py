"""super() in __init__."""

import numpy as np


class Layer:
    def __init__(self, weight):
        self.weight = weight


class Affine(Layer):
    def __init__(self, weight, bias):
        super().__init__(weight * 2.0)
        self.bias = bias

    def apply(self, v):
        return self.weight @ v + self.bias


def program(x, k):
    layer = Affine(x, k)
    return np.sum(np.tanh(layer.apply(np.array([1.0, -0.5, 0.25, 0.125]))))
