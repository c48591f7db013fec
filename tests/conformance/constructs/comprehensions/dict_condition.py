"""A dict comprehension with a condition on the key, and int keys."""


def program(x, k):
    table = {"w": x[0, 0], "bias": k, "scale": x[1, 1] * k}
    short = {key: v**2 for key, v in table.items() if len(key) == 1 or key.startswith("b")}
    cells = {(i, j): x[i, j] for i in range(2) for j in range(2) if i != j}
    return sum(short.values()) * cells[0, 1] + cells[1, 0]
