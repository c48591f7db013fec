"""A list as a queue: pop(0) in a loop."""


def program(x, k):
    queue = [x[0, 0], x[0, 1], k]
    total = 0.0
    n = 0
    while queue:
        v = queue.pop(0)
        total = total * k + v * v
        n += 1
        if n < 4:
            queue.append(v * x[1, n])
    return total
