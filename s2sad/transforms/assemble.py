"""Put forward and reverse code together to the functions a user sees.

f_grad, f_value_and_grad    one function: primal, then adjoint
f_vjp                       the primal, and the adjoint as a nested function `pullback`
g_fwd, g_bwd                for called functions, and for functions that return early
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from s2sad.analysis.activity import find_activity
from s2sad.analysis.alias import Aliases, find_aliases, same_lists, shares, summary
from s2sad.analysis.bound import Unbound
from s2sad.errors import Problem, UnsupportedError
from s2sad.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    DefinePullback,
    Effect,
    Expr,
    For,
    Function,
    If,
    Move,
    Op,
    Raise,
    Return,
    Section,
    SetField,
    Stmt,
    Store,
    Var,
    blocks_of,
    exprs_of,
    reads,
    relaxed,
    targets_of,
    variables,
    walk,
)
from s2sad.ir.rewrite import clone_block, map_block, substitute
from s2sad.ir.types import BOOL, Array, ListOf, Opaque, Scalar, Static, Structure, Type, differentiable, numeric_kind
from s2sad.passes.cse import key_of, share
from s2sad.passes.dce import remove_dead
from s2sad.passes.gather import gather
from s2sad.passes.hoist import hoist
from s2sad.passes.naming import name_temporaries
from s2sad.passes.reuse import reuse
from s2sad.passes.schedule import read_before_scaling
from s2sad.passes.simplify import simplify_block
from s2sad.passes.sizes import name_sizes
from s2sad.passes.slices import distribute
from s2sad.passes.sums import sum_before_scaling
from s2sad.rules.builder import Builder, if_there, is_if_there, number
from s2sad.rules.core import is_pure
from s2sad.transforms.adjoint import Adjoint, Region, Reversed
from s2sad.transforms.calls import Split, Splits, build_structure, everything
from s2sad.transforms.containers import zipped
from s2sad.transforms.convention import faced
from s2sad.transforms.cotangents import (
    Key,
    bar_name,
    cotangent_type,
    is_tuple,
    leaf_types,
    optional_steps,
    zeros_list,
)
from s2sad.transforms.keep import Keeper, content_reads, insert_forward
from s2sad.transforms.residuals import Residuals
from s2sad.transforms.tapes import Tapes, count_iterations, drop_unfinished, flag_exits, used_flags


@dataclass(frozen=True)
class Options:
    """Switches for tests: every analysis and pass can be turned off, and the numbers stay the same."""

    activity: bool = True
    tbr: bool = True
    passes: bool = True


@dataclass(eq=False, repr=False)
class Module:
    """The functions of one generated module, the entry last."""

    functions: list[Function] = field(default_factory=list)
    options: Options = Options()


class Assembler:
    """Builds the derivative functions of one module."""

    def __init__(self, options: Options, problems: list[Problem]) -> None:
        self.options = options
        self.problems = problems
        self.module = Module(options=options)
        self.splits = Splits(self.make_split)
        self.originals: set[Function] = set()
        self.repeatable = False  # whether a reverse sweep may run more than once
        self.shadows: frozenset[Var] = frozenset()  # buffers of the last sweep that were made in its forward sweep

    # --- the parts --------------------------------------------------------------------------------------------
    def adjoint_of(
        self, function: Function, wrt: set[Var], written: Sequence[Var] | None = None
    ) -> tuple[Function, Adjoint]:
        """Prepare the adjoint of a copy of a function; what `written` parameters hold at the end is a result too."""
        copy = Function(function.name, function.params, clone_block(function.body), function.result)
        copy.span, copy.source, copy.doc = function.span, function.source, function.doc
        copy.absent = function.absent
        if written is not None:
            return_own_lists(copy)
        aliases = find_aliases(copy, outlives=bool(written))
        activity = find_activity(copy, aliases, wrt, written or (), everything=not self.options.activity)
        adjoint = Adjoint(copy, aliases, activity, self.splits, idioms=self.options.passes, problems=self.problems)
        adjoint.repeatable = self.repeatable
        return copy, adjoint

    def finish(
        self,
        adjoint: Adjoint,
        made: Reversed,
        results: list[Expr],
        buffers: Iterable[Var] = (),
        value: Expr | None = None,
    ) -> tuple[Block, Block, list[Expr]]:
        """Bring back residuals, lower tapes; return forward code, reverse code and the results.

        The value of the function comes last in the results, if it is given.
        """
        remove_dead(made.reverse, [*results], self.options.passes)
        if self.options.passes:
            results = simplify(made, results, shadow_homes(adjoint))
        reachable: set[Var] = set()
        if self.repeatable:
            returned = [stmt.value for stmt in walk(made.function.body) if isinstance(stmt, Return)]
            reachable = reachable_roots(made.function, adjoint.aliases, tuple_of(returned))
        keeper = Keeper(
            made,
            set(adjoint.mirror.of.values()),
            reachable,
            adjoint.bound,
            tape_everything=not self.options.tbr,
            lent=adjoint.lent,
        )
        kept = keeper.run(results)
        for stmt, more in adjoint.mirror.after.items():
            kept.after[stmt] = [*more, *kept.after.get(stmt, ())]
        for stmt, pairs in adjoint.mirror.extended.items():
            assert isinstance(stmt, Move)
            stmt.targets += tuple(t for t, _ in pairs)
            stmt.sources += tuple(s for _, s in pairs)
        forward = [*adjoint.mirror.start, *insert_forward(made.forward, kept)]
        shadows = set(adjoint.mirror.of.values())
        if self.repeatable and shadows:
            shadows.add(clear_shadows(adjoint, forward, made.reverse))
        forward = self.expand_calls(forward, adjoint)
        reverse = flatten(made.reverse)
        for stmt in walk(reverse):
            stmt.origin = relaxed(stmt.origin)
        mapping = kept.direct
        map_block(reverse, lambda expr: substitute(expr, mapping))
        results = [substitute(expr, mapping) for expr in results]
        remove_dead(reverse, results, self.options.passes)
        flags = used_flags(reverse, adjoint.flags)
        forward = flag_exits(forward, flags)
        tapes = Tapes(adjoint.aliases.places, adjoint.loops, adjoint.function.params)
        tapes.declare([*kept.tapes, *(tape for _, tape in flags.values() if tape)], forward, reverse)
        shadows |= {tapes.storage[tape] for tape in kept.tapes if tape.reference and tape in tapes.storage}
        self.shadows = frozenset(shadows)
        tapes.lower(forward)
        forward = drop_unfinished(forward, set(tapes.storage.values()))
        tapes.lower(reverse)
        forward = count_iterations(forward, adjoint.loops)
        if self.options.passes:
            given = len(results)
            results = share_both(forward, reverse, results if value is None else [*results, value])
            value = results[given] if value is not None else None
            del results[given:]
        arrays = [buffer for buffer in buffers if isinstance(buffer.type, Array)]
        results = reuse(reverse, results, arrays, enabled=self.options.passes)
        self.module.functions.extend(adjoint.outlined)
        return forward, reverse, results if value is None else [*results, value]

    def expand_calls(self, block: Block, adjoint: Adjoint) -> Block:
        """`y = g(...)` becomes `y, residuals = g_fwd(...)` where the reverse sweep calls g_bwd."""
        result: Block = []
        for stmt in block:
            for inner in blocks_of(stmt):
                inner[:] = self.expand_calls(inner, adjoint)
            found = adjoint.split_calls.get(stmt)
            if found is None:
                result.append(stmt)
                self.keep_original(stmt)
                continue
            split, kept = found
            assert isinstance(stmt, Assign | Effect) and isinstance(stmt.value, Call)
            type_ = Structure("tuple", (0, 1), (stmt.value.type, Opaque("residuals")))
            pair = Var("pair", type_)
            result.append(Assign(pair, Call(split.forward, stmt.value.args, type_), stmt.origin))
            if isinstance(stmt, Assign):
                result.append(
                    Assign(stmt.target, Op("field", (pair,), stmt.value.type, {"key": Const(0)}, "tuple"), stmt.origin)
                )
            result.append(Assign(kept, Op("field", (pair,), kept.type, {"key": Const(1)}, "tuple"), stmt.origin))
        return result

    def keep_original(self, stmt: Stmt) -> None:
        """A called function without active arguments is emitted as it is."""
        for expr in exprs_of(stmt):
            if isinstance(expr, Call):
                self.emit_original(expr.function)

    def emit_original(self, function: Function) -> None:
        """Emit a called function as it is, and what it calls."""
        if function in self.originals or function in self.module.functions:
            return
        self.originals.add(function)
        for stmt in walk(function.body):
            self.keep_original(stmt)
        self.module.functions.append(function)

    def gradients(
        self, adjoint: Adjoint, made: Reversed, wrt: list[Var], *, sparse: bool = False, public: bool = False
    ) -> list[Expr]:
        """Return the gradient of each parameter, with its structure; every leaf fresh.

        A sparse one has None for the leaves of structures that the result does not depend on. A public one is that
        of the public face.
        """
        builder = Builder(made.reverse)
        adjoint.builder = builder
        leaf = partial(self.public_leaf if public else self.leaf, adjoint, made)
        return [self.gradient(adjoint, leaf, param, builder, sparse) for param in wrt]

    def gradient(self, adjoint: Adjoint, leaf: Any, param: Var, builder: Builder, sparse: bool) -> Expr:
        leaves: dict[Any, Expr] = {}
        anchor = adjoint.function.body[0] if adjoint.function.body else Return(Const(None))
        for path, type_ in leaf_types(param.type):
            if differentiable(type_) and not (sparse and path and (param, path) not in adjoint.env):
                leaves[path] = leaf(param, path, builder, anchor)
        return build_structure(cotangent_type(param.type), leaves)

    def public_leaf(
        self, adjoint: Adjoint, made: Reversed, param: Var, path: tuple[Any, ...], builder: Builder, anchor: Stmt
    ) -> Expr:
        """Return one leaf of the gradient of the public face: that of a tuple of any length is a tuple."""
        found = faced(self.leaf(adjoint, made, param, path, builder, anchor), builder)
        return builder.op("to_tuple", found) if is_tuple(dict(leaf_types(param.type))[path]) else found

    def leaf(
        self, adjoint: Adjoint, made: Reversed, param: Var, path: tuple[Any, ...], builder: Builder, anchor: Stmt
    ) -> Expr:
        """Return a fresh array (or a number) for one leaf."""
        if not path and param in adjoint.shadows:
            return adjoint.shadows[param]
        if not path and param in adjoint.mirror.of:
            shadow = adjoint.mirror.of[param]
            if not adjoint.repeatable:
                return shadow
            copy = "copy" if isinstance(shadow.type, Array) else "deepcopy"
            return builder.bind(Op(copy, (shadow,), shadow.type), shadow.name)
        bar = adjoint.env.get((param, path))
        type_ = dict(leaf_types(param.type))[path]
        if isinstance(type_, ListOf):
            return self.list_gradient(adjoint, param, path, type_, anchor)
        if bar is None:
            zero = adjoint.zeros_at((param, path), anchor)
            return number(0j) if isinstance(zero, Const) and numeric_kind(type_) == "complex" else zero
        bar = adjoint.full(bar, param, anchor)
        if not isinstance(type_, Array):
            return self.as_number(adjoint, made, bar.expr, type_, builder)
        name = bar.expr.name if path and isinstance(bar.expr, Var) else bar_name((param, path))
        if optional_steps(param.type, path):
            return builder.bind(if_there(bar.expr, Op("copy", (bar.expr,), bar.expr.type)), name)
        return builder.op("copy", bar.expr, hint=name)

    def as_number(self, adjoint: Adjoint, made: Reversed, expr: Expr, type_: Type, builder: Builder) -> Expr:
        """Return the gradient of a number as a float: a factor of the user's that is handed on may be an int."""
        if isinstance(expr.type, Array) and isinstance(type_, Scalar) and type_.dtype is None:
            return builder.op("item", expr)
        if numeric_kind(type_) == "complex":
            return builder.op("complex", expr) if numeric_kind(expr.type) != "complex" else expr
        if isinstance(expr, Const) and isinstance(expr.value, int):
            return number(float(expr.value))
        return builder.op("float", expr) if may_be_int(expr, adjoint.residuals, made.reverse) else expr

    def list_gradient(self, adjoint: Adjoint, param: Var, path: tuple[Any, ...], type_: ListOf, anchor: Stmt) -> Expr:
        """Return the list of gradients of a list argument."""
        if path:
            bar = adjoint.env.get((param, path))
            return bar.expr if bar is not None else adjoint.zeros_at((param, path), anchor)
        return zipped(adjoint, param, anchor)

    # --- the functions ----------------------------------------------------------------------------------------
    def fused(self, function: Function, wrt: list[Var], *, with_value: bool, has_aux: bool, name: str) -> Function:
        """Return f_grad or f_value_and_grad."""
        if not single_return(function):
            return self.fused_split(function, wrt, with_value=with_value, has_aux=has_aux, name=name)
        copy, adjoint = self.adjoint_of(function, set(wrt))
        last = copy.body.pop()
        assert isinstance(last, Return)
        value = last.value
        loss = value.args[0] if has_aux and isinstance(value, Op) else value
        adjoint.function = copy
        copy.body.append(Return(loss, last.origin))
        adjoint.aliases.places.of[copy.body[-1]] = adjoint.aliases.places.of[last]
        made = adjoint.run({(): number(1.0)})
        copy.body.pop()
        name_result(value)
        results = self.gradients(adjoint, made, wrt, public=True)
        forward, reverse, (*results, value) = self.finish(adjoint, made, results, value=value)
        gradient = results[0] if len(results) == 1 else tuple_of(results)
        if has_aux and not with_value:
            assert isinstance(value, Op)
            out: Expr = tuple_of([gradient, value.args[1]])
        else:
            out = tuple_of([value, gradient]) if with_value else gradient
        body = [*forward, Section("adjoint"), *reverse, Return(out)]
        return self.done(name, function, [Section("primal"), *body], out.type)

    def done(self, name: str, function: Function, body: Block, result: Type) -> Function:
        made = Function(name, list(function.params), body, result)
        made.span, made.source, made.doc = function.span, function.source, function.doc
        made.captured = function.captured
        self.module.functions.append(made)
        return made

    def fused_split(
        self, function: Function, wrt: list[Var], *, with_value: bool, has_aux: bool, name: str
    ) -> Function:
        """A function that returns early: forward and backward function, and one that calls both."""
        indices = tuple(i for i, p in enumerate(function.params) if p in wrt)
        split = self.splits.get(function, indices, True, whole=True)
        pair = Var("pair", Structure("tuple", (0, 1), (function.result, Opaque("residuals"))))
        value = Var("value", function.result)
        kept = Var("residuals", Opaque("residuals"))
        body: Block = [
            Assign(pair, Call(split.forward, tuple(function.params), pair.type)),
            Assign(value, Op("field", (pair,), value.type, {"key": Const(0)}, "tuple")),
            Assign(kept, Op("field", (pair,), kept.type, {"key": Const(1)}, "tuple")),
        ]
        seed: Expr = number(1.0)
        if has_aux:
            assert isinstance(function.result, Structure)
            leaves: dict[Any, Expr] = {(0,): number(1.0)}
            self.zero_leaves(function.result.items[1], (1,), value, leaves)
            seed = build_structure(cotangent_type(function.result), leaves)
        gradient, more = self.call_backward(split, kept, seed, wrt, function)
        body += more
        gradient = faced(gradient, Builder(body))
        if has_aux and isinstance(function.result, Structure):
            parts = [Op("field", (value,), t, {"key": Const(i)}, "tuple") for i, t in enumerate(function.result.items)]
            out: Expr = tuple_of([value, gradient]) if with_value else tuple_of([gradient, parts[1]])
        else:
            out = tuple_of([value, gradient]) if with_value else gradient
        return self.done(name, function, [*body, Return(out)], out.type)

    def zero_leaves(self, type_: Type, path: tuple[Any, ...], value: Expr, leaves: dict[Any, Expr]) -> None:
        """Zero cotangents for auxiliary results."""
        current: Expr = value
        for step in path:
            assert isinstance(current.type, Structure)
            current = Op("field", (current,), current.type.item(step), {"key": Const(step)}, current.type.kind)
        if isinstance(type_, Structure):
            for key, item in zip(type_.keys, type_.items, strict=True):
                self.zero_leaves(item, (*path, key), value, leaves)
        elif isinstance(type_, Array) and differentiable(type_):
            leaves[path] = Op("zeros_like", (current,), type_)
        elif differentiable(type_):
            leaves[path] = number(0.0)

    def call_backward(
        self, split: Split, kept: Var, seed: Expr, wrt: list[Var], function: Function
    ) -> tuple[Expr, Block]:
        """Return the gradients from a call of the backward function, and the statements that make them."""
        body: Block = []
        buffers = split.buffers()
        for (param, path), buffer in buffers.items():
            zeros = Op("zeros_like", (param,), param.type)
            if isinstance(param.type, ListOf):
                zeros = zeros_list(param, path, dict(leaf_types(param.type.item))[path])
            body.append(Assign(buffer, zeros))
        args = (kept, seed, *buffers.values())
        types = tuple(cotangent_type(function.params[i].type) for i in split.returned)
        values: dict[int, Expr] = {}
        for i in split.written:
            values[i] = self.whole_buffer(function.params[i], buffers)
        if len(types) == 1:
            only = Var(f"{function.params[split.returned[0]].name}_bar", types[0])
            body.append(Assign(only, Call(split.backward, args, types[0])))
            values[split.returned[0]] = only
        elif types:
            whole = Var("bars", Structure("tuple", tuple(range(len(types))), types))
            body.append(Assign(whole, Call(split.backward, args, whole.type)))
            for k, i in enumerate(split.returned):
                part = Var(f"{function.params[i].name}_bar", types[k])
                body.append(Assign(part, Op("field", (whole,), types[k], {"key": Const(k)}, "tuple")))
                values[i] = part
        else:
            body.append(Effect(Call(split.backward, args, Static(None))))
        results = [values[function.params.index(param)] for param in wrt]
        return (results[0] if len(results) == 1 else tuple_of(results)), body

    def whole_buffer(self, param: Var, buffers: Mapping[Key, Var]) -> Expr:
        """Return the gradient of what a function writes, from its buffers."""
        if (param, ()) in buffers:
            return buffers[param, ()]
        message = f"the list {param.name!r}, whose items have parts, changes in a function that returns early"
        raise UnsupportedError([Problem(message, None, "return at the end")])

    def vjp(self, function: Function, wrt: list[Var], name: str) -> Function:
        """Return f_vjp: the value and a pullback that may be called any number of times."""
        self.repeatable = True
        if not single_return(function):
            return self.vjp_split(function, wrt, name)
        copy, adjoint = self.adjoint_of(function, set(wrt))
        y_bar = Var("y_bar", cotangent_type(function.result))
        given = faced(y_bar, adjoint.builder)
        seed = {path: field_path(given, path) for path, t in leaf_types(function.result) if differentiable(t)}
        last = copy.body[-1]
        assert isinstance(last, Return)
        made = adjoint.run(seed)
        results = self.gradients(adjoint, made, wrt, public=True)
        copy.body.pop()
        forward, reverse, (*results, last.value) = self.finish(adjoint, made, results, value=last.value)
        shadows = self.shadows
        forward, reverse, results = self.protect(forward, reverse, results, adjoint, last.value)
        pullback = Function("pullback", [y_bar], [*reverse, Return(tuple_of(results))])
        value = tuple_of([last.value, Const(None, Static("pullback"), "pullback")])
        outer = self.done(
            name, function, [Section("primal"), *forward, DefinePullback(pullback), Return(value)], value.type
        )
        outer.inner, outer.buffers = pullback, shadows
        return outer

    def protect(
        self, forward: Block, reverse: Block, results: list[Expr], adjoint: Adjoint, value: Expr
    ) -> tuple[Block, Block, list[Expr]]:
        """Copy every array the pullback reads that the caller can reach, so that it sees the old values."""
        aliases, function = adjoint.aliases, adjoint.function
        reachable = reachable_roots(function, aliases, value)
        local = {t for stmt in walk(reverse) for t in targets_of(stmt)}
        results = read_early(forward, reverse, results, set(function.params))
        read = [var for var in dict.fromkeys(content_reads(list(walk(reverse)), results)) if var not in local]
        exposed = [var for var in read if shares(var.type) and aliases.root(var) in reachable]
        absent = adjoint.bound.none_somewhere(function.body) | set(unassigned_at_returns(forward, exposed))
        mapping: dict[Var, Expr] = {}
        for var in exposed:
            kept = mapping[var] = Var(f"{var.name}_kept", var.type)
            copy = Op("copy" if isinstance(var.type, Array) else "deepcopy", (var,), var.type)
            forward.append(Assign(kept, if_there(var, copy) if var in absent else copy))
        map_block(reverse, lambda expr: substitute(expr, mapping))
        return forward, reverse, [substitute(r, mapping) for r in results]

    def vjp_split(self, function: Function, wrt: list[Var], name: str) -> Function:
        indices = tuple(i for i, p in enumerate(function.params) if p in wrt)
        split = self.splits.get(function, indices, True, everything(function), whole=True)
        pair = Var("pair", Structure("tuple", (0, 1), (function.result, Opaque("residuals"))))
        value = Var("value", function.result)
        kept = Var("residuals", Opaque("residuals"))
        y_bar = Var("y_bar", cotangent_type(function.result))
        body: Block = [
            Assign(pair, Call(split.forward, tuple(function.params), pair.type)),
            Assign(value, Op("field", (pair,), value.type, {"key": Const(0)}, "tuple")),
            Assign(kept, Op("field", (pair,), kept.type, {"key": Const(1)}, "tuple")),
        ]
        inner: Block = []
        gradient, more = self.call_backward(split, kept, faced(y_bar, Builder(inner)), wrt, function)
        inner += more
        out = faced(gradient if len(wrt) > 1 else tuple_of([gradient]), Builder(inner))
        inner.append(Return(out))
        pullback = Function("pullback", [y_bar], inner)
        result = tuple_of([value, Const(None, Static("pullback"), "pullback")])
        outer = self.done(name, function, [*body, DefinePullback(pullback), Return(result)], result.type)
        outer.inner = pullback
        return outer

    def make_split(self, split: Split) -> None:
        """Fill in the forward and backward function of a called function."""
        function = split.instance
        wrt = [function.params[i] for i in split.wrt]
        copy, adjoint = self.adjoint_of(function, set(wrt), [function.params[i] for i in split.written])
        buffers = split.buffers()
        taken = {buffer.name for buffer in buffers.values()}
        name = next(n for n in ("out_bar", "result_bar", "returned_bar") if n not in taken)
        y_bar = Var(name, cotangent_type(function.result))
        seed = {}
        if split.result_active:
            seed = {path: field_path(y_bar, path) for path, t in leaf_types(function.result) if differentiable(t)}
        changed = function.lent | {function.params[i] for i in summary(function).writes}
        adjoint.lent = {param for param in changed if isinstance(param.type, ListOf)}
        made = adjoint.run(seed, buffers)
        for key, buffer in buffers.items():
            self.settle_buffer(adjoint, made, key, buffer)
        results = self.gradients(
            adjoint, made, [function.params[i] for i in split.returned], sparse=not split.recursive and not split.whole
        )
        split.types = tuple(r.type for r in results)
        forward, reverse, results = self.finish(adjoint, made, results, buffers=buffers.values())
        split.backward.buffers = self.shadows | set(buffers.values())
        remove_dead(reverse, results, self.options.passes)
        free = free_variables(reverse, results, [y_bar, *buffers.values()])
        name_temporaries(forward, free)
        kept = Var("residuals", Structure("tuple", tuple(range(len(free))), tuple(v.type for v in free)))
        copied = self.exposed(adjoint, split, copy)
        initial = unassigned_at_returns(forward, free)
        start: Block = [Move((var,), (Const(None),)) for var in initial]
        contents = set(content_reads(list(walk(reverse)), results))
        absent = adjoint.bound.none_somewhere(copy.body) | set(initial)
        residuals = residual_tuple(free, absent, contents, adjoint.aliases, copied)
        returns_with(forward, residuals)
        if not ends_in_return(forward):
            forward.append(Return(tuple_of([Const(None), residuals])))
        unpack = [Assign(v, Op("field", (kept,), v.type, {"key": Const(i)}, "tuple")) for i, v in enumerate(free)]
        out: list[Stmt] = []
        if results:
            out.append(Return(results[0] if len(results) == 1 else tuple_of(results)))
        split.forward.params = list(function.params)
        split.forward.body = [*start, *forward]
        split.forward.span, split.forward.source = function.span, function.source
        split.backward.params = [kept, *([y_bar] if split.result_active else []), *buffers.values()]
        split.backward.body = [*unpack, *reverse, *out]
        split.backward.span = function.span
        split.backward.forward = split.forward
        split.forward.primal = True
        self.module.functions.extend([split.forward, split.backward])

    def exposed(self, adjoint: Adjoint, split: Split, function: Function) -> set[Var]:
        """Return the components that the caller writes before the backward function runs: kept as copies."""
        vars_: set[Var] = set()
        for i in split.copied:
            vars_ |= (
                loaded_from({function.params[i]}, function)
                if i >= 0
                else {v for s in walk(function.body) if isinstance(s, Return) for v in variables(s.value)}
            )
        return {adjoint.aliases.root(v) for v in vars_ if shares(v.type)}

    def settle_buffer(self, adjoint: Adjoint, made: Reversed, key: Key, buffer: Var) -> None:
        """The cotangent of the array or list as it was before the call ends in the caller's buffer."""
        param, _ = key
        if param in adjoint.mirror.of:
            shadow = adjoint.mirror.of[param]
            made.reverse.insert(0, Store(shadow, None, buffer, "add"))
            made.reverse.append(Store(buffer, None, shadow, "set"))
            return
        if adjoint.is_shadowed(param):
            return
        bar = adjoint.env.pop(key, None)
        if bar is None:
            made.reverse.append(Store(buffer, None, zeros_in(buffer), "settle"))
        elif bar.expr is not buffer:
            made.reverse.append(Store(buffer, None, bar.expr, "settle"))


def zeros_in(buffer: Var) -> Expr:
    """Return what a buffer holds when nothing has reached it."""
    return zeros_list(buffer, (), buffer.type.item) if isinstance(buffer.type, ListOf) else number(0.0)


def simplify(made: Reversed, results: list[Expr], homes: Mapping[Var, Var]) -> list[Expr]:
    """Write the contributions as shorter sums, before it is decided what is kept for them."""
    primal = partial(primal_definition, made.residuals)
    equal = equal_values(made.residuals)
    map_block(made.reverse, lambda expr: substitute(expr, equal))
    results = simplify_block(made.reverse, [substitute(result, equal) for result in results], primal)
    name_sizes(made.reverse, made.function, made.residuals)
    results = share_with(made.reverse, results)
    gather(made.reverse, results, primal, homes)
    remove_dead(made.reverse, results)
    sum_before_scaling(made.reverse, results)
    distribute(made.reverse, results, primal)
    remove_dead(made.reverse, results)
    gather(made.reverse, results, primal, homes)
    remove_dead(made.reverse, results)
    results = hoist(made.reverse, results, partial(counts_down, made), homes)
    read_before_scaling(made.reverse)
    return results


def may_be_int(expr: Expr, residuals: Residuals, reverse: Block) -> bool:
    """Return whether a cotangent may be an int at run time: a number of the user's that is passed on unchanged."""
    seen: set[Expr] = set()
    stack = [expr]
    while stack:
        current = stack.pop()
        if current in seen or not isinstance(current.type, Scalar):
            continue
        seen.add(current)
        if current.type.kind == "int":
            return True
        residual = residuals.by_stand_in.get(current) if isinstance(current, Var) else None
        joined = residual.var if residual is not None else current
        if isinstance(joined, Var) and joined.join:  # of the user's in the forward sweep, or of cotangents
            stmts = residuals.aliases.places.defs.get(joined, ()) if residual is not None else walk(reverse)
            moves = [stmt for stmt in stmts if isinstance(stmt, Move) and joined in stmt.targets]
            stack += [stmt.sources[stmt.targets.index(joined)] for stmt in moves]
    return False


def shadow_homes(adjoint: Adjoint) -> dict[Var, Var]:
    """Return by which variable each name of a forward shadow stands: one for all that may share memory."""
    primal = {shadow: var for var, shadow in adjoint.mirror.of.items()}
    named = ((stand_in, primal.get(residual.var)) for stand_in, residual in adjoint.residuals.by_stand_in.items())
    return {stand_in: adjoint.aliases.root(var) for stand_in, var in named if var is not None}


def counts_down(made: Reversed, expr: Expr, loop: For) -> bool:
    """Return whether a value is the index of the loop over range(n) that this loop reverses."""
    residual = made.residuals.by_stand_in.get(expr) if isinstance(expr, Var) else None
    return residual is not None and any(
        isinstance(stmt, For) and stmt.index is residual.var and info.index is loop.index and info.counter is None
        for stmt, info in made.loops.items()
    )


def equal_values(residuals: Residuals) -> dict[Var, Expr]:
    """Return which values of the forward sweep are computed twice: the reverse sweep reads the first."""
    places, aliases = residuals.aliases.places, residuals.aliases
    first: dict[object, Var] = {}
    equal: dict[Var, Expr] = {}
    asked = [
        (stmt, var, residual)
        for (var, at, shape_only), residual in residuals.found.items()
        for stmt in places.defs.get(var, ())[:1]
        if at is None and not shape_only and not var.join and isinstance(stmt, Assign) and stmt.target is var
    ]
    for stmt, var, residual in sorted(asked, key=lambda found: places.of[found[0]].order):
        key = key_of(stmt.value)
        read = [var, *variables(stmt.value)]
        if key is None or not is_pure(stmt.value) or any(aliases.written(v) for v in read):
            continue
        if any(isinstance(v.type, ListOf) for v in read):
            continue  # a list may have grown or shrunk between
        known = first.setdefault((id(places.of[stmt].block), key), residual.stand_in)
        if known is not residual.stand_in:
            equal[residual.stand_in] = known
    return equal


def primal_definition(residuals: Residuals, var: Var) -> Op | None:
    """Return how a value of the forward sweep was computed, if its operands are read by the reverse sweep as well."""
    residual = residuals.by_stand_in.get(var)
    if residual is None or residual.at is not None or residual.shape_only or residual.var.join:
        return None
    if residuals.aliases.written(residual.var):
        return None  # it may hold something else by now
    definitions = residuals.aliases.places.defs.get(residual.var, [])
    stmt = definitions[0] if len(definitions) == 1 else None
    if not isinstance(stmt, Assign) or stmt.target is not residual.var or not isinstance(stmt.value, Op):
        return None
    if any(not isinstance(arg, Var | Const) for arg in stmt.value.args):
        return None
    args: list[Expr] = []
    for arg in stmt.value.args:
        if isinstance(arg, Var):
            found = residuals.found.get((arg, residuals.version(arg, stmt), False))
            if found is None:
                return None
            args.append(found.stand_in)
        else:
            args.append(arg)
    return Op(stmt.value.name, tuple(args), stmt.value.type, stmt.value.attrs, stmt.value.form)


def share_with(block: Block, results: list[Expr]) -> list[Expr]:
    """Share common subexpressions of a block; return its results under their new names."""
    block.append(Return(tuple_of(results)))
    share(block)
    last = block.pop()
    assert isinstance(last, Return) and isinstance(last.value, Op)
    return list(last.value.args)


def share_both(forward: Block, reverse: Block, results: list[Expr]) -> list[Expr]:
    """Share common subexpressions between the two sweeps."""
    whole: Block = [*forward, Section("adjoint"), *reverse]
    results = share_with(whole, results)
    middle = next(i for i, stmt in enumerate(whole) if isinstance(stmt, Section))
    forward[:], reverse[:] = whole[:middle], whole[middle + 1 :]
    return results


def clear_shadows(adjoint: Adjoint, forward: Block, reverse: Block) -> Var:
    """A pullback may be called again: what the last call left in the forward shadows is cleared first.

    Returns the list of them.
    """
    registry = Var("shadows", ListOf(Opaque("array")))
    own = set(adjoint.mirror.of.values())

    def register(block: Block) -> Block:
        result: Block = []
        for stmt in block:
            for inner in blocks_of(stmt):
                inner[:] = register(inner)
            result.append(stmt)
            if isinstance(stmt, Assign) and stmt.target in own and isinstance(stmt.target.type, Array):
                listed: Stmt = Effect(Op("append", (registry, stmt.target), Static(None)))
                if is_if_there(stmt.value):
                    listed = If(Op("is_not", (stmt.target, Const(None)), BOOL), [listed], [])
                result.append(listed)
        return result

    forward[:] = [Assign(registry, Op("list", (), registry.type)), *register(forward)]
    reverse.insert(0, Effect(Op("clear_all", (registry,), Static(None))))
    return registry


def flatten(block: Block) -> Block:
    """Put what prologues bring back in its place."""
    result: Block = []
    for stmt in block:
        for inner in blocks_of(stmt):
            inner[:] = flatten(inner)
        if isinstance(stmt, Region):
            result.extend(stmt.prologue.recalls)
            result.extend(stmt.prologue.shadows)
        else:
            result.append(stmt)
    return result


def tuple_of(parts: list[Expr]) -> Op:
    """Return a tuple of expressions."""
    type_ = Structure("tuple", tuple(range(len(parts))), tuple(p.type for p in parts))
    return Op("build", tuple(parts), type_, {"keys": Const(type_.keys)}, "tuple")


def name_result(value: Expr) -> None:
    """Give what is returned a name, if the user gave it none."""
    if isinstance(value, Var) and value.name == "t":
        value.name = "value"


def field_path(base: Expr, path: tuple[Any, ...]) -> Expr:
    """Return `base[path[0]][path[1]]...`."""
    for step in path:
        assert isinstance(base.type, Structure)
        base = Op("field", (base,), base.type.item(step), {"key": Const(step)}, base.type.kind)
    return base


def single_return(function: Function) -> bool:
    """Return whether the only return is the last statement."""
    returns = [stmt for stmt in walk(function.body) if isinstance(stmt, Return)]
    return len(returns) == 1 and bool(function.body) and function.body[-1] is returns[0]


def ends_in_return(block: Block) -> bool:
    """Return whether a block always returns, or raises."""
    if not block:
        return False
    last = block[-1]
    if isinstance(last, If):
        return ends_in_return(last.then) and ends_in_return(last.orelse)
    return isinstance(last, Return | Raise)


def return_own_lists(function: Function) -> None:
    """Return copies of the lists that a function is given: what the caller does with one must not change the other.

    Their cotangents are lists of their own. Where the caller asks for both, that they are one is refused before.
    """
    given = {param for param in function.params if isinstance(param.type, ListOf) and param.type.kind == "list"}
    same = set().union(*(same_lists(function, param) for param in given))
    for block in blocks_in(function.body):
        last = block[-1] if block else None
        if isinstance(last, Return) and isinstance(last.value, Var) and last.value in same:
            own = Var(last.value.name, last.value.type)
            block.insert(len(block) - 1, Assign(own, Op("copy", (last.value,), own.type), last.origin))
            last.value = own


def blocks_in(block: Block) -> Iterator[Block]:
    """Yield a block and those that are in it."""
    yield block
    for stmt in block:
        for inner in blocks_of(stmt):
            yield from blocks_in(inner)


def residual_tuple(free: list[Var], absent: set[Var], contents: set[Var], aliases: Aliases, copied: set[Var]) -> Expr:
    """Return the tuple of residuals; those whose memory the caller writes later are copies, if they are there."""
    parts: list[Expr] = []
    for var in free:
        exposed = shares(var.type) and var in contents and aliases.root(var) in copied
        how = "copy" if isinstance(var.type, Array) else "deepcopy"
        copy = Op(how, (var,), var.type)
        if var in absent:
            copy = if_there(var, copy)
        parts.append(copy if exposed else var)
    return tuple_of(parts)


def returns_with(block: Block, residuals: Expr) -> None:
    """Let every return also hand out the residuals."""
    for stmt in walk(block):
        if isinstance(stmt, Return):
            stmt.value = tuple_of([stmt.value, residuals])


def loaded_from(params: set[Var], function: Function) -> set[Var]:
    """Return parameters and what is loaded from their fields."""
    reached = set(params)
    for stmt in walk(function.body):
        if (
            isinstance(stmt, Assign)
            and isinstance(stmt.value, Op)
            and stmt.value.name == "field"
            and stmt.value.args[0] in reached
        ):
            reached.add(stmt.target)
    return reached


def free_variables(reverse: Block, results: list[Expr], params: list[Var]) -> list[Var]:
    """Return what reverse code reads from the forward sweep, in order."""
    bound = {t for stmt in walk(reverse) for t in targets_of(stmt)} | set(params)
    found: dict[Var, None] = {}
    for stmt in walk(reverse):
        for var in reads(stmt):
            if var not in bound:
                found[var] = None
    for result in results:
        for var in variables(result):
            if var not in bound:
                found[var] = None
    return list(found)


def unassigned_at_returns(forward: Block, free: list[Var]) -> list[Var]:
    """Return the residuals that may not be bound at some return, the last one included."""
    last = Return(Const(None))
    missing = Unbound([*forward, last], lambda stmt: free if isinstance(stmt, Return) else ()).found
    return [v for v in free if v in missing]


def read_early(forward: Block, reverse: Block, results: list[Expr], params: set[Var]) -> list[Expr]:
    """Read the fields of containers that are given in the forward sweep: the caller may change them afterwards."""
    read: dict[tuple[Var, str], Var] = {}

    def early(expr: Expr) -> Expr:
        if isinstance(expr, Var | Const) or not isinstance(expr, Op | Call):
            return expr
        args = tuple(map(early, expr.args))
        if isinstance(expr, Call):
            return Call(expr.function, args, expr.type)
        base = args[0] if expr.name == "field" else None
        if isinstance(base, Var) and (base in params or base in read.values()):
            key = base, repr(expr.attrs["key"])
            if key not in read:
                read[key] = Var("part", expr.type)
                forward.append(Assign(read[key], Op("field", args, expr.type, expr.attrs, expr.form)))
            return read[key]
        attrs = {name: early(value) for name, value in expr.attrs.items()}
        return Op(expr.name, args, expr.type, attrs, expr.form)

    map_block(reverse, early)
    return [early(result) for result in results]


def reachable_roots(function: Function, aliases: Aliases, value: Expr) -> set[Var]:
    """Return the components of memory that the caller can reach after the call."""
    reached = loaded_from(set(function.params), function)
    reached.update(variables(value))
    for stmt in walk(function.body):  # what is put into a container may be the caller's from then on
        if isinstance(stmt, SetField) or (isinstance(stmt, Store) and isinstance(stmt.base.type, ListOf)):
            reached.update(variables(stmt.value))
    return {aliases.root(var) for var in reached if shares(var.type)}
