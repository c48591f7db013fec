"""Extend, insert and augmented addition of lists."""


def program(x, k):
    items = [k]
    items.extend(x[0])
    items.extend([x[1, 1] * k, 2.0])
    items += [x[2, 2]]
    items.insert(0, x[1, 0])
    items.insert(-1, k * k)
    total = 0.0
    for v in items:
        total = total * 0.8 + v * v
    return total * len(items)
