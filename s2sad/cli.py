"""The command line: emit, show, check, explain."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Any

from s2sad.api import Derivative, grad, value_and_grad
from s2sad.errors import S2sadError


def find(target: str) -> Any:
    """Return the function that `module:function` names."""
    module, _, name = target.partition(":")
    if not name:
        raise S2sadError(f"{target!r} is not of the form module:function")
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
    import numpy as np

    if text is None:
        module = sys.modules[function.__module__]
        maker = getattr(module, "example", None)
        if maker is None:
            raise S2sadError("give --example EXPR: a tuple of arguments, for instance '(np.ones(3), 0.1)'")
        return tuple(maker(np.random.default_rng(0)))
    value = eval(text, {**vars(sys.modules[function.__module__]), "np": np})
    return value if isinstance(value, tuple) else (value,)


def derivative(args: argparse.Namespace) -> tuple[Derivative, tuple[Any, ...]]:
    """Return the derivative that the options ask for, and its example arguments."""
    function = find(args.target)
    examples = example_args(args.example, function)
    wrt = tuple(args.wrt.split(",")) if args.wrt else 0
    argnums: Any = wrt[0] if isinstance(wrt, tuple) and len(wrt) == 1 else wrt
    if args.mode in ("vjp", "jvp"):
        made = Derivative(function, args.mode, wrt if isinstance(wrt, tuple) else (0,), False)
        return made, examples
    transform = grad if args.mode == "grad" else value_and_grad
    return transform(function, argnums=argnums), examples


def emit(args: argparse.Namespace) -> int:
    """Write a standalone module."""
    made, examples = derivative(args)
    lowered = made.lower(*examples)
    record = {"target": args.target, "wrt": args.wrt, "mode": args.mode, "example": args.example}
    text = lowered.source + f"\n\n# s2sad: {json.dumps(record, sort_keys=True)}\n"
    if args.output == "-":
        print(text)
    else:
        Path(args.output).write_text(text, encoding="utf-8")
    return 0


def show(args: argparse.Namespace) -> int:
    """Print the generated code, or the IR after a pass."""
    made, examples = derivative(args)
    if args.after == "lower":
        from s2sad.frontend.lower import lower
        from s2sad.frontend.signature import type_of
        from s2sad.ir.dump import dump

        function = find(args.target)
        types = [(n, type_of(v, n)) for n, v in zip(made._names, examples, strict=False)]
        print(dump(lower(function, types)[0]))
        return 0
    print(made.lower(*examples).source)
    return 0


def check(args: argparse.Namespace) -> int:
    """Check a function's derivatives, or an emitted file, numerically: 0 right, 1 wrong, 2 cannot tell."""
    try:
        if args.target.endswith(".py"):
            return check_file(Path(args.target), args)
        function = find(args.target)
        from s2sad.testing import check_grads

        check_grads(function, example_args(args.example, function))
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
    import numpy as np

    from s2sad.testing import count, fresh, inner, moved, randomly

    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("# s2sad: ")]
    if not lines:
        raise S2sadError("the file does not say what it was made from")
    record = json.loads(lines[-1].removeprefix("# s2sad: "))
    function = find(record["target"])
    if record["mode"] not in ("grad", "value_and_grad"):
        raise S2sadError("only grad and value_and_grad files can be checked")
    examples = example_args(args.example or record["example"], function)
    names: dict[str, Any] = {"__name__": path.stem}
    exec(compile(text, str(path), "exec"), names)
    made = names[f"{function.__name__}_{record['mode']}"]
    result = made(*fresh(examples))
    gradients = result[1] if record["mode"] == "value_and_grad" else result
    wrt = record["wrt"].split(",") if record["wrt"] else None
    from s2sad.specialise import parameter_names

    parameters = parameter_names(function)
    picked = wrt or parameters[:1]
    gradients = gradients if len(picked) > 1 else (gradients,)
    rng = np.random.default_rng(0)
    for name, gradient in zip(picked, gradients, strict=True):
        at = parameters.index(name)
        assert count(examples[at])
        direction = randomly(examples[at], rng)
        up = function(*fresh(moved(examples, at, direction, 1e-6)))
        down = function(*fresh(moved(examples, at, direction, -1e-6)))
        want, have = float((up - down) / 2e-6), inner(gradient, direction)
        if not abs(have - want) <= 1e-7 + 1e-5 * abs(want):
            raise AssertionError(f"the gradient of {name!r} gives {have!r}, central differences give {want!r}")
    print("right")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="s2sad", description="derivatives of Python functions, as Python source")
    commands = top.add_subparsers(dest="command", required=True)
    for name, action in (("emit", emit), ("show", show), ("check", check)):
        sub = commands.add_parser(name, help=(action.__doc__ or "").splitlines()[0])
        sub.add_argument("target", help="module:function" + (" or FILE" if name == "check" else ""))
        sub.add_argument("--example", help="a tuple of example arguments; default: the module's example(rng)")
        sub.add_argument("--wrt", default="", help="parameter names, separated by commas (default: the first)")
        sub.add_argument("--mode", default="value_and_grad", choices=["grad", "value_and_grad", "vjp", "jvp"])
        if name == "emit":
            sub.add_argument("-o", "--output", default="-", help="the file to write")
        if name == "show":
            sub.add_argument("--after", choices=["lower"], help="show the IR after this pass")
        sub.set_defaults(action=action)
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
