"""A ChainMap of parameters and their defaults."""

from collections import ChainMap


def program(x, k):
    params = ChainMap({"w": x[0, 0]}, {"w": 2.0, "b": k})
    return (params["w"] * params["b"]) ** 2 + params.get("c", k)
