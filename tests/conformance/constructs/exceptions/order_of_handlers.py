"""The first handler that fits is taken, also if it is the base."""


def pick(i, v, k):
    try:
        if i == 0:
            raise KeyError(i)
        if i == 1:
            raise IndexError(i)
        v = v * k
    except LookupError:
        v = v + k
    except IndexError:
        v = v * 100.0
    return v


def program(x, k):
    return pick(0, x[0, 0], k) * pick(1, x[1, 1], k) + pick(2, x[2, 2], k)
