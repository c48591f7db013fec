"""The operator in, on lists, tuples, dicts and strings of constants."""


def program(x, k):
    chosen, skipped = [0, 2], (1, 3)
    total = 0.0
    for i in range(4):
        if i in chosen:
            total += x[0, i] * k
        elif i in skipped and i not in [3]:
            total += x[1, i] ** 2
    if "a" in {"a": k} and "z" not in "abc":
        total *= k
    return total
