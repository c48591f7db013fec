"""A __setattr__ that treats one name in a way of its own, and __init__ goes through it."""


class Body:
    def __init__(self, mass, speed):
        self.mass = mass
        self.speed = speed

    def __setattr__(self, name, value):
        if name == "speed":
            value = value / (1.0 + value)
        super().__setattr__(name, value)


def program(x, k):
    body = Body(x[0, 0], k)
    body.speed += x[1, 1]
    return body.mass * body.speed**2
