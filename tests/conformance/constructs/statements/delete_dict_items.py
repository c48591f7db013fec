"""Del of an item of a dict."""


def program(x, k):
    table = {"a": x[1, 1], "b": k, "c": x[2, 2] * k}
    b = table["b"]
    del table["b"]
    return b * sum(table.values()) ** 2 * len(table)
