"""What README.md and docs/*.md show is run, and what they say it prints is compared to the letter.

The word after the fence says what a block is:

    python              run; the blocks of one page share a namespace
    python NAME.py      written to that file, for other blocks to import
    console             `$ s2sad ...` lines, run by the command line, each followed by its output
    text                exactly what the block before prints
    python generated    the same, where what is printed is generated code
    sh                  for the reader's shell, not run

`python -m tests.test_docs` puts what is printed today into the pages; read the diff.
"""

import contextlib
import importlib
import io
import os
import re
import shlex
import subprocess
import sys
import types
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tables import own_rules

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXPECTED = ("text", "python generated")
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    """A fenced block of a page: its info string, its text, and where the text starts and ends."""

    info: str
    body: str
    start: int
    end: int
    line: int


def blocks_of(text):
    """Return the fenced blocks of a page."""
    return [
        Block(m["info"].strip(), m["body"], m.start("body"), m.end("body"), text.count("\n", 0, m.start("body")))
        for m in FENCE.finditer(text)
    ]


def kind_of(block):
    """Return what a block is: run, file, console, expected or sh."""
    if block.info == "python":
        return "run"
    if re.fullmatch(r"python \w+\.py", block.info):
        return "file"
    if block.info in EXPECTED:
        return "expected"
    if block.info in ("console", "sh"):
        return block.info
    raise AssertionError(f"a block marked {block.info!r}: see the list at the top of tests/test_docs.py")


class Page:
    """Runs the blocks of one page in a folder of its own."""

    def __init__(self, path, folder):
        self.text = path.read_text(encoding="utf-8")
        self.blocks = blocks_of(self.text)
        self.folder = folder
        self.stem = path.stem.replace("-", "_").lower()
        module = types.ModuleType("page")
        self.names = module.__dict__
        sys.modules["page"] = module  # generated code imports the functions of a page that have rules

    def outputs(self):
        """Run the page; return (block, what it should hold) for every block that shows output."""
        for block in self.blocks:
            if kind_of(block) == "file":
                (self.folder / block.info.split()[1]).write_text(block.body, encoding="utf-8")
        found = []
        for block, after in zip(self.blocks, [*self.blocks[1:], None], strict=False):
            shown_below = after is not None and kind_of(after) == "expected"
            if kind_of(block) == "run":
                printed = self.run(block)
                assert shown_below or not printed, f"line {block.line}: prints, but what it prints is not shown"
            elif kind_of(block) == "console":
                commands = [line[2:] for line in block.body.splitlines() if line.startswith("$ ")]
                results = [self.command(command) for command in commands]
                printed = "".join(results)
                if not shown_below:
                    shown = "".join(f"$ {c}\n{r}" for c, r in zip(commands, results, strict=True))
                    found.append((block, shown))
            elif kind_of(block) in ("file", "sh"):
                assert not shown_below, f"line {after.line}: output of nothing"
                continue
            else:
                continue
            if shown_below:
                found.append((after, printed))
        return found

    def run(self, block):
        """Run a Python block as a notebook runs a cell: a file of its own, shared names; return what it prints."""
        file = self.folder / f"cell_{block.line}" / f"{self.stem}.py"
        file.parent.mkdir()
        file.write_text(block.body, encoding="utf-8")
        code = compile(block.body, str(file), "exec", dont_inherit=True)
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, self.names)
        return self.tidy(out.getvalue())

    def command(self, line):
        """Run a line of a console block; return what it prints on both streams."""
        from s2sad.cli import main

        program, *args = shlex.split(line)
        assert program == "s2sad", f"only s2sad is run here: {line}"
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            main(args)
        return self.tidy(out.getvalue())

    def tidy(self, text):
        """Leave the folder out of paths; one newline at the end."""
        text = re.sub(re.escape(f"{self.folder}{os.sep}") + r"(cell_\d+/)?", "", text)
        return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()) + "\n" if text.strip() else ""


@contextlib.contextmanager
def at(folder):
    """Work in a folder as a fresh process would: its files are importable, the cache and the rules are its own."""
    before = Path.cwd(), list(sys.path), set(sys.modules), os.environ.get("S2SAD_CACHE_DIR")
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    os.environ["S2SAD_CACHE_DIR"] = str(folder / "cache")
    importlib.invalidate_caches()
    try:
        with own_rules():
            yield
    finally:
        os.chdir(before[0])
        sys.path[:] = before[1]
        for name in set(sys.modules) - before[2]:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if file.startswith(str(folder)):
                del sys.modules[name]
        if before[3] is None:
            del os.environ["S2SAD_CACHE_DIR"]
        else:
            os.environ["S2SAD_CACHE_DIR"] = before[3]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_page(path, tmp_path):
    with at(tmp_path):
        for block, printed in Page(path, tmp_path).outputs():
            assert block.body == printed, f"{path.name}:{block.line}: to renew: python -m tests.test_docs"


@pytest.mark.parametrize("path", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        assert target.startswith("https://") or (path.parent / target).exists(), f"{path.name}: {target}"


def test_quickstart(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "quickstart.py")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "S2SAD_CACHE_DIR": str(tmp_path / "cache")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "def mlp_loss_value_and_grad(params, x, y):" in done.stdout
    assert "found no disagreement" in done.stdout


# --- the checker can fail -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "right"),
    [
        ("```python\nprint(1)\n```\n\n```text\n1\n```\n", True),
        ("```python\nprint(1)\n```\n\n```text\n2\n```\n", False),
        ("```python m.py\nx = 3\n```\n```python\nimport m\nprint(m.x)\n```\n```text\n3\n```\n", True),
        ("```python\nx = 3\n```\n\n```python\nprint(x)\n```\n```python generated\n4\n```\n", False),
        ("```console\n$ s2sad show nothing\ns2sad: 'nothing' is not of the form module:function\n```\n", True),
        ("```console\n$ s2sad show nothing\n```\n", False),
    ],
)
def test_the_comparison_can_fail(page, right, tmp_path):
    path = tmp_path / "page.md"
    path.write_text(page, encoding="utf-8")
    with at(tmp_path):
        assert all(block.body == printed for block, printed in Page(path, tmp_path).outputs()) == right


@pytest.mark.parametrize("page", ["```python\nprint(1)\n```\n", "```python\n1 / 0\n```\n", "```\nbare\n```\n"])
def test_a_page_can_be_refused(page, tmp_path):
    path = tmp_path / "page.md"
    path.write_text(page, encoding="utf-8")
    with at(tmp_path), pytest.raises((AssertionError, ZeroDivisionError)):
        Page(path, tmp_path).outputs()


def write(path, folder):
    """Put what is printed today into a page."""
    with at(folder):
        page = Page(path, folder)
        text = page.text
        for block, printed in reversed(page.outputs()):
            text = text[: block.start] + printed + text[block.end :]
    if text != page.text:
        path.write_text(text, encoding="utf-8")
        print(f"changed: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    import tempfile

    sys.path.insert(0, str(ROOT))
    for page_path in PAGES:
        with tempfile.TemporaryDirectory() as made:
            write(page_path, Path(made).resolve())
