"""`del xs[i]`, `del xs[i:j]` and `clear` of a list whose length is not known."""


def program(x, k):
    xs = []
    for row in x:
        for v in row:
            if v > 0.2:
                xs.append(v * k)
    del xs[0]
    del xs[-1]
    del xs[2:4]
    total = sum(v * (i + 1) for i, v in enumerate(xs))
    ys = [v for v in xs if v > 0.0]
    ys.clear()
    ys.append(total)
    return ys[0] * xs[0]
