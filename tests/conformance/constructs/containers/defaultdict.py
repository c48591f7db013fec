"""`collections.defaultdict`: sums and lists by a key."""

from collections import defaultdict


def program(x, k):
    sums = defaultdict(float)
    groups = defaultdict(list)
    for i, name in enumerate(["a", "b", "a", "c"]):
        sums[name] += x[0, i] * k
        groups[name].append(x[1, i])
    product = sums["a"] * sums["b"] + sums["missing"]
    return product + sum(sum(values) ** 2 for values in groups.values()) + len(sums)
