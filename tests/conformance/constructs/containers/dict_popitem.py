"""Popitem of a dict."""


def program(x, k):
    table = {"a": x[0, 0], "bb": k}
    name, last = table.popitem()
    return last**2 * len(name) * table["a"]
