"""Functions of one text stand once.

A function of the user's is lowered once for each set of types that it is called with. Where the types make no
difference to what is written, the functions say the same, but for the names of those that they call: they are one if
those are. So all are taken for one to begin with, and are told apart by their text, and by that of those they call,
until nothing more is told apart.
"""

from __future__ import annotations

import io
import itertools
import tokenize
from collections.abc import Collection, Iterator


def without_twins(texts: list[str]) -> list[tuple[int, str]]:
    """Return the texts of functions, those that are one under the shortest of their names; the last stays the last.

    Each with the index of the one that it was: it has the same lines, but for names.
    """
    bodies = {name_of(text): text for text in texts}
    if len(texts) < 3 or len(bodies) < len(texts):  # or a name is defined anew
        return list(enumerate(texts))
    pieces = {name: list(parted(text, bodies.keys())) for name, text in bodies.items()}
    kinds = told_apart(pieces, name_of(texts[-1]))
    if len(set(kinds.values())) == len(texts):
        return list(enumerate(texts))
    kept: dict[int, str] = {}
    for name in sorted(kinds, key=lambda name: (len(name), name)):
        kept.setdefault(kinds[name], name)
    firsts = dict.fromkeys(kinds.values())  # in the order in which they stand
    order = [name_of(text) for text in texts]
    return [
        (order.index(kept[kind]), "".join(kept[kinds[part]] if part in kinds else part for part in pieces[kept[kind]]))
        for kind in firsts
    ]


def told_apart(pieces: dict[str, list[str]], entry: str) -> dict[str, int]:
    """Return which functions say the same, by a number for each kind."""
    kinds = dict.fromkeys(pieces, 0)
    while True:
        found: dict[object, int] = {}
        new = {
            name: found.setdefault((name == entry, *(kinds.get(part, part) for part in parts)), len(found))
            for name, parts in pieces.items()
        }
        if len(found) == len(set(kinds.values())):
            return new
        kinds = new


def name_of(text: str) -> str:
    """Return the name of the function that a text defines."""
    return text.removeprefix("def ").partition("(")[0]


def parted(text: str, names: Collection[str]) -> Iterator[str]:
    """Yield a text in parts: each name of one of the functions is a part of its own."""
    starts = list(itertools.accumulate(map(len, io.StringIO(text)), initial=0))
    done = 0
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        if token.type != tokenize.NAME or token.string not in names:
            continue
        is_attribute = before is not None and before.string == "."
        is_keyword = after is not None and after.string == "="
        if not is_attribute and not is_keyword:
            start = starts[token.start[0] - 1] + token.start[1]
            yield text[done:start]
            yield token.string
            done = start + len(token.string)
    yield text[done:]
