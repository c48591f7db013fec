"""A static method that calls a class method of its class is the program."""

import numpy as np


class Model:
    gain = 0.5

    @classmethod
    def scaled(cls, v):
        return cls.gain * v

    @staticmethod
    def value(x, k):
        return np.sum(Model.scaled(x) ** 2) * k


program = Model.value
