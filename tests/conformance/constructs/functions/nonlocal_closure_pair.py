"""Two closures that share a name, returned together."""


def accumulator(start):
    total = start

    def add(value):
        nonlocal total
        total += value
        return total

    def scale(factor):
        nonlocal total
        total *= factor

    return add, scale


def program(x, k):
    add, scale = accumulator(k)
    first = add(x[0, 0])
    scale(k)
    other_add, _ = accumulator(1.0)
    return first * add(x[1, 1] ** 2) + other_add(x[2, 2] * k)
