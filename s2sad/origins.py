"""Which of the user's lines a line of generated code comes from: an exception points at it."""

from __future__ import annotations

import linecache
from types import TracebackType

Place = tuple[str, int]  # a file, and a line in it
Packed = tuple[list[str], list[tuple[int, int, int]]]  # the files, and (line, which file, line there) of each line

KNOWN: dict[str, Packed] = {}  # of the modules that are loaded, by their paths: it is unpacked when something is raised


class Source(str):
    """The text of a module, and the user's place that each of its lines comes from, if it comes from one."""

    places: dict[int, Place]


def packed(places: dict[int, Place]) -> Packed:
    """Return places as JSON can write them."""
    files = list(dict.fromkeys(file for file, _ in places.values()))
    return files, [(line, files.index(file), there) for line, (file, there) in places.items()]


def unpacked(found: Packed) -> dict[int, Place]:
    """Return what `packed` was given."""
    files, lines = found
    return {line: (files[which], there) for line, which, there in lines}


def users_place(file: str, line: int) -> Place | None:
    """Return the user's place behind a line of generated code: that of code generated from generated code, too."""
    place: Place | None = (file, line)
    while place is not None and place[0] in KNOWN:
        place = unpacked(KNOWN[place[0]]).get(place[1])
    return place


def point_at(error: BaseException) -> None:
    """Note in an exception which of the user's lines ran when it was raised, outermost first, as a traceback does."""
    lines: list[str] = []
    step: TracebackType | None = error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        place = users_place(file, step.tb_lineno) if file in KNOWN else None
        if place is not None:
            lines.append(f'  File "{place[0]}", line {place[1]}\n    {linecache.getline(*place).strip()}')
        step = step.tb_next
    note = "\n".join(["Differentiated from:", *dict.fromkeys(lines)])
    if lines and note not in getattr(error, "__notes__", ()):
        error.add_note(note)
