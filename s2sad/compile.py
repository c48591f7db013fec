"""From a function and example types to a loaded module: lower, differentiate, write, import."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from s2sad.errors import ArgumentError, InternalError
from s2sad.ir.types import Array, Scalar, Structure, Type, differentiable

MODES = ("grad", "value_and_grad", "vjp", "jvp")


@dataclass
class Compiled:
    """One specialisation: its text, where it is, and the function to call."""

    source: str
    path: str
    function: Callable[..., Any]
    captured: list[Any]
    reached: list[Any]
    result: Type
    name: str


def check_wrt(name: str, type_: Type) -> None:
    """Refuse to differentiate what has no derivative."""
    if not differentiable(type_):
        from s2sad.rules.infer import describe

        raise ArgumentError(
            f"the argument {name!r} is {describe(type_)}: only floats and complex numbers can be differentiated; "
            f"pass a float (for example {name}.astype(float) or {name} * 1.0), or choose other argnums"
        )


def check_scalar(result: Type, has_aux: bool, name: str) -> None:
    """grad needs one number as the result."""
    if has_aux:
        if not (isinstance(result, Structure) and len(result.items) == 2):
            raise ArgumentError(f"with has_aux=True, {name!r} must return a pair (loss, aux)")
        result = result.items[0]
    scalar = isinstance(result, Scalar) and result.kind in ("float", "complex")
    one = isinstance(result, Array) and all(s.is_unit for s in result.shape) and differentiable(result)
    if scalar or one:
        return
    from s2sad.rules.infer import describe

    raise ArgumentError(
        f"grad needs a scalar result, but {name!r} returns {describe(result)}; "
        "use s2sad.vjp with a cotangent, or s2sad.jacobian"
    )


def generate(
    function: types.FunctionType, args: list[tuple[str, Type]], wrt: list[str], mode: str, has_aux: bool,
    knowledge: Any, header: list[str], options: Any = None,
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
