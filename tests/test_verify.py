"""What the verifier of the IR asks holds for every corpus program, as lowered and after each pass; and it can fail."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import s2sad.compile
import s2sad.pipeline
from s2sad.analysis.ownership import ownership_faults
from s2sad.errors import InternalError
from s2sad.ir.nodes import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Continue,
    DefinePullback,
    Effect,
    For,
    Function,
    If,
    Keep,
    Move,
    Op,
    Return,
    SetField,
    Store,
    Tape,
    Var,
    While,
    exprs_of,
    subexpressions,
    targets_of,
    variables,
    walk,
)
from s2sad.ir.types import BOOL, FLOAT, INT, NONE, Array, ListOf, Size
from s2sad.ir.verify import INTERNAL, faults, verify
from s2sad.rules import TABLE
from tests.conformance.test_switches import CALLS, drawn, is_whole
from tests.generated import PROGRAMS, SWITCHES, module_text, program

OPERATIONS = {
    name: len(rule.partials) if rule.partials and not rule.variadic else None for name, rule in TABLE.rules.items()
}


def reached(function):
    """Return a function and every function it calls."""
    found = {function: None}
    for current in (queue := [function]):
        for stmt in walk(current.body):
            for part in (p for expr in exprs_of(stmt) for p in subexpressions(expr)):
                if isinstance(part, Call) and part.function not in found:
                    found[part.function] = None
                    queue.append(part.function)
    return list(found)


@pytest.fixture
def passes(monkeypatch):
    """Verify whatever is generated, at every stage; return the names of the stages seen."""
    seen = []

    def observe(name, function):
        seen.append(name)
        verify(function, OPERATIONS, after=name)
        assert not list(ownership_faults(function)), name

    text, differentiate = s2sad.pipeline.module_text, s2sad.compile.differentiate

    def observed(functions, options, header, _, captured):
        return text(functions, options, header, observe, captured)

    def differentiated(lowered, *rest):
        for function in reached(lowered):
            verify(function, OPERATIONS, lowered=True, after="lowering")
        seen.append("lowering")
        return differentiate(lowered, *rest)

    monkeypatch.setattr(s2sad.pipeline, "module_text", observed)
    monkeypatch.setattr(s2sad.compile, "differentiate", differentiated)
    return seen


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("mode", ["value_and_grad", "grad", "vjp", "jvp"])
def test_every_pass_keeps_the_ir_right(name, mode, passes):
    function, args, wrt = program(name)
    module_text(function, args, wrt, mode)
    assert passes[0] == "lowering" and {"transform", "remove_dead", "substitute_once"} <= set(passes)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("switch", [switch for switch in SWITCHES if switch != "all"])
def test_with_analyses_and_passes_switched_off(name, switch, passes):
    function, args, wrt = program(name)
    module_text(function, args, wrt, "value_and_grad", SWITCHES[switch])
    assert "transform" in passes


@pytest.mark.parametrize(("f", "args"), [pytest.param(f, a, id=f.__name__) for f, a in CALLS if not drawn(f)])
@pytest.mark.parametrize("mode", ["value_and_grad", "vjp", "jvp"])
def test_with_the_programs_of_conformance(f, args, mode, passes):
    wrt = tuple(i for i, arg in enumerate(args) if not is_whole(arg))
    module_text(f, copy.deepcopy(args), wrt, mode)
    assert passes[0] == "lowering" and "transform" in passes


# --- who owns what ---------------------------------------------------------------------------------------------
def generated(text_of, mode, args, wrt):
    """Return the functions of the module of a derivative, as they are before their text is written."""
    found = {}
    write = s2sad.pipeline.emit_module

    def written(functions, header):
        found.update((function.name, function) for function in functions)
        return write(functions, header)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(s2sad.pipeline, "emit_module", written)
        module_text(text_of, args, wrt, mode)
    return found


def scaled_inside(x, y):
    z = x * y
    z[1:] = np.sin(z[:-1])
    return np.sum(z * x)


def halved(x):
    if x[0] > 0.0:
        return x * x
    return np.sin(x)


def of_a_call(x):
    total = halved(x)
    for _ in range(2):
        total = halved(total)
    return np.sum(total)


def pullback_of(function):
    return next(stmt.function for stmt in walk(function.body) if isinstance(stmt, DefinePullback))


def test_a_pullback_that_writes_what_it_is_given_is_found():
    outer = generated(scaled_inside, "vjp", (np.array([1.0, 2.0]), np.array([0.5, 0.3])), (0, 1))["scaled_inside_vjp"]
    assert not list(ownership_faults(outer))
    pullback = pullback_of(outer)
    made = {target for stmt in walk(pullback.body) for target in targets_of(stmt)} | {*pullback.params}
    read = [v for stmt in walk(pullback.body) for e in exprs_of(stmt) for v in variables(e)]
    for victim in (next(v for v in read if v not in made), pullback.params[0]):
        view = Var("view", victim.type)
        whole = Op("getitem", (victim, Const(Ellipsis)), victim.type)
        pullback.body[:0] = [Assign(view, whole), Store(view, None, Const(2.0), "multiply")]
        assert [fault for fault in ownership_faults(outer) if f"may write {victim!r}" in fault]
        del pullback.body[:2]


def test_a_backward_function_that_writes_its_residuals_is_found():
    module = generated(of_a_call, "grad", (np.array([1.0, 2.0]),), (0,))
    backward = module["halved_bwd"]
    assert not list(ownership_faults(backward))
    residual = next(
        stmt.target
        for stmt in backward.body
        if isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name == "field"
    )
    for victim in (residual, backward.params[1]):
        backward.body.insert(-1, Store(victim, None, Const(2.0), "multiply"))
        assert list(ownership_faults(backward))
        del backward.body[-2]
        held, item = Var("held", ListOf(X.type)), Var("item", X.type)
        backward.body[-1:-1] = [
            Assign(held, Op("list", (), held.type)),
            Effect(Op("append", (held, victim), NONE)),
            Assign(item, Op("pop", (held,), X.type)),
            Store(item, None, Const(2.0), "multiply"),
        ]
        assert list(ownership_faults(backward))
        del backward.body[-5:-1]


def test_an_adjoint_that_writes_an_argument_is_found():
    fused = generated(scaled_inside, "grad", (np.array([1.0, 2.0]), np.array([0.5, 0.3])), (0, 1))["scaled_inside_grad"]
    assert not list(ownership_faults(fused))
    fused.body.insert(-1, Store(fused.params[0], None, Const(2.0), "multiply"))
    assert list(ownership_faults(fused))


# --- the verifier can fail ------------------------------------------------------------------------------------
X = Var("x", Array("float64", (Size("n"),)))
ONE = Const(1.0, FLOAT)
YES = Const(True, BOOL)


def fresh(join=False):
    return Var("t", FLOAT, join=join)


def of(*body, params=(X,)):
    return Function("f", list(params), list(body))


def loop(*body):
    return For(Var("i", INT), Const(0, INT), Const(3, INT), Const(1, INT), list(body))


def without_type(var):
    del var.type
    return var


def without_origin(stmt):
    del stmt.origin
    return stmt


def with_parts(stmt, **parts):
    for name, part in parts.items():
        setattr(stmt, name, part)
    return stmt


T, U, J = fresh(), fresh(), fresh(join=True)
OTHER = Function("g", [Var("a", FLOAT)], [])
TAPE = Tape("tape", FLOAT, ())

BAD = {
    # assigned once
    "is assigned by 2 statements": of(Assign(T, ONE), Assign(T, ONE)),
    "is assigned by 2 statements and": of(If(YES, [Assign(T, ONE)], [Assign(T, ONE)])),
    "the join .* not by a move": of(Assign(J, ONE), Move((J,), (ONE,))),
    "is not a join and is assigned by the move": of(Move((T,), (ONE,))),
    "the parameter .* is assigned": of(Assign(X, ONE)),
    "the parameter .* is": of(with_parts(loop(), index=X)),
    # defined
    "is read in return .* before it is assigned": of(Return(T)),
    "is read in .* before": of(If(YES, [Assign(T, ONE)], []), Return(T)),
    "is read in .* before it": of(loop(Assign(T, ONE)), Return(T)),
    "is read in while .* before": of(While([], T, [Assign(T, ONE)])),
    "is read in t.* before it is assigned": of(
        While([], YES, [If(YES, [Break()], []), Assign(T, ONE)]), Assign(U, Op("negative", (T,), FLOAT))
    ),
    "is read in return .* and assigned on no path before": of(Return(J), Move((J,), (ONE,))),
    "is read in t.* zeros_like": of(loop(Assign(T, ONE)), Assign(U, Op("zeros_like", (T,), FLOAT))),
    # form
    "2 targets and 1 sources": of(Move((J, fresh(join=True)), (ONE,))),
    "one target twice": of(Move((J, J), (ONE, ONE))),
    "unknown kind of store 'subtrahend'": of(Store(X, None, ONE, "subtrahend")),
    "unknown kind of container 'set'": of(SetField(X, "key", "set", ONE)),
    "no tape": of(Keep("tape", ONE)),
    "no origin": of(without_origin(Assign(T, ONE))),
    "3 stands where an expression should in Return": of(Return(3)),
    "'t' is assigned, which is not a variable": of(Assign("t", ONE)),
    "stands where a statement should": of("t = 1"),
    "a block is a tuple, not a list": of(with_parts(loop(), body=())),
    "4 stands where an expression should": of(Effect(Op("negative", (4,), FLOAT))),
    "'negative' takes 1 arguments and has 2": of(Effect(Op("negative", (ONE, ONE), FLOAT))),
    "'g' has 1 parameters and is given 2": of(Effect(Call(OTHER, (ONE, ONE), FLOAT))),
    "'g' is called, which is not a lowered function": of(Effect(Call("g", (ONE,), FLOAT))),
    # loops
    "break outside a loop": of(Break()),
    "continue outside a loop": of(If(YES, [], [Continue()])),
    "break outside": of(While([Break()], YES, [])),
    # known, typed
    "the operation 'unheard_of' has no rule": of(Effect(Op("unheard_of", (ONE,), FLOAT))),
    "has no type": of(Assign(without_type(fresh()), ONE)),
    "1.0 has no type": of(Effect(without_type(Const(1.0)))),
    "negative.* has no type": of(Effect(Op("negative", (ONE,), "float"))),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_ir_is_found(message):
    with pytest.raises(InternalError, match=f"the IR of 'f' is wrong after a test: .*{message}"):
        verify(BAD[message], OPERATIONS, lowered=True, after="a test")


@pytest.mark.parametrize("message", ["break outside a loop", "is assigned by 2 statements", "has no type"])
def test_bad_ir_in_a_pullback_is_found(message):
    class Define(Effect):
        __slots__ = ("function",)

    define = Define(ONE)
    define.function = Function("pullback", [], BAD[message].body)
    assert list(faults(of(define), OPERATIONS))
    assert not list(faults(of(Define(ONE)), OPERATIONS))


def test_what_only_a_derivative_may_do():
    counted = Op("add", (T, Const(1, INT)), FLOAT)
    beforehand = of(Move((T,), (Const(None),)), loop(Move((T,), (counted,))), Return(T))
    shape = Var("s", FLOAT)
    read = of(loop(Assign(T, ONE)), loop(Assign(shape, Op("zeros_like", (T,), FLOAT))))
    for function in (beforehand, read):
        assert not list(faults(function, OPERATIONS))
        assert list(faults(function, OPERATIONS, lowered=True))
    assert list(faults(of(Move((T,), (ONE,)), Move((T,), (X,))), OPERATIONS)) == []
    assert list(faults(of(Move((T,), (X,)), Move((T,), (X,))), OPERATIONS))


def test_good_ir_passes():
    then: Block = [Move((J,), (ONE,)), Continue()]
    body = [
        Assign(T, Op("sum", (X,), FLOAT)),
        While([Assign(U, ONE)], U, [If(YES, then, [Break()]), Return(T)]),
        Keep(TAPE, U),
        If(YES, [Return(T)], [Assign(inner := fresh(), ONE), Return(inner)]),
    ]
    verify(of(*body), OPERATIONS, lowered=True)


def test_a_branch_knows_what_the_same_branch_assigned():
    test = Var("test", BOOL)
    forward = If(test, [Assign(T, ONE)], [Assign(U, ONE)])
    for reverse in (
        [If(test, [Effect(T)], [Effect(U)])],
        [If(Op("logical_not", (test,), BOOL), [Effect(U)], [Effect(T)])],
        [loop(If(test, [Effect(T)], []))],
    ):
        assert not list(faults(of(forward, *reverse, params=(test,)), OPERATIONS))
    for reverse in ([If(test, [Effect(U)], [])], [If(YES, [Effect(T)], [])], [If(test, [], []), Effect(T)]):
        assert list(faults(of(forward, *reverse, params=(test,)), OPERATIONS))


def test_internal_operations_have_no_rule():
    assert not set(INTERNAL) & set(TABLE.rules)
    assert all(INTERNAL.values())
