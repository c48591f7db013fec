"""A range in a name: its length, items, start, stop and step."""


def program(x, k):
    steps = range(0, 8, 2)
    total = 0.0
    for i in steps:
        total += x[0, i // 2] * k**i
    return total / len(steps) + steps.stop * k**2 + steps[1] * x[1, 1] ** steps.step
