"""Run in a process of its own: how long the first call of a gradient takes. Prints JSON.

python transform_time.py MODULE FUNCTION [--libcst] [--check]
"""

import importlib
import json
import sys
import time

import numpy as np

import s2sad
from benchmarks.measure import pace


def main(module_name, entry, *flags):
    module = importlib.import_module(module_name)
    function = getattr(module, entry)
    args = module.example(np.random.default_rng(0))
    if "--libcst" in flags:
        importlib.import_module("libcst")
    started = time.perf_counter()
    gradient = s2sad.value_and_grad(function, argnums=module.WRT)
    _, bars = gradient(*args)
    seconds = time.perf_counter() - started
    compiled = "libcst" in sys.modules
    text = gradient.lower(*args).source
    code = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    record = {"seconds": seconds, "lines": len(code), "all_lines": text.count("\n"), "libcst_imported": compiled}
    record["pace"] = pace(5)
    if "--check" in flags:
        record["disagreement"] = disagreement(function, module.WRT, args, bars)
    print(json.dumps(record))


def disagreement(function, wrt, args, bars):
    """Relative difference from a central difference along a random direction."""
    rng = np.random.default_rng(1)
    directions = {k: rng.normal(size=np.shape(args[k])) for k in wrt}
    step = 1e-6
    ends = [
        function(*(a + sign * step * directions[k] if k in wrt else a for k, a in enumerate(args)))
        for sign in (1.0, -1.0)
    ]
    measured = (ends[0] - ends[1]) / (2.0 * step)
    claimed = sum(np.sum(bar * directions[k]) for k, bar in zip(wrt, bars, strict=True))
    return float(abs(claimed - measured) / max(1e-3, abs(measured)))


if __name__ == "__main__":
    main(*sys.argv[1:])
