"""Two names for one dict, one of them an attribute."""


class Holder:
    def __init__(self, table):
        self.table = table


def program(x, k):
    table = {"w": x[0, 0], "b": k}
    same = table
    holder = Holder(table)
    same["w"] *= k
    holder.table["new"] = x[1, 1]
    copied = dict(table)
    copied["b"] = 7.0
    return table["w"] * same["b"] + table["new"] ** 2 * holder.table["w"] + copied["w"]
