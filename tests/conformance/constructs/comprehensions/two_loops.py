"""Comprehensions with two loops, the second over what the first gives."""


def program(x, k):
    flat = [v * k for row in x for v in row]
    pairs = [(a, b) for i, a in enumerate(x[0]) for b in x[1][:i]]
    return sum(flat) + sum(a * b for a, b in pairs)
