"""A generator nested in the program that reads its names."""


def program(x, k):
    def steps(n):
        y = x[0, 0]
        for i in range(n):
            y = y + k * (x[1, i] - y)
            yield y

    return sum(y * y for y in steps(4)) + max(steps(1))
