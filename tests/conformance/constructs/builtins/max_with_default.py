"""max and min of what may be empty, with a default."""


def program(x, k):
    above = [v * k for v in x[0] if v > 2.0]
    total = max(above, default=k) + min((v * k for v in x[1] if v > 0.1), default=2.0)
    for row in x:
        total = total * 0.5 + max([v for v in row if v > 0.6], default=k * total)
    return total
