"""From a function and the types of its arguments to a loaded module: lower, differentiate, write, import."""

from __future__ import annotations

import importlib.util
import linecache
import sys
import threading
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from s2sad import cache
from s2sad.errors import ArgumentError, InternalError
from s2sad.ir.types import Array, Scalar, Structure, Type, differentiable

LOCK = threading.RLock()


@dataclass
class Compiled:
    """One specialisation: its text, where it is, and the function to call."""

    source: str
    path: str
    function: Callable[..., Any]
    captured: list[Any]
    guards: list[tuple[dict[str, Any], str, Any]]
    codes: list[tuple[Any, types.CodeType]]
    written: tuple[int, ...]
    name: str
    notes: list[str] = field(default_factory=list)
    captured_keys: Any = None

    def fresh(self) -> bool:
        """Return whether everything the code was generated from is still what it was."""
        for names, name, value in self.guards:
            if names.get(name) is not value:
                return False
        return all(function.__code__ is code for function, code in self.codes)


def check_wrt(name: str, type_: Type) -> None:
    """Refuse to differentiate what has no derivative."""
    if not differentiable(type_):
        from s2sad.rules.infer import describe

        raise ArgumentError(
            f"the argument {name!r} is {describe(type_)}: only floats and complex numbers can be differentiated; "
            f"pass a float (for example {name} * 1.0), or choose other argnums"
        )


def check_scalar(result: Type, has_aux: bool, name: str) -> None:
    """A gradient needs one number as the result."""
    from s2sad.rules.infer import describe

    if has_aux:
        if not (isinstance(result, Structure) and len(result.items) == 2):
            raise ArgumentError(f"with has_aux=True, {name!r} must return a pair (loss, aux)")
        result = result.items[0]
    scalar = isinstance(result, Scalar) and result.kind in ("float", "complex")
    one = isinstance(result, Array) and all(s.is_unit for s in result.shape) and differentiable(result)
    if not (scalar or one):
        raise ArgumentError(
            f"grad needs a scalar result, but {name!r} returns {describe(result)}; "
            "use s2sad.vjp with a cotangent of the result's shape"
        )


@dataclass(frozen=True)
class Request:
    """What is to be generated: the function, its argument types, the mode."""

    function: types.FunctionType
    args: tuple[tuple[str, Type], ...]
    wrt: tuple[str, ...]
    mode: str
    has_aux: bool = False


def generate(
    function: types.FunctionType,
    args: list[tuple[str, Type]],
    wrt: list[str],
    mode: str,
    has_aux: bool,
    knowledge: Any,
    header: list[str],
    options: Any = None,
) -> tuple[str, Any, Any, str]:
    """Return (text, lowered function, unit, name of the entry)."""
    from s2sad.frontend.lower import lower
    from s2sad.pipeline import module_text
    from s2sad.transforms.assemble import Options
    from s2sad.transforms.shadows import NeedsInline

    options = options or Options()
    for _ in range(16):
        lowered, unit = lower(function, args, knowledge)
        if mode in ("grad", "value_and_grad"):
            check_scalar(lowered.result, has_aux, lowered.name)
        name = f"{lowered.name}_{mode}"
        try:
            functions = differentiate(lowered, wrt, mode, has_aux, name, options)
        except NeedsInline as found:
            knowledge.dynamic.add(("inline", found.function.python))
            continue
        return module_text(functions, options, header), lowered, unit, name
    raise InternalError("inlining does not end")


def differentiate(lowered: Any, wrt: list[str], mode: str, has_aux: bool, name: str, options: Any) -> list[Any]:
    """Return the functions of the derivative module."""
    from s2sad.transforms.assemble import Assembler

    params = {p.name: p for p in lowered.params}
    wanted = [params[name] for name in wrt]
    lowered.params = [*lowered.params, *(var for var, _ in lowered.captured)]
    if mode == "jvp":
        from s2sad.transforms.tangent import tangent_module

        return tangent_module(lowered, wanted, name, options)
    assembler = Assembler(options)
    if mode == "vjp":
        assembler.vjp(lowered, wanted, name)
    else:
        assembler.fused(lowered, wanted, with_value=mode == "value_and_grad", has_aux=has_aux, name=name)
    return assembler.module.functions


def header_lines(request: Request) -> list[str]:
    """Return the comment lines at the top of a generated module."""
    function = request.function
    return [
        f"{request.mode} of {function.__module__}.{function.__qualname__} with respect to {', '.join(request.wrt)}",
        f"from {_short(function.__code__.co_filename)}:{function.__code__.co_firstlineno}",
        f"generated by s2sad {cache.VERSION}",
    ]


def _short(path: str) -> str:
    return path.rpartition("/")[2]


def compile_request(request: Request, knowledge: Any) -> Compiled:
    """Return a compiled request, from the disk cache if nothing it depends on has changed."""
    with LOCK:
        key = cache.digest(
            cache.versions(),
            cache.code_hash(request.function.__code__),
            request.function.__qualname__,
            repr(request.args),
            request.wrt,
            request.mode,
            request.has_aux,
        )
        stem = request.function.__name__.strip("<>")
        path = cache.folder() / f"{stem}_{request.mode}_{key}.py"
        found = cached(path, request, knowledge)
        if found is not None:
            return found
        return compiled_now(path, request, knowledge)


def compiled_now(path: Any, request: Request, knowledge: Any) -> Compiled:
    """Generate, write and load a module."""
    text, lowered, unit, name = generate(
        request.function,
        list(request.args),
        list(request.wrt),
        request.mode,
        request.has_aux,
        knowledge,
        header_lines(request),
    )
    from s2sad.analysis.alias import summary

    guards, codes = dependencies(unit.reached)
    captured = [where for _, where in lowered.captured]
    written = tuple(sorted(summary(lowered).writes))
    meta = {
        "name": name,
        "written": written,
        "static": sorted(knowledge.static),
        "captured": len(captured),
        "simple": not captured and not guards and len(codes) == 1,
        "dynamic": sorted(
            d[1] for d in knowledge.dynamic if isinstance(d, tuple) and len(d) == 2 and isinstance(d[1], str)
        ),
    }
    cache.write(path, text, meta)
    return Compiled(text, str(path), load(path, text, name), captured, guards, codes, written, name)


def cached(path: Any, request: Request, knowledge: Any) -> Compiled | None:
    """Load a module from the cache if it depends on the function alone (its code is in the key)."""
    found = cache.read(path)
    if found is None or not found[1].get("simple"):
        return None
    text, meta = found
    knowledge.static.update(meta["static"])
    knowledge.dynamic.update((request.function.__name__, name) for name in meta["dynamic"])
    codes = [(request.function, request.function.__code__)]
    return Compiled(
        text, str(path), load(path, text, meta["name"]), [], [], codes, tuple(meta["written"]), meta["name"]
    )


def dependencies(reached: dict[str, Any]) -> tuple[list[tuple[dict[str, Any], str, Any]], list[Any]]:
    """Return the names whose objects and the functions whose code a module was generated from."""
    guards: list[tuple[dict[str, Any], str, Any]] = []
    codes: dict[Any, types.CodeType] = {}
    for entry in reached.values():
        if isinstance(entry, types.FunctionType):
            codes[entry] = entry.__code__
        elif entry[0][0] == "global":
            function, name = entry[0][1], entry[0][2]
            names = getattr(function, "__globals__", None)
            if names is not None and name in names and not isinstance(entry[1], types.ModuleType):
                guards.append((names, name, entry[1]))
    return guards, list(codes.items())


def load(path: Any, text: str, name: str) -> Callable[..., Any]:
    """Import a generated module from its file, so that debuggers, tracebacks and profilers see it."""
    module_name = f"s2sad_generated.{path.stem}"
    spec = importlib.util.spec_from_loader(module_name, loader=None, origin=str(path))
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    linecache.checkcache(str(path))
    linecache.cache[str(path)] = (len(text), None, text.splitlines(True), str(path))
    exec(compile(text, str(path), "exec", dont_inherit=True), module.__dict__)
    sys.modules[module_name] = module
    return module.__dict__[name]


def fetch(where: Any) -> Any:
    """Return the present value of a global, closure cell or default."""
    kind, function, name = where
    if kind == "cell":
        return function.__closure__[function.__code__.co_freevars.index(name)].cell_contents
    if kind == "global":
        return function.__globals__[name]
    from s2sad.frontend.calls import function_defaults

    return function_defaults(function)[name]
