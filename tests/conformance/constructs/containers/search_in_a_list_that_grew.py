"""`index`, `count`, `remove` and `in` of a list whose length is not known."""


def program(x, k):
    xs = []
    for row in x:
        for v in row:
            if v > 0.35:
                xs.append(v * k)
    xs.append(xs[0])
    xs.remove(xs[1])
    total = xs.count(xs[0]) * k + xs.index(xs[2])
    if xs[3] in xs:
        total = total * xs[3]
    return total + sum(v * (i + 1) for i, v in enumerate(xs))
