"""A class attribute that `self.count += 1` hides in the object, and leaves in the class."""


class Meter:
    level = 1.0

    def add(self, value):
        self.level += value
        return self

    def reset(self):
        self.level = Meter.level


def program(x, k):
    one, two = Meter(), Meter()
    one.add(k).add(x[0, 0])
    total = one.level * two.level
    one.reset()
    return total * k + one.level + two.add(k).level ** 2
