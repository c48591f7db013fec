"""The tree is the pipeline: a file of s2sad imports only from its own floor or from floors below it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "s2sad"

FLOORS = {
    0: ("errors", "origins"),
    1: ("ir",),
    2: ("rules", "frontend"),
    3: ("analysis",),
    4: ("transforms", "passes"),
    5: ("backends", "kernels"),
    6: ("pipeline", "compile", "cache", "specialise", "trees"),
    7: ("api",),
    8: ("testing", "extend", "newrule", "report", "standalone", "explain", "cli"),
    9: ("__init__", "__main__"),
}
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}

# (file, module it imports): why it cannot be otherwise today. An entry that is no longer needed fails the test.
KNOWN: dict[tuple[str, str], str] = {
    ("frontend/calls.py", "s2sad.backends.dialect"): "knows the pasted-in helpers again when generated code is lowered",
    ("frontend/lower.py", "s2sad.passes.dce"): "removes dead moves to joins as soon as a function is lowered",
    (
        "frontend/lower.py",
        "s2sad.passes.owned",
    ): "leaves out lists of places that are indices as soon as a function is lowered",
    ("frontend/nested.py", "s2sad.compile"): "generates the derivative that differentiated code calls",
}

FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


def room_of(file):
    """Return the room of a file: `frontend/lower.py` is in `frontend`, `api.py` is `api`."""
    return file.split("/")[0].removesuffix(".py")


def imports(text, package="s2sad"):
    """Yield (line, dotted name) of every import of s2sad in a file, also those inside functions."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            names = [alias.name for alias in node.names]
            found = [f"{package}.{name}" for name in names] if node.module == package else [node.module or ""]
        else:
            continue
        for name in found:
            if name.split(".")[0] == package:
                yield node.lineno, name


def upward(file, text):
    """Yield (line, module) for each import of a floor above the file's own."""
    floor = FLOOR_OF[room_of(file)]
    for line, name in imports(text):
        target = name.split(".")[1] if "." in name else "__init__"
        if FLOOR_OF.get(target, max(FLOORS)) > floor:
            yield line, name


@pytest.mark.parametrize("file", FILES)
def test_imports_go_down(file):
    found = {name: line for line, name in upward(file, (ROOT / file).read_text(encoding="utf-8"))}
    known = {name for name_of, name in KNOWN if name_of == file}
    new = [f"s2sad/{file}:{line} imports {name}" for name, line in found.items() if name not in known]
    assert not new, "imports of a floor above: " + "; ".join(new)
    assert not known - set(found), f"no longer needed in KNOWN: {file}: {', '.join(known - set(found))}"


def test_every_room_has_a_floor():
    assert {room_of(file) for file in FILES} <= set(FLOOR_OF)


@pytest.mark.parametrize("file", FILES)
def test_module_docstring(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    if file.endswith("__init__.py") and not text.strip():
        return  # an empty marker of a package
    doc = ast.get_docstring(ast.parse(text))
    assert doc and doc.split("\n")[0].rstrip().endswith((".", ":", "!")), f"{file}: say in one sentence what it is for"


def test_import_needs_no_libcst_and_no_rules():
    code = "import sys, s2sad; sys.exit(bool({'libcst', 's2sad.rules', 'tempfile'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent, check=False).returncode == 0


# --- the checker can fail -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "from s2sad.backends.emit import emit_module",
        "import s2sad.backends.emit",
        "from s2sad import compile",
        "def f():\n    from s2sad.api import grad",
        "import s2sad",
        "if True:\n    from s2sad.cli import main as _",
    ],
)
def test_an_upward_import_is_found(text):
    assert list(upward("frontend/example.py", text))


@pytest.mark.parametrize("text", ["from s2sad.ir.nodes import Var", "from s2sad.rules import TABLE", "import numpy"])
def test_a_downward_import_is_accepted(text):
    assert not list(upward("frontend/example.py", text))


def test_no_part_of_the_lowering_hides_another():
    """`Lowerer` is made of many classes: a method of one that has the name of another's would take its place."""
    from s2sad.frontend.lower import Lowerer

    owners = {}
    for cls in Lowerer.__mro__[:-1]:
        for name in vars(cls):
            owners.setdefault(name, []).append(cls.__name__)
    twice = {name: found for name, found in owners.items() if len(found) > 1 and not name.startswith("__")}
    assert not twice
