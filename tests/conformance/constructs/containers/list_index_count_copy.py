"""Index, count, copy and clear of lists."""


def program(x, k):
    names = ["w", "b", "w"]
    values = [x[0, 0], k, x[1, 1]]
    saved = values.copy()
    total = values[names.index("b")] * names.count("w")
    values[0] = k * k
    total += values[0] * saved[0]
    values.clear()
    values.append(x[2, 2])
    return total * values[0] + len(values) * saved[2]
