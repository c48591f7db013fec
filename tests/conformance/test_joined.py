"""Arrays in a list that grows are joined to one: its cotangent is cut in pieces as long as they are."""

import numpy as np
import pytest

import s2sad

INPUTS = [np.array([0.7, 1.2, -0.4, 0.9, 0.3]), np.array([-1.1, 0.5, 2.0, -0.6, 1.4])]


def stretches(x):
    parts = []
    for i in range(len(x) - 1):
        parts.append(x[i : i + 2] * (i + 1))
    y = np.concatenate(parts)
    return np.sum(y**3 * np.arange(len(y)))


def used_twice(x):
    parts = [x[:n] * x[n] for n in range(1, len(x))]
    y = np.concatenate(parts)
    return np.sum(y**2) + sum(np.sum(p) for p in parts)


def of_matrices(x):
    rows = [np.outer(x[:n], x) for n in range(1, len(x))]
    return np.sum(np.concatenate(rows, axis=0) ** 2 * 0.1)


def written_afterwards(x):
    parts = [x]
    while len(parts) < len(x):
        parts.append(parts[-1][1:] * 2)
    y = np.concatenate(parts)
    y[0] = 0.0
    y[3:5] *= 2.0
    return np.sum(np.sin(y) * y)


def of_some(x):
    parts = []
    for v in x:
        if v > 0:
            parts.append(np.array([v, v * v]))
    return np.sum(np.concatenate(parts) * 2) if parts else 0.0


def side_by_side(x):
    parts = []
    for i in range(len(x)):
        parts.append(x[i:])
    return np.sum(np.hstack(parts) ** 2)


def stacked_vectors(x):
    rows = [x * i for i in range(len(x))]
    return np.sum(np.vstack(rows) ** 2 * 0.1)


def stacked_matrices(x):
    rows = [np.outer(x[:n], x) for n in range(1, len(x))]
    return np.sum(np.vstack(rows) ** 2 * 0.1)


def recursive(x, i):
    if i > 3:
        return x[i:]
    return np.concatenate([x[: i + 1] * 2, recursive(x, i + 1)])


def recursively(x):
    return np.sum(recursive(x, 0) ** 2)


def rows_of_pools(x):
    rows = [[x], [x * 2, x * x]]
    for row in rows:
        row.append(row[0] * 3)
    return np.sum(np.concatenate(rows[1]) ** 2)


PROGRAMS = [
    stretches,
    used_twice,
    of_matrices,
    written_afterwards,
    of_some,
    side_by_side,
    stacked_vectors,
    stacked_matrices,
    recursively,
    rows_of_pools,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(program):
    for x in INPUTS:
        s2sad.check_grads(program, (x,))
        s2sad.check_grads(s2sad.grad(program), (x,), rtol=1e-4)


def test_a_list_that_is_given():
    def loss(ws):
        return np.sum(np.concatenate(ws) ** 2)

    ws = [np.array([1.0, 2.0]), np.array([3.0]), np.array([4.0, 5.0, 6.0])]
    for have, w in zip(s2sad.grad(loss)(ws), ws, strict=True):
        assert np.allclose(have, 2 * w)


def test_along_another_axis_is_refused():
    def loss(x):
        rows = []
        for i in range(len(x)):
            rows.append(np.outer(x, x[: i + 1]))
        return np.sum(np.concatenate(rows, axis=1))

    with pytest.raises(s2sad.UnsupportedError, match="along the first axis"):
        s2sad.grad(loss)(INPUTS[0])
