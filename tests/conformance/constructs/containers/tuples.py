"""Tuples: indexing, slicing, concatenation, repetition, count and index."""


def program(x, k):
    t = (k, x[0, 0], x[0, 1])
    u = t[1:] + (k * k,)  # noqa: RUF005
    kinds = ("a", "b") * 2
    a, b, c = u
    return t[0] * t[-1] + a * b * c * kinds.count("a") + u[kinds.index("b")] ** 2 + len(t + u)
