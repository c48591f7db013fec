"""A nested function that sees the later value of an enclosing name."""


def program(x, k):
    rate = k

    def grow(v):
        return v * (1.0 + rate)

    first = grow(x[0, 0])
    rate = rate * x[1, 1]
    second = grow(x[0, 0])
    return first * second * second
