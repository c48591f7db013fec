"""Concatenation of lists and comparison of lists of constants."""


def program(x, k):
    a, b = [k, x[0, 0]], list(x[1])
    c = a + b + [x[2, 2]]
    order = [0] + [2, 1]  # noqa: RUF005
    scale = 2.0 if order == [0, 2, 1] and order != [1] else 1.0
    return scale * sum(c[i] * v for i, v in zip(order, c[::-1], strict=False)) + c[-1] ** 2
