"""The tangent: forward mode by statement, in the order of the program.

    y = f(a, b)      y_dot = f_a a_dot + f_b b_dot
    u[i] = e         u_dot[i] = e_dot
    u[i] *= e        u_dot[i] = u_dot[i] e + u[i] e_dot      (before the primal writes)
    v = u[1:]        v_dot = u_dot[1:]                       (the same view: tangents share memory as values do)
    j := v (join)    j_dot := v_dot

Tangents live beside their values with the same aliasing, so no analysis but activity is needed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from s2sad.analysis.activity import WHOLE, Activity, Paths, active_reads, as_taken, find_activity
from s2sad.analysis.alias import Aliases, find_aliases, shares, summary
from s2sad.analysis.bound import BoundJoins
from s2sad.analysis.same_list import refuse_shared_lists
from s2sad.errors import InternalError, Problem
from s2sad.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    If,
    Move,
    Op,
    Return,
    SetField,
    Stmt,
    Store,
    Try,
    Var,
    While,
    end_of_body,
    reads,
    relaxed,
    targets_of,
    variables,
    walk,
)
from s2sad.ir.rewrite import clone
from s2sad.ir.types import NONE, Array, ListOf, Scalar, Static, Structure, Type, differentiable
from s2sad.passes.dce import is_pure_head
from s2sad.rules.builder import Builder, Sym, cast_like, constant_expr, if_there, number, same_shape
from s2sad.rules.core import TABLE, view_kind
from s2sad.rules.infer import is_path, item_of
from s2sad.transforms.adjoint import complex_problems
from s2sad.transforms.assemble import Options, ends_in_return, tuple_of
from s2sad.transforms.composed import tangent_composed
from s2sad.transforms.constants import constant_problems
from s2sad.transforms.cotangents import cotangent_type, leaf_types, zeros_of
from s2sad.transforms.problems import noting

MIRRORED = {"getitem", "field", "pop", "copy", "sum_list", "list", "build", "to_list", "repeat_list", "add_lists"}
MIRRORED |= {"to_tuple"}


def tangent_module(
    function: Function, wrt: list[Var], name: str, options: Options, problems: list[Problem]
) -> list[Function]:
    """Return the functions of a module for `name(*args, *tangents) -> (value, tangent)`.

    What cannot be differentiated is added to the `problems`.
    """
    module = _Module(options, problems)
    made = module.function(function, tuple(function.params.index(p) for p in wrt), name)
    module.functions.remove(made)
    return [*module.functions, made]


def unlike(name: str, taken: set[str]) -> str:
    """Return a name that is not taken, and take it."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


class _Module:
    """Tangent functions by (function, active parameters)."""

    def __init__(self, options: Options, problems: list[Problem]) -> None:
        self.options = options
        self.problems = problems
        self.functions: list[Function] = []
        self.found: dict[Any, Function] = {}
        self.originals: set[Function] = set()

    def function(
        self, function: Function, wrt: tuple[int, ...], name: str = "", parts: tuple[Paths, ...] | None = None
    ) -> Function:
        """Return the tangent of a function for these active parameters, of structures for these parts."""
        parts = (WHOLE,) * len(wrt) if parts is None else parts
        key = (function, wrt, parts)
        if key not in self.found:
            n = sum(1 for k in self.found if k[0] is function)
            made = Function(name or f"{function.name}_jvp" + (f"_{n + 1}" if n else ""), [], [])
            self.found[key] = made
            Tangent(self, function, wrt, parts, made, entry=bool(name)).run()
            self.functions.append(made)
        return self.found[key]

    def original(self, function: Function) -> None:
        """Emit a function that is called without active arguments."""
        from s2sad.ir.nodes import exprs_of, walk

        if function in self.originals:
            return
        self.originals.add(function)
        for stmt in walk(function.body):
            for expr in exprs_of(stmt):
                if isinstance(expr, Call):
                    self.original(expr.function)
        self.functions.append(function)


class Tangent:
    """Builds the tangent of one function."""

    def __init__(
        self,
        module: _Module,
        function: Function,
        wrt: tuple[int, ...],
        parts: tuple[Paths, ...],
        made: Function,
        entry: bool,
    ) -> None:
        self.module = module
        self.function = function
        self.wrt = wrt
        self.made = made
        self.entry = entry
        self.aliases: Aliases = find_aliases(function)
        active = {function.params[i]: paths for i, paths in zip(wrt, parts, strict=True)}
        everything = not module.options.activity
        self.activity: Activity = find_activity(
            function, self.aliases, set(active), everything=everything, parts=active
        )
        if not entry and summary(function).entangled:
            self.vary_returned()
        refuse_shared_lists(function, self.aliases)
        module.problems += [*complex_problems(function, self.activity), *constant_problems(function, self.activity)]
        self.absent = BoundJoins(function).none_somewhere(function.body)
        self.builder = Builder()
        self.dots: dict[Var, Var] = {}
        self.fresh: set[Var] = set()

    def vary_returned(self) -> None:
        """What is reached in two ways through the result has one tangent, made where it is made: zero, perhaps."""
        for stmt in walk(self.function.body):
            if isinstance(stmt, Return):
                for root in {self.aliases.root(v) for v in variables(stmt.value) if shares(v.type)}:
                    members = self.aliases.members.get(root, [root])
                    self.activity.varied |= {v for v in members if shares(v.type) and differentiable(v.type)}

    def run(self) -> None:
        """Fill in the function."""
        params = [self.function.params[i] for i in self.wrt]
        taken = {param.name for param in self.function.params}  # x_dot may be a parameter of the user's
        for param in params:
            self.dots[param] = Var(unlike(f"{param.name}_dot", taken), cotangent_type(param.type))
        dots = [self.dots[p] for p in params]
        if self.entry:
            for param in params:
                self.protect(param)
        for param in self.function.params:  # a global that is written: its tangent is zero so far
            if param not in self.dots and self.varied(param):
                self.dots[param] = self.builder.bind(self.dot_of_constant(param), f"{param.name}_dot")
        self.block(self.function.body)
        if self.function.result != NONE and not ends_in_return(self.function.body):
            self.emit(Return(tuple_of([Const(None), Const(None)])))
        self.made.shared = True
        self.made.params = [*self.function.params, *dots]
        self.made.body = self.builder.block
        self.made.span, self.made.source = self.function.span, self.function.source
        self.made.captured, self.made.doc = self.function.captured, self.function.doc

    def protect(self, param: Var) -> None:
        """A tangent that is written beside its value is copied: it is the caller's."""
        if isinstance(param.type, Array) and self.aliases.written(param):
            copy = self.builder.bind(Op("copy", (self.dots[param],), param.type), f"{param.name}_dot")
            self.dots[param] = copy
        elif isinstance(param.type, Structure | ListOf) and self.writes_inside(param):
            dot = self.dots[param]
            self.dots[param] = self.builder.bind(Op("deepcopy", (dot,), dot.type), dot.name)

    def dot_of_constant(self, param: Var) -> Expr:
        """Return a zero tangent of a parameter."""
        if isinstance(param.type, Array):
            return Op("zeros_like", (param,), param.type)
        if isinstance(param.type, ListOf):
            return Op("zeros_list", (param,), param.type)
        raise InternalError(f"{param.name} is written, and it is neither an array nor a list")

    def writes_inside(self, param: Var) -> bool:
        """Return whether an array inside a container is written."""
        inside = {param}
        for stmt in walk(self.function.body):
            value = stmt.value if isinstance(stmt, Assign) else None
            if isinstance(value, Op) and value.name in ("field", "getitem", "pop") and value.args[0] in inside:
                inside.add(stmt.target)  # type: ignore[attr-defined]
        return any(self.aliases.written(var) for var in inside)

    # --- statements -------------------------------------------------------------------------------------------
    def block(self, block: Block) -> None:
        for stmt in block:
            self.builder.origin = relaxed(stmt.origin)
            with noting(self.module.problems, stmt, self.function):
                self.statement(stmt)

    def nested(self, block: Block) -> Block:
        outer, self.builder.block = self.builder.block, []
        self.block(block)
        made, self.builder.block = self.builder.block, outer
        return made

    def attempted(self, block: Block) -> Block:
        """The body of a `try`, with the tangents behind its end: what they raise is not for the handler."""
        at = end_of_body(block)
        both = self.nested(block)
        if not all(isinstance(stmt, Assign | Move) and is_pure_head(stmt) for stmt in block[:at]):
            return both
        own = {target for stmt in block[:at] for target in targets_of(stmt)}
        end = end_of_body(both)
        primal, dots = apart(both[:end], own)
        made = {target for stmt in dots for target in targets_of(stmt)}
        if any(var in made for stmt in primal for var in reads(stmt)):
            return both
        return [*primal, *both[end : end + 1], *dots, *both[end + 1 :]]

    def emit(self, stmt: Stmt) -> None:
        self.builder.block.append(stmt)

    def varied(self, var: Expr) -> bool:
        """Return whether a variable has a tangent."""
        return isinstance(var, Var) and var in self.activity.varied and differentiable(var.type)

    def dot_var(self, var: Var) -> Var:
        """Return the tangent variable of a join."""
        if var not in self.dots:
            self.dots[var] = Var(f"{var.name}_dot", cotangent_type(var.type), join=var.join)
        return self.dots[var]

    def statement(self, stmt: Stmt) -> None:
        match stmt:
            case Assign():
                self.assign(stmt)
            case Move():
                targets, sources = list(stmt.targets), list(stmt.sources)
                for target, source in zip(stmt.targets, stmt.sources, strict=True):
                    if self.varied(target):
                        sources.append(self.dot(source, target.type))
                        targets.append(self.dot_var(target))
                self.emit(Move(tuple(targets), tuple(sources), stmt.origin))
            case Store():
                self.store(stmt)
            case SetField():
                self.emit(clone(stmt))
            case Effect():
                self.effect(stmt)
            case Try():
                then = self.attempted(stmt.then)
                self.emit(Try(stmt.flag, stmt.errors, then, self.nested(stmt.orelse), self.builder.origin))
            case If():
                self.emit(If(stmt.cond, self.nested(stmt.then), self.nested(stmt.orelse), self.builder.origin))
            case For():
                body, origin = self.nested(stmt.body), relaxed(stmt.origin)
                self.emit(For(stmt.index, stmt.start, stmt.stop, stmt.step, body, origin))
            case While():
                test, body, origin = self.nested(stmt.test), self.nested(stmt.body), relaxed(stmt.origin)
                self.emit(While(test, stmt.cond, body, origin))
            case Return():
                self.returned(stmt)
            case _:
                self.emit(clone(stmt))

    def returned(self, stmt: Return) -> None:
        dot = self.dot(stmt.value, self.function.result)
        dot = self.owned(dot, set()) if self.entry else dot
        self.emit(Return(tuple_of([stmt.value, dot]), stmt.origin))

    def owned(self, dot: Expr, seen: set[Expr]) -> Expr:
        """Return a tangent that shares no memory with the caller's tangents, nor one part with another."""
        if isinstance(dot, Op) and dot.name in ("tuple", "list", "build"):
            return Op(dot.name, tuple(self.owned(part, seen) for part in dot.args), dot.type, dot.attrs, dot.form)
        if not isinstance(dot.type, Array):
            return dot
        own = dot in self.fresh if isinstance(dot, Var) else isinstance(dot, Op) and view_kind(dot) is None
        if not own or dot in seen:
            return self.builder.op("copy", dot, hint="y_dot")
        seen.add(dot)
        return dot

    def effect(self, stmt: Effect) -> None:
        value = stmt.value
        if isinstance(value, Call):
            self.call(stmt, value, None)
            return
        self.emit(clone(stmt))
        if isinstance(value, Op) and value.name == "append" and self.varied(value.args[0]):
            target, item, *at = value.args
            assert isinstance(target, Var)
            like = item_of(target.type, "of" in value.attrs) if isinstance(target.type, ListOf) else None
            parts = (self.dots[target], self.dot(item, like), *at)
            self.emit(Effect(Op("append", parts, Static(None), value.attrs), stmt.origin))

    # --- tangents of expressions ------------------------------------------------------------------------------
    def dot(self, expr: Expr, like: Type | None = None) -> Expr:
        """Return the tangent of an expression, zero if it has none; `like` is the type of what it becomes.

        An int that becomes a float has a tangent there: zero.
        """
        if isinstance(expr, Var) and self.varied(expr):
            return self.dots[expr]
        if isinstance(expr, Op) and expr.name in ("build", "tuple", "list"):
            likes = item_types(like, len(expr.args))
            parts = tuple(self.dot(arg, part) for arg, part in zip(expr.args, likes, strict=True))
            type_ = expr.type
            if isinstance(type_, Structure):
                type_ = Structure(type_.kind, type_.keys, tuple(p.type for p in parts), type_.cls)
            return Op(expr.name, parts, type_, expr.attrs, expr.form)
        if differentiable(expr.type):
            return self.zero(expr)
        if isinstance(like, ListOf) and differentiable(like) and isinstance(expr.type, ListOf | Structure):
            return self.builder.bind(Op("zeros_list", (expr,), like), "zero_dot")
        return number(0.0) if isinstance(like, Scalar) and differentiable(like) else Const(None)

    def dense(self, expr: Expr) -> Expr:
        """Return the tangent of the parts of an array: zeros where a part has none."""
        if isinstance(expr, Op) and expr.name in ("build", "tuple", "list"):
            parts = tuple(self.dense(arg) for arg in expr.args)
            return Op(expr.name, parts, expr.type, expr.attrs, expr.form)
        if isinstance(expr.type, Array) and not differentiable(expr.type):
            return Op("zeros_like", (expr,), Array("float64", expr.type.shape), {"dtype": Const("float64")})
        if isinstance(expr.type, ListOf) and not all(differentiable(leaf) for _, leaf in leaf_types(expr.type.item)):
            return self.builder.bind(Op("dense", (self.dot(expr),), expr.type), "rows_dot")
        return self.dot(expr) if differentiable(expr.type) else number(0.0)

    def zero(self, expr: Expr) -> Expr:
        """Return a zero tangent for a value; None for what is None."""
        if isinstance(expr.type, Structure):
            type_ = cotangent_type(expr.type)
            assert isinstance(type_, Structure)
            if expr.type.kind == "object":  # its attributes are read as those of the value
                type_ = replace(type_, kind="object", cls=expr.type.cls)
            keyed = zip(expr.type.keys, expr.type.items, strict=True)
            fields = [Op("field", (expr,), item, {"key": Const(key)}, expr.type.kind) for key, item in keyed]
            parts = tuple(self.zero(field) if differentiable(field.type) else Const(None) for field in fields)
            return Op("build", parts, type_, {"keys": Const(type_.keys)}, type_.kind)
        name = zeros_of(expr.type)
        if name is None:
            return number(0.0)
        made = Op(name, (expr,), expr.type)
        return self.builder.bind(if_there(expr, made) if expr in self.absent else made, "zero_dot")

    def assign(self, stmt: Assign) -> None:
        y, value = stmt.target, stmt.value
        if isinstance(value, Call):
            self.call(stmt, value, y)
            return
        self.emit(clone(stmt))
        if not self.varied(y):
            return
        if isinstance(value, Var | Const):
            self.bind(y, self.dot(value), value)
            return
        assert isinstance(value, Op)
        if value.name in MIRRORED:
            self.mirror(y, value)
        else:
            self.rule(y, value)

    def bind(self, y: Var, dot: Expr, source: Expr, made: bool = False) -> None:
        """Give y its tangent; one that is another's buffer is copied if either is written."""
        shared = isinstance(dot, Var) and not made and isinstance(y.type, Array)
        viewing = isinstance(source, Var)
        if shared and not viewing and self.is_written(y, source):
            dot = self.builder.op("copy", dot)
            made = True
        if isinstance(dot, Var) and dot.name == "t":
            dot.name = f"{y.name}_dot"
        if not isinstance(dot, Var):
            dot = self.builder.bind(dot, f"{y.name}_dot")
        self.dots[y] = dot
        if made:
            self.fresh.add(dot)

    def is_written(self, y: Var, source: Expr) -> bool:
        """Return whether y or what its tangent was taken from is written somewhere."""
        vars_ = [y, *active_reads(source)]
        return any(self.aliases.written(v) for v in vars_)

    def mirror(self, y: Var, value: Op) -> None:
        """Containers and views: the same operation on tangents."""
        if value.name in ("build", "list"):
            self.bind(y, self.dot(value, y.type), value, True)
            return
        type_ = cotangent_type(value.type)
        if value.name == "add_lists":
            self.bind(y, Op(value.name, tuple(self.dot(arg, y.type) for arg in value.args), type_), value, True)
            return
        base = value.args[0]
        like = y.type.item if value.name == "repeat_list" and isinstance(y.type, ListOf) else None
        op = Op(value.name, (self.dot(base, like), *value.args[1:]), type_, value.attrs, value.form)
        dot = self.builder.bind(op, f"{y.name}_dot")
        self.dots[y] = dot

    def rule(self, y: Var, value: Op) -> None:
        """The tangent by the rule of the operation."""
        rule = TABLE.rules[value.name]
        if rule.constant or not self.activity.is_varied(value):
            self.bind(y, self.zero(y), value, True)
            return
        if value.name in ("array", "stack", "concatenate"):
            source = value.args[0]
            dot = self.builder.bind(Op(value.name, (self.dense(source),), value.type, value.attrs, value.form))
            self.bind(y, dot, value, True)
            return
        if view_kind(value) and isinstance(value.args[0], Var) and not rule.is_elementwise:
            attrs = value.attrs
            op = Op(value.name, (self.dot(value.args[0]), *value.args[1:]), value.type, attrs, value.form)
            self.bind(y, self.as_shared(y, value, self.builder.bind(op)), Var("view", y.type))
            return
        start = len(self.builder.block)
        args = tuple(Sym(arg, self.builder) for arg in value.args)
        dots = tuple(
            Sym(self.dots[arg], self.builder) if isinstance(arg, Var) and self.varied(arg) else None
            for arg in value.args
        )
        result = Sym(y, self.builder)
        if not any(map(self.varied, value.attrs.values())):
            rule = rule.where_active({i for i, dot in enumerate(dots) if dot is not None})
        if rule.is_elementwise:
            made = self.elementwise(rule, result, args, dots)
        elif rule.definition is not None:
            made = Sym(tangent_composed(self, y, value), self.builder)
        else:
            if rule.push is None:
                raise InternalError(f"{rule.name} has no pushforward")
            attrs = {k: v for k, v in value.attrs.items() if k != "out"}
            made = rule.push(result, args, dots, attrs)
        if isinstance(y.type, Structure):
            self.bind(y, constant_expr(made), value, True)
            return
        made = self.own(self.shaped(cast_like(made, y), y))
        created = any(isinstance(s, Assign) and s.target is made.expr for s in self.builder.block[start:])
        self.bind(y, made.expr, value, created)

    def own(self, made: Sym) -> Sym:
        """Return a tangent that is no view of another's: what the operation gives is none."""
        source = self.builder.definitions.get(made.expr) if isinstance(made.expr, Var) else None
        viewing = isinstance(source, Op) and isinstance(made.type, Array) and view_kind(source) is not None
        return made.op("copy") if viewing else made

    def as_shared(self, y: Var, value: Op, view: Var) -> Expr:
        """Where a reshape of the primal copied, that of its tangent is a copy as well."""
        if view_kind(value) != "maybe" or not self.aliases.is_memory(y):
            return view
        shares = self.builder.op("shares_memory", y, value.args[0])
        copy = Op("copy", (view,), view.type)
        return self.builder.bind(Op("if_else", (view, shares, copy), view.type), f"{y.name}_dot")

    def elementwise(self, rule: Any, y: Sym, args: tuple[Sym, ...], dots: tuple[Sym | None, ...]) -> Sym:
        """Return the sum of partial derivatives times tangents."""
        from s2sad.transforms.contributions import times

        total: Sym | None = None
        for dot, partial in zip(dots, rule.partials, strict=False):
            if dot is None or partial is None:
                continue
            value = partial(y, *args)
            if isinstance(value, Sym) and isinstance(value.expr, Const):
                value = value.expr.value
            if rule.over_complex == "plain" and isinstance(value, Sym):
                value = value.op("conj")  # y_dot = Re <dy, x_dot>: a gradient is conjugated in the product
            term = times(dot, value)
            if rule.name == "power" and partial is rule.partials[1]:  # of an exponent that does not move: no nan
                term = dot.op("not_equal", 0.0).op("where", term, 0.0)
            total = term if total is None else total + term
        assert total is not None
        return total

    def shaped(self, dot: Sym, y: Var) -> Sym:
        """Give a tangent the shape of its value."""
        if not isinstance(y.type, Array) or same_shape(dot.type, y.type):
            return dot
        wide = dot.op("broadcast_to", shape=Sym(y, self.builder).op("shape"))
        return wide.op("copy") if self.aliases.written(y) else wide

    # --- writes and calls -------------------------------------------------------------------------------------
    def store(self, stmt: Store) -> None:
        """The tangent is written first: it needs the old values."""
        base = stmt.base
        if self.varied(base):
            assert isinstance(base, Var)
            self.store_dot(stmt, self.dots[base])
        self.emit(clone(stmt))

    def store_dot(self, stmt: Store, dot: Var) -> None:
        value, index = stmt.value, stmt.index
        active = bool(active_reads(value)) and self.activity.is_varied(value)
        match stmt.how:
            case "set":
                items = item_of(stmt.base.type, is_path(index)) if isinstance(stmt.base.type, ListOf) else None
                given = self.dot(value, items) if active or items is not None else number(0.0)
                self.emit(Store(dot, index, given, "set", stmt.origin))
            case "add" | "subtract" | "add_at":
                if active:
                    self.emit(Store(dot, index, self.dot(value), stmt.how, stmt.origin))
            case _:
                self.store_product(stmt, dot, active)

    def store_product(self, stmt: Store, dot: Var, active: bool) -> None:
        """`u[i] *= e` and `u[i] /= e`."""
        if not active:
            self.emit(Store(dot, stmt.index, stmt.value, stmt.how, stmt.origin))
            return
        b = self.builder

        def pick(array: Expr) -> Sym:
            return Sym(array if stmt.index is None else b.op("getitem", array, stmt.index), b)

        old, old_dot = pick(stmt.base), pick(dot)
        e, e_dot = Sym(stmt.value, b), Sym(self.dot(stmt.value), b)
        new = old_dot * e + old * e_dot if stmt.how == "multiply" else (old_dot - old / e * e_dot) / e
        self.emit(Store(dot, stmt.index, new.expr, "set", stmt.origin))

    def call(self, stmt: Assign | Effect, call: Call, y: Var | None) -> None:
        """A called function returns its value and its tangent; arrays it writes have their tangents written too."""
        wrt = tuple(i for i, arg in enumerate(call.args) if any(self.varied(v) for v in active_reads(arg)))
        given = [(call.args[i], call.function.params[i].type) for i in wrt]
        parts = tuple(as_taken(self.activity.paths(arg), arg.type, type_) for arg, type_ in given)
        if not wrt and not (y is not None and self.varied(y) and summary(call.function).entangled):
            self.module.original(call.function)
            self.emit(clone(stmt))
            if y is not None and self.varied(y):
                self.bind(y, self.zero(y), y, True)
            return
        made = self.module.function(call.function, wrt, parts=parts)
        args = (*call.args, *(self.dot(call.args[i]) for i in wrt))
        dot_type = cotangent_type(call.type)
        type_ = Structure("tuple", (0, 1), (call.type, dot_type))
        if y is None or call.type == NONE:
            self.emit(Effect(Call(made, args, type_), stmt.origin))
            if y is not None:
                self.emit(Assign(y, Const(None), stmt.origin))
            return
        pair = Var("pair", type_)
        self.emit(Assign(pair, Call(made, args, type_), stmt.origin))
        self.emit(Assign(y, Op("field", (pair,), call.type, {"key": Const(0)}, "tuple"), stmt.origin))
        if differentiable(call.type):
            self.dots[y] = self.builder.bind(
                Op("field", (pair,), dot_type, {"key": Const(1)}, "tuple"), f"{y.name}_dot"
            )


def item_types(type_: Type | None, count: int) -> tuple[Type | None, ...]:
    """Return the types of the items of a container."""
    if isinstance(type_, Structure) and len(type_.items) == count:
        return type_.items
    return (type_.item if isinstance(type_, ListOf) else None,) * count


def apart(block: Block, own: set[Var]) -> tuple[Block, Block]:
    """Return the statements that bind the primal's own variables, and the others."""
    first: Block = []
    second: Block = []
    for stmt in block:
        if isinstance(stmt, Move):
            pairs = list(zip(stmt.targets, stmt.sources, strict=True))
            for part, mine in ((first, True), (second, False)):
                some = [pair for pair in pairs if (pair[0] in own) == mine]
                if some:
                    part.append(Move(tuple(t for t, _ in some), tuple(s for _, s in some), stmt.origin))
        else:
            (first if own.intersection(targets_of(stmt)) else second).append(stmt)
    return first, second
