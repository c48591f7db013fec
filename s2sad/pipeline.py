"""The passes in order, from lowered functions to the text of a module."""

from __future__ import annotations

from s2sad.backends.emit import emit_module
from s2sad.ir.nodes import Block, Function, Var, walk
from s2sad.passes.cse import share
from s2sad.passes.dce import remove_dead
from s2sad.passes.substitute import substitute_once
from s2sad.transforms.assemble import Options


def clean(function: Function, options: Options) -> None:
    """Run the passes on one function of a module."""
    body = function.body
    remove_dead(body, [], True)
    if options.passes:
        if function.shared:
            share(body)
        remove_dead(body, [], True)
    substitute_once(body, [], kept_names(body))
    if options.passes:
        remove_dead(body, [], True)


def kept_names(body: Block) -> set[Var]:
    """Return variables that stay where they are: they hold buffers that are written in place."""
    from s2sad.ir.nodes import Store

    return {s.base for s in walk(body) if isinstance(s, Store) and isinstance(s.base, Var)}


def module_text(functions: list[Function], options: Options, header: list[str]) -> str:
    """Clean the functions and return the text of their module."""
    for function in functions:
        clean(function, options)
        if function.inner is not None:
            clean(function.inner, options)
    return emit_module(functions, header)
