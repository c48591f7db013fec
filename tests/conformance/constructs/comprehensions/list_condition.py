"""List comprehensions with one and with several conditions."""


def program(x, k):
    even = [v * k for i, v in enumerate(x[0]) if i % 2 == 0]
    some = [x[i, j] ** 2 for i in range(3) for j in range(4) if i != j if i + j < 5]
    return sum(even) * sum(some) + len(some) * k
