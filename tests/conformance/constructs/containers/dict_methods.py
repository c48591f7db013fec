"""Get, keys, values, items and update of a dict."""


def program(x, k):
    table = {"a": x[0, 0], "b": k}
    table.update({"c": x[1, 1] * k})
    table.update(b=x[2, 2], d=k * k)
    total = table.get("a") * table.get("z", k) + sum(table.values())
    for name in table.keys():  # noqa: PLC0206, SIM118
        total += table[name] ** 2
    for name, v in table.items():
        total *= v + (1.0 if name == "a" else 0.5)
    return total
