"""Lists that two names share: += in place, + that copies, and rows by multiplication."""


def grow(values, more):
    values += more
    values = values + [100.0]  # noqa: RUF005
    return len(values)


def program(x, k):
    a = [x[0, 0]]
    b = a
    b += [k]
    c = b + [x[1, 1]]  # noqa: RUF005
    c[0] = k * k
    n = grow(a, [x[2, 2] * k])
    rows = [[1.0, k]] * 2
    rows[0][0] = x[0, 3]
    return sum(b) * sum(c) + n * rows[1][0] * rows[1][1]
