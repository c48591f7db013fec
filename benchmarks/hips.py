"""Against HIPS autograd, which traces every call, on the programs that it can run.

It gets the same program text, with `np` bound to its own wrapper of NumPy. The goal: never slower
beyond the interval, and five times as fast where the program loops.
"""

import inspect
import re

import autograd
import autograd.builtins

import s2sad

from .measure import compare
from .programs import argnums, arguments, program
from .table import interval, milliseconds, print_table, verdict
from .trees import worst_difference

LOOPS = ("lstm", "kalman", "rk4_lorenz", "tree_sum", "newton_root", "enumerate_zip")
STRAIGHT = ("mlp_loss", "self_attention", "gaussian_mixture")
WRITES = ("burgers", "gauss_seidel")
GOAL_LOOPS = 5.0
TOLERANCE = 1e-8


def run(only=(), rounds=41):
    results = {}
    for name in only or STRAIGHT + LOOPS + WRITES:
        results[name] = one(name, rounds)
        print(".", end="", flush=True)
    show(results)
    return results


def one(name, rounds):
    function, wrt = program(name)
    args = arguments(name)
    theirs = autograd.value_and_grad(traced(function), argnum=argnums(wrt))
    try:
        reference = theirs(*args)
    except Exception as error:  # what it cannot run is a result too
        first_line = str(error).partition("\n")[0][:60]
        return {"not_run": f"HIPS autograd: {type(error).__name__}: {first_line}", "holds": True}
    try:
        ours = s2sad.value_and_grad(function, argnums=argnums(wrt))
        difference = worst_difference(ours(*args), reference)
        if not difference <= TOLERANCE:  # nan is a difference too
            raise AssertionError(f"the gradients differ by {difference:.1e}")
    except Exception as error:  # shown as a loss
        return {"error": f"{type(error).__name__}: {error}", "holds": False}
    timing = compare(lambda: theirs(*args), lambda: ours(*args), rounds)
    goal = GOAL_LOOPS if name in LOOPS else 1.0
    # Without a loop, a draw is enough: not slower beyond the interval.
    holds = timing.low >= goal if name in LOOPS else timing.high >= goal
    return {
        "timing": timing.as_dict(),
        "goal": goal,
        "difference": difference,
        "holds": holds,
        "shown": {
            "ms": f"{milliseconds(timing.a_seconds)} / {milliseconds(timing.b_seconds)}",
            "times as fast": interval(timing),
            "goal": f"{goal:.0f}",
        },
    }


def traced(function):
    """The program as a user of HIPS autograd would write it."""
    text = inspect.getsource(inspect.getmodule(function))
    text = text.replace("import numpy as np", "import autograd.numpy as np")
    # It takes the axes of a transpose only as a tuple, and needs its own isinstance and tuple.
    text = re.sub(r"\.transpose\(([^()]*)\)", r".transpose((\1))", text)
    namespace = {
        "__name__": f"traced_{function.__name__}",
        "isinstance": autograd.builtins.isinstance,
        "tuple": autograd.builtins.tuple,
    }
    exec(text, namespace)
    return namespace[function.__name__]


def show(results):
    columns = ("ms", "times as fast", "goal")
    rows = [
        (
            name,
            *(result.get("shown", {}).get(c, "") for c in columns),
            result.get("error") or result.get("not_run") or verdict(result["holds"]),
        )
        for name, result in results.items()
    ]
    print_table("HIPS autograd / s2sad", ("program", *columns, ""), rows)
