"""A class that is defined in the function, whose methods read its variables."""


def program(x, k):
    class Spring:
        count = 2

        def __init__(self, stiffness):
            self.stiffness = stiffness

        def energy(self, stretch):
            return 0.5 * self.stiffness * stretch**2 * k * self.count

        @property
        def soft(self):
            return self.stiffness * 0.5

    class Stiff(Spring):
        def energy(self, stretch):
            return super().energy(stretch) * x[2, 0]

    springs = [Spring(x[0, 0]), Stiff(x[0, 1])]
    total = 0.0
    for spring in springs:
        for stretch in x[1]:
            total = total + spring.energy(stretch) * spring.soft
    return total
