"""A tree whose nodes hold lists of children."""


class Part:
    def __init__(self, mass, *children):
        self.mass = mass
        self.children = children

    def total(self):
        return self.mass + sum(child.total() for child in self.children)

    def moment(self, depth=0):
        return self.mass * depth + sum(child.moment(depth + 1) for child in self.children)


def program(x, k):
    wheel = Part(x[0, 0])
    axle = Part(k, wheel, Part(x[0, 1]))
    car = Part(x[1, 1] * k, axle, axle, Part(1.0))
    return car.total() * car.moment()
