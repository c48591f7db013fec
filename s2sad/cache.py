"""The folder of generated modules: written once, checked by checksum, found again by the next process."""

from __future__ import annotations

import builtins
import contextlib
import dis
import functools
import json
import os
import sys
import time
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from s2sad.errors import CacheError
from s2sad.frontend.signature import defaults_of, type_of
from s2sad.frontend.source import code_text, digest, lines_of
from s2sad.frontend.values import static_place
from s2sad.ir.types import Static, Structure, Type

VERSION = "0.1.0"
MARK = "# s2sad-cache: "
PATIENCE = 30.0  # seconds that a process waits for another that makes the same module
MISSING = object()  # what a class or module without an attribute of some name has there


def folder() -> Path:
    """Return the cache folder, made if need be with mode 0700.

    Raises CacheError with the way out if it cannot be written.
    """
    given = os.environ.get("S2SAD_CACHE_DIR")
    base = Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "s2sad"
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(base, os.W_OK | os.X_OK):
            raise PermissionError(13, "not writable")
    except OSError as error:
        raise unusable(base, error) from None
    return base


def unusable(base: Path, error: OSError) -> CacheError:
    """Return the error for a folder that cannot be written, with the way out."""
    return CacheError(
        f"the cache folder {base} cannot be used ({error.strerror}); set S2SAD_CACHE_DIR to a writable folder"
    )


def function_hash(function: types.FunctionType) -> str:
    """Return a hash of what a function does and of the lines that say so."""
    return digest(code_text(function.__code__), lines_of(function))


def token(value: Any) -> str | None:
    """Return text that is the same for the same object in every process; None if there is none."""
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, types.FunctionType):
        return f"function {value.__module__}.{value.__qualname__} {function_hash(value)}"
    if isinstance(value, types.ModuleType):
        return f"module {value.__name__}"
    if isinstance(value, tuple):
        parts = [token(item) for item in value]
        return None if None in parts else f"tuple {parts!r}"
    if isinstance(value, np.ufunc) and getattr(np, value.__name__, None) is not value:
        return None
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not isinstance(name, str) or not callable(value):
        return None
    owner = getattr(value, "__self__", None)
    if owner is not None and not isinstance(owner, types.ModuleType):
        return None
    return f"{type(value).__name__} {getattr(value, '__module__', None)}.{name}"


def type_token(type_: Type) -> str | None:
    """Return text that is the same for the same type in every process; None if there is none."""
    if isinstance(type_, Static):
        return token(type_.value)
    if isinstance(type_, Structure):
        parts = [type_token(item) for item in type_.items]
        fields = (type_.kind, type_.keys, parts, sorted(map(repr, type_.optional)))
        return None if None in parts else repr((*fields, type_.cls and token(type_.cls)))
    return repr(type_)


def files_below(folder: str) -> Iterator[tuple[str, int, int]]:
    """Yield (path, size, time of the last change) of the Python files in a folder and below."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from files_below(entry.path)
            elif entry.name.endswith(".py"):
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns


@functools.cache
def versions() -> str:
    """Return the versions a cached module depends on; s2sad's own files count by size and date."""
    own = sorted(files_below(os.path.dirname(__file__)))
    return f"{VERSION}/{sys.version_info[0]}.{sys.version_info[1]}/{np.__version__}/{digest(own)}"


def write(path: Path, text: str, meta: dict[str, Any]) -> None:
    """Write a module and what it depends on; the file appears whole or not at all.

    Raises CacheError if it cannot be written.
    """
    record = json.dumps(meta, sort_keys=True)
    line = MARK + json.dumps({"checksum": digest(text, record), "meta": record})
    import tempfile  # with shutil and random: only for those who compile

    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    except OSError as error:
        raise unusable(path.parent, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + line + "\n")
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time make what belongs at a path; the others wait, and find it made.

    The system lets go of the lock of a process that is killed. A process that keeps it very long (stopped in a
    debugger, say) is not waited for: then a module is made twice, which does no harm.
    """
    handle = _acquired(path.with_suffix(".lock"))
    try:
        yield
    finally:
        if handle is not None:
            path.with_suffix(".lock").unlink(missing_ok=True)
            os.close(handle)


def _acquired(path: Path) -> int | None:
    """Return the handle of a lock file that is held; None where there are no locks, or it takes too long."""
    try:
        import fcntl
    except ImportError:
        return None
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_ino == path.stat().st_ino:  # not the file of one who has just let go
                return handle
        except OSError:
            time.sleep(0.005)
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
    return None


def read(path: Path) -> tuple[str, dict[str, Any]] | None:
    """Return (text, meta) of a cached module; None if there is none or it was cut off or edited."""
    try:
        whole = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    at = whole.rfind(MARK)
    if at < 0:
        return None
    text = whole[:at]
    try:
        line = json.loads(whole[at + len(MARK) :])
        record = line["meta"]
        return (text, json.loads(record)) if line["checksum"] == digest(text, record) else None
    except (ValueError, KeyError, TypeError):
        return None


# --- what a module was generated from ---------------------------------------------------------------------------------
@dataclass(eq=False, repr=False)
class Dependencies:
    """The functions whose code, and the objects whose identity, a module was generated from."""

    root: types.FunctionType
    codes: dict[types.FunctionType, types.CodeType] = field(default_factory=dict)
    names: list[tuple[Any, str, Any]] = field(default_factory=list)  # (namespace, name, object)
    values: list[tuple[Any, Any]] = field(default_factory=list)  # (where, object) of cells and defaults
    routes: list[tuple[Any, tuple[str, ...], Any]] = field(default_factory=list)  # (where, attributes, object)
    members: list[tuple[Any, str, Any]] = field(default_factory=list)  # (class or module, attribute, object)
    rules: list[Any] = field(default_factory=list)  # the user's own, which say themselves whether they are fresh

    def fresh(self) -> bool:
        """Return whether everything is still what it was."""
        for names, name, value in self.names:
            if names.get(name, MISSING) is not value:
                return False
        for where, value in self.values:
            if fetch(where) is not value:
                return False
        return all(rule.fresh() for rule in self.rules) and all(f.__code__ is code for f, code in self.codes.items())

    def include(self, other: Dependencies) -> None:
        """Depend on all that a derivative which is called inside depends on."""
        for function in other.codes:
            self.add_function(function)
        self.names += other.names
        self.values += other.values
        self.routes += other.routes
        self.members += other.members
        self.rules += other.rules

    def add_function(self, function: types.FunctionType) -> None:
        """Depend on the code of a function, on its name, and on the module attributes it reads."""
        if function in self.codes:
            return
        self.codes[function] = function.__code__
        holder = holder_of(function)
        if holder is not None and function is not self.root:
            self.names.append((vars(holder), function.__name__, vars(holder)[function.__name__]))
        for kind, name, attributes in attribute_chains(function.__code__):
            if kind == "global" or name in function.__code__.co_freevars:
                self._add_chain((kind, function, name), attributes)

    def add_object(self, where: Any, value: Any) -> None:
        """Depend on what a global name, a closure cell or a default is."""
        kind, owner, name = where
        if kind == "member":
            self.add_member(owner, name)
            return
        names = getattr(owner, "__globals__", None)
        if kind == "global" and names is not None and name in names:
            self.names.append((names, name, value))
        elif kind == "builtin":  # as long as no global hides it
            self.names.append((names, name, MISSING))
        elif kind in ("cell", "default"):
            self.values.append((where, value))
        self.routes.append((where, (), value))

    def add_member(self, holder: Any, name: str) -> None:
        """Depend on an attribute: on what it is where it is found, and on its absence in the classes before that."""
        for place in getattr(holder, "__mro__", (holder,)):
            if not hasattr(place, "__dict__") or is_library(place):
                continue
            value = vars(place).get(name, MISSING)
            self.names.append((vars(place), name, value))
            self.members.append((place, name, value))
            if value is not MISSING:
                return

    def _add_chain(self, where: Any, attributes: tuple[str, ...]) -> None:
        """Depend on `module.name` and `Class.name`: such names are read when code is generated."""
        try:
            holder = fetch(where)
        except (KeyError, ValueError):
            return
        for i, attribute in enumerate(attributes):
            if not isinstance(holder, types.ModuleType | type) or is_library(holder):
                return
            value = vars(holder).get(attribute, self)
            if value is self:
                return
            self.names.append((vars(holder), attribute, value))
            self.routes.append((where, attributes[: i + 1], value))
            holder = value


def dependencies(root: types.FunctionType, reached: Iterable[Any]) -> Dependencies:
    """Return what a module was generated from, given what lowering reached."""
    found = Dependencies(root)
    found.add_function(root)
    for entry in reached:
        if isinstance(entry, types.FunctionType):
            found.add_function(entry)
        elif hasattr(entry, "depends"):
            found.include(entry.depends)
        elif hasattr(entry, "fresh"):
            found.rules.append(entry)
        else:
            found.add_object(*entry)
    return found


def is_library(holder: Any) -> bool:
    """Return whether a module or class belongs to Python or NumPy: what is in those does not change."""
    name = holder.__name__ if isinstance(holder, types.ModuleType) else getattr(holder, "__module__", None) or ""
    top = name.partition(".")[0]
    return top in ("numpy", "scipy", "torch") or (top in sys.stdlib_module_names and top != "__main__")


def holder_of(function: types.FunctionType) -> Any:
    """Return the module or class in which a function stands under its own name; None if there is none."""
    holder: Any = sys.modules.get(function.__module__)
    for part in function.__qualname__.split(".")[:-1]:
        holder = getattr(holder, part, None)
    found = vars(holder).get(function.__name__) if isinstance(holder, types.ModuleType | type) else None
    return holder if plain(found) is function else None


def plain(value: Any) -> Any:
    """Return the function of a property, static method or class method; anything else as it is."""
    if isinstance(value, property):
        return value.fget
    return value.__func__ if isinstance(value, staticmethod | classmethod) else value


def located_holder(holder: Any) -> list[str] | None:
    """Return [module, qualified name] of a class or module; None if the next process would not find it there."""
    if isinstance(holder, types.ModuleType):
        return [holder.__name__, ""] if sys.modules.get(holder.__name__) is holder else None
    if not isinstance(holder, type):
        return None
    try:
        found = _follow(sys.modules[holder.__module__], holder.__qualname__.split("."))
    except KeyError:
        return None
    return [holder.__module__, holder.__qualname__] if found is holder else None


def member_token(value: Any) -> str | None:
    """Return text for what an attribute of a class or module is; None if there is none."""
    if value is MISSING:
        return "missing"
    inner = plain(value)
    text = token(inner)
    return text if inner is value or text is None else f"{type(value).__name__} {text}"


@functools.lru_cache(maxsize=1024)
def attribute_chains(code: types.CodeType) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return the chains `a.b.c` that start at a global or captured name in a code object, with its kind."""
    found: dict[tuple[str, str, tuple[str, ...]], None] = {}
    kinds = {"LOAD_GLOBAL": "global", "LOAD_NAME": "global", "LOAD_DEREF": "cell"}
    kind, name, attributes = "", "", []
    for instruction in [*dis.get_instructions(code), None]:
        if instruction is not None and name and instruction.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            attributes.append(str(instruction.argval))
            continue
        if name and attributes:
            found[kind, name, tuple(attributes)] = None
        name, attributes = "", []
        if instruction is not None and instruction.opname in kinds:
            kind, name = kinds[instruction.opname], str(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found.update(dict.fromkeys(attribute_chains(constant)))
    return tuple(found)


def fetch(where: Any) -> Any:
    """Return the present value of a global, builtin, closure cell, default, or argument bound by `functools.partial`.

    Also that of an attribute of a class or module.
    """
    kind, owner, name = where
    if kind == "member":
        return getattr(owner, name)
    if kind == "bound":
        return owner.__self__
    if kind == "cell":
        return owner.__closure__[owner.__code__.co_freevars.index(name)].cell_contents
    if kind == "default":
        return defaults_of(owner)[name]
    if kind == "partial":
        return owner.args[int(name)] if name.isdigit() else owner.keywords[name]
    names = getattr(owner, "__globals__", None)
    if kind == "builtin":
        return (names or {}).get(name, getattr(builtins, name))
    if names is not None:
        return names[name]
    return getattr(owner, name) if isinstance(owner, type) else owner


# --- the same as text, for the next process ---------------------------------------------------------------------------
def record(found: Dependencies, captured: list[Any], static: Iterable[str] = ()) -> dict[str, Any] | None:
    """Return dependencies as JSON; None if something has no name that the next process could find.

    The ints in the `static` places count by value.
    """
    located = _locate(found)
    if len(located) < len(found.codes) or found.rules:
        return None
    order = {function: i for i, function in enumerate(located)}
    objects: list[list[Any]] = []
    for where, attributes, value in found.routes:
        text = token(value)
        if where[1] not in order or text is None:
            return None
        objects.append([where[0], order[where[1]], where[2], list(attributes), text])
    inputs: list[list[Any]] = []
    for where in captured:
        if where[0] == "member":
            owner: Any = located_holder(where[1])
        else:
            owner = order.get(where[1]) if _hashable(where[1]) else None
        fixed = static_place(where) in static
        text = type_token(type_of(fetch(where), where[2], fixed)) if owner is not None else None
        if text is None:
            return None
        inputs.append([where[0], owner, where[2], fixed, text])
    members: list[list[Any]] = []
    for holder, name, value in found.members:
        at, text = located_holder(holder), member_token(value)
        if at is None or text is None:
            return None
        members.append([*at, name, text])
    functions = [[place, function_hash(function)] for function, place in located.items()]
    return {"functions": functions, "objects": objects, "captured": inputs, "members": members}


def _hashable(value: Any) -> bool:
    return isinstance(value, types.FunctionType)


def _locate(found: Dependencies) -> dict[types.FunctionType, Any]:
    """Return where each function is found: [] for the root, [module, name], or [kind, number of the owner, name]."""
    located: dict[types.FunctionType, Any] = {found.root: []}
    for function in found.codes:
        if function not in located and holder_of(function) is not None:
            located[function] = [function.__module__, function.__qualname__]
    before = 0
    while before < len(located) < len(found.codes):
        before = len(located)
        for where, attributes, value in found.routes:
            if isinstance(value, types.FunctionType) and value not in located and where[1] in located:
                number = list(located).index(where[1])
                located[value] = [where[0], number, where[2], *attributes]
    return located


def restore(
    root: types.FunctionType, meta: dict[str, Any]
) -> tuple[Dependencies, list[tuple[str, types.FunctionType, str]]] | None:
    """Return (dependencies, captured places) of a recorded module; None if anything is not what it was."""
    functions: list[types.FunctionType] = []
    found = Dependencies(root)
    try:
        for place, text in meta["functions"]:
            function = _find(place, root, functions)
            if not isinstance(function, types.FunctionType) or function_hash(function) != text:
                return None
            functions.append(function)
            found.add_function(function)
        for kind, owner, name, attributes, text in meta["objects"]:
            where = (kind, functions[owner], name)
            value = _follow(fetch(where), attributes)
            if token(value) != text:
                return None
            if not attributes:
                found.add_object(where, value)
        for module, qualified, name, text in meta["members"]:
            holder = _owner((module, qualified), functions)
            value = vars(holder).get(name, MISSING)
            if member_token(value) != text:
                return None
            found.names.append((vars(holder), name, value))
            found.members.append((holder, name, value))
        captured = [(kind, _owner(owner, functions), name) for kind, owner, name, *_ in meta["captured"]]
        for where, (*_, fixed, text) in zip(captured, meta["captured"], strict=True):
            if type_token(type_of(fetch(where), where[2], fixed)) != text:
                return None
    except (KeyError, IndexError, AttributeError, ValueError, TypeError):
        return None
    return found, captured


def _owner(owner: Any, functions: list[types.FunctionType]) -> Any:
    """Return the function of a number, or the class or module of a pair of names."""
    if isinstance(owner, int):
        return functions[owner]
    module, qualified = owner
    return _follow(sys.modules[module], qualified.split(".") if qualified else [])


def _find(place: list[Any], root: types.FunctionType, functions: list[types.FunctionType]) -> Any:
    if not place:
        return root
    if len(place) == 2:
        return plain(_follow(sys.modules[place[0]], place[1].split(".")))
    kind, owner, name, *attributes = place
    return _follow(fetch((kind, functions[owner], name)), attributes)


def _follow(value: Any, attributes: list[str]) -> Any:
    for attribute in attributes:
        value = vars(value)[attribute]
    return value
