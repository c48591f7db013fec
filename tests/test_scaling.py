"""Long programs: the work and the text grow as the program does, nothing recurses, the gradients are right.

No test asserts a time: work is the number of calls of functions, of Python's and of C's.
"""

import linecache
import sys

import numpy as np
import pytest

from benchmarks import scaling
from s2sad.errors import UnsupportedError
from tests.generated import load, module_text

HEAD = "import numpy as np\n\n\n"


def writes(lines):
    """Many writes into one array."""
    body = [f"    z[{k % 4}] = np.sin(z[{(k + 1) % 4}]) * x[{k % 4}]\n    z[1:] += y[:-1]" for k in range(lines)]
    return HEAD + "def entry(x, y):\n    z = x * y\n" + "\n".join(body) + "\n    return np.sum(z)\n"


def items(terms):
    """A sum of products of items."""
    return HEAD + f"def entry(x, y):\n    return {' + '.join(f'x[{k % 4}] * y[{k % 3}]' for k in range(terms))}\n"


def chain(functions):
    """Functions each of which calls the one before, too long to be inlined."""
    text = HEAD + "def f0(x, y):\n    return np.tanh(x * y)\n"
    for k in range(1, functions):
        text += f"\ndef f{k}(x, y):\n    z = f{k - 1}(x, y)\n    for i in range(2):\n"
        text += "        z = z * np.cos(y)\n    return z\n"
    return text + f"\ndef entry(x, y):\n    return np.sum(f{functions - 1}(x, y))\n"


def nested(calls):
    """An expression as deep as Python's parser takes one."""
    return HEAD + f"def entry(x, y):\n    return np.sum({'np.sin(' * calls}x * y{')' * calls})\n"


def elifs(arms):
    """A branch of many arms, each inside the last."""
    text = HEAD + "def entry(x, y):\n    k = int(3.0 + x[0])\n    if k == 0:\n        z = x\n"
    text += "".join(f"    elif k == {k}:\n        z = x * {k}.0 * y\n" for k in range(1, arms))
    return text + "    else:\n        z = y\n    return np.sum(z)\n"


def compiled(write, size):
    """Return (function, text of its derivative, calls it took)."""
    text, file = write(size), f"<{write.__name__} {size}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names = {"__name__": f"{write.__name__}_{size}"}
    exec(compile(text, file, "exec"), names)
    counted = [0]

    def count(frame, event, arg):
        counted[0] += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        made, _ = module_text(names["entry"], arguments(), (0, 1), "value_and_grad")
    finally:
        sys.setprofile(before)
    return names["entry"], made, counted[0]


def arguments():
    """Return the arguments of every program here."""
    return np.array([0.3, 0.2, 0.5, 0.4]), np.array([0.6, 0.7, 0.1, 0.2])


def check(function, text):
    """Compare a gradient with a central difference along a direction."""
    args, direction, step = arguments(), np.array([0.1, -0.3, 0.2, 0.7]), 1e-6
    value, bars = load(text, "entry_value_and_grad")(*args)
    ends = [function(*(a + sign * step * direction for a in args)) for sign in (1.0, -1.0)]
    assert np.isclose(value, function(*args))
    assert np.isclose(sum(np.sum(bar * direction) for bar in bars), (ends[0] - ends[1]) / (2.0 * step), rtol=1e-5)


# (program, size of a quarter): from a half to the whole as much again as from a quarter to the half, twice
GROWING = [
    (scaling.straight, 60),
    (scaling.call_graph, 12),
    (chain, 8),
    (writes, 25),
]


@pytest.mark.parametrize(("write", "size"), GROWING, ids=[write.__name__ for write, _ in GROWING])
def test_work_and_text_grow_with_the_program(write, size):
    compiled(write, size)  # modules are imported, dtypes resolved
    found = [compiled(write, part * size) for part in (1, 2, 4)]
    for what, growth in (("calls", [f[2] for f in found]), ("lines", [f[1].count("\n") for f in found])):
        assert growth[2] - growth[1] < 2.3 * (growth[1] - growth[0]), (what, growth)


SIZES = [
    (scaling.straight, 2000),
    (scaling.long_sum, 1000),
    (items, 1000),
    (scaling.call_graph, 20),
    (chain, 40),
    (nested, 150),
    (elifs, 40),
]


@pytest.mark.parametrize(("write", "size"), SIZES, ids=[write.__name__ for write, _ in SIZES])
def test_a_long_program_is_right(write, size):
    limit = sys.getrecursionlimit()
    function, text, _ = compiled(write, size)
    assert sys.getrecursionlimit() == limit
    check(function, text)


def test_calls_too_deep_are_refused():
    with pytest.raises(UnsupportedError, match="recursion limit"):
        compiled(chain, 200)


def test_the_count_can_tell():
    def quadratic(size):
        return HEAD + "def entry(x, y):\n" + "    x = x * y\n" * size**2 + "    return np.sum(x)\n"

    found = [compiled(quadratic, size)[2] for size in (4, 8, 16)]
    assert found[2] - found[1] > 2.3 * (found[1] - found[0])
