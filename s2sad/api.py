"""The transforms a user calls. Each works on a function, and as a decorator, bare or with options.

>>> import numpy as np, s2sad
>>> def loss(w, x):
...     return np.sum((x @ w) ** 2)
>>> s2sad.grad(loss)  # doctest: +ELLIPSIS
<s2sad.grad of loss ...>
"""

from __future__ import annotations

import functools
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from s2sad.compile import LOCK, Compiled, Request, StaticNeeded, check_wrt, compile_request, fetch
from s2sad.errors import ArgumentError, S2sadError
from s2sad.frontend.callables import closed, differentiable_function, make_function
from s2sad.frontend.parameters import chosen, is_open, parameters_of
from s2sad.frontend.values import Knowledge, static_place
from s2sad.ir.types import differentiable
from s2sad.origins import point_at
from s2sad.specialise import (
    argument_type,
    generic_key,
    generic_type,
    key_of,
    list_key,
    met_twice,
    overlapping,
    static_key,
)
from s2sad.trees import form_of, like, no_tangent, snapshot, with_form

VARIANTS = 8  # of one derivative that are specialised on the sizes of axes; and as many that are not


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

    __name__: str
    __qualname__: str

    def __init__(self, function: Any, mode: str, argnums: Any, has_aux: bool) -> None:
        self._function = function
        self._mode = mode
        self._argnums = argnums
        self._has_aux = has_aux
        self._latest: Compiled | None = None
        self._variants: dict[Any, Compiled] = {}
        self._generic: dict[Any, Compiled] = {}
        self._warned = False
        self._static: frozenset[str] = frozenset()
        self._lists: frozenset[str] = frozenset()
        self._one = mode in ("grad", "value_and_grad") and isinstance(argnums, tuple | list) and len(argnums) == 1
        self._parameters = parameters_of(function)
        self._names: list[str] = [parameter.name for parameter in self._parameters]
        if argnums is not None:
            chosen(argnums, self._names, getattr(function, "__name__", "function"))
        functools.update_wrapper(self, function, updated=())

    def __repr__(self) -> str:
        return f"<s2sad.{self._mode} of {getattr(self._function, '__name__', '?')} at {id(self):#x}>"

    def __reduce__(self) -> Any:
        if named(self) is self:
            return self.__qualname__
        # of a bound method or a partial: made again of that, as its wrapper stands in no module
        function = getattr(self._function, "_s2sad_of", self._function)
        return _rebuild, (function, self._mode, self._argnums, self._has_aux)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def at(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Derivative:
        """Return the derivative for such a call: itself."""
        return self

    # --- specialisation ---------------------------------------------------------------------------------------
    def _arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[str], list[Any]]:
        names = self._names
        if not kwargs and len(args) == len(names):
            return names, list(args)
        return self._bound(args, kwargs)

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[str], list[Any]]:
        """Bind arguments as Python does; a default is filled in only where it is differentiated."""
        names = self._names
        positional = [p.name for p in self._parameters if p.kind is not p.KEYWORD_ONLY]
        if len(args) > len(positional):
            raise ArgumentError(f"{self.__name__} takes {len(positional)} positional arguments, {len(args)} were given")
        given = dict(zip(positional, args, strict=False))
        for key, value in kwargs.items():
            if key not in names:
                raise ArgumentError(f"{self.__name__} has no parameter {key!r}; it has {', '.join(names) or 'none'}")
            if key in given:
                raise ArgumentError(f"the argument {key!r} of {self.__name__} is given twice")
            given[key] = value
        chosen_names = chosen(self._argnums, names, self.__name__) if self._argnums is not None else ()
        for parameter in self._parameters:
            if parameter.name in given:
                continue
            if parameter.default is parameter.empty:
                raise ArgumentError(f"{self.__name__} is missing the argument {parameter.name!r}")
            if parameter.name in chosen_names:
                given[parameter.name] = parameter.default
        ordered = [name for name in names if name in given]
        return ordered, [given[name] for name in ordered]

    def _key(self, names: list[str], values: list[Any]) -> Any:
        if not self._static and not self._lists:
            return tuple(names), tuple([key_of(value) for value in values])
        parts = []
        for name, value in zip(names, values, strict=True):
            if name in self._static:
                parts.append(static_key(value))
            elif name in self._lists and isinstance(value, list):
                parts.append(list_key(value))
            else:
                parts.append(key_of(value))
        return tuple(names), tuple(parts)

    def _find(self, names: list[str], values: list[Any]) -> Compiled:
        try:
            key = self._key(names, values)
        except RecursionError:
            raise ArgumentError(f"an argument of {self.__name__} contains itself: pass what is needed of it") from None
        found = self._variants.get(key)
        if found is None or not found.fresh() or not captured_unchanged(found):
            with LOCK:
                found = self._missing(key, names, values)
        self._latest = found
        return found

    def _missing(self, key: Any, names: list[str], values: list[Any]) -> Compiled:
        """Return code for a kind of call that is new, or whose code is stale."""
        if key not in self._variants and len(self._variants) >= VARIANTS:
            return self._shared(key, names, values)
        found = self._specialise(names, values)
        self._variants[self._key(names, values)] = found
        return found

    def _shared(self, key: Any, names: list[str], values: list[Any]) -> Compiled:
        """Return code that is right whichever axes have size 1; of such code too, only the most used is kept."""
        for known in (generic_key(key), key):
            found = self._generic.get(known)
            if found is not None and usable(found):
                found.uses += 1
                return found
        self._warn()
        try:
            found, key = self._specialise(names, values, generic=True), generic_key(self._key(names, values))
        except S2sadError:  # it is right only for some sizes, as a result of shape (1, 1) that is a scalar
            found, key = self._specialise(names, values), self._key(names, values)
        if len(self._generic) >= VARIANTS:
            del self._generic[min(self._generic, key=lambda known: self._generic[known].uses)]
        self._generic[key] = found
        return found

    def _warn(self) -> None:
        """Say once that code is not specialised any more."""
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{self.__name__!r} has been called with more than {VARIANTS} kinds of arguments (dtypes, ranks, axes "
                "of size 1, functions, ints that decide types): from here on code is generated for dtypes and ranks "
                "only, and thrown away when it is not used much",
                stacklevel=6,
            )

    def _specialise(self, names: list[str], values: list[Any], generic: bool = False) -> Compiled:
        function, inner = plain_function(self._function, names, values)
        wrt = chosen(self._argnums, self._names, self.__name__) if self._argnums is not None else None
        extra = function.__code__.co_varnames[len(names) :] if inner is not None else ()
        named_values = list(zip(names, values, strict=True))
        if inner is not None:
            named_values += zip(extra, map(fetch, inner.captured), strict=False)
        knowledge = Knowledge(static={f"{function.__name__}.{name}" for name in self._static})
        while True:
            static = {name for name, _ in named_values if f"{function.__name__}.{name}" in knowledge.static}
            args = [(name, argument_type(name, value, name in static)) for name, value in named_values]
            if generic:
                args = [(name, generic_type(type_, name)) for name, type_ in args]
            request = Request(function, tuple(args), self._wrt(wrt, args[: len(names)]), self._mode, self._has_aux)
            try:
                compiled = compile_request(request, knowledge)
                break
            except StaticNeeded:
                continue
        lists = frozenset(
            d[1] for d in knowledge.dynamic if isinstance(d, tuple) and len(d) == 2 and d[0] == function.__name__
        )
        if (frozenset(static), lists) != (self._static, self._lists):  # keys of calls are made otherwise now
            self._variants, self._generic = {}, {}
            self._static, self._lists = frozenset(static), lists
        if inner is not None:
            compiled.captured = [*inner.captured, *compiled.captured]
            compiled.watched = [*inner.watched, *compiled.watched]
            compiled.inner = inner
        compiled.forms = self._forms(request)
        compiled.keyed_by = [
            static_key if static_place(where) in knowledge.static else key_of for where in compiled.places
        ]
        compiled.captured_keys = captured_keys(compiled)
        return compiled

    def _forms(self, request: Request) -> tuple[Any, ...] | None:
        """Return the form of each gradient; None if generated code gives them all as they must be."""
        given = dict(request.args)
        forms = tuple(form_of(given[name]) for name in request.wrt)
        return None if self._mode == "jvp" or all(form is None for form in forms) else forms

    def _wrt(self, wrt: tuple[str, ...] | None, args: list[tuple[str, Any]]) -> tuple[str, ...]:
        if wrt is None:
            return tuple(name for name, type_ in args if differentiable(type_))
        given = dict(args)
        for name in wrt:
            check_wrt(name, given[name])
        return wrt

    def _active(self, names: list[str], values: list[Any]) -> list[bool]:
        """Return with respect to which arguments a call of the mode "vjp" or "jvp" is differentiated."""
        if self._argnums is not None:
            wanted = chosen(self._argnums, self._names, self.__name__)
            return [name in wanted for name in names]
        return [differentiable(argument_type(name, value, False)) for name, value in zip(names, values, strict=True)]

    def _call(self, names: list[str], values: list[Any], extra: list[Any]) -> Any:
        return self._run(self._find(names, values), names, values, extra)

    def _run(self, compiled: Compiled, names: list[str], values: list[Any], extra: list[Any]) -> Any:
        try:
            if not (compiled.captured or compiled.written or compiled.changed):
                return compiled.function(*values, *extra)
            return compiled.function(*values, *captured_values(compiled, names, values), *extra)
        except Exception as error:
            point_at(error)
            raise

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        names, values = self._arguments(args, kwargs)
        compiled = self._find(names, values)
        found = self._run(compiled, names, values, [])
        return self._finished(compiled.forms, found) if self._one or compiled.forms is not None else found

    def _finished(self, forms: Any, found: Any) -> Any:
        """Return a result whose gradients have the classes of their arguments, and are a tuple if `argnums` was."""
        if self._mode == "value_and_grad":
            return found[0], self._gradient(forms, found[1])
        return (self._gradient(forms, found[0]), found[1]) if self._has_aux else self._gradient(forms, found)

    def _gradient(self, forms: Any, gradient: Any) -> Any:
        if forms is not None and len(forms) > 1:
            return tuple(map(with_form, forms, gradient))
        one = gradient if forms is None else with_form(forms[0], gradient)
        return (one,) if self._one else one

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


class OpenDerivative(Derivative):
    """A derivative of a function that takes `*args` or `**kwargs`: for each kind of call one of named parameters."""

    def __init__(self, function: Any, mode: str, argnums: Any, has_aux: bool) -> None:
        self._function, self._mode, self._argnums, self._has_aux = function, mode, argnums, has_aux
        self._parameters: Any = None
        self._calls: dict[Any, Derivative] = {}
        self._last: Derivative | None = None
        functools.update_wrapper(self, function, updated=())

    def at(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Derivative:
        """Return the derivative for a call with so many arguments, and with these names."""
        key = len(args), tuple(kwargs)
        if key not in self._calls:
            self._calls[key] = Derivative(closed(self._function, *key), self._mode, self._argnums, self._has_aux)
        self._last = self._calls[key]
        return self._last

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.at(args, kwargs)(*args, **kwargs)

    def lower(self, *args: Any, **kwargs: Any) -> Lowered:
        """Generate the code for example arguments without running it."""
        return self.at(args, kwargs).lower(*args, **kwargs)

    @property
    def source(self) -> str:
        """The text of the latest specialisation; call the derivative or `lower` first."""
        if self._last is None:
            raise ArgumentError("nothing is generated yet: call it, or use lower(*example_args)")
        return self._last.source

    def _s2sad_call(self, lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return self.at(tuple(args), kwargs)._s2sad_call(lowerer, args, kwargs, node)


def derivative_of(function: Any, mode: str, argnums: Any, has_aux: bool) -> Derivative:
    """Return a derivative of anything that can be called."""
    plain = differentiable_function(function)
    return (OpenDerivative if is_open(plain) else Derivative)(plain, mode, argnums, has_aux)


def captured_values(compiled: Compiled, names: list[str], values: list[Any]) -> list[Any]:
    """Return the globals and closure cells a call reads, having refused arguments that overlap a written one."""
    captured = [fetch(where) for where in compiled.captured]
    if compiled.written or compiled.changed:
        given, called = [*values, *captured], [*names, *(where[2] for where in compiled.captured)]
        met_twice(given, compiled.changed, called)
        overlapping(given, compiled.written, called)
    return captured


def plain_function(function: Any, names: list[str], values: list[Any]) -> tuple[types.FunctionType, Compiled | None]:
    """Return the Python function to differentiate: itself, or what another derivative generated (and that)."""
    if isinstance(function, Derivative):
        found = function._find(names, values)
        assert isinstance(found.function, types.FunctionType)
        return (tupled(function, found.function) if function._one else found.function), found
    if isinstance(function, types.FunctionType):
        return function, None
    raise ArgumentError(f"{function!r} is not a Python function with source; wrap it: lambda x: f(x)")


def tupled(derivative: Derivative, generated: types.FunctionType) -> Any:
    """Return a function that gives what a derivative gives whose one gradient is a tuple, as `argnums` was."""
    name, code = generated.__name__, generated.__code__
    head = ", ".join(code.co_varnames[: code.co_argcount])
    result = "(found,)"
    if derivative._mode == "value_and_grad":
        result = "(found[0], (found[1],))"
    elif derivative._has_aux:
        result = "((found[0],), found[1])"
    text = f"def {name}({head}):\n    found = _function({head})\n    return {result}\n"
    return make_function(name, text, {"_function": generated})


def named(derivative: Derivative | Decorated) -> Any:
    """Return what stands in a module under the name of a derivative."""
    found: Any = sys.modules.get(derivative.__module__)
    for part in derivative.__qualname__.split("."):
        found = getattr(found, part, None)
    return found


def usable(compiled: Compiled) -> bool:
    """Return whether what code was generated from is unchanged, so that it may be called."""
    return compiled.fresh() and captured_unchanged(compiled)


def captured_unchanged(compiled: Compiled) -> bool:
    """Return whether globals and closure cells still have the types the code was generated for."""
    if not compiled.places:
        return True
    return bool(captured_keys(compiled) == compiled.captured_keys)


def captured_keys(compiled: Compiled) -> list[Any]:
    """Return what globals and closure cells are specialised on: where their ints decide types they count by value."""
    return [key(fetch(where)) for key, where in zip(compiled.keyed_by, compiled.places, strict=True)]


def _rebuild(function: Any, mode: str, argnums: Any, has_aux: bool) -> Derivative:
    return derivative_of(function, mode, argnums, has_aux)


def check_backend(backend: str) -> None:
    """Refuse a backend that does not exist."""
    if backend not in ("auto", "numpy"):
        raise ArgumentError(f"the backend {backend!r} is not available: this version generates NumPy code")


def _transform(mode: str, function: Any, argnums: Any, has_aux: bool, backend: str) -> Any:
    check_backend(backend)
    if function is None:
        return lambda f: _transform(mode, f, argnums, has_aux, backend)
    if not callable(function):
        raise ArgumentError(f"{function!r} is not a function")
    return derivative_of(function, mode, argnums, has_aux)


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

    def __init__(self, function: Callable[..., Any], value: Any, active: list[bool], forms: Any) -> None:
        self._function = function
        self._value = value
        self._active = active
        self._forms = forms

    def __call__(self, y_bar: Any, /) -> tuple[Any, ...]:
        """Return one cotangent for each primal (None for integers).

        Raises ShapeError (a ValueError) if the cotangent does not have the shape of the result.
        """
        cotangent = like(y_bar, self._value, "cotangent")
        try:
            bars = self._function(cotangent)
        except Exception as error:
            point_at(error)
            raise
        found = iter(bars if self._forms is None else map(with_form, self._forms, bars))
        return tuple(next(found) if active else None for active in self._active)


class Decorated:
    """A function under `@vjp`, `@jvp` or `@check_grads`: the transform is applied at each call."""

    __name__: str
    __qualname__: str

    def __init__(self, function: Any, mode: str, call: Callable[..., Any]) -> None:
        self._function = function
        self._mode = mode
        self._apply = call
        functools.update_wrapper(self, function, updated=())

    def __repr__(self) -> str:
        return f"<s2sad.{self._mode} of {getattr(self._function, '__name__', '?')} at {id(self):#x}>"

    def __reduce__(self) -> Any:
        return self.__qualname__ if named(self) is self else (Decorated, (self._function, self._mode, self._apply))

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._apply(self._function, *args, **kwargs)

    def _s2sad_call(self, lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """Called inside differentiated code."""
        from s2sad.frontend.nested import call_decorated

        return call_decorated(self, lowerer, args, kwargs, node)


def refused_inside(name: str) -> Callable[..., Any]:
    """Return how a transform is lowered that differentiated code may not use: with an error that says so."""

    def lower_call(lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        from s2sad.frontend.values import Unsupported

        raise Unsupported(f"{name} inside differentiated code is not accepted", node, "call the function")

    return lower_call


def vjp(function: Any = None, *primals: Any, backend: str = "auto") -> Any:
    """Return `(y, pullback)`; `pullback(y_bar)` is a tuple of one cotangent for each primal.

    As a decorator, bare or with options, it makes a function of the primals that returns `(y, pullback)`.

    >>> import numpy as np, s2sad
    >>> y, pullback = s2sad.vjp(lambda x: x * 2.0, np.array([1.0, 2.0, 3.0]))
    >>> pullback(np.array([1.0, 0.1, 0.01]))[0]
    array([2.  , 0.2 , 0.02])
    """
    check_backend(backend)
    if function is None:
        return vjp
    if not primals and _takes_arguments(function):
        return Decorated(function, "vjp", _vjp)
    return _vjp(function, *primals)


def _takes_arguments(function: Any) -> bool:
    """Return whether a function has parameters, so that `vjp(f)` alone can only be meant as a decorator."""
    if not callable(function):
        raise ArgumentError(f"{function!r} is not a function")
    plain = differentiable_function(function)
    return is_open(plain) or bool(parameters_of(plain))


def _vjp(function: Any, *primals: Any, **named_primals: Any) -> tuple[Any, Pullback]:
    return pulled_back(_cached_transform(function, "vjp"), primals, named_primals)


def pulled_back(df: Derivative, primals: tuple[Any, ...], named_primals: dict[str, Any]) -> tuple[Any, Pullback]:
    """Return the value and the pullback of a derivative in the mode "vjp"."""
    df = df.at(primals, named_primals)
    names, values = df._arguments(primals, named_primals)
    compiled = df._find(names, values)
    value, pull = df._run(compiled, names, values, [])
    return value, Pullback(pull, snapshot(value), df._active(names, values), compiled.forms)


def jvp(function: Any = None, primals: Any = None, tangents: Any = None, *, backend: str = "auto") -> Any:
    """Return `(y, y_dot)`, the value and its derivative along the tangents.

    As a decorator, bare or with options, it makes a function of primals and tangents that returns `(y, y_dot)`.

    >>> import s2sad
    >>> s2sad.jvp(lambda x: x * x, (3.0,), (1.0,))
    (9.0, 6.0)
    """
    check_backend(backend)
    if function is None:
        return jvp
    if primals is None and tangents is None:
        if not callable(function):
            raise ArgumentError(f"{function!r} is not a function")
        return Decorated(function, "jvp", _jvp)
    return _jvp(function, primals, tangents)


def _jvp(function: Any, primals: Any, tangents: Any) -> tuple[Any, Any]:
    if not all(isinstance(given, tuple | list) for given in (primals, tangents)):
        raise ArgumentError("jvp takes primals and tangents as tuples: jvp(f, (x,), (x_dot,))")
    if len(primals) != len(tangents):
        raise ArgumentError(f"{len(primals)} primals and {len(tangents)} tangents were given")
    return pushed_forward(_cached_transform(function, "jvp"), tuple(primals), tuple(tangents))


def pushed_forward(df: Derivative, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return the value and the tangent of a derivative in the mode "jvp"."""
    df = df.at(primals, {})
    names, values = df._arguments(primals, {})
    dots = []
    for name, value, active, given in zip(names, values, df._active(names, values), tangents, strict=True):
        what = f"tangent of {name!r}"
        if active:
            dots.append(like(given, value, what, as_objects=True))
        else:
            no_tangent(given, value, what)
    found = df._call(names, values, dots)
    return (None, None) if found is None else found  # of a function without a result


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
    if not callable(function):
        raise ArgumentError(f"{function!r} is not a function")
    return derivative_of(function, mode, None, False)


def source(function: Any = None, *args: Any, mode: str = "value_and_grad", argnums: Any = None) -> Any:
    """Return the text of generated code.

    Of a derivative it is that of its latest specialisation, or of that for example arguments. Of another function,
    with example arguments, it is the code of its derivative: `mode` is "grad", "value_and_grad", "vjp" or "jvp", and
    `argnums` says with respect to what (all floats, if not given). As a decorator, bare or with options, it makes a
    function that returns this text for its arguments.

    Raises ArgumentError if nothing is generated yet, UnsupportedError if something cannot be differentiated.

    >>> import s2sad
    >>> df = s2sad.grad(lambda x: x * x)
    >>> _ = df(3.0)
    >>> "2.0 * x" in s2sad.source(df)
    True
    """
    if function is None:
        return functools.partial(source, mode=mode, argnums=argnums)
    df = _shown(function, mode, argnums)
    if args:
        return df.lower(*args).source
    if df is function or isinstance(function, Decorated):
        return df.source
    return Decorated(function, "source", lambda _, *given, **named: df.lower(*given, **named).source)


def _shown(function: Any, mode: str, argnums: Any) -> Derivative:
    """Return the derivative whose text is asked for."""
    if isinstance(function, Derivative):
        return function
    if isinstance(function, Decorated):
        return _cached_transform(function._function, function._mode)
    if not callable(function):
        raise ArgumentError(f"{function!r} is neither a derivative nor a function")
    return derivative_of(function, mode, argnums, False)


def show(function: Any = None, *args: Any, mode: str = "value_and_grad", argnums: Any = None) -> Any:
    """Print the text of generated code; `function`, `args` and the options are those of `source`.

    As a decorator, bare or with options, it makes a function that prints this text for its arguments at each call, and
    returns what the function returns.

    >>> import s2sad
    >>> s2sad.show(s2sad.grad(lambda x: 3.0 * x), 2.0)  # doctest: +ELLIPSIS
    # grad of ...
        return 3.0
    <BLANKLINE>
    """
    if function is None:
        return functools.partial(show, mode=mode, argnums=argnums)
    text = source(function, *args, mode=mode, argnums=argnums)
    if isinstance(text, str):
        print(text)
        return None

    def shown(f: Any, *given: Any, **named: Any) -> Any:
        print(text(*given, **named))
        return f(*given, **named)

    return Decorated(function, "show", shown)


def stop_gradient(x: Any) -> Any:
    """Return x; the derivative treats it as a constant.

    >>> import numpy as np, s2sad
    >>> s2sad.grad(lambda x: np.sum(x * s2sad.stop_gradient(x)))(np.array([1.0, 2.0]))
    array([1., 2.])
    """
    return x


def _inside(lowered_by: str, *first: Any) -> Callable[..., Any]:
    """Return how a transform is lowered that differentiated code calls; nothing else loads what lowers it."""

    def lower_call(lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        from s2sad.frontend import nested

        return getattr(nested, lowered_by)(*first, lowerer, args, kwargs, node)

    return lower_call


# how differentiated code that uses these functions is lowered: known by the functions themselves, so that nothing
# but a call that must be compiled loads the rules
stop_gradient._s2sad_op = "stop_gradient"  # type: ignore[attr-defined]
grad._s2sad_call = _inside("make_derivative", grad)  # type: ignore[attr-defined]
value_and_grad._s2sad_call = _inside("make_derivative", value_and_grad)  # type: ignore[attr-defined]
source._s2sad_call = refused_inside("source")  # type: ignore[attr-defined]
show._s2sad_call = refused_inside("show")  # type: ignore[attr-defined]
vjp._s2sad_call = _inside("call_vjp")  # type: ignore[attr-defined]
jvp._s2sad_call = _inside("call_jvp")  # type: ignore[attr-defined]
