"""Join, upper, count and endswith of constants."""


def program(x, k):
    path = "/".join(["a", "b"]).upper()
    n = path.count("/") + path.find("B")
    return x[0, 0] ** 2 * k * n if path.endswith("B") and "b".isalpha() else 0.0
