"""Generators consumed by any, all, sorted and join-free tests."""


def ranks(row):
    for i, v in enumerate(row):
        yield (i * 3) % 4 + 0.5 * v


def program(x, k):
    total = 0.0
    if all(r >= 0.0 for r in ranks(x[0])):
        total += k
    if any(r > 50.0 for r in ranks(x[0])):
        total += 100.0
    low, *_, high = sorted(ranks(x[1]))
    return total * low * high
