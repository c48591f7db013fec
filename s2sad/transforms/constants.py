"""What must not be given active data: calls that are not differentiated, random draws."""

from __future__ import annotations

from s2sad.analysis.activity import Activity, active_reads
from s2sad.errors import Problem, Span
from s2sad.frontend.writes import put_into
from s2sad.ir.nodes import (
    Assign,
    Call,
    Const,
    Expr,
    Function,
    Move,
    Op,
    Stmt,
    Var,
    exprs_of,
    subexpressions,
    variables,
    walk,
)
from s2sad.ir.types import ListOf, Name, SetOf, Structure, Type, differentiable
from s2sad.rules.core import TABLE
from s2sad.transforms.composed import definition_of, varied_in


def constant_problems(function: Function, activity: Activity) -> list[Problem]:
    """Return where active data goes into what has no derivative: that would be a silent zero."""
    found: list[Problem] = []
    if not activity.known:
        return found
    texts = texts_of_active(function, activity)
    for stmt in walk(function.body):
        op = stmt.value if isinstance(stmt, Assign) else None
        found += [problem_of_text(op, stmt)] if op is not None and gives_numbers_of(op, texts) else []
        for part in (p for expr in exprs_of(stmt) for p in subexpressions(expr)):
            if isinstance(part, Op) and part.name not in HARMLESS:
                found += [
                    Problem(*said, stmt.origin.span if stmt.origin else None, HINT) for said in moved(part, activity)
                ]
        if isinstance(op, Op) and op.name in ("library", "opaque", "draw") and not counts(op):
            active = [var for var in operands(op) if var in activity.varied and differentiable(var.type)]
            if active and not is_of_text(op):  # it may be kept, be it that nobody reads the result
                found.append(problem(op, active[0], stmt.origin.span if stmt.origin else None))
    return found


HARMLESS = ("library", "opaque", "draw", "tell", "print", "fstring", "format", "exception", "assert", "build", "object")
COUNTED = {"histogram": 1, "histogram_weights": 1}  # operands without a derivative: they decide the edges
HINT = "give it s2sad.stop_gradient(...) of the argument"


def texts_of_active(function: Function, activity: Activity) -> set[Var]:
    """Return the variables that hold text, or hold something that holds text, in which active numbers are shown."""
    found: set[Var] = set()
    while True:
        before = len(found)
        for stmt in walk(function.body):
            if isinstance(stmt, Assign) and holds_text(stmt.target.type) and shows(stmt.value, found, activity):
                found.add(stmt.target)
            if isinstance(stmt, Move):
                pairs = zip(stmt.targets, stmt.sources, strict=True)
                found.update(t for t, s in pairs if holds_text(t.type) and shows(s, found, activity))
            base, put = put_into(stmt)
            if base is not None and holds_text(base.type) and any(shows(part, found, activity) for part in put):
                found.update(variables(base))
        if len(found) == before:
            return found


def shows(value: Expr, texts: set[Var], activity: Activity) -> bool:
    """Return whether active numbers, or text in which they are shown, are in a value."""
    return any(var in texts or (var in activity.varied and differentiable(var.type)) for var in variables(value))


def holds_text(type_: Type) -> bool:
    """Return whether a value of a type is text, or a container of text."""
    if isinstance(type_, ListOf | SetOf):
        return holds_text(type_.item)
    if isinstance(type_, Structure):
        return any(map(holds_text, type_.items))
    return isinstance(type_, Name)


def is_of_text(op: Op) -> bool:
    """Return whether an operation is a method of text that gives text."""
    if not op.form.startswith(".") or not op.args or not holds_text(op.type):
        return False
    text = op.args[0]
    return holds_text(text.type) or (isinstance(text, Const) and isinstance(text.value, str))


def gives_numbers_of(value: Expr, texts: set[Var]) -> bool:
    """Return whether a value is made by a function that may read numbers in text."""
    if isinstance(value, Call):
        return any(var in texts for var in variables(value)) and reads_text(value.function, set())
    return (
        isinstance(value, Op)
        and value.name in ("library", "opaque")
        and not is_of_text(value)
        and any(var in texts for var in operands(value))
    )


def reads_text(function: Function, seen: set[Function]) -> bool:
    """Return whether a function, or one that it calls, may read numbers in text."""
    if function in seen:
        return False
    seen.add(function)
    for stmt in walk(function.body):
        for part in (p for expr in exprs_of(stmt) for p in subexpressions(expr)):
            if isinstance(part, Call) and reads_text(part.function, seen):
                return True
            given = isinstance(part, Op) and part.name in ("library", "opaque") and not is_of_text(part)
            if given and any(holds_text(var.type) for var in operands(part)):  # type: ignore[arg-type]
                return True
    return False


def problem_of_text(value: Expr, stmt: Stmt) -> Problem:
    """Say that numbers may be read in text in which active ones are shown."""
    name = value.function.name if isinstance(value, Call) else spelled(value)  # type: ignore[arg-type]
    message = f"{name} may read numbers in text in which active ones are shown: they would have no derivative"
    return Problem(message, stmt.origin.span if stmt.origin else None, "use the numbers themselves")


def counts(op: Op) -> bool:
    """Return whether a function of NumPy or SciPy gives ints or bools only, whatever it is given: they do not move."""
    return op.name == "library" and not differentiable(op.type)


def moved(op: Op, activity: Activity) -> list[tuple[str]]:
    """Say which arguments of an operation have no rule and are given active data: that would be a silent zero."""
    rule = TABLE.rules.get(op.name)
    if rule is not None and rule.definition is not None:
        return moved_inside(op, activity)
    name = op.form.lstrip(".") or (rule.spelling if rule is not None else op.name)
    given = [(f"argument {key!r}", value) for key, value in op.attrs.items()]
    given += [("first argument", arg) for arg in op.args[: COUNTED.get(op.name, 0)]]
    return [
        (f"{name} is given {shown(var)} as its {key}, for which there is no derivative rule",)
        for key, value in given
        for var in variables(value)
        if var in activity.varied and differentiable(var.type)
    ][:1]


def moved_inside(op: Op, activity: Activity) -> list[tuple[str]]:
    """Say which of the operations that one is composed of are given active data as such an argument."""
    reads = {var for var in active_reads(op) if var in activity.varied}
    if not any(reads.intersection(variables(value)) for value in op.attrs.values()):
        return []
    block, _ = definition_of(op)
    inside = Activity(activity.aliases, varied_in(block, reads))
    return [said for stmt in block if isinstance(stmt.value, Op) for said in moved(stmt.value, inside)][:1]


def shown(active: Var) -> str:
    """Return an active variable in the user's words."""
    return "an active value" if active.name == "t" else f"{active.name!r}, which is active,"


def operands(op: Op) -> list[Var]:
    """Return the variables that an operation is given."""
    exprs: list[Expr] = [*op.args, *op.attrs.values()]
    return [var for expr in exprs for var in variables(expr)]


def spelled(op: Op) -> str:
    """Return what is called, in the user's words."""
    return op.form.partition(" -> ")[0].removeprefix("infix ").lstrip(".").replace(":", ".").replace("/", ".")


def problem(op: Op, active: Var, span: Span | None) -> Problem:
    """Say what is given active data, and what to write."""
    name = spelled(op)
    given = "an active value" if active.name == "t" else f"{active.name!r}, which is active"
    if op.name == "draw":
        hint = "draw from the standard distribution: loc + scale * rng.standard_normal(size)"
        return Problem(f"{name} is given {given}: what is drawn is a constant", span, hint)
    if name.startswith("item"):
        hint = "write the function with operations that have a rule, or copy what it returns"
        return Problem("active values are written into what a call without a derivative rule returned", span, hint)
    hint = "write it with operations that have one, or give it s2sad.stop_gradient(...) of the argument"
    return Problem(f"{name} has no derivative rule and is given {given}", span, hint)
