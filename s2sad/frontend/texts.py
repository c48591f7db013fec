"""Text that is known only when the program runs: joined, formatted, asked by its methods.

It is no number, and has no derivative. What it is made of is noted all the same: `float(f"{x}")` is refused.
"""

from __future__ import annotations

import re
from typing import Any

from s2sad.frontend.values import Struct, Unsupported, Value
from s2sad.ir.nodes import Const, Expr, Op
from s2sad.ir.types import BOOL, TEXT, ListOf, Name, Scalar, Structure, Type, fresh_size

TEXTS = "capitalize casefold center expandtabs format join ljust lower lstrip removeprefix removesuffix replace rjust "
TEXTS += "rstrip strip swapcase title translate upper zfill"
BOOLS = "endswith isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle "
BOOLS += "isupper startswith"
INTS = "count find index rfind rindex"
LISTS = "rsplit split splitlines"
TRIPLES = "partition rpartition"
KINDS = {
    name: kind
    for kind, names in (("text", TEXTS), ("bool", BOOLS), ("int", INTS), ("list", LISTS), ("triple", TRIPLES))
    for name in names.split()
}
FIELD = re.compile(r"%(?:%|([-+ 0]*)(\d*)((?:\.\d+)?)([srdiefgEGxX]))")
OF_FLOATS = "efgEG"


def is_text(value: Value) -> bool:
    """Return whether a value is text, be it known or not."""
    if isinstance(value, Const) and isinstance(value.value, str):
        return True
    return isinstance(value, Expr) and isinstance(value.type, Name) and value.type.cls is str


class Texts:
    """Lowering of what is done with text."""

    def joined_texts(self: Any, a: Expr, b: Expr) -> Expr:
        """`a + b`: an f-string of both."""
        return Op("fstring", (*parts_of(a), *parts_of(b)), TEXT)

    def percent(self: Any, text: str, value: Value, node: Any) -> Expr:
        """`text % values`: an f-string."""
        many = isinstance(value, Struct) and value.kind == "tuple"
        values = list(self.fields(value).values()) if many else [value]
        parts: list[Expr] = []
        done, given = 0, iter([self.as_expr(each, node) for each in values])
        fields = list(FIELD.finditer(text))
        wanted = sum(1 for field in fields if field[0] != "%%")
        if wanted != len(values) or "%" in FIELD.sub("", text):
            raise Unsupported("this format is not followed", node, 'use an f-string: f"{x:.3f}"')
        for field in fields:
            parts.append(spelled(text[done : field.start()] + ("%" if field[0] == "%%" else "")))
            done = field.end()
            if field[0] != "%%":
                parts.append(formatted(next(given), field, node))
        return Op("fstring", (*parts, spelled(text[done:])), TEXT)

    def text_method(self: Any, text: Expr, name: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call a method of text."""
        kind = KINDS.get(name)
        if kind is None:
            raise Unsupported(f"the method {name!r} of a string is not accepted", node)
        operands = [self.as_expr(self.listed(self.iterator_of(arg, node, drained=True), node), node) for arg in args]
        attrs = {key: self.as_expr(value, node) for key, value in kwargs.items()}
        types: dict[str, Type] = {
            "text": TEXT,
            "bool": BOOL,
            "int": Scalar("int", None, fresh_size()),
            "list": ListOf(TEXT),
            "triple": Structure("tuple", (0, 1, 2), (TEXT, TEXT, TEXT)),
        }
        if name == "format" and isinstance(text, Const) and not attrs and (parts := filled(text.value, operands)):
            return Op("fstring", tuple(parts), TEXT)
        made = self.opaque(f".{name}", [text, *operands], types[kind], **attrs)
        return self.load(made, name) if kind == "triple" else made


def parts_of(text: Expr) -> tuple[Expr, ...]:
    """Return text as the parts of an f-string."""
    if isinstance(text, Const):
        return (spelled(text.value),)
    if isinstance(text, Op) and text.name == "fstring":
        return text.args
    return (Op("format", (text,), TEXT),)


def filled(text: str, values: list[Expr]) -> list[Expr] | None:
    """Return `text.format(*values)` as the parts of an f-string; None where a field is not simple."""
    import string  # for the few who need it: it takes time

    parts: list[Expr] = []
    at = 0
    for before, field, spec, conversion in string.Formatter().parse(text):
        parts.append(spelled(before))
        if field is None:
            continue
        if (field and not field.isdigit()) or "{" in (spec or ""):
            return None
        place, at = (int(field), at) if field else (at, at + 1)
        if place >= len(values):
            return None
        attrs = {"spec": Const((spec,))} if spec else {}
        parts.append(Op("format", (values[place],), TEXT, attrs, f"!{conversion}" if conversion else ""))
    return parts


def spelled(text: str) -> Const:
    """Return text as it is written in an f-string."""
    return Const(repr(text)[1:-1].replace("{", "{{").replace("}", "}}"))


def formatted(value: Expr, field: re.Match[str], node: Any) -> Op:
    """Return a field of `%` as one of an f-string."""
    flags, width, precision, kind = field.groups()
    whole = isinstance(value.type, Scalar) and value.type.kind in ("int", "bool")
    if kind in "dixX" and not whole:
        raise Unsupported(f"%{kind} of what is no int is not followed", node, 'use an f-string: f"{x:.3f}"')
    if kind in "rs":
        side = "<" if "-" in flags else ">"
        spec = f"{side if width else ''}{width}{precision}"
        conversion = "!r" if kind == "r" else "!s" if spec or not isinstance(value.type, Scalar) else ""
    else:
        side = "<" if "-" in flags else ""
        zero = "0" if "0" in flags and "-" not in flags else ""
        sign = "+" if "+" in flags else " " if " " in flags else ""
        letter = kind if kind in OF_FLOATS or kind in "xX" else "d" if width or sign else ""
        spec, conversion = f"{side}{sign}{zero}{width}{precision}{letter}", ""
    attrs = {"spec": Const((spec,))} if spec else {}
    return Op("format", (value,), TEXT, attrs, conversion)
