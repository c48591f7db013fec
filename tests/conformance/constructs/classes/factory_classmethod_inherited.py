"""A class method that makes objects of the subclass it is called on."""

import numpy as np


class Kernel:
    power = 1.0

    def __init__(self, width):
        self.width = width

    @classmethod
    def of_samples(cls, samples):
        return cls(np.mean(samples))

    def __call__(self, r):
        return np.exp(-((r / self.width) ** self.power))


class Gaussian(Kernel):
    power = 2.0


def program(x, k):
    laplace, gauss = Kernel.of_samples(x), Gaussian.of_samples(x[0])
    return laplace(k) + gauss(k) * 2.0
