"""**kwargs: gathered, read, passed on, and unpacked from a dict."""


def mix(base, **weights):
    total = base
    for name, weight in weights.items():
        total += weight * len(name)
    return total


def outer(v, **options):
    return mix(v * v, extra=v, **options) * options.get("gain", 1.0)


def program(x, k):
    settings = {"gain": k, "loss": x[0, 1]}
    return outer(x[0, 0], **settings) + mix(k, a=x[1, 1]) + outer(k)
