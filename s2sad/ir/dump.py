"""The text form of IR, for debugging and `s2sad show --after PASS`."""

from __future__ import annotations

from s2sad.ir.nodes import Block, Const, Expr, For, Function, If, Op, Stmt, Try, Var, While, blocks_of


class Names:
    """Stable names for variables in a dump."""

    def __init__(self) -> None:
        self.given: dict[Var, str] = {}
        self.used: dict[str, int] = {}

    def __call__(self, var: Var) -> str:
        if var not in self.given:
            n = self.used.get(var.name, 0)
            self.used[var.name] = n + 1
            self.given[var] = var.name if n == 0 else f"{var.name}.{n}"
        return self.given[var]


def dump(function: Function) -> str:
    """Return the text of a function, one statement a line."""
    names = Names()
    params = ", ".join(names(p) for p in function.params)
    lines = [f"function {function.name}({params})"]
    _dump_block(function.body, names, "    ", lines)
    return "\n".join(lines)


def _dump_block(block: Block, names: Names, indent: str, lines: list[str]) -> None:
    for stmt in block:
        lines.append(indent + _text(stmt, names))
        inner = blocks_of(stmt)
        for i, nested in enumerate(inner):
            if i and isinstance(stmt, If) and nested:
                lines.append(indent + "else")
            if i and isinstance(stmt, While):
                lines.append(indent + "do")
            _dump_block(nested, names, indent + "    ", lines)


def _text(stmt: Stmt, names: Names) -> str:
    from s2sad.ir.nodes import Assign, Effect, Keep, Move, Raise, Return, SetField, Store

    def show(expr: Expr) -> str:
        return expr_text(expr, names)

    match stmt:
        case Assign():
            return f"{names(stmt.target)} = {show(stmt.value)}"
        case Move():
            return f"{', '.join(map(names, stmt.targets))} := {', '.join(map(show, stmt.sources))}"
        case Store():
            index = "" if stmt.index is None else f"[{show(stmt.index)}]"
            return f"{show(stmt.base)}{index} <- {stmt.how} {show(stmt.value)}"
        case SetField():
            return f"{show(stmt.base)}.{stmt.key} = {show(stmt.value)}"
        case Effect():
            return show(stmt.value)
        case Try():
            return f"try, except {', '.join(stmt.errors)}"
        case If():
            return f"if {show(stmt.cond)}"
        case For():
            if stmt.over is not None:
                return f"for {names(stmt.index)} in {show(stmt.over)}"
            bounds = ", ".join(map(show, (stmt.start, stmt.stop, stmt.step)))
            return f"for {names(stmt.index)} in range({bounds})"
        case While():
            return f"while {show(stmt.cond)}"
        case Return():
            return f"return {show(stmt.value)}"
        case Raise():
            return f"raise {show(stmt.value)}"
        case Keep():
            return f"keep {stmt.tape.name} <- {show(stmt.value)}"
    return type(stmt).__name__.lower()


def expr_text(expr: Expr, names: Names) -> str:
    """Return the text of an expression."""
    if isinstance(expr, Var):
        return names(expr)
    if isinstance(expr, Const):
        return expr.text or (getattr(expr.value, "__name__", None) or repr(expr.value))
    if isinstance(expr, Op):
        args = [expr_text(a, names) for a in expr.args]
        args += [f"{k}={expr_text(v, names)}" for k, v in expr.attrs.items()]
        return f"{expr.name}({', '.join(args)})"
    return f"{expr.function.name}({', '.join(expr_text(a, names) for a in expr.args)})"  # type: ignore[attr-defined]
