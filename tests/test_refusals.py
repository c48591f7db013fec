"""What is refused, and how it is said: one message for each reason, word for word."""

import os
import re
from pathlib import Path

import pytest

import s2sad
from tests import refusals

GOLDEN = Path(__file__).parent / "golden_errors" / "refusals"


def message(program):
    with pytest.raises(s2sad.UnsupportedError) as caught:
        s2sad.grad(program)(0.7)
    text = str(caught.value)
    for problem in caught.value.problems:
        assert problem.span is not None, "a problem has a place"
        assert problem.span.line >= program.__code__.co_firstlineno
    return re.sub(r"\S*?(\w+\.py):\d+:(\d+)", r"\1:LINE:\2", text) + "\n"


@pytest.mark.parametrize("program", refusals.PROGRAMS, ids=lambda program: program.__name__)
def test_the_message(program):
    text = message(program)
    path = GOLDEN / f"{program.__name__}.txt"
    if os.environ.get("S2SAD_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    assert "^" in text and "hint: " in text


def test_there_are_many_and_none_is_left_over():
    assert len(refusals.PROGRAMS) >= 40
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {program.__name__ for program in refusals.PROGRAMS}


def test_every_mode_refuses():
    for program in refusals.PROGRAMS[:8]:
        for transform in (s2sad.grad, s2sad.value_and_grad, lambda f: lambda x: s2sad.vjp(f, x)):
            with pytest.raises(s2sad.UnsupportedError):
                transform(program)(0.7)


def test_an_internal_error_is_a_class_of_its_own():
    assert issubclass(s2sad.InternalError, s2sad.S2sadError)
    assert not issubclass(s2sad.InternalError, s2sad.UnsupportedError)
    assert not issubclass(s2sad.UnsupportedError, s2sad.InternalError)
