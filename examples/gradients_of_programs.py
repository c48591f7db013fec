"""Differentiate five programs that know nothing of s2sad: python examples/gradients_of_programs.py

A physics engine, a formula language, a probabilistic model, a neural-network library, a ray tracer.
"""

import importlib.util
import pathlib
import sys
import time
from types import ModuleType

import numpy as np

import s2sad

PROGRAMS = pathlib.Path(__file__).parent / "programs"
NAMES = ("physics", "formulas", "probabilistic", "network", "raytracer")


def load(name: str) -> ModuleType:
    """Return one of the programs as a module."""
    spec = importlib.util.spec_from_file_location(name, PROGRAMS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where generated code finds the classes of the program
    spec.loader.exec_module(module)
    return module


def seconds(function, *args) -> float:
    """Return the shortest of three times."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        function(*args)
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    for name in NAMES:
        program = load(name)
        everything = tuple(range(len(program.ARGUMENTS)))
        derivative = s2sad.value_and_grad(program.FUNCTION, argnums=everything)
        value, slopes = derivative(*program.ARGUMENTS)
        ratio = seconds(derivative, *program.ARGUMENTS) / seconds(program.FUNCTION, *program.ARGUMENTS)
        sizes = ", ".join(f"{np.linalg.norm(slope):.4g}" for slope in slopes)
        print(f"{name:14} {value:10.6f}   norms of the gradient: {sizes}   {ratio:.1f} times as long as the program")
