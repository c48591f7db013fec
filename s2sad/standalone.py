"""Emitted files: generated code that is called as the user's function is, without s2sad.

Generated code takes the globals and closure cells it reads as further parameters. An emitted file reads the globals
from the user's module at each call instead. A closure cell stays a parameter, to be given by keyword: another process
cannot find it. A value whose module needs s2sad is written down as it is.
"""

from __future__ import annotations

import inspect
import re
import sys
import types
from typing import Any

import numpy as np

from s2sad import cache
from s2sad.backends.wrap import wrap
from s2sad.compile import Compiled, fetch
from s2sad.errors import S2sadError
from s2sad.frontend.values import UNKNOWN
from s2sad.ir.types import Array, Scalar, Static, Structure, Type

LITERAL = 64  # elements of an array that is written down
NUMBERS = {"float": "(float, int, np.floating, np.integer)", "int": "(int, np.integer, np.bool_)"}


def standalone(
    compiled: Compiled, function: Any, types: list[tuple[str, Type]], target: str, mode: str
) -> tuple[str, Any]:
    """Return (text, where its keyword parameters are found) for a specialisation of `function`."""
    writer = _Writer(compiled, function, target, mode)
    return writer.text(types), writer.cells()


def guard(name: str, type_: Type) -> list[str]:
    """Return lines that refuse an argument of another kind than the code was made for."""
    return [line for test, made in conditions(name, type_) for line in wrap(f'assert {test}, "{made}"', "    ")]


def conditions(name: str, type_: Type) -> list[tuple[str, str]]:
    """Return what the code takes for granted of a value, or of a part of one, and how that is said."""
    known = known_value(type_)
    if known is not UNKNOWN:
        return [(f"{name} is {known!r}" if known is None else f"{name} == {known!r}", f"made for {told(name, known)}")]
    if isinstance(type_, Static):
        called = getattr(type_.value, "__name__", None)
        test = f'getattr({name}, "__name__", None) == {called!r}'
        return [(test, f"made for {name} = {called}")] if isinstance(called, str) else []
    if isinstance(type_, Scalar) and type_.kind in NUMBERS:
        return [(f"isinstance({name}, {NUMBERS[type_.kind]})", f"made for {name}: {type_.kind}")]
    if isinstance(type_, Structure) and type_.kind in ("tuple", "list", "dict", "object"):
        return structure_conditions(name, type_)
    if not isinstance(type_, Array) or not type_.ndim:
        return []
    units = [size.is_unit for size in type_.shape]  # an axis with one element is broadcast
    shape = f"{name}.ndim == {type_.ndim}" if None in units else f"[n == 1 for n in {name}.shape] == {units}"
    sizes = ", ".join("1" if unit else "n" for unit in units) + ("," if len(units) == 1 else "")
    return [(f'{name}.dtype == "{type_.dtype}" and {shape}', f"made for {told(name)}: {type_.dtype} ({sizes})")]


def structure_conditions(name: str, type_: Structure) -> list[tuple[str, str]]:
    """Return what the code takes for granted of a container or an object."""
    found: list[tuple[str, str]] = []
    if type_.kind == "dict":
        found.append((f"list({name}) == {list(type_.keys)!r}", f"made for {told(name)} of these keys"))
    elif type_.kind != "object" and not hasattr(type_.cls, "_fields"):
        found.append((f"len({name}) == {len(type_.keys)}", f"made for {len(type_.keys)} items of {told(name)}"))
    for key, item in zip(type_.keys, type_.items, strict=True):
        if key not in type_.optional:
            found += conditions(f"{name}.{key}" if type_.kind == "object" else f"{name}[{key!r}]", item)
    return found


def known_value(type_: Type) -> Any:
    """Return the value that all arguments of a type have, be it a tuple or list of them; UNKNOWN if there are more."""
    if isinstance(type_, Static):
        return type_.value if isinstance(type_.value, int | str | None) else UNKNOWN
    if isinstance(type_, Scalar) and type_.size is not None and type_.size.value is not None:
        return type_.size.value
    if isinstance(type_, Structure) and type_.kind in ("tuple", "list") and type_.cls is None and type_.items:
        inside = [known_value(item) for item in type_.items]
        if UNKNOWN not in inside:
            return tuple(inside) if type_.kind == "tuple" else inside
    return UNKNOWN


def told(name: str, value: Any = UNKNOWN) -> str:
    """Return a name, with its value, as it can stand in a message."""
    text = name if value is UNKNOWN else f"{name} = {value}"
    return text.replace('"', "'")


class _Writer:
    """Gives the entry of a module the signature of the user's function."""

    def __init__(self, compiled: Compiled, function: Any, target: str, mode: str) -> None:
        self.compiled = compiled
        self.function = function
        self.target = target
        self.mode = mode
        self.code = re.sub("#.*", "", compiled.source)
        self.imports: dict[str, str] = {}
        self.lines: list[str] = []
        self.keywords: dict[str, Any] = {}
        self.defaults: dict[str, tuple[str, Any]] = {}  # parameters that the example leaves out

    def text(self, types: list[tuple[str, Type]]) -> str:
        """Return the text of the module."""
        names = [name for name, _ in types]
        for module in re.findall(r"^from (\S+) import", self.compiled.source, re.MULTILINE):
            if needs_s2sad(module):
                raise S2sadError(
                    f"the emitted file would import {module!r}, which imports s2sad: move what it uses of it to "
                    "a module that does not"
                )
        code: Any = self.compiled.function.__code__
        printed = list(code.co_varnames[: code.co_argcount])
        after = len(names) + len(self.compiled.captured)
        for name, where in zip(printed[len(names) : after], self.compiled.captured, strict=True):
            self.captured(name, where)
        given = dict(zip(names, printed, strict=False))
        guards = [line for name, type_ in types if name in given for line in guard(given[name], type_)]
        head = ", ".join(self.signature(given, printed[after:]))
        first = f"def {self.compiled.name}("
        before, rest = self.compiled.source.split(f"\n{first}", 1)
        body = rest.split("\n", 1)[1]
        lines = [f"    {line}" for line in self.docstring()]
        lines += [*guards, *(f"    {line}" for line in self.lines)]
        made = "\n".join([before, f"{first}{head}):", *lines, body])
        imports = [f"import {m}" + (f" as {a}" if a != m else "") for m, a in sorted(self.imports.items())]
        found = "\n".join(["import numpy as np\n", *imports, ""])
        if "import numpy as np\n" not in made and (imports or re.search(r"\bnp\.", made)):
            header, rest = re.match(r"((?:#.*\n)*\n?)(.*)", made, re.DOTALL).groups()  # type: ignore[union-attr]
            made = f"{header}import numpy as np\n{rest}"
        return made.replace("import numpy as np\n", found, 1) if imports else made

    def captured(self, name: str, where: Any) -> None:
        """Read a global at each call, take a cell by keyword, write a default into the signature."""
        kind, owner, original = where
        if kind == "cell":
            self.keywords[name] = where
            return
        if kind == "default" and owner is self.function and self.mode != "jvp":
            self.defaults[original] = (name, where)
            return
        self.lines.append(f"{name} = {self.expression(where)}")

    def expression(self, where: Any) -> str:
        """Return how the value at a place is read."""
        kind, owner, name = where
        if kind != "global":
            return literal(fetch(where), name)
        if isinstance(owner, type):
            module, path = owner.__module__, f"{owner.__qualname__}.{name}"
        elif owner is self.function and owner.__module__ == "s2sad_wrappers":
            module, path = self.bound(name)
        else:
            module, path = owner.__globals__["__name__"], name
        if "<locals>" in path or module == "__main__" or needs_s2sad(module):
            return literal(fetch(where), name) + f"  # of {module} when this was written"
        return f"{self.module(module)}.{path}"

    def bound(self, name: str) -> tuple[str, str]:
        """Return (module, path) of the object of a bound method, or of what a `functools.partial` holds."""
        module, _, path = self.target.partition(":")
        found: Any = sys.modules[module]
        for part in path.split("."):
            found = getattr(found, part)
        if isinstance(found, types.MethodType):
            owner = path.rpartition(".")[0]
            return module, owner if owner and not isinstance(found.__self__, type) else f"{path}.__self__"
        key = name.removeprefix("_bound_")
        if hasattr(found, "keywords"):
            return module, f"{path}.args[{key}]" if key.isdigit() else f"{path}.keywords[{key!r}]"
        return module, path

    def module(self, name: str) -> str:
        """Return what a module is called in the text: nothing else may have that name there."""
        if re.search(rf"\b{name.partition('.')[0]}\b", self.code):
            self.imports[name] = name.replace(".", "_") + "_module"
        return self.imports.setdefault(name, name)

    def signature(self, given: dict[str, str], dots: list[str]) -> list[str]:
        """Return the parameters as they are written: the user's, tangents, cells by keyword."""
        parts: list[str] = []
        star = False
        shown = {name: self.default(parameter) for name, parameter in self.parameters()}
        plain = self.mode == "jvp" or any(shown[n] is None for n, p in self.parameters() if p.default is not p.empty)
        for name, parameter in self.parameters():
            if name not in given and name not in self.defaults:
                continue
            if parameter.kind is parameter.KEYWORD_ONLY and not star and self.mode != "jvp":
                star = True
                parts.append("*")
            printed = given[name] if name in given else self.defaults[name][0]
            keep = name in self.defaults or not (plain or parameter.default is parameter.empty)
            parts.append(f"{printed}={shown[name]}" if keep else printed)
        parts += dots
        if self.keywords and not star:
            parts.append("*")
        return parts + list(self.keywords)

    def parameters(self) -> list[tuple[str, inspect.Parameter]]:
        return list(inspect.signature(self.function).parameters.items())

    def default(self, parameter: inspect.Parameter) -> str | None:
        """Return a default as it is written; None if it cannot be."""
        try:
            return literal(parameter.default, parameter.name)
        except S2sadError:
            if parameter.name in self.defaults:
                raise
            return None

    def docstring(self) -> list[str]:
        if not self.keywords:
            return []
        return [f'"""By keyword: {", ".join(self.keywords)}, captured by the closures that are called."""']

    def cells(self) -> Any:
        """Return where the keyword parameters are found, as JSON; None if the next process cannot find them."""
        located = cache._locate(self.compiled.depends)
        order = {function: i for i, function in enumerate(located)}
        if not all(where[1] in order for where in self.keywords.values()):
            return None
        cells = {name: [order[where[1]], where[2]] for name, where in self.keywords.items()}
        return {"cells": cells, "functions": list(located.values())} if cells else {"cells": {}, "functions": []}


def cell_values(record: Any, root: types.FunctionType) -> dict[str, Any]:
    """Return the present values of the keyword parameters of an emitted function."""
    if record is None:
        raise S2sadError("the function was made inside another: what it captured is not known here")
    functions: list[types.FunctionType] = []
    for place in record["functions"]:
        functions.append(cache._find(place, root, functions))
    return {name: fetch(("cell", functions[number], cell)) for name, (number, cell) in record["cells"].items()}


def needs_s2sad(module: str) -> bool:
    """Return whether a module imports s2sad, so that an emitted file must not import it."""
    found = sys.modules.get(module)
    values = list(vars(found).values()) if found is not None else []
    names = [v.__name__ if isinstance(v, types.ModuleType) else getattr(v, "__module__", None) for v in values]
    names += [type(v).__module__ for v in values]
    return any(isinstance(name, str) and name.partition(".")[0] == "s2sad" for name in names)


def literal(value: Any, name: str) -> str:
    """Return a number, text or small array as it is written in Python."""
    if isinstance(value, np.generic):
        return f"np.{type(value).__name__}({literal(value.item(), name)})"
    if isinstance(value, float) and not np.isfinite(value):
        return f"float({str(value)!r})"
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    small = isinstance(value, np.ndarray) and value.size <= LITERAL and value.dtype.kind in "biuf"
    if small and np.all(np.isfinite(value)):
        return f"np.array({value.tolist()!r}, dtype=np.{value.dtype.name})"
    raise S2sadError(
        f"the value of {name!r} cannot be written into a file: make it a parameter, or a global of a module that does "
        "not import s2sad"
    )
