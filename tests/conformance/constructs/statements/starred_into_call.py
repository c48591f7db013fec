"""A tuple and a list of known length starred into calls, and keywords from a dict."""


def blend(a, b, *others, power=2, **more):
    return a * b + sum(v**power for v in others) * more.get("gain", 1.0)


def program(x, k):
    head = [x[0, 0], x[0, 1]]
    options = {"power": 3, "gain": k}
    return blend(*head, k) + blend(*(k, *head, x[1, 1]), **options)
