"""Split, strip, lower, replace and join of constants."""


def program(x, k):
    total = 0.0
    for i, name in enumerate(part.strip().lower() for part in " Sin , square,SIN ".split(",")):  # noqa: SIM905
        v = x[0, i]
        if name == "sin":
            total += k * v**3
        elif name.replace("square", "") == "":
            total += v * v
    return total
