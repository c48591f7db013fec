"""Generated adjoints against hand-written ones: time, NumPy calls, bytes.

The goal: the upper end of the interval of the ratio is at most 1.15. The time of s2sad is that of
the public call, with its check of the arguments.
"""

import s2sad

from .allocations import count, count_function, peak_bytes
from .handwritten import NAMES, handwritten
from .measure import compare
from .programs import argnums, arguments, program
from .table import interval, milliseconds, print_table, verdict
from .trees import worst_difference

GOAL = 1.15
TOLERANCE = 1e-8


def run(only=(), rounds=41):
    results = {}
    for name in only or NAMES:
        try:
            results[name] = one(name, rounds)
        except Exception as error:  # shown as a loss, and the others are still measured
            results[name] = {"error": f"{type(error).__name__}: {error}", "holds": False}
        print(".", end="", flush=True)
    results["(control: by hand, twice)"] = control(rounds)
    show(results)
    return results


def one(name, rounds):
    function, wrt = program(name)
    args = arguments(name)
    by_hand = handwritten(name)
    ours = s2sad.value_and_grad(function, argnums=argnums(wrt))
    difference = worst_difference(ours(*args), by_hand(*args))
    if not difference <= TOLERANCE:  # nan is a difference too
        raise AssertionError(f"the gradients differ by {difference:.1e}")
    timing = compare(lambda: ours(*args), lambda: by_hand(*args), rounds)
    counts = {"s2sad": generated_counts(ours, name, args), "hand": count_function(by_hand, args)}
    return {
        "timing": timing.as_dict(),
        "counts": {side: counted.as_dict() for side, counted in counts.items()},
        "peak_bytes": {"s2sad": peak_bytes(ours, args), "hand": peak_bytes(by_hand, args)},
        "difference": difference,
        "holds": timing.high <= GOAL,
        "shown": {
            "ms": f"{milliseconds(timing.a_seconds)} / {milliseconds(timing.b_seconds)}",
            "ratio": interval(timing),
            "calls": f"{counts['s2sad'].calls} / {counts['hand'].calls}",
            "subscripts": f"{counts['s2sad'].subscripts} / {counts['hand'].subscripts}",
            "MB": f"{counts['s2sad'].bytes / 1e6:.2f} / {counts['hand'].bytes / 1e6:.2f}",
        },
    }


def generated_counts(transformed, name, args):
    """Counts for the generated module, as the text in which a user would take it away."""
    return count(transformed.lower(*args).source, f"{name}_value_and_grad", args)


def control(rounds):
    """The same function on both sides: what the method itself cannot tell apart."""
    args = arguments("mlp_loss")
    by_hand = handwritten("mlp_loss")
    timing = compare(lambda: by_hand(*args), lambda: by_hand(*args), rounds)
    shown = {
        "ms": f"{milliseconds(timing.a_seconds)} / {milliseconds(timing.b_seconds)}",
        "ratio": interval(timing),
    }
    holds = timing.low <= 1.03 and timing.high >= 0.97
    return {"timing": timing.as_dict(), "holds": holds, "shown": shown}


def show(results):
    columns = ("ms", "ratio", "calls", "subscripts", "MB")
    rows = [
        (
            name,
            *(result.get("shown", {}).get(c, "") for c in columns),
            result.get("error", verdict(result["holds"])),
        )
        for name, result in results.items()
    ]
    print_table(
        f"s2sad / by hand; goal: the ratio's interval ends at or below {GOAL}",
        ("program", *columns, ""),
        rows,
    )
