"""A small language in a string, parsed on the way."""


def program(x, k):
    total = 1.0
    for step in "scale:2 add:1 power:3 scale:4".split():  # noqa: SIM905
        name, argument = step.split(":")
        n = int(argument)
        if name == "scale":
            total *= n * k
        elif name == "add":
            total += x[0, n]
        else:
            total = total**n * x[1, 1]
    return total * 0.1
