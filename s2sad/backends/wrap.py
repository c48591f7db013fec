"""Breaking long lines at the outermost bracket, as a formatter would."""

from __future__ import annotations

import re

WIDTH = 100
TAIL = re.compile(r"(\.\w+(\(\))?)*[:,]?")  # what may follow the bracket that is broken
FEW = 6  # names in brackets that stand a line each


def wrap(line: str, indent: str) -> list[str]:
    """Return a statement as lines of at most 100 columns where that is possible."""
    if len(indent) + len(line) <= WIDTH or line.startswith("#"):
        return [indent + line]
    for way in (_break_bracket, _break_operator, _break_targets, _break_returned):
        broken = way(line, indent)
        if broken is not None:
            return broken
    return [indent + line]


def _outer_brackets(line: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    stack: list[int] = []
    quote = ""
    for i, char in enumerate(line):
        if quote:
            quote = "" if char == quote and line[i - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            stack.append(i)
        elif char in ")]}":
            start = stack.pop()
            if not stack:
                found.append((start, i))
    return found


def split_commas(text: str) -> list[str]:
    """Split at the commas outside brackets and strings."""
    parts, depth, start, quote = [], 0, 0, ""
    for i, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[i - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    rest = text[start:].strip()
    return [*parts, rest] if rest else parts


def comprehension_at(text: str) -> int | None:
    """Return where the `for` of a comprehension stands, outside brackets and strings."""
    depth, quote = 0, ""
    for i, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[i - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif depth == 0 and text.startswith(" for ", i):
            return i
    return None


def _break_bracket(line: str, indent: str) -> list[str] | None:
    """Put the items of the last outer bracket on lines of their own."""
    for start, end in reversed(_outer_brackets(line)):
        if not TAIL.fullmatch(line[end + 1 :]):
            continue
        head, inner, tail = line[: start + 1], line[start + 1 : end], line[end:]
        deeper = indent + "    "
        if len(indent) + len(head) > WIDTH or not inner:
            return None
        if len(deeper) + len(inner) <= WIDTH:
            return [indent + head, deeper + inner, indent + tail]
        loop = comprehension_at(inner)
        if loop is not None:
            parts = [*wrap(inner[:loop].strip(), deeper), *wrap(inner[loop:].strip(), deeper)]
            return [indent + head, *parts, indent + tail]
        parts = split_commas(inner)
        if len(parts) == 1:
            return [indent + head, *_inside(inner, deeper), indent + tail]
        return [indent + head, *_rows(parts, deeper), indent + tail]
    return None


def _inside(text: str, indent: str) -> list[str]:
    """Return what stands in brackets as lines: broken at its own brackets, or else at its operators."""
    if len(indent) + len(text) <= WIDTH:
        return [indent + text]
    broken = _break_bracket(text, indent)
    if broken is not None:
        return broken
    pieces = _split_operators(text, ("+", "-")) or _split_operators(text, ("*", "/", "@"))
    if not pieces:
        return [indent + text]
    return [row for piece in _joined(pieces, indent) for row in _inside(piece, indent)]


def _joined(pieces: list[str], indent: str) -> list[str]:
    """Return pieces of a sum or product as rows, as many on each as there is room for."""
    rows = [pieces[0]]
    for piece in pieces[1:]:
        if len(indent) + len(rows[-1]) + 1 + len(piece) <= WIDTH:
            rows[-1] += " " + piece
        else:
            rows.append(piece)
    return rows


def _rows(parts: list[str], indent: str) -> list[str]:
    """Put each part on a line of its own; many short ones fill the lines."""
    if len(parts) <= FEW or any(not part.isidentifier() for part in parts):
        return [row for part in parts for row in _inside(part + ",", indent)]
    rows = [indent + parts[0] + ","]
    for part in parts[1:]:
        if len(rows[-1]) + len(part) + 2 <= WIDTH:
            rows[-1] += f" {part},"
        else:
            rows.append(f"{indent}{part},")
    return rows


def _break_targets(line: str, indent: str) -> list[str] | None:
    """Put brackets around the many names on the left of an assignment, or after `for`."""
    loop = line.startswith("for ")
    left, sign, right = line.removeprefix("for ").partition(" in " if loop else " = ")
    parts = split_commas(left)
    if not sign or len(parts) < 2 or any(not part.isidentifier() for part in parts):
        return None
    return [f"{indent}{'for ' * loop}(", *_rows(parts, indent + "    "), f"{indent}){sign}{right}"]


def _break_returned(line: str, indent: str) -> list[str] | None:
    """Put brackets around what is returned, a value a line."""
    parts = split_commas(line.removeprefix("return "))
    if not line.startswith("return ") or len(parts) < 2:
        return None
    return [f"{indent}return (", *_rows(parts, indent + "    "), f"{indent})"]


def _break_operator(line: str, indent: str) -> list[str] | None:
    """Put an arithmetic right-hand side in parentheses, broken at its loosest operators."""
    for sign in (" = ", " += ", " -= ", " *= ", " /= ", "return "):
        at = line.find(sign)
        if at >= 0 and (sign != "return " or at == 0):
            head, body = line[: at + len(sign)], line[at + len(sign) :]
            break
    else:
        return None
    pieces = _split_operators(body, ("+", "-")) or _split_operators(body, ("*", "/", "@"))
    if not pieces:
        return None
    deeper = indent + "    "
    rows = [row for piece in _joined(pieces, deeper) for row in _inside(piece, deeper)]
    return [f"{indent}{head}(", *rows, f"{indent})"]


def _split_operators(text: str, signs: tuple[str, ...]) -> list[str]:
    pieces, depth, start = [], 0, 0
    for i, char in enumerate(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif depth == 0 and char in signs and text[i - 1] == " " and text[i + 1 : i + 2] == " ":
            pieces.append(text[start:i].strip())
            start = i
    return [*pieces, text[start:].strip()] if pieces else []
