"""Max and min of pairs by a key, and of indices."""


def program(x, k):
    farthest = max([x[0, 0], -x[0, 1] - 2.0, k], key=abs)
    nearest = min(range(3), key=lambda i: (i - 1) ** 2)
    best = max([(0, k), (2, x[1, 1]), (1, x[2, 2])], key=lambda pair: pair[0])
    return farthest * x[nearest, 0] + best[1] ** 2 + k
