"""What is paid beside the gradient itself: for a call, for the import, for the transform."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import s2sad

from . import overhead_programs, scaling
from .measure import compare, pace
from .table import microseconds, milliseconds, print_table, verdict

ROOT = Path(__file__).parents[1]
REPEATS = 7

IMPORT = """
import sys, time
import numpy
started = time.perf_counter()
import s2sad
seconds = time.perf_counter() - started
libcst = "libcst" in sys.modules
from benchmarks.measure import pace
print(seconds, libcst, pace(5))
"""


def run(only=(), rounds=41):
    results = {}
    parts = {
        "call": lambda: call_overhead(rounds),
        "import": import_time,
        "transform": transform_time,
        "scaling": scaling_results,
    }
    for part, measure in parts.items():
        if only and part not in only:
            continue
        try:
            results |= measure()
        except Exception as error:  # shown as a loss, and the others are still measured
            lines = str(error).strip().splitlines() or [""]
            results[part] = row("", "", False) | {"error": f"{type(error).__name__}: {lines[-1]}"}
        print(".", end="", flush=True)
    rows = [(name, r["measured"], r["goal"], r.get("error", verdict(r["holds"]))) for name, r in results.items()]
    print_table("Overheads", ("what", "measured", "goal", ""), rows)
    return results


def timed(measured, goal, wrong=""):
    """A row of seconds, each with the pace of the machine at that moment; `wrong` says what else is missed."""
    scaled_seconds = statistics.median(seconds / slower for seconds, slower in measured)
    seconds, slower = (statistics.median(column) for column in zip(*measured, strict=True))
    return row(
        f"{milliseconds(scaled_seconds)} ms, at pace {slower:.1f} {milliseconds(seconds)} ms{wrong}",
        f"{1e3 * goal:.0f} ms",
        scaled_seconds <= goal and not wrong,
        seconds=seconds,
        pace=slower,
        scaled_seconds=scaled_seconds,
    )


def row(measured, goal, holds, **numbers):
    return {"measured": measured, "goal": goal, "holds": bool(holds), **numbers}


# --- a call ---------------------------------------------------------------------------------------


def call_overhead(rounds):
    """The public call less the generated function called directly, by the number of leaves."""
    results = {}
    for leaves in (1, 4, 50):
        rng = np.random.default_rng(0)
        arrays = tuple(rng.normal(size=4) for _ in range(leaves))
        function = overhead_programs.leaf if leaves == 1 else overhead_programs.leaves
        argument = arrays[0] if leaves == 1 else arrays
        ours = s2sad.value_and_grad(function)
        ours(argument)
        direct = standalone(ours.lower(argument).source, function.__name__)
        before = pace()
        timing = compare(
            lambda ours=ours, argument=argument: ours(argument),
            lambda direct=direct, argument=argument: direct(argument),
            rounds,
        )
        goal = 3e-6 + 0.5e-6 * leaves
        slower = (before + pace()) / 2.0
        low, high = timing.difference_low / slower, timing.difference_high / slower
        results[f"call, {leaves} array leaves" if leaves > 1 else "call, 1 array"] = row(
            f"{microseconds(timing.difference / slower)} us [{microseconds(low)}, {microseconds(high)}], "
            f"at pace {slower:.1f} {microseconds(timing.difference)} us",
            f"{microseconds(goal)} us",
            high <= goal,
            timing=timing.as_dict(),
            pace=slower,
        )
    return results


def standalone(text, name):
    """The generated function itself, without the wrapper that checks the arguments."""
    namespace = {"__name__": f"standalone_{name}"}
    exec(compile(text, f"<standalone {name}>", "exec"), namespace)
    return namespace[f"{name}_value_and_grad"]


# --- processes of their own -----------------------------------------------------------------------


BYTECODE = tempfile.TemporaryDirectory(prefix="s2sad-bytecode-")  # an installed package has its bytecode


def python(*args, cache, path=()):
    """Standard output of a fresh interpreter, with its own cache folder."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([*map(str, path), str(ROOT)]),
        "PYTHONPYCACHEPREFIX": BYTECODE.name,
        "XDG_CACHE_HOME": str(cache),
        "S2SAD_CACHE_DIR": str(Path(cache) / "s2sad"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, *map(str, args)],
        env=environment,
        cwd=cache,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def import_time():
    with tempfile.TemporaryDirectory() as cache:
        python("-c", IMPORT, cache=cache)  # writes the bytecode
        outputs = [python("-c", IMPORT, cache=cache).split() for _ in range(2 * REPEATS)]
    measured = [(float(seconds), float(slower)) for seconds, _, slower in outputs]
    libcst = any(output[1] == "True" for output in outputs)
    return {
        "import s2sad, beyond numpy": timed(measured, 0.050),
        "import s2sad loads libcst": row("yes" if libcst else "no", "no", not libcst),
    }


def transform_time():
    """The first call for a 30-line function: compiled, and found in the cache folder."""
    cold, cached = [], []
    script = ROOT / "benchmarks" / "transform_time.py"
    target = (script, "benchmarks.overhead_programs", "thirty")
    with tempfile.TemporaryDirectory() as cache:
        python(*target, "--libcst", cache=cache)  # writes the bytecode
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as cache:
            cold.append(json.loads(python(*target, "--libcst", "--check", cache=cache)))
            cached.append(json.loads(python(*target, cache=cache)))
    right = cold[0]["disagreement"] < 1e-5
    libcst = any(r["libcst_imported"] for r in cached)
    return {
        "first call, 30 lines, compiled": timed(
            [(r["seconds"], r["pace"]) for r in cold], 0.100, "" if right else ", WRONG"
        ),
        "first call, 30 lines, from disk": timed(
            [(r["seconds"], r["pace"]) for r in cached], 0.005, ", with libcst" if libcst else ""
        ),
    }


def scaling_results():
    """A program, one of half its size, one of a quarter: the time doubles, the text is short."""
    results = {}
    for name, write, size in (
        ("straight line, lines", scaling.straight, 2000),
        ("sum, terms", scaling.long_sum, 1000),
        ("call graph, functions", scaling.call_graph, 20),
    ):
        try:
            results[f"{name}: {size}"] = scaled(write, size)
        except Exception as error:
            lines = str(error).strip().splitlines() or [""]
            results[f"{name}: {size}"] = row("", "", False) | {"error": lines[-1][:80]}
    return results


def scaled(write, size):
    records = []
    for part in (4, 2, 1):
        text = write(size // part)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "scaled_program.py").write_text(text)
            script = ROOT / "benchmarks" / "transform_time.py"
            target = (script, "scaled_program", "entry", "--libcst", "--check")
            runs = []
            for k in range(3):
                cache = Path(folder) / f"cache{k}"
                cache.mkdir()
                runs.append(json.loads(python(*target, cache=cache, path=[folder])))
        record = runs[0] | {"seconds": statistics.median(r["seconds"] / r["pace"] for r in runs)}
        record |= {"size": size // part, "source_lines": text.count("\n")}
        records.append(record)
    seconds = [r["seconds"] for r in records]
    growth = (seconds[2] - seconds[1]) / max(1e-9, seconds[1] - seconds[0])
    longer = records[2]["lines"] / records[2]["source_lines"]
    wrong = not all(r["disagreement"] <= 1e-4 for r in records)  # nan is wrong too
    # From a half to the whole as much again as from a quarter to the half, twice: linear growth.
    holds = growth <= 2.6 and longer <= 4.0 and not wrong
    times = " / ".join(f"{1e3 * s:.0f}" for s in seconds)
    return row(
        f"{times} ms at 1/4, 1/2, 1; growth {growth:.2f}; {longer:.2f} lines of code each"
        + (", WRONG" if wrong else ""),
        "growth 2, at most 4 lines of code each",
        holds,
        records=records,
        growth=growth,
        lines_ratio=longer,
    )
