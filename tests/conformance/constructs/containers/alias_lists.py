"""Two names for one list."""


def program(x, k):
    a = [x[0, 0], k]
    b = a
    b.append(x[1, 1] * k)
    a[0] = a[0] * k
    c = a[:]
    c[1] = 5.0
    outer = [a, a]
    outer[0][1] *= 2.0
    return sum(a) * b[0] + outer[1][1] ** 2 + c[2] * len(b) + (1.0 if a is b and c is not a else 0.0)
