"""Positional-only arguments whose name **kwargs may use again."""


def combine(v, w=2.0, /, scale=1.0, **more):
    return scale * v * w + more.get("v", 0.0) ** 2


def program(x, k):
    return combine(x[0, 0]) + combine(k, x[1, 1], scale=k, v=x[2, 2])
