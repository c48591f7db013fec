"""A list of lists written out, whose items are assigned."""


def program(x, k):
    m = [[x[0, 0], x[0, 1]], [x[1, 0], k]]
    m[0][1] += k
    m[1][0], m[1][1] = m[1][1], m[1][0]
    return m[0][0] * m[1][1] - m[0][1] * m[1][0]
