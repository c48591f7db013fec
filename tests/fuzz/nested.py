"""Random functions inside, and what transforms make of them: for differences, as the interpreter knows no transform."""

from __future__ import annotations

import linecache
import random
import textwrap
from collections.abc import Callable
from typing import Any

# the body of a function of a number t, which reads x and k around it
BODIES = [
    textwrap.dedent(body).strip().splitlines()
    for body in (
        """
        return np.sin(t * k) * x[0] + t**3
        """,
        """
        return np.sum(np.tanh(x * t)) * k
        """,
        """
        y = x * t
        y[0] = k * y[1]
        return np.sum(y * y[::-1])
        """,
        """
        s = t
        for v in x:
            s = np.cos(s * v) + k * t
        return s * t
        """,
        """
        s = 0.0
        for i in range(len(x)):
            if x[i] * t > 0.6:
                break
            s += x[i] * t**2
        return s + t * k
        """,
        """
        s, n = t, 0
        while n < 3 and s < 4.0:
            s = s * 1.3 + k * x[0]
            n += 1
        return s * s
        """,
        """
        if t > k:
            return t * t * x[0]
        return np.exp(t) * x[1] * k
        """,
        """
        vs = []
        for v in x:
            vs.append(v * t)
            vs.insert(0, k * t * t)
        return sum(v * (i + 1) for i, v in enumerate(vs))
        """,
        """
        s = 0.0
        for v in x:
            try:
                if v * t > 0.9:
                    raise ValueError
                s = s + v * t * t
            except ValueError:
                s = s * t + k
        return s
        """,
        """
        d = {0: t, 1: k * t}
        for i in range(len(x)):
            d[i % 2] += x[i] * d[0]
        return d[0] * d[1]
        """,
        """
        f = np.sin if t > k else np.cos
        return f(t * x[1]) * t
        """,
        """
        def g(u):
            return u * u * t + k
        return s2sad.grad(g)(x[0] * t) * t
        """,
    )
]
# what is made of it: an expression of f, x and k
USES = (
    "s2sad.grad(f)(x[1])",
    "s2sad.grad(f)(k) * f(x[0])",
    "s2sad.grad(s2sad.grad(f))(x[2])",
    "s2sad.grad(s2sad.grad(s2sad.grad(f)))(k)",
    "np.sum(np.array(s2sad.value_and_grad(f)(k * x[0])))",
    "s2sad.jvp(f, (x[0],), (k,))[1] * x[1]",
    "s2sad.vjp(f, x[1])[1](k)[0]",
    "s2sad.jvp(s2sad.grad(f), (k,), (x[2],))[1]",
    "s2sad.grad(lambda t: s2sad.jvp(f, (t,), (k * t,))[1])(x[0])",
    "s2sad.grad(lambda t: s2sad.vjp(f, t)[1](x[1])[0])(k)",
    "sum(s2sad.grad(f)(v) for v in x)",
    "s2sad.grad(lambda t: s2sad.grad(f)(t) * f(k * t))(x[1])",
)


def program(seed: int) -> str:
    """Return the text of `def program(x, k)`."""
    rng = random.Random(seed)
    lines = ["import numpy as np", "import s2sad", "", "", "def program(x, k):", "    def f(t):"]
    lines += [f"        {line}" for line in rng.choice(BODIES)]
    uses = [rng.choice(USES) for _ in range(rng.randint(1, 2))]
    if rng.random() < 0.3:
        lines += ["    total = 0.0", "    for x in (x, x * k):", f"        total = total * 0.5 + {uses[0]}"]
        return "\n".join([*lines, "    return total", ""])
    return "\n".join([*lines, f"    return {' + '.join(uses)}", ""])


def function(seed: int) -> Callable[..., Any]:
    """Return the function of a random program, its source registered."""
    text, file = program(seed), f"<nested {seed}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names: dict[str, Any] = {"__name__": f"nested_{seed}"}
    exec(compile(text, file, "exec", dont_inherit=True), names)
    found: Callable[..., Any] = names["program"]
    return found
