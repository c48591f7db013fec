"""Indexing, slicing, concatenation and repetition of tuples."""


def program(x, k):
    t = (k, x[0, 0], x[0, 1])
    u = t[1:] + (k * k,)  # noqa: RUF005
    kinds = ("a", "b") * 2
    a, b, c = u
    return t[0] * t[-1] + a * b * c + u[kinds.index("b")] ** 2 + sum(t * 2) * len(t + u)
