"""`collections.deque`: a queue of a breadth-first walk, and a window that slides."""

from collections import deque


def program(x, k):
    queue = deque([0])
    total = 0.0
    while queue:
        at = queue.popleft()
        total = total + x[0, at] * k
        for child in (2 * at + 1, 2 * at + 2):
            if child < 4:
                queue.append(child)
    window = deque(maxlen=2)
    for v in x[1]:
        window.append(v)
        total = total + sum(window) * k
    window.appendleft(k)
    window.rotate(1)
    return total + window[0] * window[-1]
