"""Abs, round and their use in a weight that is a constant."""


def program(x, k):
    gaps = [abs(v - 2.0) for v in x[0]]
    steps = round(2.2) + round(3.14159, 2)
    digits = round(x[0, 0] * 0.1, 0)
    return sum(gap**2 for gap in gaps) * k * steps + digits + abs(-k)
