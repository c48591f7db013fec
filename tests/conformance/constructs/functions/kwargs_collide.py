"""**kwargs with the names of locals, of other parameters of callees and of positions."""


def inner(a, *rest, scale=1.0, **more):
    return a * scale + sum(rest) + sum(more.values())


def outer(a, /, *args, **kwargs):
    return inner(a, *args, **kwargs) + kwargs.get("a2", 0.0)


def program(x, k):
    total = outer(x[0, 0], k, k * k, scale=x[1, 1], a2=k, rest=x[2, 2])
    return total * outer(k, total=2.0)
