"""A walrus in the condition of a comprehension."""


def program(x, k):
    kept = [y * k for i, v in enumerate(x[2]) if (y := v * v + i) > 0.95]
    return sum(kept) + y
