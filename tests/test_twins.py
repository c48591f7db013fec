"""Functions of one text stand once in a generated module."""

from s2sad.backends.twins import without_twins


def texts_without_twins(texts):
    """Return what is left; each has as many lines as the one that it was."""
    found = without_twins(texts)
    assert all(text.count("\n") == texts[i].count("\n") for i, text in found)
    return [text for _, text in found]


def test_those_that_say_the_same_are_one():
    texts = ["def f_2(x):\n    return x * 2.0", "def f(x):\n    return x * 2.0", "def g(x):\n    return f(x) + f_2(x)"]
    assert texts_without_twins(texts) == ["def f(x):\n    return x * 2.0", "def g(x):\n    return f(x) + f(x)"]


def test_those_that_call_one_another_are_one():
    texts = [
        "def f_2(n):\n    return 1 if n == 0 else f(n - 1)",
        "def f(n):\n    return 1 if n == 0 else f_2(n - 1)",
        "def g(n):\n    return f_2(n)",
    ]
    assert texts_without_twins(texts) == [
        "def f(n):\n    return 1 if n == 0 else f(n - 1)",
        "def g(n):\n    return f(n)",
    ]


def test_those_that_call_others_are_not():
    texts = [
        "def one():\n    return 1",
        "def two():\n    return 2",
        "def f():\n    return one()",
        "def f_2():\n    return two()",
        "def g():\n    return f() + f_2()",
    ]
    assert texts_without_twins(texts) == texts


def test_the_entry_keeps_its_name():
    texts = ["def f(x):\n    return x", "def h(x):\n    return f(x)", "def longer(x):\n    return x"]
    assert texts_without_twins(texts) == texts


def test_attributes_keywords_comments_and_strings_are_left_alone():
    texts = [
        "def f_2(x):\n    return x",
        "def f(x):\n    return x",
        "def g(x):\n    # y = f_2(x)\n    return x.f_2 + h(f_2=x) + f_2(f_2(x), 'f_2')",
    ]
    expected = "def g(x):\n    # y = f_2(x)\n    return x.f_2 + h(f_2=x) + f(f(x), 'f_2')"
    assert texts_without_twins(texts) == ["def f(x):\n    return x", expected]
