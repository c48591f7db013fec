"""for and while with else, and a helper that uses both."""


def find(values, limit):
    for v in values:
        if v > limit:
            break
    else:
        v = limit * values[0]
    return v


def program(x, k):
    total, n = find(x[0], 5.0 * k + 1.0) + find(x[1], k - 1.0), 0
    while n < 3:
        total = total * k + x[n, n]
        n += 1
        if total > 100.0:
            break
    else:
        total **= 2
    return total
