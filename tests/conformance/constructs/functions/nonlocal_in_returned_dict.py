"""A closure over a counter, in a dict, called in a loop."""


def meter(rate):
    total = 0.0

    def tick(v):
        nonlocal total
        total = total * rate + v
        return total

    def read():
        return total

    return {"tick": tick, "read": read}


def program(x, k):
    a = meter(k)
    for v in x[0]:
        a["tick"](v * v)
    return a["read"]() ** 2 + a["tick"](k)
