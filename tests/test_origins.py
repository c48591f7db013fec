"""An exception that comes out of generated code keeps its type, and points at the user's lines."""

import inspect
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import s2sad
from s2sad.origins import packed, unpacked


class TooFarError(Exception):
    """An exception of a user's."""


class Spring:
    def __init__(self, limit):
        self.limit = limit

    def energy(self, x):
        if x > self.limit:
            raise TooFarError("too far", x)
        return x * x


def of_method(x):
    total = 0.0
    for i in range(4):
        total += Spring(3.0).energy(x * i)
    return total


def ratio(u, d):
    return u / d


def of_helper(x):
    return 2.0 * ratio(x, x - x)


def of_list(x):
    rows = [x * i for i in range(3)]
    return rows[int(x)] ** 2


def of_lapack(x):
    s = np.linalg.det(x)
    return s * 2.0


def of_handler(x):
    try:
        y = ratio(x, x - x)
    except ZeroDivisionError as error:
        raise TooFarError("no ratio") from error
    return y


def of_recursion(x):
    def down(n, y):
        if n == 0:
            return ratio(y, y - y)
        return down(n - 1, y * x)

    return down(3, x)


def notes_of(call, error):
    with pytest.raises(error) as found:
        call()
    return found.value, "\n".join(getattr(found.value, "__notes__", []))


def line_of(function, text):
    lines, first = inspect.getsourcelines(function)
    return first + next(i for i, line in enumerate(lines) if text in line)


CASES = [
    (of_method, TooFarError, [(of_method, "total +="), (Spring.energy, "raise TooFar")], 1.5),
    (of_helper, ZeroDivisionError, [(ratio, "return u / d")], 1.5),
    (of_list, IndexError, [(of_list, "return rows")], 5.5),
    (of_handler, TooFarError, [(of_handler, "raise TooFar")], 1.5),
    (of_recursion, ZeroDivisionError, [(ratio, "return u / d")], 1.5),
]


@pytest.mark.parametrize(("function", "error", "places", "x"), CASES, ids=[case[0].__name__ for case in CASES])
@pytest.mark.parametrize("how", ["grad", "value_and_grad", "vjp", "jvp", "second"])
def test_an_exception_points_at_the_users_lines(function, error, places, x, how):
    calls = {
        "grad": lambda: s2sad.grad(function)(x),
        "value_and_grad": lambda: s2sad.value_and_grad(function)(x),
        "vjp": lambda: s2sad.vjp(function, x),
        "jvp": lambda: s2sad.jvp(function, (x,), (1.0,)),
        "second": lambda: s2sad.grad(s2sad.grad(function))(x),
    }
    raised, notes = notes_of(calls[how], error)
    at = [notes.find(f'File "{__file__}", line {line_of(where, text)}\n') for where, text in places]
    assert -1 not in at, notes
    assert at == sorted(at)  # outermost first
    assert notes.count("Differentiated from:") == 1
    assert type(raised) is error
    if function is of_method:
        assert raised.args[0] == "too far"
    if function is of_handler:
        assert isinstance(raised.__cause__, ZeroDivisionError)


def test_an_exception_of_the_backward_pass_points_at_the_statement_that_is_reversed():
    value, pullback = s2sad.vjp(of_lapack, np.zeros((2, 2)))
    assert value == 0.0
    _, notes = notes_of(lambda: pullback(1.0), np.linalg.LinAlgError)
    assert f"line {line_of(of_lapack, 'np.linalg.det')}\n    s = np.linalg.det(x)" in notes
    _, notes = notes_of(lambda: s2sad.grad(of_lapack)(np.zeros((2, 2))), np.linalg.LinAlgError)
    assert f"line {line_of(of_lapack, 'np.linalg.det')}\n" in notes


def test_code_from_the_cache_points_as_well(tmp_path):
    (tmp_path / "model.py").write_text(
        textwrap.dedent(
            """
            def loss(x):
                y = x * 2.0
                if y > 1.0:
                    raise ValueError("large")
                return y
            """
        )
    )
    script = "import s2sad, model; s2sad.grad(model.loss)(3.0)"
    for _ in range(2):
        found = subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        lines = found.stderr.splitlines()
        assert "ValueError: large" in lines
        at = lines.index("Differentiated from:")
        assert lines[at + 1].endswith('model.py", line 5')
        assert lines[at + 2].strip() == 'raise ValueError("large")'


def test_twins_point_at_their_own_lines():
    def half(x):
        return ratio(x, x - x) + of_helper(x)

    _, notes = notes_of(lambda: s2sad.grad(half)(1.5), ZeroDivisionError)
    assert f"line {line_of(ratio, 'return u / d')}\n" in notes


def test_places_are_written_and_read():
    places = {3: ("a.py", 7), 4: ("a.py", 7), 9: ("b.py", 1)}
    assert unpacked(packed(places)) == places


def test_the_exceptions_of_a_script_are_raised_and_caught(tmp_path):
    (tmp_path / "script.py").write_text(
        textwrap.dedent(
            """
            import s2sad

            class Err(Exception):
                pass

            def caught(x):
                try:
                    if x > 1:
                        raise Err("no")
                    y = x
                except Err:
                    y = 3 * x
                return y

            def raised(x):
                if x > 1:
                    raise Err
                return x * x

            print(s2sad.grad(caught)(2.0), s2sad.grad(caught)(0.5), s2sad.grad(raised)(0.5))
            try:
                s2sad.grad(raised)(2.0)
            except Err:
                print("raised")
            """
        )
    )
    for _ in range(2):
        found = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert found.stdout.split() == ["3.0", "1.0", "1.0", "raised"], found.stderr


def always(x):
    raise TooFarError("later")


def test_a_function_that_always_raises_does_so():
    for call in (s2sad.grad(always), s2sad.value_and_grad(always), lambda x: s2sad.vjp(always, x)):
        with pytest.raises(TooFarError, match="later"):
            call(1.0)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: (v * v for v in [x]),
        lambda x: {"f": lambda y: y * x},
        lambda x: (x, map(abs, [x])),
        lambda x: iter([x]),
        lambda x: (x, np),
    ],
)
def test_what_generated_code_cannot_make_is_not_returned(function):
    for call in (lambda: s2sad.vjp(function, 1.0), lambda: s2sad.grad(function, has_aux=True)(1.0)):
        with pytest.raises(s2sad.UnsupportedError, match="a function or iterator is returned"):
            call()
