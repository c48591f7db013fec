"""A generator expression over a generator expression, summed later."""


def program(x, k):
    squares = (v * v for v in x[0])
    scaled = (k * s for s in squares)
    return sum(s**2 + 1.0 for s in scaled)
