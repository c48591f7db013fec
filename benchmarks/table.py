"""Results as text on the terminal, and as JSON beside the code."""

import json
import os
import platform
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "results"


def print_table(title, head, rows):
    """Columns as wide as they must be; the first to the left, the others to the right."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"\n{title}\n")
    for k, row in enumerate(cells):
        first, *others = zip(row, widths, strict=True)
        line = [f"{first[0]:<{first[1]}}", *(f"{cell:>{width}}" for cell, width in others)]
        print("  ".join(line).rstrip())
        if k == 0:
            print("  ".join("-" * width for width in widths))


def write(group, results, **conditions):
    """benchmarks/results/<group>.json: the numbers and what they were measured with."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{group}.json"
    record = {"group": group, "environment": environment() | conditions, "results": results}
    path.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    print(f"\nwritten: benchmarks/results/{path.name}")


def environment():
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": platform.system(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "blas_threads": os.environ.get("OMP_NUM_THREADS"),
    }


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()


def milliseconds(seconds):
    return f"{1e3 * seconds:.3f}"


def microseconds(seconds):
    return f"{1e6 * seconds:.2f}"


def interval(comparison):
    return f"{comparison.ratio:.3f} [{comparison.low:.3f}, {comparison.high:.3f}]"


def verdict(holds):
    return "ok" if holds else "LOSS"
