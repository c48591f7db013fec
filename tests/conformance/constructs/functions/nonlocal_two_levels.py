"""nonlocal through two levels of nested functions."""


def program(x, k):
    total = k

    def outer(v):
        factor = v

        def inner(w):
            nonlocal total, factor
            total += factor * w
            factor *= k

        inner(v)
        inner(total)
        return factor

    return outer(x[0, 0]) * outer(x[1, 1]) + total**2
