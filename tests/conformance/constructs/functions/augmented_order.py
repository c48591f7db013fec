"""The order in which an augmented assignment evaluates its parts."""


def program(x, k):
    cells, log = [x[0, 0], x[0, 1], x[0, 2]], []

    def index(i):
        log.append(cells[i] * k)
        return i

    def value():
        cells[0] = cells[0] * 2.0
        log.append(cells[0])
        return log[0]

    cells[index(0)] += value()
    cells[index(1)] *= log[-1]
    return cells[0] * cells[1] + sum(v * v for v in log)
