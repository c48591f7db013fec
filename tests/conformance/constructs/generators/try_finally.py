"""A generator with a finally around its yields."""


class Scale:
    value = 1.0


def scaled(scale, row, k):
    before = scale.value
    scale.value = k
    try:
        for v in row:
            yield v * scale.value
    finally:
        scale.value = before


def program(x, k):
    scale = Scale()
    total = 0.0
    for v in scaled(scale, x[0], k):
        total += v * scale.value
    return total * scale.value + k
