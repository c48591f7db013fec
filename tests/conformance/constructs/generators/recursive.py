"""A recursive generator over a nested list."""


def flatten(node):
    for item in node:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item


def program(x, k):
    tree = [x[0, 0], [k, [x[0, 1], x[1, 1]], x[2, 2]], [[k * k]]]
    total = 1.0
    for v in flatten(tree):
        total = total * 0.5 + v * v
    return total
