"""A hierarchy of exceptions, caught by a tuple and by the base."""


class SolverError(Exception):
    pass


class Diverged(SolverError):
    pass


class Stalled(SolverError):
    pass


def attempt(i, v):
    if i == 0:
        raise Diverged(i)
    if i == 1:
        raise Stalled
    if i == 2:
        raise SolverError("other")
    return v * v


def program(x, k):
    total = 1.0
    for i in range(4):
        try:
            total += attempt(i, x[0, i])
        except (Diverged, Stalled):
            total *= k
        except SolverError as e:
            total += len(str(e)) * k
    return total * x[2, 2]
