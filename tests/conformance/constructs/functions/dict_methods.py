"""setdefault, pop, update, |, items in order, and a comprehension over a dict."""


def program(x, k):
    table = {"a": x[0, 0], "b": k}
    table.setdefault("c", x[1, 1])
    table.setdefault("a", 100.0)
    table.update(b=table["a"] * k, d=2.0)
    merged = table | {"a": k}
    popped = merged.pop("d") * merged.pop("none", k)
    squares = {name: value**2 for name, value in merged.items() if name != "b"}
    total = popped
    for i, value in enumerate(merged.values()):
        total += (i + 1.0) * value
    return total * sum(squares.values())
