"""From a function and the types of its arguments to a loaded module: lower, differentiate, write, import."""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import itertools
import linecache
import os
import sys
import threading
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from s2sad import cache
from s2sad.cache import fetch
from s2sad.errors import ArgumentError, InternalError, Problem, S2sadError, Span, UnsupportedError
from s2sad.frontend.source import digest
from s2sad.ir.types import Array, Scalar, Structure, Type, differentiable, numeric_kind
from s2sad.origins import KNOWN, Packed, Source, packed

LOCK = threading.RLock()


@dataclass(eq=False, repr=False)
class Compiled:
    """One specialisation: its text, where it is, and the function to call."""

    source: str
    path: str
    function: Callable[..., Any]
    captured: list[Any]
    depends: cache.Dependencies
    written: tuple[int, ...]  # the parameters of which arrays are written
    changed: tuple[int, ...]  # those in which a list, dict or object may be
    name: str
    notes: list[str] = field(default_factory=list)
    watched: list[Any] = field(default_factory=list)  # places it depends on, and reads nothing of at a call
    captured_keys: Any = None
    keyed_by: list[Callable[[Any], Any]] = field(default_factory=list)  # what keys of these places are made by
    inner: Compiled | None = None  # of a derivative of a derivative
    uses: int = 0  # calls, where there are too many variants to keep them all
    forms: Any = None  # of each gradient, what `trees.with_form` puts back; None if no gradient needs it

    @property
    def places(self) -> list[Any]:
        """All places outside whose types the code was generated for."""
        return [*self.captured, *self.watched]

    def fresh(self) -> bool:
        """Return whether everything the code was generated from is still what it was."""
        return self.depends.fresh() and (self.inner is None or self.inner.fresh())


class StaticNeeded(Exception):
    """An int among the arguments decides a type: specialise on its value."""


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
    if (scalar or one) and numeric_kind(result) == "complex":
        raise ArgumentError(
            f"grad needs a real result, but {name!r} returns {describe(result)}: a complex number; take its .real or "
            "abs() in the function, or use s2sad.vjp with a complex cotangent"
        )
    if not (scalar or one):
        raise ArgumentError(
            f"grad needs a scalar result, but {name!r} returns {describe(result)}; "
            "use s2sad.vjp with a cotangent of the result's shape"
        )


@dataclass(frozen=True)
class Request:
    """What is to be generated: the function (one of Python, or a lifted one), its argument types, the mode."""

    function: Any
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
    observe: Any = None,
) -> tuple[Source, Any, Any, str]:
    """Return (text, lowered function, unit, name of the entry); `observe` sees each function after each pass.

    Raises UnsupportedError with every construct that cannot be differentiated.
    """
    try:
        with collector_paused():
            return _generate(function, args, wrt, mode, has_aux, knowledge, header, options, observe)
    except RecursionError:
        raise UnsupportedError(
            [
                Problem(
                    f"calls, or blocks in blocks, go deeper than Python's recursion limit "
                    f"({sys.getrecursionlimit()}) lets them be followed",
                    None,
                    "call fewer functions one inside another, or raise the limit with sys.setrecursionlimit",
                )
            ],
            function.__name__,
        ) from None


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector of cycles: a long program is one large web, which it would walk again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _generate(
    function: types.FunctionType,
    args: list[tuple[str, Type]],
    wrt: list[str],
    mode: str,
    has_aux: bool,
    knowledge: Any,
    header: list[str],
    options: Any,
    observe: Any,
) -> tuple[Source, Any, Any, str]:
    from s2sad.frontend.lower import Refused, lower
    from s2sad.frontend.pools import in_place, unite_items
    from s2sad.pipeline import module_text, unobserved
    from s2sad.rules.core import NeedsSource, Undecided
    from s2sad.transforms.adjoint import always_raises
    from s2sad.transforms.assemble import Options
    from s2sad.transforms.shadows import NeedsInline

    options = options or Options()
    refused: UnsupportedError | None = None  # before objects that are items of lists were told apart
    united = False
    for _ in range(16):
        try:
            lowered, unit = lower(function, args, knowledge)
        except Refused as error:
            raise refused or whole(error, wrt, options) from None
        except UnsupportedError as error:
            raise refused or error from None
        if mode in ("grad", "value_and_grad"):
            try:
                if has_aux or not always_raises(lowered.body):
                    check_scalar(lowered.result, has_aux, lowered.name)
            except ArgumentError:
                if unit.tentative:  # what has no rule may be why the result is not what it should be
                    raise UnsupportedError(unit.tentative, lowered.name) from None
                raise
        name = f"{lowered.name}_{mode}"
        prepare(lowered, unit)
        try:
            functions = differentiate(lowered, wrt, mode, has_aux, name, options)
        except NeedsInline as found:
            if found.function.python in knowledge.recursive:
                raise UnsupportedError([written_through(found.function)], lowered.name) from None
            knowledge.dynamic.add(("inline", found.function.python))
            continue
        except NeedsSource as found:
            knowledge.followed.add(found.name)
            continue
        except Undecided as error:
            called = {instance.python for instance in unit.instances.values()} | unit.defaulted
            if not knowledge.learn(called, *unit.entry, unit.places):
                raise UnsupportedError(error.problems, error.function) from None
            continue
        except UnsupportedError as error:
            refused = refused or UnsupportedError([placed(p, unit.tentative) for p in error.problems], error.function)
            if in_place(unit) or (not united and (united := unite_items(unit))):
                continue
            raise refused from None
        captured = [var for var, _ in lowered.captured]
        text = module_text(functions, options, header, observe or unobserved, captured)
        lowered.watched = [where for var, where in lowered.captured if var not in functions[-1].params]
        lowered.captured = [(var, where) for var, where in lowered.captured if var in functions[-1].params]
        lowered.params = [param for param in lowered.params if param in functions[-1].params or param not in captured]
        return text, lowered, unit, name
    raise InternalError("inlining does not end")


def prepare(lowered: Any, unit: Any) -> None:
    """Clean the functions that were lowered before they are differentiated."""
    from s2sad.passes.reads import share_reads
    from s2sad.passes.snapshots import drop_snapshots
    from s2sad.passes.unbound import ask_whether_bound

    for instance in (lowered, *unit.instances.values()):
        ask_whether_bound(instance, unit)
        drop_snapshots(instance)
        share_reads(instance.body)


def whole(refused: Any, wrt: list[str], options: Any) -> UnsupportedError:
    """Return what lowering refuses of a function together with what cannot be differentiated in the rest of it.

    The rest is differentiated forward: the rules are the same, and it goes through what no result depends on any more.
    """
    from s2sad.frontend.lower import finish

    made, unit = refused.made, refused.unit
    more: list[Problem] = []
    with contextlib.suppress(Exception):  # the rest may make no sense without what is refused
        finish(made, unit)
        prepare(made, unit)
        try:
            differentiate(made, wrt, "jvp", False, made.name, options)
        except UnsupportedError as error:
            more = [placed(problem, unit.tentative) for problem in error.problems]
    told = [problem for problem in refused.problems if not any(says_more(other, problem) for other in more)]
    return UnsupportedError(sorted(dict.fromkeys([*told, *more]), key=Problem.place), refused.function)


def says_more(problem: Problem, other: Problem) -> bool:
    """Return whether a problem is another one of the same place, with more words."""
    return problem.place() == other.place() and problem.message.startswith(other.message)


def placed(problem: Problem, tentative: list[Problem]) -> Problem:
    """Return a problem with the place of the call that lowering noted: the transforms know its statement only."""
    for noted in tentative:
        here, there = problem.span, noted.span
        if here is None or there is None or (here.file, here.line) > (there.file, there.line):
            continue
        if here.file == there.file and problem.message.startswith(noted.message):
            return replace(problem, span=there)
    return problem


def written_through(function: Any) -> Problem:
    """Say that a recursive function hands on the memory it is given."""
    return Problem(
        f"{function.name!r} calls itself and may return the array it is given, or a part of it, which is written then",
        function.span,
        "let it return a copy",
    )


def differentiate(lowered: Any, wrt: list[str], mode: str, has_aux: bool, name: str, options: Any) -> list[Any]:
    """Return the functions of the derivative module."""
    from s2sad.transforms.assemble import Assembler
    from s2sad.transforms.problems import reporting

    params = {p.name: p for p in lowered.params}
    wanted = [params[name] for name in wrt]
    lowered.params = [*lowered.params, *(var for var, _ in lowered.captured)]
    problems: list[Problem] = []
    with reporting(problems, lowered):
        if mode == "jvp":
            from s2sad.transforms.tangent import tangent_module

            return tangent_module(lowered, wanted, name, options, problems)
        assembler = Assembler(options, problems)
        if mode == "vjp":
            assembler.vjp(lowered, wanted, name)
        else:
            assembler.fused(lowered, wanted, with_value=mode == "value_and_grad", has_aux=has_aux, name=name)
        return assembler.module.functions


def header_lines(request: Request) -> list[str]:
    """Return the comment lines at the top of a generated module."""
    function = users_function(request.function)
    return [
        f"{request.mode} of {function.__module__}.{function.__qualname__} with respect to {', '.join(request.wrt)}",
        f"from {_short(function.__code__.co_filename)}:{function.__code__.co_firstlineno}",
        f"generated by s2sad {cache.VERSION}",
    ]


def users_function(function: types.FunctionType) -> types.FunctionType:
    """Return the function of the user's that is called by one which stands for a method, a partial or a call."""
    found, inner = function, getattr(function, "_s2sad_of", None)
    while inner is not None:
        found = inner if isinstance(inner, types.FunctionType) else found
        parts = (getattr(inner, name, None) for name in ("_s2sad_of", "__func__", "func", "_function"))
        inner = next((part for part in parts if part is not None), None)
    return found


def _short(path: str) -> str:
    return path.rpartition("/")[2]


SLOTS = 8  # modules of one key: closures of one text over different functions
_unnamed = itertools.count()


def compile_request(request: Request, knowledge: Any) -> Compiled:
    """Return a compiled request, from the disk cache if nothing it depends on has changed.

    What the code around it defines has no place in the cache: the code generated for that holds it.
    Raises StaticNeeded when generating code has found that ints must be specialised on their values.
    """
    with LOCK:
        if not isinstance(request.function, types.FunctionType):
            return compiled_inside(request, knowledge)
        paths = cache_paths(request)
        found = cached_in(paths, request, knowledge)
        if found is not None:
            return found
        with cache.locked(paths[0]):  # another process may have made it meanwhile
            return cached_in(paths, request, knowledge) or compiled_now(paths, request, knowledge)


def cached_in(paths: list[Path], request: Request, knowledge: Any) -> Compiled | None:
    """Load a module from the first place in the cache where it is valid."""
    return next((found for path in paths if (found := cached(path, request, knowledge)) is not None), None)


def cache_paths(request: Request) -> list[Path]:
    """Return where the module of a request may be: one place if an argument has no name in another process."""
    types_ = [(name, cache.type_token(type_)) for name, type_ in request.args]
    named = all(text is not None for _, text in types_)
    key = digest(
        cache.versions(),
        request.function.__module__,
        request.function.__qualname__,
        cache.function_hash(request.function),
        types_ if named else (repr(request.args), os.getpid(), next(_unnamed)),
        request.wrt,
        request.mode,
        request.has_aux,
    )
    stem = f"{request.function.__name__.strip('<>')}_{request.mode}_{key}"
    folder = cache.folder()
    return [folder / f"{stem}{f'_{i}' if i else ''}.py" for i in range(SLOTS if named else 1)]


def generated(request: Request, knowledge: Any, header: list[str]) -> tuple[Source, Any, Any, str]:
    """Generate the text for a request; see `generate`."""
    before = set(knowledge.static)
    try:
        return generate(
            request.function,
            list(request.args),
            list(request.wrt),
            request.mode,
            request.has_aux,
            knowledge,
            header,
        )
    except UnsupportedError as error:
        if knowledge.static == before:
            raise in_users_words(error, request.function) from None
        raise StaticNeeded from None
    except (S2sadError, StaticNeeded):
        raise
    except Exception as error:
        name = getattr(request.function, "__name__", "a function")
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        message = f"s2sad failed while it generated a derivative of {name!r} ({what}): a fault of s2sad, not of yours"
        raise InternalError(message) from error


def written_in(lowered: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the places of the parameters of which arrays are written, and of those in which anything is."""
    from s2sad.analysis.alias import summary
    from s2sad.frontend.changed import changed_params

    return tuple(sorted(summary(lowered).writes)), changed_params(lowered)


def in_users_words(error: UnsupportedError, function: Any) -> UnsupportedError:
    """Return an error that tells of a method or a partial where it is defined, not of what calls it for s2sad."""
    inside = [problem.span is not None and problem.span.file.startswith("<s2sad ") for problem in error.problems]
    if not any(inside):
        return error
    own = users_function(function)
    file, line = own.__code__.co_filename, own.__code__.co_firstlineno
    text = linecache.getline(file, line).rstrip()
    span = Span(file, line, len(text) - len(text.lstrip()), text)
    pairs = zip(error.problems, inside, strict=True)
    return UnsupportedError([replace(p, span=span) if is_inside else p for p, is_inside in pairs], own.__name__)


def compiled_inside(request: Request, knowledge: Any) -> Compiled:
    """Generate and load a module for a function that is defined in differentiated code."""
    text, lowered, unit, name = generated(request, knowledge, [])
    depends = cache.dependencies(request.function.function, unit.reached.values())
    captured = [where for _, where in lowered.captured]
    path = cache.folder() / f"{name}_{digest(text)}.py"
    written, changed = written_in(lowered)
    function = load(path, text, name, packed(text.places))
    return Compiled(text, str(path), function, captured, depends, written, changed, name, watched=lowered.watched)


def compiled_now(paths: list[Path], request: Request, knowledge: Any) -> Compiled:
    """Generate, write and load a module."""
    try:
        text, lowered, unit, name = generated(request, knowledge, header_lines(request))
    except StaticNeeded:
        cache.write(paths[0], "", {"static": sorted(knowledge.static)})
        raise
    depends = cache.dependencies(request.function, unit.reached.values())
    captured = [where for _, where in lowered.captured]
    written, changed = written_in(lowered)
    places = packed(text.places)
    meta = {
        "name": name,
        "written": written,
        "changed": changed,
        "static": sorted(knowledge.static),
        "passed": len(captured),
        "places": places,
        "depends": cache.record(depends, [*captured, *lowered.watched], knowledge.static),
        "dynamic": sorted(
            d[1] for d in knowledge.dynamic if isinstance(d, tuple) and len(d) == 2 and isinstance(d[1], str)
        ),
    }
    path = next((p for p in paths if cache.read(p) is None), paths[-1])
    cache.write(path, text, meta)
    function = load(path, text, name, places)
    return Compiled(text, str(path), function, captured, depends, written, changed, name, watched=lowered.watched)


def cached(path: Path, request: Request, knowledge: Any) -> Compiled | None:
    """Load a module from the cache if everything it was generated from is what it was."""
    found = cache.read(path)
    if found is None:
        return None
    text, meta = found
    if "name" not in meta:
        if not knowledge.static.issuperset(meta["static"]):
            knowledge.static.update(meta["static"])
            raise StaticNeeded
        return None
    restored = cache.restore(request.function, meta["depends"]) if meta["depends"] is not None else None
    if restored is None:
        return None
    knowledge.static.update(meta["static"])
    knowledge.dynamic.update((request.function.__name__, name) for name in meta["dynamic"])
    depends, captured = restored
    function = load(path, text, meta["name"], meta["places"])
    passed, watched = list(captured)[: meta["passed"]], list(captured)[meta["passed"] :]
    written, changed, name = tuple(meta["written"]), tuple(meta["changed"]), meta["name"]
    return Compiled(text, str(path), function, passed, depends, written, changed, name, watched=watched)


def load(path: Any, text: str, name: str, places: Packed) -> Callable[..., Any]:
    """Import a generated module from its file, so that debuggers, tracebacks and profilers see it."""
    KNOWN[str(path)] = places
    module_name = f"s2sad_generated.{path.stem}"
    spec = importlib.util.spec_from_loader(module_name, loader=None, origin=str(path))
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    linecache.checkcache(str(path))
    linecache.cache[str(path)] = (len(text), None, text.splitlines(True), str(path))
    try:
        code = compile(text, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise InternalError(f"s2sad wrote what is no Python, {path}:{error.lineno}: a fault of s2sad") from error
    exec(code, module.__dict__)
    sys.modules[module_name] = module
    return module.__dict__[name]


__all__ = ["Compiled", "Request", "StaticNeeded", "check_scalar", "check_wrt", "compile_request", "fetch", "generate"]
