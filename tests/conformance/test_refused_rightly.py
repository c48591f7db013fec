"""What would have no derivative, or another one: numbers read from text, writes behind `finally`, late changes."""

# ruff: noqa - what the rules advise against is what is tried here
import numpy as np
import numpy as np, math, contextlib
import pytest
import s2sad


def read_1(x):
    m = f"{x[0]}"
    return float(m) * 2


def read_2(x):
    m = f"{x[0]}"
    k = m + "0"
    return float(k) * 2


def read_3(x):
    m = "%.3f" % x[0]
    return float(m) * 2


def read_4(x):
    ms = [f"{v}" for v in x]
    return float(ms[0]) * 2


def read_5(x):
    m = str(x[0])
    return len(m) * x[1]


def read_6(x):
    d = {f"{x[0]:.0f}": 1.0}
    return d.get("1", 2.0) * x[1]


def read_7(x):
    m = "{}".format(x[0])
    return float(m) * 2


class CM:
    def __init__(self, out, v):
        self.out, self.v = out, v

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.out[0] = self.v * self.v


def final_1(x):
    out = np.zeros(2)
    try:
        try:
            math.sqrt(x[0] - 9.0)
        finally:
            out[0] = x[0] * 7
    except ValueError:
        pass
    return out.sum()


def final_2(x):
    out = np.zeros(2)
    try:
        try:
            if x[0] > 0:
                raise ValueError
        finally:
            out[0] += x[0] * x[0]
    except ValueError:
        out[1] = 2 * x[0]
    return out.sum()


def final_3(x):
    out = np.zeros(1)
    try:
        with CM(out, x[0]):
            if x[0] > 0:
                raise ValueError
    except ValueError:
        pass
    return out[0]


def final_4(x):
    a = np.zeros(1)
    try:
        try:
            y = math.sqrt(-x[0])
        except ZeroDivisionError:
            y = 1.0
        finally:
            a[0] = x[0] * x[0]
    except ValueError:
        y = 2.0 * x[0]
    return y * a[0]


def final_5(x):
    a = np.zeros(1)

    @contextlib.contextmanager
    def m():
        try:
            yield
        finally:
            a[0] = x[0] ** 2

    try:
        with m():
            y = math.sqrt(x[1])
    except ValueError:
        y = 0.0
    return a[0] + y


def final_6(x):
    a = np.zeros(1)
    v = a[::-1]

    def upd():
        v[0] = x[0] ** 2

    for i in range(2):
        try:
            try:
                y = math.sqrt(x[i])
            finally:
                upd()
        except ValueError:
            y = 0.0
    return a[0] + y


def helper(a, x):
    try:
        return math.sqrt(x[0])
    finally:
        a[0] = x[1] ** 2


def final_8(x):
    a = np.zeros(2)
    try:
        y = helper(a, x)
    except ValueError:
        y = 1.0
    return a.sum() * y


def late_changed(x):
    k = 1.0
    sq = (v * k for v in x)
    t = next(sq)
    k = 3.0
    return t + next(sq)


class A:
    pass


def missing_ae(x):
    a = A()
    if x[0] > 0:
        a.v = x[0]
    try:
        r = a.v
    except AttributeError:
        r = x[1]
    return r * 2


PROGRAMS = [
    read_1,
    read_2,
    read_3,
    read_4,
    read_5,
    read_6,
    read_7,
    final_1,
    final_2,
    final_3,
    final_4,
    final_5,
    final_6,
    final_8,
    late_changed,
    missing_ae,
]


X = np.array([0.7, 1.2, -0.4, 0.9, 0.3])


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_is_refused(program):
    for call in (s2sad.grad(program), lambda x: s2sad.jvp(program, (x,), (x,))):
        with pytest.raises(s2sad.UnsupportedError):
            call(X.copy())
