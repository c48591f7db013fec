"""A recursion with a memo: a dict whose keys are the ints that it is called with."""


def program(x, k):
    memo = {}

    def paths(i, j):
        if (i, j) in memo:
            return memo[i, j]
        cost = x[i, j] * k
        if i > 0 and j > 0:
            cost = cost + min(paths(i - 1, j), paths(i, j - 1))
        elif i > 0:
            cost = cost + paths(i - 1, j)
        elif j > 0:
            cost = cost + paths(i, j - 1)
        memo[i, j] = cost
        return cost

    return paths(2, 3)
