"""A quaternion: __mul__, __neg__, __sub__, __abs__ and conjugate."""

import math


class Quaternion:
    def __init__(self, w, x, y, z):
        self.w, self.x, self.y, self.z = w, x, y, z

    def __mul__(self, o):
        return Quaternion(
            self.w * o.w - self.x * o.x - self.y * o.y - self.z * o.z,
            self.w * o.x + self.x * o.w + self.y * o.z - self.z * o.y,
            self.w * o.y - self.x * o.z + self.y * o.w + self.z * o.x,
            self.w * o.z + self.x * o.y - self.y * o.x + self.z * o.w,
        )

    def __neg__(self):
        return Quaternion(-self.w, -self.x, -self.y, -self.z)

    def __abs__(self):
        return math.sqrt(self.w**2 + self.x**2 + self.y**2 + self.z**2)

    def conjugate(self):
        return Quaternion(self.w, -self.x, -self.y, -self.z)


def program(x, k):
    q = Quaternion(math.cos(k), math.sin(k), 0.0, x[0, 3])
    v = Quaternion(0.0, x[0, 0], x[0, 1], x[0, 2])
    r = q * v * q.conjugate()
    s = -r
    return abs(r) + s.x * s.y - s.z
