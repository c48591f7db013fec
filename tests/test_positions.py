"""The places of nodes, read off Python's own parse, against those that libcst finds by printing the tree."""

import ast
import importlib
import textwrap

import libcst as cst
import numpy as np
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

import s2sad
from s2sad.frontend import chains, lower
from s2sad.frontend.positions import Positions
from s2sad.frontend.source import FunctionSource
from tests.generated import HERE, PROGRAMS, module_text, program

KINDS = (cst.BaseExpression, cst.BaseSmallStatement, cst.BaseCompoundStatement, cst.BaseElement)
FILES = [HERE / "corpus" / f"{name}.py" for name in PROGRAMS]

ODD = '''
def odd(x, *rest, scale=[1, 2], **more):
    """Text."""
    # a comment
    é = "ü" + str(x); y = (x, (1, 2)), ()  # another
    if x and (y or é) and not x: return [a for a, *b in (y) if a if b]
    elif x < 1 <= 2 != 3:
        z = {"k": x, **more}
    else:
        with open(x) as f, g(x) as h:
            z[1:2, ..., (3)] = lambda a, b=2: (a
                + b)
    for i, (j, k) in enumerate(rest, start=1):
        (yield)
        del x[i]
    else:
        x.y.z(*rest, k=1, **more)[0] += -x ** 2
    while (n := len(rest)):
        try:
            assert n, "no"
        except (ValueError, TypeError) as error:
            raise RuntimeError("a" "b") from error
        finally:
            pass
    def inner(q: int = 3) -> int:
        return (q if q else x) or {1, 2}
    return inner
'''


def source_of(text, node):
    """Return the source of a function in a file."""
    block = "".join(text.splitlines(True)[node.lineno - 1 : node.end_lineno])
    indent = len(block) - len(block.lstrip())
    return FunctionSource(None, "file", node.lineno, indent, textwrap.dedent(block), False, node)


def disagreements(text):
    """Return the nodes whose place or text is not that of libcst, and how many were compared."""
    wrong, compared = [], 0
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef):
            continue
        positions = Positions(source_of(text, node))
        wrapper = MetadataWrapper(cst.parse_module(positions.text), unsafe_skip_copy=True)
        places = wrapper.resolve(PositionProvider)
        positions.pair(wrapper.module.body[0])
        for part, place in places.items():
            found = positions.start(part) if isinstance(part, KINDS) else None
            if found is None:
                continue
            compared += 1
            code, printed = positions.code(part), wrapper.module.code_for_node(part).strip().rstrip(";").strip()
            plain = isinstance(part, cst.BaseExpression | cst.BaseSmallStatement) and "\n" not in printed
            if found != (place.start.line, place.start.column) or (plain and code not in (None, printed)):
                wrong.append((found, place.start, code, printed))
    return wrong, compared


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_places_are_those_of_libcst(file):
    wrong, compared = disagreements(file.read_text(encoding="utf-8"))
    assert not wrong
    assert compared > 20


@pytest.mark.parametrize("indent", ["", "    "])
def test_places_of_odd_code(indent):
    text = ("class C:\n" if indent else "") + textwrap.indent(ODD, indent, lambda line: True)
    wrong, compared = disagreements(text)
    assert not wrong
    assert compared > 150


def test_the_comparison_can_fail(monkeypatch):
    monkeypatch.setattr(Positions, "_place", lambda self, line, offset: (1, 0))
    assert disagreements(ODD)[0]


@pytest.mark.parametrize("name", ["mlp_loss", "burgers", "gaussian_mixture", "kalman"])
def test_operands_parsed_apart_give_the_same_program(name, monkeypatch):
    function, args, wrt = program(name)
    whole, _ = module_text(function, args, wrt, "value_and_grad")
    monkeypatch.setattr(chains, "LONG", 1)
    monkeypatch.setattr(lower, "_parsed", {})
    apart, _ = module_text(function, args, wrt, "value_and_grad")
    assert apart == whole


def test_functions_of_one_text_in_two_files(tmp_path, monkeypatch):
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("same_text_one", "same_text_two"):
        (tmp_path / f"{name}.py").write_text(
            "import numpy as np\n\ndef loss(x):\n    return np.histogram_bin_edges(x)\n"
        )
        module = importlib.import_module(name)
        with pytest.raises(s2sad.UnsupportedError) as caught:
            s2sad.grad(module.loss)(np.ones(3))
        assert caught.value.problems[0].span.file == str(tmp_path / f"{name}.py")
