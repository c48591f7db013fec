"""`d.get(key, default)` by a key that the data decide."""


def program(x, k):
    known = {0: x[0, 0], 2: x[0, 1] * k}
    total = 0.0
    for i in range(len(x[1])):
        total = total + known.get(i, 0.5) * x[1, i]
    return total
