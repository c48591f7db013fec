"""A two-dimensional vector: operators, reflected and in place."""


class Vec:
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def __add__(self, other):
        return Vec(self.a + other.a, self.b + other.b)

    def __sub__(self, other):
        return Vec(self.a - other.a, self.b - other.b)

    def __mul__(self, s):
        return Vec(self.a * s, self.b * s)

    def __rmul__(self, s):
        return self * s

    def __truediv__(self, s):
        return Vec(self.a / s, self.b / s)

    def __iadd__(self, other):
        self.a += other.a
        self.b += other.b
        return self

    def __matmul__(self, other):
        return self.a * other.a + self.b * other.b


def program(x, k):
    u, v = Vec(x[0, 0], x[0, 1]), Vec(x[1, 0], k)
    w = 2.0 * u - v / k
    same = w
    w += v * x[2, 2]
    w += u
    return w @ w + same @ u + (u + v) @ v
