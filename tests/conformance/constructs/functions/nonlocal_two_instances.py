"""Two closures of one maker, each with its own state."""


def counter(start, step):
    here = start

    def move():
        nonlocal here
        here = here + step * here
        return here

    return move


def program(x, k):
    slow, fast = counter(x[0, 0], k), counter(k, x[1, 1])
    slow()
    fast()
    return slow() * fast() * fast()
