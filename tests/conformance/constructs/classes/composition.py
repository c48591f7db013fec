"""Objects made of objects."""

import numpy as np


class Engine:
    def __init__(self, power):
        self.power = power

    def torque(self, speed):
        return self.power / (0.5 + speed)


class Body:
    def __init__(self, drag, mass):
        self.drag = drag
        self.mass = mass


class Car:
    def __init__(self, engine, body):
        self.engine = engine
        self.body = body
        self.speed = 0.0

    def advance(self, dt):
        pull = self.engine.torque(self.speed) - self.body.drag * self.speed**2
        self.speed += dt * pull / self.body.mass


def program(x, k):
    car = Car(Engine(np.sum(x)), Body(k, 1.0 + x[0, 0]))
    for _ in range(4):
        car.advance(0.1)
    car.engine.power *= 0.5
    car.advance(0.2)
    return car.speed
