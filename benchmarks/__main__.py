"""python -m benchmarks [hand] [hips] [overhead] [coverage] [--only PROGRAM ...] [--rounds N] [--strict]"""

import argparse
import importlib
import sys
import time

from . import measure, table

GROUPS = ("hand", "hips", "overhead", "coverage")


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", help=f"of {', '.join(GROUPS)}; without any, all")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="these rows only")
    parser.add_argument("--rounds", type=int, default=121, help="rounds of a comparison")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a goal is missed")
    options = parser.parse_args()
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    memory_kept = measure.keep_memory()
    losses = []
    for group in options.groups or GROUPS:
        started = time.perf_counter()
        results = importlib.import_module(f"{__package__}.{group}").run(options.only, options.rounds)
        if not options.only:
            table.write(group, results, memory_kept=memory_kept)
        losses += [f"{group}: {name}" for name, result in results.items() if not result["holds"]]
        print(f"({group}: {time.perf_counter() - started:.0f} s)")
    print(f"\nmissed goals: {'; '.join(losses) or 'none'}")
    sys.exit(1 if losses and options.strict else 0)


if __name__ == "__main__":
    main()
