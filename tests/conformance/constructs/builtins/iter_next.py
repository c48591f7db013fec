"""Iter and next over a list, an array and a range."""


def program(x, k):
    values = iter(x[0])
    first = next(values)
    rest = 0.0
    for v in values:
        rest = rest * k + v
    numbers = iter([k, x[1, 1]])
    a, b, c = next(numbers), next(numbers), next(numbers, 2.0)
    return first * rest + a * b * c
