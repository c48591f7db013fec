"""Comprehensions over ranges with a start and a step, backwards too."""


def program(x, k):
    forward = [x[0, j] * k for j in range(1, 4, 2)]
    backward = [x[i, i] for i in range(2, -1, -1)]
    value = 0.0
    for v in forward + backward:
        value = value * k + v
    return value
