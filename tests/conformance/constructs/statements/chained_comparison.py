"""Chained comparisons, of indices and of values."""


def program(x, k):
    total = 0.0
    for i in range(3):
        for j in range(4):
            v = x[i, j]
            if 0 < i <= j < 4:
                total += v * v * k
            elif 0.0 < v < 1.0 > -1.0:
                total += v / (k + i)
    return total
