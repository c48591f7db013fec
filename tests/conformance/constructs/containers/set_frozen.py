"""A frozenset of names, and the length of a set."""

ACTIVE = frozenset(["w", "b"])


def program(x, k):
    params = {"w": x[0, 0], "b": k, "c": x[1, 1]}
    total = 0.0
    for name, v in params.items():
        if name in ACTIVE:
            total += v**2
    return total * len(ACTIVE) * params["c"]
