"""`match`: each case is a test of what the value is, and names bound to its parts.

match p:                        p["kind"] == "scaled", known when code is generated or not
    case {"kind": "scaled", "by": k}:
        ...                     k is p["by"]
"""

from __future__ import annotations

from typing import Any

import libcst as cst

from s2sad.frontend.values import UNKNOWN, Chosen, Struct, Unsupported, Value
from s2sad.ir.nodes import Const, Expr
from s2sad.ir.types import Array, ListOf
from s2sad.rules.builder import number


class Matching:
    """Statements that match patterns."""

    def stmt_Match(self: Any, node: cst.Match) -> None:
        self.cases(self.expression(node.subject), list(node.cases), node)

    def cases(self: Any, value: Value, cases: list[Any], node: Any) -> None:
        """Lower the first case that fits."""
        if not cases:
            return
        case, *rest = cases
        names: dict[str, Value] = {}
        late = self.bound_late(case.pattern, value)
        fits = self.fits(case.pattern if late is None else cst.MatchClass(case.pattern.cls), value, names)
        origin = self.builder.origin

        def taken() -> None:
            names.update((name, self.attribute(value, key, case)) for name, key in late or ())
            self.state.names.update(names)
            if case.guard is None:
                self.lower_block(case.body.body)
                return
            test = self.test(case.guard)
            arms = (lambda: self.lower_block(case.body.body), lambda: self.cases(value, rest, node))
            if isinstance(test, bool):
                arms[not test]()
            else:
                self.branch(test, *arms, origin)

        if isinstance(fits, Const):
            taken() if fits.value else self.cases(value, rest, node)
        else:
            self.branch(fits, taken, lambda: self.cases(value, rest, node), origin)

    def fits(self: Any, pattern: Any, value: Value, names: dict[str, Value]) -> Expr:
        """Return whether a value fits a pattern, and put what it binds into `names`."""
        match pattern:
            case cst.MatchAs():
                fits: Expr = number(True) if pattern.pattern is None else self.fits(pattern.pattern, value, names)
                if pattern.name is not None:
                    names[pattern.name.value] = value
                return fits
            case cst.MatchValue():
                if isinstance(value, Struct):
                    return number(False)
                same = self.truth(self.compare("equal", value, self.expression(pattern.value), pattern), pattern)
                return number(same) if isinstance(same, bool) else same
            case cst.MatchSingleton():
                singleton: Expr = self.compare("is", value, self.expression(pattern.value), pattern)
                return singleton
            case cst.MatchOr():
                return self.fits_one(pattern, value, names)
            case cst.MatchList() | cst.MatchTuple():
                return self.fits_sequence(pattern, value, names)
            case cst.MatchMapping():
                return self.fits_mapping(pattern, value, names)
            case cst.MatchClass():
                return self.fits_class(pattern, value, names)
        raise Unsupported("this pattern is not accepted", pattern, "write if ... elif ... else")

    def fits_one(self: Any, pattern: Any, value: Value, names: dict[str, Value]) -> Expr:
        total: Any = number(False)
        for element in pattern.patterns:
            bound: dict[str, Value] = {}
            fits = self.fits(element.pattern, value, bound)
            if isinstance(fits, Const) and fits.value and isinstance(total, Const):
                names.update(bound)
                return number(True)
            if bound and not (isinstance(fits, Const) and not fits.value):
                raise Unsupported("names bound by one of several patterns are not accepted yet", pattern)
            if not isinstance(fits, Const):
                total = fits if isinstance(total, Const) else self.builder.op("or", total, fits)
        return total

    def all_fit(self: Any, tests: list[Expr]) -> Expr:
        total: Expr = number(True)
        for test in tests:
            total = self.joined_tests("and", total, test)
        return total

    def fits_sequence(self: Any, pattern: Any, value: Value, names: dict[str, Value]) -> Expr:
        if isinstance(value, Expr) and isinstance(value.type, Array | ListOf):
            raise Unsupported("a sequence whose length is not known is matched by a pattern of items", pattern)
        if not isinstance(value, Struct) or value.kind not in ("tuple", "list"):
            return number(False)
        items, parts = list(self.fields(value).values()), [getattr(part, "value", None) for part in pattern.patterns]
        stars = [i for i, part in enumerate(pattern.patterns) if isinstance(part, cst.MatchStar)]
        if not stars and len(items) != len(parts):
            return number(False)
        tests = []
        if stars:
            parts = [getattr(part, "value", None) for part in pattern.patterns]
            at, after = stars[0], len(pattern.patterns) - stars[0] - 1
            if len(items) < at + after:
                return number(False)
            star = pattern.patterns[at]
            middle = items[at : len(items) - after]
            if star.name is not None:
                names[star.name.value] = self.struct("list", dict(enumerate(middle)))
            items = [*items[:at], *items[len(items) - after :]]
            parts = [*parts[:at], *parts[at + 1 :]]
        for part, item in zip(parts, items, strict=True):
            tests.append(self.fits(part, item, names))
        made: Expr = self.all_fit(tests)
        return made

    def fits_mapping(self: Any, pattern: cst.MatchMapping, value: Value, names: dict[str, Value]) -> Expr:
        if not isinstance(value, Struct) or value.kind != "dict":
            return number(False)
        fields, tests, seen = self.fields(value), [], []
        for element in pattern.elements:
            key = self.known(self.expression(element.key))
            if key is UNKNOWN or key not in fields:
                return number(False)
            seen.append(key)
            tests.append(self.fits(element.pattern, fields[key], names))
        if pattern.rest is not None:
            rest = {key: item for key, item in fields.items() if key not in seen}
            names[pattern.rest.value] = self.struct("dict", rest)
        made: Expr = self.all_fit(tests)
        return made

    def bound_late(self: Any, pattern: Any, value: Value) -> list[tuple[str, str]] | None:
        """Return what `case A(k=k)` binds to which attributes where the value may be of another class; else None.

        They are there only once the class is known.
        """
        if not isinstance(value, Chosen) or not isinstance(pattern, cst.MatchClass):
            return None
        parts = self.parts_of_class(pattern)
        captures = [part for _, part in parts if isinstance(part, cst.MatchAs) and part.pattern is None]
        if len(captures) < len(parts):
            hint = "bind the attributes to names, and test them in a guard"
            raise Unsupported("a pattern for the attributes of an object of one of several classes", pattern, hint)
        return [(part.name.value, key) for key, part in parts if part.name is not None]

    def parts_of_class(self: Any, pattern: cst.MatchClass) -> list[tuple[str, Any]]:
        """Return the patterns for the attributes of an object."""
        keys = [*getattr(self.known(self.expression(pattern.cls)), "__match_args__", ())[: len(pattern.patterns)]]
        pairs = [(key, element.value) for key, element in zip(keys, pattern.patterns, strict=False)]
        return pairs + [(element.key.value, element.pattern) for element in pattern.kwds]

    def fits_class(self: Any, pattern: cst.MatchClass, value: Value, names: dict[str, Value]) -> Expr:
        cls = self.expression(pattern.cls)
        there = self.built_isinstance([value, cls], {}, pattern)
        if isinstance(there, Const) and not there.value:
            return there
        python = self.known(cls)
        if pattern.patterns and python in (int, float, str, bool):
            return self.joined_tests("and", there, self.fits(pattern.patterns[0].value, value, names))
        parts = self.parts_of_class(pattern)
        if parts and isinstance(value, Chosen):
            hint = "match the class first, and the attributes in the body"
            raise Unsupported("a pattern inside another for an object of one of several classes", pattern, hint)
        tests = [self.fits(part, self.attribute(value, key, pattern), names) for key, part in parts]
        made: Expr = self.all_fit([there, *tests])
        return made
