"""The passes in order, from lowered functions to the text of a module."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from s2sad.backends.emit import emit_module
from s2sad.ir.nodes import Assign, Block, Function, Op, Store, Var, reads
from s2sad.origins import Source
from s2sad.passes.bind import bind_unbound
from s2sad.passes.conditions import fold_tests
from s2sad.passes.cse import share, walk_all
from s2sad.passes.dce import remove_dead, remove_dead_moves
from s2sad.passes.effects import drop_results
from s2sad.passes.idle import remove_idle_lists
from s2sad.passes.iterate import iterate
from s2sad.passes.marks import thin_marks
from s2sad.passes.prune import prune_residuals, prune_tapes
from s2sad.passes.substitute import substitute_once
from s2sad.passes.zeros import set_at_once
from s2sad.transforms.assemble import Options

PASSES = (
    "transform",
    "remove_dead",
    "remove_idle_lists",
    "set_at_once",
    "share",
    "substitute_once",
    "prune_residuals",
    "prune_tapes",
    "iterate",
)  # told of, in order
UNPACKED = ("kept", "residuals", "pair", "bars")  # the tuples of values that are kept

Observer = Callable[[str, Function], None]  # told the name of each pass that has run, and on what


def unobserved(name: str, function: Function) -> None:
    """Take no notice of a pass."""


def clean(function: Function, options: Options, observe: Observer = unobserved, whole: Function | None = None) -> None:
    """Run the passes on one function of a module, or on the pullback inside of `whole`."""
    body, outer = function.body, whole or function
    remove_dead_moves(body)
    remove_dead(body, [], True)
    observe("remove_dead", outer)
    if options.passes:
        if remove_idle_lists(body):
            remove_dead(body, [], True)
            observe("remove_idle_lists", outer)
        set_at_once(body)
        observe("set_at_once", outer)
        if function.shared:
            share(body)
            observe("share", outer)
        remove_dead(body, [], True)
        observe("remove_dead", outer)
    thin_marks(body)
    substitute_once(body, [], kept_names(body))
    observe("substitute_once", outer)
    if options.passes:
        remove_dead(body, [], True)
        observe("remove_dead", outer)


def prune(functions: list[Function], observe: Observer) -> None:
    """Drop what is kept for nothing, and what was computed for it."""
    for function in functions:
        prune_forward(function, observe)
        if prune_tapes(function.body):
            remove_dead(function.body, [], True)
            observe("prune_tapes", function)
    for function in functions:
        iterate(function)
        remove_dead(function.body, [], True)
        observe("iterate", function)
    for function in functions:  # nothing counts any more what is gone over item by item
        prune_forward(function, observe)


def prune_forward(function: Function, observe: Observer) -> None:
    """Drop the residuals that a backward function does not read."""
    if function.forward is not None and prune_residuals(function.forward, function):
        remove_dead(function.forward.body, [], True)
        observe("prune_residuals", function.forward)


def kept_names(body: Block) -> set[Var]:
    """Return variables that stay where they are: buffers written in place, what a kept tuple is unpacked to."""
    kept: set[Var] = set()
    for stmt in walk_all(body):
        if isinstance(stmt, Store) and isinstance(stmt.base, Var):
            kept.add(stmt.base)
        elif isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name == "field":
            base = stmt.value.args[0]
            if isinstance(base, Var) and base.name in UNPACKED:
                kept.add(stmt.target)
    return kept


def module_text(
    functions: list[Function],
    options: Options,
    header: list[str],
    observe: Observer = unobserved,
    captured: Sequence[Var] = (),
) -> Source:
    """Clean the functions and return the text of their module; `observe` sees each function after each pass.

    What is `captured` and read by nobody is no parameter of the last function, which is the one that is called.
    """
    for function in functions:
        observe("transform", function)
        clean(function, options, observe)
        if function.inner is not None:
            clean(function.inner, options, observe, function)
    if options.passes:
        prune(functions, observe)
    for function in functions:
        if options.passes:  # pruning may have left names that only feed themselves: a counter that nobody asks for
            remove_dead_moves(function.body)
            remove_dead(function.body, [])
        bind_unbound(function)
        drop_results(function.body)
        fold_tests(function.body)
    entry = functions[-1]
    entry.params = [param for param in entry.params if param not in captured or is_read(param, entry)]
    return emit_module(functions, header)


def is_read(param: Var, function: Function) -> bool:
    """Return whether anything in a function, or in the pullback that it defines, reads a parameter."""
    inner = [function.inner] if function.inner is not None else []
    return any(param in reads(stmt) for part in (function, *inner) for stmt in walk_all(part.body))
