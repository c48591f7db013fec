"""Reverse in place of a list that grew in a loop."""


def program(x, k):
    items = []
    for v in x[0]:
        items.append(v * k)
    items.reverse()
    total = 0.0
    for v in items:
        total = total * k + v
    return total
