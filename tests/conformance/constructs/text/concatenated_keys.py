"""Keys of a dict made by + and by %."""


def program(x, k):
    params = {"w1": x[0, 0], "b2": k}
    name = "w"
    return params[name + "1"] * params["b%d" % 2] ** 2 + params["w{}".format(1)]  # noqa: UP031, UP032
