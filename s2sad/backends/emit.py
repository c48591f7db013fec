"""IR functions to a Python module: the user's lines, then the adjoint of each statement under its text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from s2sad.backends.dialect import HELPERS, LIBRARIES
from s2sad.backends.printer import CALL, SIGNS, Printer, without_sign
from s2sad.backends.twins import without_twins
from s2sad.backends.wrap import WIDTH, wrap
from s2sad.ir.nodes import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Context,
    Continue,
    DefinePullback,
    Effect,
    Expr,
    For,
    Function,
    If,
    Move,
    Op,
    Origin,
    Raise,
    Return,
    Section,
    SetField,
    Stmt,
    Store,
    Try,
    Var,
    While,
    end_of_body,
    exprs_of,
    is_mark,
    reads,
    subexpressions,
    targets_of,
    variables,
    walk,
)
from s2sad.ir.types import Array, ListOf, Scalar, Structure
from s2sad.origins import Place, Source
from s2sad.passes.cse import walk_all
from s2sad.passes.naming import assign_names
from s2sad.rules.core import TABLE, scipy_module

AUGMENTED = {"add": "+=", "subtract": "-=", "multiply": "*=", "divide": "/="}
RESERVED = {
    "np",
    "math",
    "print",
    "len",
    "range",
    "list",
    "zip",
    "enumerate",
    "float",
    "complex",
    "isinstance",
    "type",
    "dict",
    "int",
    "sum",
    "min",
    "max",
    "abs",
    "next",
    "reversed",
    "round",
    "sorted",
    "tuple",
    "bool",
}


@dataclass(eq=False, repr=False)
class ModuleText:
    """A module being written."""

    helpers: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    functions: list[list[str]] = field(default_factory=list)  # their lines


def emit_module(functions: list[Function], header: list[str]) -> Source:
    """Return the text of a module with these functions, the entry last, and where its lines come from."""
    module = ModuleText()
    taken = {f.name for f in functions} | RESERVED | set(HELPERS) | imported_names(functions)
    outlined: dict[str, list[str]] = {}  # the functions of adjoints of operations: each stands once
    for function in functions:
        if function.outlines:
            emit_outlined(function, module, taken, outlined)
        else:
            module.functions.append(emit_function(function, module, taken))
    lines = [*(f"# {line}" for line in header), ""]
    helpers = "".join(f"\n\n{HELPERS[name].rstrip()}\n" for name in sorted(module.helpers))
    numpy = any(re.search(r"\bnp\.", text) for text in (helpers, *(line for f in module.functions for line in f)))
    lines += import_lines(module.imports, numpy)
    text = "\n".join(lines) + "\n" + helpers
    places: dict[int, Place] = {}
    for i, function_text in without_twins(["\n".join(lines) for lines in module.functions]):
        first = text.count("\n") + 3
        places.update({first + at: place for at, place in places_of(module.functions[i])})
        text += f"\n\n{function_text}\n"
    source = Source(text)
    source.places = places
    return source


def places_of(lines: list[str]) -> Iterator[tuple[int, Place]]:
    """Yield the lines of a function that come from the user's, counted from 0, and where they come from."""
    for at, line in enumerate(lines):
        span = line.origin.span if isinstance(line, Line) and line.origin is not None else None
        if span is not None:
            yield at, (span.file, span.line)


def emit_outlined(function: Function, module: ModuleText, taken: set[str], found: dict[str, list[str]]) -> None:
    """Emit the function of an operation's adjoint, unless one of the same text has been."""
    wish, n = function.name, 2
    text = emit_function(function, module, taken)
    while function.name in found and found[function.name] != text:
        function.name, n = f"{wish}{n}", n + 1
        text = emit_function(function, module, taken)
    if function.name not in found:
        found[function.name] = text
        taken.add(function.name)
        module.functions.append(text)


def imported_names(functions: list[Function]) -> set[str]:
    """Return what the calls that run as they stand import: no variable may have such a name."""
    found: set[str] = set()
    for function in functions:
        for stmt in walk_all(function.body):
            if isinstance(stmt, Try):
                found.update(form.rpartition(":")[2].partition("/")[0].partition(".")[0] for form in stmt.errors)
            if stmt.origin is not None:
                found.update(context.module for context in stmt.origin.contexts if context.module)
            for expr in exprs_of(stmt):
                for part in subexpressions(expr):
                    if isinstance(part, Op) and "." in part.name:
                        rule = TABLE.rules.get(part.name)
                        if rule is not None and rule.spelling.startswith("scipy."):
                            found.add(scipy_module(rule.spelling).rpartition(".")[2])
                    if isinstance(part, Op) and part.name in ("library", "opaque", "draw", "tell", "exception"):
                        module, colon, name = part.form.partition(" -> ")[0].partition(":")
                        found.add(name if colon else module.partition("/")[0].partition(".")[0])
    return found - {""}


def import_lines(imports: set[str], numpy: bool) -> list[str]:
    """Return the import statements, that of NumPy if it is used."""
    lines = [f"import {name}" for name in sorted(imports) if ":" not in name]
    if numpy:
        lines += [""] if lines else []
        lines.append("import numpy as np")
    named: dict[str, list[str]] = {}
    for module, name in sorted(i.split(":") for i in imports if ":" in i):
        named.setdefault(module, []).append(name)
    froms = {module: import_of(f"from {module} import ", names) for module, names in named.items()}
    users = [text for module, text in froms.items() if not is_scipy(module)]
    return [*lines, *(text for module, text in froms.items() if is_scipy(module)), *([""] if users else []), *users]


def import_of(head: str, names: list[str]) -> str:
    """Return an import of names, one to a line in brackets where a line cannot hold them."""
    line = head + ", ".join(names)
    if len(line) <= WIDTH:
        return line
    return head + "(\n" + "".join(f"    {name},\n" for name in names) + ")"


def is_scipy(module: str) -> bool:
    """Return whether a module belongs to SciPy, whose modules stand beside NumPy."""
    return module.partition(".")[0] == "scipy"


def emit_function(function: Function, module: ModuleText, taken: set[str]) -> list[str]:
    """Return the lines of one function."""
    params = set(function.params)
    if function.inner is not None:
        taken = taken | {function.inner.name}
    names = assign_names(function, function.body, taken, [])
    writer = Writer(names, module)
    writer.params = params
    writer.caught = {s.target for s in walk_all(function.body) if isinstance(s, Assign) and is_caught(s.value)}
    writer.printer.layouts = any(
        isinstance(part, Op) and part.name == "shares_memory"
        for body in (function.body, *([function.inner.body] if function.inner is not None else []))
        for stmt in walk(body)
        for expr in exprs_of(stmt)
        for part in subexpressions(expr)
    )
    writer.section = "primal" if function.primal else ""
    lines = [f"def {function.name}({', '.join(names[p] for p in function.params)}):"]
    if function.outlines and function.doc:
        writer.lines += docstring(function.doc)
    if function.inner is not None:
        writer.inner_names(function, taken)
    writer.block(function.body, 1)
    if not writer.lines:
        writer.lines.append("    pass")
    return lines + writer.lines


def docstring(text: str) -> list[str]:
    """Return a docstring as indented lines."""
    first, *rest = text.splitlines()
    lines = [f'    """{first}', *(f"    {line}".rstrip() for line in rest)]
    if rest:
        return [*lines, '    """']
    return [f'{lines[0]}"""']


class Line(str):
    """A line, and the user's statement that it comes from."""

    origin: Origin | None


class Writer:
    """Writes statements as lines."""

    def __init__(self, names: dict[Var, str], module: ModuleText) -> None:
        self.names = names
        self.module = module
        self.printer = Printer(names, module.helpers, module.imports)
        self.lines: list[str] = []
        self.section = ""
        self.comment = ""
        self.at: Origin | None = None  # the statement of the user's that is being written
        self.told: Origin | None = None  # the statement that the last comment tells
        self.params: set[Var] = set()
        self.inner: dict[Var, str] = {}
        self.shown: set[int] = set()
        self.contexts: list[Context] = []  # the modes of libraries that are set where statements are written
        self.caught: set[Var] = set()  # the exceptions of handlers
        self.captured: set[Var] = set()  # names of the enclosing function, inside a pullback

    def inner_names(self, function: Function, taken: set[str]) -> None:
        """Name the variables of the pullback: none of them may hide a name it reads from outside."""
        inner = function.inner
        assert inner is not None
        bound = {t for s in walk(inner.body) for t in targets_of(s)} | set(inner.params)
        outer = {v: self.names[v] for s in walk(inner.body) for v in reads(s) if v not in bound}
        forbidden = taken | set(outer.values())
        for param in inner.params:
            param.name = next(n for n in (param.name, "out_bar", "result_bar", "cotangent") if n not in forbidden)
        found = assign_names(inner, inner.body, forbidden - {p.name for p in inner.params}, [])
        for var, name in outer.items():
            found[var] = name
        self.inner = found
        self.outside = set(outer)

    def line(self, text: str, depth: int) -> None:
        """Append a line, wrapped."""
        for piece in wrap(text, "    " * depth):
            line = Line(piece)
            line.origin = self.at
            self.lines.append(line)

    def text(self, expr: Expr, level: int = 0) -> str:
        """Return the text of an expression."""
        return self.printer.text(expr, level)

    def block(self, block: Block, depth: int) -> None:
        """Write the statements of a block; `pass` if nothing remains."""
        before = len(self.lines)
        self.statements(block, 0, len(block), depth)
        if all(line.lstrip().startswith("#") for line in self.lines[before:]) and depth > 1:
            self.line("pass", depth)

    def statements(self, block: Block, start: int, end: int, depth: int) -> None:
        """Write some statements of a block, those that run in one mode of a library below one `with`."""
        i = start
        while i < end:
            context = self.context(block[i])
            if context is None:
                i += self.statement(block, i, depth)
                continue
            stop = self.last_in(context, block, i, end) + 1
            if context.kind == "mode":
                self.write_with(context, block, i, stop, depth)
            elif context.kind == "try" and (middle := self.final_at(context, block, stop, end)) is not None:
                stop = self.last_in(self.context(block[middle]), block, middle, end) + 1
                self.write_finally(block, i, middle, stop, depth)
            else:
                self.write_in(context, block, i, stop, depth)
            i = stop

    def final_at(self, body: Context, block: Block, start: int, end: int) -> int | None:
        """Return where the statements behind the `finally` of a `try` start; None if there are none."""
        for i in range(start, end):
            found = self.context(block[i])
            if found is not None and found.partner is body:
                return i
            if not self.neutral(block[i]):
                return None
        return None

    def context(self, stmt: Stmt) -> Context | None:
        """Return the mode of a library that a statement runs in, beside those that are set already."""
        origin = stmt.origin
        if origin is None or not origin.contexts or self.neutral(stmt):
            return None
        found = [context for context in origin.contexts if context.kind]
        return found[len(self.contexts)] if len(found) > len(self.contexts) else None

    def neutral(self, stmt: Stmt) -> bool:
        """Return whether a statement may stand in any mode: it is nobody's, or joins names."""
        return stmt.origin is None or isinstance(stmt, Move)

    def last_in(self, context: Context | None, block: Block, start: int, end: int) -> int:
        """Return the place of the last of the statements that run in one mode; what is nobody's may stand between."""
        last = start
        for i in range(start + 1, end):
            stmt, found = block[i], self.context(block[i])
            if isinstance(stmt, Section | DefinePullback) or (found is None and not self.neutral(stmt)):
                break
            if found is not None:
                if not found.same(context):
                    break
                last = i
        return last

    def write_with(self, context: Context, block: Block, start: int, end: int, depth: int) -> None:
        """Write `with` and the statements below it, if any of them is a line."""
        before, self.lines = self.lines, []
        self.write_in(context, block, start, end, depth + 1)
        inside, self.lines = self.lines, before
        if any(not line.lstrip().startswith("#") for line in inside):
            if self.section == "primal" and id(context) not in self.shown:
                self.shown.add(id(context))
                for comment in context.comments:
                    self.line(comment, depth)
            if context.module != "np":
                self.module.imports.add(context.module)
            self.line(f"with {context.text}:", depth)
            for line in context.lines:
                self.line(line, depth + 1)
        self.lines += inside

    def write_in(self, context: Context, block: Block, start: int, end: int, depth: int) -> None:
        """Write statements of which it is known what they run in."""
        self.contexts.append(context)
        self.statements(block, start, end, depth)
        self.contexts.pop()

    def write_finally(self, block: Block, start: int, middle: int, end: int, depth: int) -> None:
        """Write `try` and `finally`."""
        for word, first, last in (("try", start, middle), ("finally", middle, end)):
            context = self.context(block[first])
            assert context is not None
            self.line(f"{word}:", depth)
            before = len(self.lines)
            self.write_in(context, block, first, last, depth + 1)
            if all(line.lstrip().startswith("#") for line in self.lines[before:]):
                self.line("pass", depth + 1)

    def statement(self, block: Block, i: int, depth: int) -> int:
        """Write one statement, or a few that make one line; return how many."""
        stmt = block[i]
        self.at = stmt.origin
        group = self.unpacking(block, i)
        if group:
            self.head(stmt, depth)
            self.write_unpacking(block, i, group, depth)
            return group
        match stmt:
            case Section():
                self.section = stmt.title
                self.comment = ""
                if self.lines and self.lines[-1].strip() == "# primal":
                    self.lines.pop()  # nothing of the primal is left: there are no parts to tell apart
                else:
                    self.line(f"# {stmt.title}", depth)
            case Try():
                self.write_try(stmt, depth)
            case If():
                self.write_if(stmt, depth)
            case For():
                self.write_for(stmt, depth)
            case While():
                self.write_while(stmt, depth)
            case DefinePullback():
                self.write_pullback(stmt, depth)
            case _:
                lines = self.simple(stmt)
                if lines:
                    self.head(stmt, depth)
                for text in lines:
                    self.line(text, depth)
        return 1

    def head(self, stmt: Stmt, depth: int) -> None:
        """Write the comment above a statement: the user's own in the primal, his statement in the adjoint."""
        origin = stmt.origin
        if origin is None:
            return  # not a statement of the user's
        if self.section == "primal":
            if id(origin) not in self.shown:
                self.shown.add(id(origin))
                for comment in origin.comments:
                    self.line(comment, depth)
            return
        if origin is self.told:
            return
        text = one_line(origin.text)
        if text.startswith(("for ", "while ", "if ", "def ", "try:", "with ")) or not text or text == self.comment:
            return
        self.comment, self.told = text, origin
        room = WIDTH - 4 * depth - 2
        self.line(f"# {text if len(text) <= room else text[: room - 4] + ' ...'}", depth)

    def simple(self, stmt: Stmt) -> list[str]:
        """Return the lines of a simple statement."""
        match stmt:
            case Assign():
                return self.assign(stmt.target, stmt.value)
            case Move():
                return self.move(stmt)
            case Store():
                return [self.store(stmt)]
            case SetField():
                place = f".{stmt.key}" if stmt.kind == "object" else f"[{stmt.key!r}]"
                return [f"{self.text(stmt.base, 16)}{place} = {self.text(stmt.value)}"]
            case Effect():
                return [] if is_mark(stmt) else [self.effect(stmt.value)]
            case Break():
                return ["break"]
            case Continue():
                return ["continue"]
            case Return():
                return [f"return {self.returned(stmt.value)}"]
            case Raise():
                if isinstance(stmt.value, Const):
                    return ["raise"]  # what was caught
                cause = stmt.value.attrs.get("cause") if isinstance(stmt.value, Op) else None
                more = "" if cause is None else f" from {self.text(cause)}"
                return [f"raise {self.text(stmt.value)}{more}".rstrip()]
        raise AssertionError(type(stmt))

    def returned(self, value: Expr) -> str:
        """Return the text of a returned value; a tuple without its parentheses."""
        text = self.text(value)
        plain = not isinstance(value.type, Structure) or value.type.cls is None
        if isinstance(value, Op) and value.form == "tuple" and plain and len(value.args) > 1:
            return text[1:-1]
        return text

    def assign(self, target: Var, value: Expr) -> list[str]:
        name = self.names[target]
        if (
            isinstance(value, Op)
            and value.name in AUGMENTED
            and not isinstance(target.type, Array)
            and len(value.args) == 2
            and isinstance(value.args[0], Var)
            and not isinstance(value.args[0].type, Array)  # of rank 0: that would write into it
            and self.names[value.args[0]] == name
            and not value.form.startswith(LIBRARIES)
        ):
            how, more = self.sign(value.name, value.args[1])
            return [f"{name} {how} {more}"]
        text = self.returned(value)
        return [] if text == name else [f"{name} = {text}"]

    def move(self, stmt: Move) -> list[str]:
        """Write a parallel assignment: line by line where the order allows, else as a tuple."""
        pairs = []
        for target, source in zip(stmt.targets, stmt.sources, strict=True):
            name, text = self.names[target], self.text(source)
            if name != text:
                pairs.append((name, text, {self.names[v] for v in variables(source)}, target, source))
        lines: list[str] = []
        while pairs:
            ready = next((p for p in pairs if not any(p[0] in q[2] for q in pairs if q is not p)), None)
            if ready is None:
                left, right = ", ".join(p[0] for p in pairs), ", ".join(p[1] for p in pairs)
                return [*lines, f"{left} = {right}"]
            pairs.remove(ready)
            lines.extend(self.assign(ready[3], ready[4]))
        return lines

    def added_at(self, stmt: Store) -> str:
        """Return what is added: of the rank of the index, for NumPy (2.4) reads past the end of one of lower rank."""
        types = [expr.type for expr in (stmt.base, stmt.index, stmt.value) if expr is not None]
        ranks = [type_.ndim if isinstance(type_, Array) else 0 for type_ in types]
        if ranks[0] != 1 or not 0 < ranks[2] < ranks[1]:
            return self.text(stmt.value)
        return f"{self.text(stmt.value, CALL)}[{', '.join(['None'] * (ranks[1] - ranks[2]))}]"

    def store(self, stmt: Store) -> str:
        base = self.text(stmt.base, 16)
        value = self.text(stmt.value)
        if stmt.how == "add_at":
            assert stmt.index is not None
            index = self.printer.index_value(stmt.index)
            return f"np.add.at({base}, {index}, {self.added_at(stmt)})"
        if stmt.index is None and stmt.how in ("set", "settle"):
            return f"{base}[{':' if isinstance(stmt.base.type, ListOf) else '...'}] = {value}"
        whole = f"{base}[...]" if stmt.base in self.captured else base
        place = whole if stmt.index is None else f"{base}[{self.printer.index(stmt.index)}]"
        scaled = self.scaled_item(stmt, place)
        how, value = self.sign(stmt.how, stmt.value) if scaled is None else self.sign(*scaled)
        return f"{place} {how} {value}"

    def scaled_item(self, stmt: Store, place: str) -> tuple[str, Expr] | None:
        """Return how an item of a list of numbers changes that is set to something of itself: `xs[i] *= k`."""
        value, type_ = stmt.value, stmt.base.type
        if stmt.how != "set" or not isinstance(type_, ListOf) or not isinstance(value, Op) or value.form:
            return None
        old = value.args[0] if len(value.args) == 2 and value.name in AUGMENTED else None
        item = isinstance(old, Op) and old.name == "getitem" and isinstance(old.type, Scalar)
        if old is None or not item or self.text(old, 16) != place:
            return None
        return value.name, value.args[1]

    def sign(self, how: str, value: Expr) -> tuple[str, str]:
        """`x += -y` is `x -= y`."""
        while how in SIGNS and (positive := without_sign(value)) is not None:
            value, how = positive, SIGNS[how]
        return AUGMENTED.get(how, "="), self.text(value)

    def effect(self, value: Expr) -> str:
        if isinstance(value, Op) and value.name == "assert":
            return "assert " + ", ".join(self.text(arg) for arg in value.args)
        return self.text(value)

    # --- compound statements ----------------------------------------------------------------------------------
    def write_if(self, stmt: If, depth: int, word: str = "if") -> None:
        then, orelse, cond = stmt.then, stmt.orelse, stmt.cond
        self.head(stmt, depth)
        if not self.writes(then) and self.writes(orelse):
            then, orelse, cond = orelse, [], negated(cond)
        if not self.writes(then) and not self.writes(orelse):
            return
        self.line(f"{word} {self.text(cond)}:", depth)
        self.nested(then, depth)
        written = [inner for inner in orelse if self.writes([inner])]
        if len(written) == 1 and isinstance(written[0], If) and not isinstance(written[0], Try):
            self.write_if(written[0], depth, "elif")
        elif self.writes(orelse):
            self.line("else:", depth)
            self.nested(orelse, depth)

    def write_try(self, stmt: Try, depth: int) -> None:
        """Write `try` and `except`; what stands behind the mark of the end behind `else`."""
        self.head(stmt, depth)
        end, leaving = end_of_body(stmt.then), Move | Return | Raise | Break | Continue
        if all(isinstance(inner, leaving) or is_mark(inner) for inner in stmt.then[end + 1 :]):
            end = len(stmt.then)
        body, rest = stmt.then[:end], stmt.then[end + 1 :]
        self.line("try:", depth)
        self.nested(body, depth)
        caught = {s.target for s in stmt.orelse if isinstance(s, Assign) and is_caught(s.value)}
        used = [var for s in walk(stmt.orelse) for var in reads(s) if var in caught]
        classes = [self.printer.imported(form) for form in stmt.errors]
        what = classes[0] if len(classes) == 1 else f"({', '.join(classes)})"
        handler = [s for s in stmt.orelse if not (isinstance(s, Assign) and s.target in caught)]
        name = self.names[used[0]] if used else ""
        others = {self.names[var] for var in self.names if var not in self.caught}
        error = self.unlike("error", others) if name in others else name  # Python forgets it after the handler
        self.line(f"except {what}{f' as {error}' if used else ''}:", depth)
        if error != name:
            self.line(f"{name} = {error}", depth + 1)
        self.nested(handler, depth)
        if self.writes(rest):
            self.line("else:", depth)
            self.nested(rest, depth)

    def unlike(self, wish: str, taken: set[str]) -> str:
        """Return a name that is not taken."""
        name, n = wish, 2
        while name in taken:
            name, n = f"{wish}{n}", n + 1
        return name

    def writes(self, block: Block) -> bool:
        """Return whether a block has any line to write."""
        return any((not isinstance(s, Move | Assign) and not is_mark(s)) or self.simple(s) for s in block)

    def nested(self, block: Block, depth: int) -> None:
        self.comment = ""
        self.block(block, depth + 1)
        self.comment = ""

    def write_for(self, stmt: For, depth: int) -> None:
        self.head(stmt, depth)
        header, body = self.loop_header(stmt)
        self.line(header, depth)
        self.nested(body, depth)

    def loop_header(self, stmt: For) -> tuple[str, Block]:
        """Return `for x in xs:` where the index only picks items, else `for i in range(...)`."""
        index = stmt.index
        if stmt.over is not None:
            group = self.tuple_target(index, stmt.body)
            item, body = group if group is not None else (self.names[index], stmt.body)
            return f"for {item} in {self.text(stmt.over)}:", body
        length = stmt.stop
        picks: list[Assign] = []
        if (
            isinstance(stmt.start, Const)
            and stmt.start.value == 0
            and isinstance(stmt.step, Const)
            and stmt.step.value == 1
            and isinstance(length, Op)
            and length.name == "len"
        ):
            for inner in stmt.body:
                if (
                    isinstance(inner, Assign)
                    and isinstance(inner.value, Op)
                    and inner.value.name == "getitem"
                    and inner.value.args[1] is index
                    and self.text(inner.value.args[0]) == self.text(length.args[0])
                ):
                    picks.append(inner)
                break
        if not picks:
            bounds = [self.text(stmt.start), self.text(stmt.stop), self.text(stmt.step)]
            if bounds[2] == "1":
                bounds = bounds[:2] if bounds[0] != "0" else bounds[1:2]
            return f"for {self.names[index]} in range({', '.join(bounds)}):", stmt.body
        pick = picks[0]
        assert isinstance(pick.value, Op)
        body = [s for s in stmt.body if s is not pick]
        uses = sum(1 for s in walk(body) for v in reads(s) if v is index)
        item, base = self.names[pick.target], self.text(pick.value.args[0])
        group = self.tuple_target(pick.target, body)
        if group is not None:
            item, body = group
        if uses:
            item = f"({item})" if "," in item else item
            return f"for {self.names[index]}, {item} in enumerate({base}):", body
        return f"for {item} in {base}:", body

    def tuple_target(self, item: Var, body: Block) -> tuple[str, Block] | None:
        """Return `a, b` if an item is only unpacked at the start of the body."""
        if not isinstance(item.type, Structure) or item.type.kind not in ("tuple", "list"):
            return None
        count = len(item.type.keys)
        found = self.fields_of(item, body, 0)
        if len(found) != count or sum(1 for s in walk(body) for v in reads(s) if v is item) != count:
            return None
        return ", ".join(self.names[s.target] for s in found), body[count:]

    def fields_of(self, base: Var, block: Block, at: int) -> list[Assign]:
        """Return the statements from `at` that load the fields of a variable in order."""
        found: list[Assign] = []
        while at + len(found) < len(block):
            stmt = block[at + len(found)]
            if not (
                isinstance(stmt, Assign)
                and isinstance(stmt.value, Op)
                and stmt.value.name == "field"
                and stmt.value.args[0] is base
            ):
                break
            keys = base.type.keys if isinstance(base.type, Structure) else ()
            key = stmt.value.attrs["key"].value  # type: ignore[attr-defined]
            if (
                (len(found) >= len(keys) and keys)
                or (keys and key != keys[len(found)])
                or (not keys and key != len(found))
            ):
                break
            found.append(stmt)
        return found

    def loads_of(self, base: Var, block: Block, at: int) -> list[Assign]:
        """Return the statements from `at` that load fields of a variable, one after the other, some left out."""
        found: list[Assign] = []
        assert isinstance(base.type, Structure)
        keys, last = base.type.keys, -1
        for stmt in block[at:]:
            loads = isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name == "field"
            if not loads or stmt.value.args[0] is not base:  # type: ignore[attr-defined]
                break
            place = keys.index(stmt.value.attrs["key"].value)  # type: ignore[attr-defined]
            if place <= last:
                break
            found.append(stmt)  # type: ignore[arg-type]
            last = place
        return found

    def unpacking(self, block: Block, i: int) -> int:
        """Return how many statements from i make one unpacking; 0 if none do."""
        stmt = block[i]
        if (
            isinstance(stmt, Assign)
            and (
                isinstance(stmt.value, Call)
                or (isinstance(stmt.value, Op) and stmt.value.name in ("next", "pop", "getitem"))
            )
            and isinstance(stmt.target.type, Structure)
            and stmt.target.type.kind == "tuple"
        ):
            found = self.loads_of(stmt.target, block, i + 1)
            total = sum(1 for s in walk(block) for v in reads(s) if v is stmt.target)
            skipped = len(stmt.target.type.keys) - len(found)
            if found and total == len(found) and (skipped <= 2 or found == self.fields_of(stmt.target, block, i + 1)):
                return 1 + len(found)
            return 0
        if isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name == "field":
            base = stmt.value.args[0]
            if isinstance(base, Var) and (not isinstance(base.type, Structure) or base.type.kind in ("tuple", "list")):
                found = self.fields_of(base, block, i)
                keys = base.type.keys if isinstance(base.type, Structure) else tuple(range(len(found)))
                if len(found) > 1 and len(found) == len(keys):
                    return len(found)
                if (
                    not isinstance(base.type, Structure)
                    and len(found) == 1
                    and sum(1 for s in walk(block) for v in reads(s) if v is base) == 1
                ):
                    return 1
        return 0

    def write_unpacking(self, block: Block, i: int, count: int, depth: int) -> None:
        stmts = block[i : i + count]
        first = stmts[0]
        assert isinstance(first, Assign)
        if not (isinstance(first.value, Op) and first.value.name == "field"):
            fields = stmts[1:]
            assert isinstance(first.target.type, Structure)
            loaded = {s.value.attrs["key"].value: self.names[s.target] for s in fields}  # type: ignore[attr-defined]
            names = [loaded.get(key, "_") for key in first.target.type.keys]
            right = self.text(first.value)
        else:
            assert isinstance(first.value, Op)
            names = [self.names[s.target] for s in stmts]  # type: ignore[attr-defined]
            right = self.text(first.value.args[0])
        self.line(f"{', '.join(names)}{',' if len(names) == 1 else ''} = {right}", depth)

    def write_while(self, stmt: While, depth: int) -> None:
        self.head(stmt, depth)
        if not stmt.test:
            self.line(f"while {self.text(stmt.cond)}:", depth)
            self.nested(stmt.body, depth)
            return
        self.line("while True:", depth)
        self.nested(stmt.test, depth)
        self.line(f"if {self.text(Op('not', (stmt.cond,), stmt.cond.type))}:", depth + 1)
        self.line("break", depth + 2)
        self.nested(stmt.body, depth)

    def write_pullback(self, stmt: DefinePullback, depth: int) -> None:
        inner = stmt.function
        self.lines.append("")
        self.line(f"def {inner.name}({', '.join(p.name for p in inner.params)}):", depth)
        outer, self.names = self.names, self.inner
        section, self.section = self.section, "adjoint"
        contexts, self.contexts = self.contexts, []
        self.captured = self.outside
        self.printer.names = self.names
        self.comment = ""
        self.block(inner.body, depth + 1)
        self.names, self.section, self.contexts = outer, section, contexts
        self.captured = set()
        self.printer.names = outer
        self.lines.append("")


def is_caught(value: Expr) -> bool:
    """Return whether a value is the exception that a handler has caught."""
    return isinstance(value, Op) and value.name == "caught"


def is_read(value: Expr) -> bool:
    """Return whether an expression reads an item of a list or a tape."""
    return isinstance(value, Op) and value.name in ("next", "pop", "getitem")


@functools.lru_cache(maxsize=256)
def one_line(text: str) -> str:
    """Return a statement of the user's on one line, without the comments inside of it."""
    lines = text.split("\n")
    if len(lines) == 1:
        return text
    joined = " ".join((line.rpartition("  #")[0] or line).strip() for line in lines)
    for bracket in "([{":
        joined = joined.replace(f"{bracket} ", bracket)
    for bracket in ")]}":
        joined = joined.replace(f" {bracket}", bracket).replace(f",{bracket}", bracket)
    return joined


def negated(cond: Expr) -> Expr:
    """Return `not cond`, simplified."""
    if isinstance(cond, Op) and cond.name == "not":
        return cond.args[0]
    return Op("not", (cond,), cond.type)
