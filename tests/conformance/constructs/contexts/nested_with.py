"""Nested contexts and several contexts of one with."""

import numpy as np


class Level:
    def __init__(self, stack, weight):
        self.stack = stack
        self.weight = weight

    def __enter__(self):
        self.stack.append(self.weight)
        return self.weight

    def __exit__(self, *exc):
        self.stack.pop()


def program(x, k):
    stack, total = [], 0.0
    with Level(stack, k) as a, Level(stack, x[0, 0]) as b:
        total += a * b * np.prod(stack)
        with Level(stack, 2.0 * k):
            total += np.prod(stack)
        total += len(stack) * b
    return total + len(stack)
