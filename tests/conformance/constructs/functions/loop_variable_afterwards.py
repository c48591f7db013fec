"""Loop variables read after the loop, and changed inside it."""


def program(x, k):
    total = 0.0
    for i, v in enumerate(x[0]):
        v = v * k
        total += v
        i += 10
    for _, w in zip(range(2), x[1], strict=False):
        pass
    total *= v + w
    return total * i
