"""Long programs, written by a program: transform time and length must grow with the source."""

HEAD = """import numpy as np

WRT = (0, 1)


def example(rng):
    return 0.5 * rng.normal(size=4), 0.5 * rng.normal(size=4)


"""


def straight(lines):
    """One function of that many lines, each of which uses the last value and an older one."""
    text = [HEAD + "def entry(x, y):", "    a0 = x * y"]
    forms = (
        "np.tanh({0} + 0.5 * {1})",
        "{0} * np.cos({1})",
        "0.5 * {0} - 0.25 * {1}",
        "np.exp(-{0} * {0}) + {1} / 3.0",
        "np.sin({0}) + 0.1 * x",
    )
    for k in range(1, lines - 2):
        older = f"a{k - 7}" if k > 7 else "y"
        text.append(f"    a{k} = " + forms[k % len(forms)].format(f"a{k - 1}", older))
    text.append(f"    return np.sum(a{lines - 3})")
    return "\n".join(text) + "\n"


def long_sum(terms):
    """One expression with that many terms, a term a line."""
    text = [HEAD + "def entry(x, y):", "    total = (", "        x * y"]
    text += [f"        + np.sin({k / terms} * x) * y" for k in range(1, terms)]
    text += ["    )", "    return np.sum(total)"]
    return "\n".join(text) + "\n"


def call_graph(functions):
    """That many functions, each calling two others: a graph with many paths through it."""
    text = [HEAD + "def f0(x, y):\n    return np.tanh(x * y)\n"]
    for k in range(1, functions - 1):
        text.append(
            f"\ndef f{k}(x, y):\n"
            f"    a = f{k - 1}(x, y)\n"
            f"    b = f{k // 2}(y, a)\n"
            f"    c = np.sin(a) * b + 0.{k} * x\n"
            "    return np.tanh(c)\n"
        )
    text.append(f"\ndef entry(x, y):\n    return np.sum(f{functions - 2}(x, y))\n")
    return "\n".join(text)
