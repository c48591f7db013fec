"""Comparisons in a chain, `and` and `or` that leave out what has an effect."""


def program(x, k):
    total = k

    def bump(v):
        nonlocal total
        total = total * v + 0.25
        return v

    if bump(x[0, 0]) < 5.0 < bump(7.0):
        total += k
    if bump(1.5) > 5.0 and bump(100.0) > 0.0:
        total += 1.0
    flag = bump(0.5) > 0.0 or bump(100.0)
    return total * (2.0 if flag else 1.0) * (x[1, 1] and x[2, 2])
