"""The command line: emit, show, check, explain, new-rule."""

from __future__ import annotations

import argparse
import importlib
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from s2sad.api import Derivative
from s2sad.compile import generate
from s2sad.errors import S2sadError
from s2sad.explain import explained, kept, tapes_of
from s2sad.frontend.callables import differentiable_function
from s2sad.frontend.parameters import chosen, parameter_names
from s2sad.frontend.signature import type_of
from s2sad.frontend.values import Knowledge
from s2sad.pipeline import PASSES
from s2sad.standalone import cell_values, standalone
from s2sad.testing import fresh, inner, moved, randomly, zeros

MARK = "# s2sad: "
STEP = 1e-6


def find(target: str) -> Any:
    """Return the function that `module:function` names."""
    module, _, name = target.partition(":")
    if not name:
        raise S2sadError(f"{target!r} is not of the form module:function")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = importlib.import_module(module)
    except ImportError as error:
        raise S2sadError(f"the module {module!r} cannot be imported: {error}") from None
    for part in name.split("."):
        if not hasattr(found, part):
            raise S2sadError(f"{module!r} has no {part!r}")
        found = getattr(found, part)
    return found


def example_args(text: str | None, function: Any) -> tuple[Any, ...]:
    """Evaluate an example: a tuple of arguments, in the namespace of the function's module and NumPy."""
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    if text is None:
        maker = getattr(module, "example", None)
        if maker is None:
            raise S2sadError("give --example EXPR: a tuple of arguments, for instance '(np.ones(3), 0.1)'")
        return tuple(maker(np.random.default_rng(0)))
    try:
        value = eval(text, {**(vars(module) if module is not None else {}), "np": np})
    except Exception as error:
        raise S2sadError(f"the example {text!r} cannot be evaluated: {error}") from None
    return value if isinstance(value, tuple) else (value,)


def names_of(args: argparse.Namespace, function: Any) -> tuple[str, ...]:
    """Return the parameters to differentiate: those asked for, or the first."""
    return tuple(name.strip() for name in args.wrt.split(",")) if args.wrt else tuple(parameter_names(function)[:1])


def derivative(args: argparse.Namespace) -> tuple[Derivative, tuple[Any, ...]]:
    """Return the derivative that the options ask for, and its example arguments."""
    found = find(args.target)
    examples = example_args(args.example, found)
    function = differentiable_function(found)
    wrt = names_of(args, function)
    several = len(wrt) > 1 or args.mode in ("vjp", "jvp")
    return Derivative(function, args.mode, wrt if several else wrt[0], False), examples


def emit(args: argparse.Namespace) -> int:
    """Write a standalone module."""
    made, examples = derivative(args)
    lowered = made.lower(*examples)
    compiled = lowered._compiled
    names, values = made._arguments(examples, {})
    types = [(name, type_of(value, name, name in made._static)) for name, value in zip(names, values, strict=True)]
    text, cells = standalone(compiled, made._function, types, args.target, args.mode)
    record = {
        "cells": cells,
        "entry": compiled.name,
        "example": args.example,
        "mode": args.mode,
        "target": args.target,
        "wrt": list(names_of(args, made._function)),
    }
    text = f"{text.rstrip()}\n\n\n{MARK}{json.dumps(record, sort_keys=True)}\n"
    if args.output == "-":
        print(text, end="")
    else:
        Path(args.output).write_text(text, encoding="utf-8")
    return 0


def show(args: argparse.Namespace) -> int:
    """Print the generated code, or the IR after a pass."""
    made, examples = derivative(args)
    print(made.lower(*examples).source if args.after is None else ir_after(args.after, made, examples))
    return 0


def ir_after(wanted: str, made: Derivative, examples: tuple[Any, ...]) -> str:
    """Return the IR after a pass: of every function of the module, as the last run of the pass left it."""
    from s2sad.frontend.lower import lower
    from s2sad.ir.dump import dump

    made.lower(*examples)  # finds out which ints decide types
    types = [(n, type_of(v, n, n in made._static)) for n, v in zip(made._names, examples, strict=False)]
    knowledge = Knowledge(static={f"{made._function.__name__}.{name}" for name in made._static})
    if wanted == "lower":
        return dump(lower(made._function, types, knowledge)[0])
    seen: dict[str, str] = {}

    def observe(name: str, function: Any) -> None:
        if name == wanted:
            seen[function.name] = dump(function)

    wrt = made._wrt(chosen(made._argnums, made._names, made.__name__), types)
    generate(made._function, types, list(wrt), made._mode, False, knowledge, [], observe=observe)
    return "\n\n".join(seen.values()) or f"the pass {wanted!r} finds nothing to do here"


def explain(args: argparse.Namespace) -> int:
    """Say which variables carry derivatives, where a path is cut and by what, what is kept, and what is refused."""
    made, examples = derivative(args)
    text = made.lower(*examples).source  # finds out which ints decide types
    wrt = names_of(args, made._function)
    report = explained(made._function, examples, wrt, static=made._static)
    memory = kept(made._function, examples)  # it runs the function, which may print
    print(f"{args.target}, {args.mode} with respect to {', '.join(wrt)}")
    print(report)
    print(f"kept for the adjoint: {'; '.join(tapes_of(text)) or 'no tape'}")
    for line in memory:
        print(line)
    return 0


def check(args: argparse.Namespace) -> int:
    """Check a function's derivatives, or an emitted file, numerically: 0 right, 1 wrong, 2 cannot tell."""
    try:
        if args.target.endswith(".py"):
            return check_file(Path(args.target), args)
        function = find(args.target)
        from s2sad.testing import check_grads

        wrt = names_of(args, function) if args.wrt else None
        check_grads(function, example_args(args.example, function), argnums=wrt)
    except AssertionError as error:
        print(error, file=sys.stderr)
        return 1
    except Exception as error:
        print(f"cannot tell: {error}", file=sys.stderr)
        return 2
    print("right")
    return 0


def check_file(path: Path, args: argparse.Namespace) -> int:
    """Check an emitted file against central differences of the function it was made from."""
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith(MARK)]
    if not lines:
        raise S2sadError(f"{path} does not say what it was made from")
    record = json.loads(lines[-1].removeprefix(MARK))
    if "cells" not in record:
        raise S2sadError(f"{path} was emitted by an earlier version: emit it again")
    function = find(record["target"])
    examples = example_args(args.example or record["example"], function)
    names: dict[str, Any] = {"__name__": path.stem}
    exec(compile(text, str(path), "exec", dont_inherit=True), names)
    captured = cell_values(record["cells"], differentiable_function(function))
    parameters = parameter_names(function)
    rng = np.random.default_rng(0)
    for i, name in enumerate(record["wrt"]):
        at = parameters.index(name)
        direction = randomly(examples[at], rng)
        weights = randomly(function(*fresh(examples)), rng)
        have = _emitted(names[record["entry"]], record, examples, captured, (i, direction, weights))
        up = function(*fresh(moved(examples, at, direction, STEP)))
        down = function(*fresh(moved(examples, at, direction, -STEP)))
        if record["mode"] in ("grad", "value_and_grad"):
            want = float(np.sum(up - down)) / (2.0 * STEP)
        else:
            want = (inner(weights, up) - inner(weights, down)) / (2.0 * STEP)
        if not math.isfinite(want):
            raise S2sadError(f"central differences for {name!r} give {want!r}: take another example")
        if not abs(have - want) <= 1e-7 + 1e-5 * abs(want):
            raise AssertionError(f"the derivative in {name!r} gives {have!r}, central differences give {want!r}")
    print("right")
    return 0


def _emitted(
    made: Any, record: dict[str, Any], examples: tuple[Any, ...], captured: dict[str, Any], probe: tuple[int, Any, Any]
) -> float:
    """Return the derivative of an emitted function in one direction of one argument."""
    at, direction, weights = probe
    wrt, mode = record["wrt"], record["mode"]
    args = fresh(examples)
    if mode == "vjp":
        return inner(made(*args, **captured)[1](weights)[at], direction)
    if mode == "jvp":
        parameters = parameter_names(find(record["target"]))
        dots = [direction if i == at else zeros(examples[parameters.index(n)]) for i, n in enumerate(wrt)]
        return inner(weights, made(*args, *dots, **captured)[1])
    found = made(*args, **captured)
    gradients = found[1] if mode == "value_and_grad" else found
    return inner(gradients[at] if len(wrt) > 1 else gradients, direction)


def new_rule(args: argparse.Namespace) -> int:
    """Print the entry that would add a derivative rule for a function."""
    from s2sad.newrule import entry

    function = find(args.target)
    print(entry(args.target, function, None if args.example is None else example_args(args.example, function)))
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="s2sad", description="derivatives of Python functions, as Python source")
    commands = top.add_subparsers(dest="command", required=True)
    for name, action in (("emit", emit), ("show", show), ("check", check), ("explain", explain)):
        sub = commands.add_parser(name, help=(action.__doc__ or "").splitlines()[0])
        sub.add_argument("target", help="module:function" + (" or FILE" if name == "check" else ""))
        sub.add_argument("--example", help="a tuple of example arguments; default: the module's example(rng)")
        sub.add_argument("--wrt", default="", help="parameter names, separated by commas (default: the first)")
        sub.add_argument("--mode", default="value_and_grad", choices=["grad", "value_and_grad", "vjp", "jvp"])
        if name == "emit":
            sub.add_argument("-o", "--output", default="-", help="the file to write")
        if name == "show":
            sub.add_argument(
                "--after", choices=["lower", *PASSES], help="show the IR after (the last run of) this pass"
            )
        sub.set_defaults(action=action)
    sub = commands.add_parser("new-rule", help=(new_rule.__doc__ or "").splitlines()[0])
    sub.add_argument("target", help="module:function")
    sub.add_argument("--example", help="a tuple of arguments at which the kind of the function is found out")
    sub.set_defaults(action=new_rule)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run the command line; errors of s2sad are printed without a traceback."""
    args = parser().parse_args(argv)
    try:
        return int(args.action(args))
    except S2sadError as error:
        print(f"s2sad: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
