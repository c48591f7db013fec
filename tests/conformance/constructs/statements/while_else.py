"""A while loop with else."""


def newton(a, start, steps):
    y = start
    n = 0
    while n < steps:
        y = 0.5 * (y + a / y)
        if steps > 3 and n == 3:
            break
        n += 1
    else:
        y = y * a
    return y


def program(x, k):
    return newton(x[0, 0] + k, 1.0, 3) * newton(x[1, 1], k, 9)
