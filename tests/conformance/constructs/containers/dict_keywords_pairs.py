"""Dicts made of keywords, of pairs and of another dict."""


def program(x, k):
    table = dict(e=k, f=x[1, 1])  # noqa: C408
    pairs = dict([("g", k * k), ("h", x[2, 2])])  # noqa: C406
    more = dict(pairs, e=x[0, 0])
    return table["e"] * table["f"] + pairs["g"] * pairs["h"] + more["e"] * more["g"]
