"""The transforms a user calls. Each works on a function, and as a decorator, bare or with options.

>>> import numpy as np, s2sad
>>> def loss(w, x):
...     return np.sum((x @ w) ** 2)
>>> s2sad.grad(loss)  # doctest: +ELLIPSIS
<s2sad.grad of loss ...>
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from s2sad.compile import Compiled, Request, check_wrt, compile_request, fetch
from s2sad.errors import ArgumentError
from s2sad.frontend.values import Knowledge
from s2sad.specialise import argument_type, chosen, key_of, list_key, overlapping, parameter_names
from s2sad.trees import like

VARIANTS = 64


class Lowered:
    """Generated code for example arguments, without running it."""

    def __init__(self, compiled: Compiled, arguments: str) -> None:
        self._compiled = compiled
        self._arguments = arguments

    @property
    def source(self) -> str:
        """The text of the generated module."""
        return self._compiled.source

    @property
    def path(self) -> str:
        """Where the generated module is."""
        return self._compiled.path

    def write(self, path: str | Path) -> Path:
        """Write the module to a file of the user's; it does not import s2sad."""
        target = Path(path)
        target.write_text(self.source, encoding="utf-8")
        return target

    def report(self) -> str:
        """Say what was generated, for which arguments."""
        lines = self.source.count("\n")
        return f"{self._compiled.name}: {lines} lines for {self._arguments}; {self.path}"


class Derivative:
    """A derivative of a function, specialised at each new kind of call.

    `source` is the text of the latest specialisation.
    """

    def __init__(self, function: Any, mode: str, argnums: Any, has_aux: bool) -> None:
        self._function = function
        self._mode = mode
        self._argnums = argnums
        self._has_aux = has_aux
        self._latest: Compiled | None = None
        self._variants: dict[Any, Compiled] = {}
        self._static: frozenset[str] = frozenset()
        self._lists: frozenset[str] = frozenset()
        self._names: list[str] = parameter_names(function)
        chosen(argnums, self._names, getattr(function, "__name__", "function"))
        functools.update_wrapper(self, function, updated=())

    def __repr__(self) -> str:
        return f"<s2sad.{self._mode} of {getattr(self._function, '__name__', '?')} at {id(self):#x}>"

    def __reduce__(self) -> Any:
        return _rebuild, (self._function, self._mode, self._argnums, self._has_aux)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    # --- specialisation ---------------------------------------------------------------------------------------
    def _arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[str], list[Any]]:
        names = self._names
        if len(args) > len(names):
            raise ArgumentError(f"{self.__name__} takes {len(names)} arguments, {len(args)} were given")
        given = dict(zip(names, args, strict=False))
        for key, value in kwargs.items():
            if key not in names:
                raise ArgumentError(f"{self.__name__} has no parameter {key!r}")
            if key in given:
                raise ArgumentError(f"the argument {key!r} is given twice")
            given[key] = value
        ordered = [name for name in names if name in given]
        return ordered, [given[name] for name in ordered]

    def _key(self, names: list[str], values: list[Any]) -> Any:
        parts = []
        for name, value in zip(names, values, strict=True):
            if name in self._static:
                parts.append((type(value), value) if isinstance(value, int) else key_of(value))
            elif name in self._lists and isinstance(value, list):
                parts.append(list_key(value))
            else:
                parts.append(key_of(value))
        return tuple(names), tuple(parts)

    def _find(self, names: list[str], values: list[Any]) -> Compiled:
        key = self._key(names, values)
        found = self._variants.get(key)
        if found is None or not found.fresh() or not captured_unchanged(found):
            found = self._specialise(names, values)
            if len(self._variants) >= VARIANTS:
                self._variants.pop(next(iter(self._variants)))
            self._variants[self._key(names, values)] = found
        self._latest = found
        return found

    def _specialise(self, names: list[str], values: list[Any]) -> Compiled:
        function = plain_function(self._function, names, values)
        knowledge = Knowledge(static={f"{function.__name__}.{name}" for name in self._static})
        wrt = chosen(self._argnums, self._names, self.__name__) if self._argnums is not None else None
        while True:
            before = set(knowledge.static)
            static = {name for name in names if f"{function.__name__}.{name}" in knowledge.static}
            args = [
                (name, argument_type(name, value, name in static)) for name, value in zip(names, values, strict=True)
            ]
            picked = self._wrt(wrt, args)
            request = Request(function, tuple(args), picked, self._mode, self._has_aux)
            try:
                compiled = compile_request(request, knowledge)
            except StaticNeeded:
                continue
            after = {name for name in names if f"{function.__name__}.{name}" in knowledge.static}
            if after == static or before == knowledge.static:
                break
        self._static = frozenset(after)
        self._lists = frozenset(
            d[1] for d in knowledge.dynamic if isinstance(d, tuple) and len(d) == 2 and d[0] == function.__name__
        )
        compiled.captured_keys = [key_of(fetch(where)) for where in compiled.captured]
        return compiled

    def _wrt(self, wrt: tuple[str, ...] | None, args: list[tuple[str, Any]]) -> tuple[str, ...]:
        from s2sad.ir.types import differentiable

        types = dict(args)
        if wrt is None:
            return tuple(name for name, type_ in args if differentiable(type_))
        for name in wrt:
            if name not in types:
                raise ArgumentError(f"the argument {name!r} to differentiate is missing")
            check_wrt(name, types[name])
        return wrt

    def _call(self, names: list[str], values: list[Any], extra: list[Any]) -> Any:
        compiled = self._find(names, values)
        if compiled.written:
            overlapping(values, compiled.written, names)
        captured = [fetch(where) for where in compiled.captured]
        return compiled.function(*values, *captured, *extra)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        names, values = self._arguments(args, kwargs)
        return self._call(names, values, [])

    def lower(self, *args: Any, **kwargs: Any) -> Lowered:
        """Generate the code for example arguments without running it."""
        names, values = self._arguments(args, kwargs)
        return Lowered(self._find(names, values), ", ".join(names))

    @property
    def source(self) -> str:
        """The text of the latest specialisation; call the derivative or `lower` first."""
        if self._latest is None:
            raise ArgumentError("nothing is generated yet: call it, or use lower(*example_args)")
        return self._latest.source

    def _generated(self, names: list[str], values: list[Any]) -> Any:
        """Return the generated function for these arguments, itself ordinary Python."""
        return self._find(names, values).function

    def _s2sad_call(self, lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """Called inside differentiated code: lower the generated function for the types at hand."""
        from s2sad.frontend.nested import call_derivative

        return call_derivative(self, lowerer, args, kwargs, node)


class StaticNeeded(Exception):
    """An argument must be specialised on its value."""


def plain_function(function: Any, names: list[str], values: list[Any]) -> Any:
    """Return the Python function to differentiate: itself, or what another derivative generated."""
    if isinstance(function, Derivative):
        return function._generated(names, values)
    import types

    if isinstance(function, types.FunctionType):
        return function
    raise ArgumentError(f"{function!r} is not a Python function with source; wrap it: lambda x: f(x)")


def captured_unchanged(compiled: Compiled) -> bool:
    """Return whether globals and closure cells still have the types the code was generated for."""
    if not compiled.captured:
        return True
    return bool([key_of(fetch(where)) for where in compiled.captured] == compiled.captured_keys)


def _rebuild(function: Any, mode: str, argnums: Any, has_aux: bool) -> Derivative:
    return Derivative(function, mode, argnums, has_aux)


def _transform(mode: str, function: Any, argnums: Any, has_aux: bool, backend: str) -> Any:
    if backend not in ("auto", "numpy"):
        raise ArgumentError(f"the backend {backend!r} is not available: this version generates NumPy code")
    if function is None:
        return lambda f: Derivative(f, mode, argnums, has_aux)
    if not callable(function):
        raise ArgumentError(f"{function!r} is not a function")
    if not hasattr(function, "__code__") and not isinstance(function, Derivative):
        function = as_function(function)
    return Derivative(function, mode, argnums, has_aux)


def as_function(function: Any) -> Any:
    """Return a Python function that calls something with a rule but without source (`np.tanh`)."""
    from s2sad.rules import TABLE

    found = TABLE.lookup(function)
    if found is None:
        raise ArgumentError(f"{getattr(function, '__name__', function)!r} has no Python source and no derivative rule")
    rule = TABLE.rules[found[0]]
    count = max(len(rule.partials), 1) if rule.partials else 1
    names = ", ".join("xyz"[:count])
    return make_function(f"def {function.__name__}({names}):\n    return _function({names})\n", function)


def make_function(text: str, function: Any) -> Any:
    """Compile a small wrapper with its source registered."""
    import linecache

    file = f"<s2sad {function.__name__}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names: dict[str, Any] = {"_function": function, "__name__": "s2sad_wrappers"}
    exec(compile(text, file, "exec"), names)
    return names[function.__name__]


def grad(function: Any = None, argnums: Any = 0, has_aux: bool = False, backend: str = "auto") -> Any:
    """Return a function that computes the gradient of `function`.

    `argnums` is an int, a parameter name, or a tuple of them; with a tuple the result is a tuple. A gradient has
    the structure, shape and dtype of its argument, and shares memory with nothing. With `has_aux` the function
    returns `(loss, aux)` and the result is `(gradient, aux)`.

    Raises ArgumentError (a TypeError) for a result that is not scalar or an argument that is not a float, and
    UnsupportedError with every construct that cannot be differentiated.

    >>> import s2sad
    >>> s2sad.grad(lambda x: x ** 3)(2.0)
    12.0
    """
    return _transform("grad", function, argnums, has_aux, backend)


def value_and_grad(function: Any = None, argnums: Any = 0, has_aux: bool = False, backend: str = "auto") -> Any:
    """Return a function that computes `(value, gradient)`; see `grad`.

    >>> import s2sad
    >>> s2sad.value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    return _transform("value_and_grad", function, argnums, has_aux, backend)


class Pullback:
    """The map from a cotangent of the result to cotangents of the arguments; may be called again and again."""

    def __init__(self, function: Callable[..., Any], value: Any, active: list[bool]) -> None:
        self._function = function
        self._value = value
        self._active = active

    def __call__(self, y_bar: Any) -> tuple[Any, ...]:
        """Return one cotangent for each primal (None for integers).

        Raises ShapeError (a ValueError) if the cotangent does not have the shape of the result.
        """
        found = iter(self._function(like(y_bar, self._value, "cotangent")))
        return tuple(next(found) if active else None for active in self._active)


def vjp(function: Any, *primals: Any) -> tuple[Any, Pullback]:
    """Return `(y, pullback)`; `pullback(y_bar)` is a tuple of one cotangent for each primal.

    >>> import numpy as np, s2sad
    >>> y, pullback = s2sad.vjp(lambda x: x * 2.0, np.array([1.0, 2.0, 3.0]))
    >>> pullback(np.array([1.0, 0.1, 0.01]))[0]
    array([2.  , 0.2 , 0.02])
    """
    df = _cached_transform(function, "vjp")
    names, values = df._arguments(primals, {})
    compiled = df._find(names, values)
    if compiled.written:
        overlapping(values, compiled.written, names)
    value, pull = compiled.function(*values, *[fetch(where) for where in compiled.captured])
    from s2sad.ir.types import differentiable

    active = [differentiable(argument_type(n, v, False)) for n, v in zip(names, values, strict=True)]
    return value, Pullback(pull, snapshot(value), active)


def snapshot(value: Any) -> Any:
    """Return what a cotangent is checked against: the value's structure and shapes."""
    return value


def jvp(function: Any, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return `(y, y_dot)`, the value and its derivative along the tangents.

    >>> import s2sad
    >>> s2sad.jvp(lambda x: x * x, (3.0,), (1.0,))
    (9.0, 6.0)
    """
    if not isinstance(primals, tuple | list) or not isinstance(tangents, tuple | list):
        raise ArgumentError("jvp takes primals and tangents as tuples: jvp(f, (x,), (x_dot,))")
    if len(primals) != len(tangents):
        raise ArgumentError(f"{len(primals)} primals and {len(tangents)} tangents were given")
    df = _cached_transform(function, "jvp")
    names, values = df._arguments(tuple(primals), {})
    from s2sad.ir.types import differentiable

    dots = [
        like(t, v, f"tangent of {n!r}")
        for n, v, t in zip(names, values, tangents, strict=True)
        if differentiable(argument_type(n, v, False))
    ]
    value, tangent = df._call(names, values, dots)
    return value, tangent


_transforms: dict[Any, Derivative] = {}


def _cached_transform(function: Any, mode: str) -> Derivative:
    try:
        found = _transforms.get((function, mode))
    except TypeError:
        return _all_arguments(function, mode)
    if found is None:
        if len(_transforms) > 512:
            _transforms.clear()
        found = _transforms[function, mode] = _all_arguments(function, mode)
    return found


def _all_arguments(function: Any, mode: str) -> Derivative:
    if not hasattr(function, "__code__") and not isinstance(function, Derivative):
        function = as_function(function)
    made = Derivative(function, mode, (), False)
    made._argnums = None
    return made


def source(derivative: Any) -> str:
    """Return the text of the latest specialisation of a derivative.

    >>> import s2sad
    >>> df = s2sad.grad(lambda x: x * x)
    >>> _ = df(3.0)
    >>> "2.0 * x" in s2sad.source(df)
    True
    """
    if not isinstance(derivative, Derivative):
        raise ArgumentError("source takes what s2sad.grad and its like return")
    return derivative.source


def show(derivative: Any, *args: Any) -> None:
    """Print the generated code; with example arguments, generate it for them first."""
    if args:
        derivative.lower(*args)
    print(source(derivative))


def stop_gradient(x: Any) -> Any:
    """Return x; the derivative treats it as a constant.

    >>> import numpy as np, s2sad
    >>> s2sad.grad(lambda x: np.sum(x * s2sad.stop_gradient(x)))(np.array([1.0, 2.0]))
    array([1., 2.])
    """
    return x


def _bind_stop_gradient() -> None:
    """Let the rule table know the function by identity."""
    from s2sad.rules import TABLE

    TABLE.bind("stop_gradient", (stop_gradient, ""))


_bind_stop_gradient()
