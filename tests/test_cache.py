"""The disk cache: found again without libcst, checked before it is used, shared by processes and threads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import cache, grad

ROOT = Path(__file__).parent.parent
X = np.array([0.5, -1.0, 2.0])


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    path = tmp_path / "cache"
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(path))
    return path


def start(folder: Path, *args: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT), str(folder.parent)])
    env = {**os.environ, "S2SAD_CACHE_DIR": str(folder), "PYTHONPATH": path}
    return subprocess.Popen([sys.executable, *args], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return json.loads(out)


HELPERS = """
    import numpy as np

    WEIGHT = 0.5

    def act(x):
        return np.tanh(x)

    def sweep(u):
        for i in range(1, len(u)):
            u[i] = u[i] + u[i - 1] * u[i]
        return u
"""

USER = """
    import json
    import sys
    from dataclasses import dataclass

    import numpy as np

    import s2sad
    import cache_helpers
    from cache_helpers import sweep

    GAIN = 2.0
    OFFSETS = np.array([1.0, 2.0, 3.0])

    @dataclass
    class Params:
        w: np.ndarray
        b: float

        def apply(self, x):
            return self.w * x + self.b

    class Settings:
        rate = 2.0

        @property
        def shift(self):
            return 1.0

    SETTINGS = Settings()

    def with_class(x):
        return np.sum(x * x * SETTINGS.rate + x * SETTINGS.shift)

    def simple(x):
        return np.sum(x * x)

    def with_helpers(x):
        y = sweep(x.copy())
        return np.sum(cache_helpers.act(y)) * cache_helpers.WEIGHT

    def with_globals(x):
        return np.sum(GAIN * x + OFFSETS * x * x)

    def with_object(p, x):
        return np.sum(p.apply(x) ** 2)

    def with_axis(x, axis, how="sum"):
        return np.sum(np.sum(x.reshape(1, 3), axis=axis) ** 2)

    def with_default(x, n=3, g=np.sin):
        return np.sum(g(x)) * n

    def make(h):
        return lambda x: np.sum(h(x))

    def scaled(x):
        return 3.0 * x

    if __name__ == "__main__":
        before = "libcst" in sys.modules
        x = np.array([0.5, -1.0, 2.0])
        grad = s2sad.grad
        found = {
            "simple": grad(simple)(x).tolist(),
            "with_class": grad(with_class)(x).tolist(),
            "with_helpers": grad(with_helpers)(x).tolist(),
            "with_globals": grad(with_globals)(x).tolist(),
            "with_object": grad(with_object)(Params(x, 2.0), x).w.tolist(),
            "with_axis": grad(with_axis)(x, 1).tolist(),
            "with_default": grad(with_default)(x).tolist(),
            "sin": grad(make(np.sin))(x).tolist(),
            "cos": grad(make(np.cos))(x).tolist(),
            "user": grad(make(scaled))(x).tolist(),
            "second": float(grad(grad(lambda t: GAIN * t**3))(2.0)),
            "vjp": s2sad.vjp(with_helpers, x)[1](1.0)[0].tolist(),
            "jvp": s2sad.jvp(with_globals, (x,), (x,))[1].item(),
            "tanh": grad(np.tanh)(0.5).item(),
        }
        print(json.dumps({"before": before, "after": "libcst" in sys.modules, "found": found}))
"""


@pytest.fixture
def program(tmp_path):
    (tmp_path / "cache_helpers.py").write_text(textwrap.dedent(HELPERS))
    path = tmp_path / "cache_user.py"
    path.write_text(textwrap.dedent(USER))
    return path


def test_importing_s2sad_does_not_import_libcst(folder):
    code = "import json, sys, s2sad; print(json.dumps([n for n in sys.modules if n.startswith('libcst')]))"
    assert finish(start(folder, "-c", code)) == []


def test_the_second_process_does_not_import_libcst(folder, program):
    first = finish(start(folder, str(program)))
    assert first["after"] and not first["before"]
    names = sorted(folder.glob("*.py"))
    second = finish(start(folder, str(program)))
    assert second["found"] == first["found"]
    assert not second["after"]
    assert sorted(folder.glob("*.py")) == names


@pytest.mark.parametrize(
    ("file", "before", "after", "changed"),
    [
        ("cache_helpers.py", "np.tanh(x)", "np.sin(x)", {"with_helpers", "vjp"}),
        ("cache_helpers.py", "WEIGHT = 0.5", "WEIGHT = 0.25", {"with_helpers", "vjp"}),
        ("cache_helpers.py", "u[i - 1] * u[i]", "u[i - 1] * 2.0", {"with_helpers", "vjp"}),
        ("cache_user.py", "GAIN = 2.0", "GAIN = np.float32(4.0)", {"with_globals", "second", "jvp"}),
        ("cache_user.py", "GAIN = 2.0", "GAIN = 4.0", {"with_globals", "second", "jvp"}),
        ("cache_user.py", "self.w * x + self.b", "self.w * x * 2.0 + self.b", {"with_object"}),
        ("cache_user.py", "n=3, g=np.sin", "n=4, g=np.cos", {"with_default"}),
        ("cache_user.py", "3.0 * x", "5.0 * x", {"user"}),
        ("cache_user.py", "rate = 2.0", "rate = 5.0", {"with_class"}),
        ("cache_user.py", "return 1.0", "return 4.0", {"with_class"}),
    ],
)
def test_a_change_between_processes_is_seen(folder, program, file, before, after, changed):
    first = finish(start(folder, str(program)))["found"]
    path = program.parent / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    second = finish(start(folder, str(program)))["found"]
    assert {name for name in first if first[name] != second[name]} == changed
    fresh = finish(start(folder.parent / "other", str(program)))["found"]
    assert fresh == second


def test_two_processes_at_once(folder, program):
    runs = [start(folder, str(program)) for _ in range(3)]
    found = [finish(run)["found"] for run in runs]
    assert found[0] == found[1] == found[2]
    assert not list(folder.glob("*.tmp"))


ONE = """
    import json, sys, time
    import numpy as np
    import s2sad

    def slow_to_compile(x):
        for i in range(3):
            x = np.sin(x) * np.cos(x) + x[0]
        return np.sum(x)

    if __name__ == "__main__":
        while time.time() < float(sys.argv[1]):
            pass
        found = s2sad.grad(slow_to_compile)(np.array([0.5, -1.0])).tolist()
        print(json.dumps({"compiled": "libcst" in sys.modules, "found": found}))
"""


def test_one_process_compiles_and_the_others_wait(folder, tmp_path):
    path = tmp_path / "cache_one.py"
    path.write_text(textwrap.dedent(ONE))
    runs = [start(folder, str(path), str(time.time() + 1.0)) for _ in range(3)]
    found = [finish(run) for run in runs]
    assert sorted(one["compiled"] for one in found) == [False, False, True]
    assert found[0]["found"] == found[1]["found"] == found[2]["found"]
    assert len(list(folder.iterdir())) == 1


HOLDER = """
import fcntl, sys, time
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_the_lock_of_a_killed_process_is_no_lock(folder, monkeypatch):
    lock = Path(grad(square).lower(X).path).with_suffix(".lock")
    assert not lock.exists()
    lock.with_suffix(".py").unlink()
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, encoding="utf-8")
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    monkeypatch.setattr(cache, "PATIENCE", 0.2)
    before = time.monotonic()
    np.testing.assert_allclose(grad(square)(X), 2.0 * X)  # it is waited for, but not for ever
    assert time.monotonic() - before >= 0.2
    monkeypatch.undo()
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(folder))
    lock.with_suffix(".py").unlink()
    holder.kill()
    holder.wait()
    assert lock.exists()
    before = time.monotonic()
    np.testing.assert_allclose(grad(square)(X), 2.0 * X)
    assert time.monotonic() - before < 10.0 and not lock.exists()


# --- files that were cut off or edited --------------------------------------------------------------------------------
def square(x):
    return np.sum(x * x)


@pytest.mark.parametrize("damage", ["cut", "half", "empty", "edited", "meta", "binary", "unmarked"])
def test_a_damaged_file_is_made_again(folder, damage):
    path = Path(grad(square).lower(X).path)
    assert path.parent == folder
    whole = path.read_text(encoding="utf-8")
    damaged = {
        "cut": whole[:-20],
        "half": whole[: len(whole) // 2],
        "empty": "",
        "edited": whole.replace("2.0 * x", "3.0 * x"),
        "meta": whole.replace("square_grad\\", "other\\"),
        "unmarked": whole[: whole.rindex(cache.MARK)],
        "binary": None,
    }[damage]
    assert damaged != whole
    path.write_bytes(b"\xff\xfe\x00" if damaged is None else damaged.encode())
    np.testing.assert_allclose(grad(square)(X), 2.0 * X)
    assert path.read_text(encoding="utf-8") == whole


def test_the_folder_is_the_users_own(folder):
    grad(square)(X)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_default_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("S2SAD_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.folder() == tmp_path / "xdg" / "s2sad"


def test_options_have_files_of_their_own(folder):
    def f(a, b):
        return np.sum(a * b)

    for argnums in (0, 1, (0, 1), (1, 0)):
        grad(f, argnums=argnums)(X, X)
    s2sad.value_and_grad(f)(X, X)
    grad(f)(X.astype(np.float32), X)
    grad(f)(X, 2.0)
    assert len(list(folder.glob("f_*.py"))) == 7


def test_objects_without_a_name_are_not_shared(folder):
    def make(k):
        return lambda x: x * k

    def apply(x, g):
        return np.sum(g(x))

    for k in (2.0, 3.0, 4.0):
        np.testing.assert_allclose(grad(apply)(X, make(k)), np.full(3, k))


def test_many_closures_of_one_text(folder):
    def make(h):
        return lambda x: np.sum(h(x))

    functions = [np.sin, np.cos, np.exp, np.tanh, np.sinh, np.cosh, np.sqrt, np.log, np.arctan, np.negative]
    x = np.array([0.5, 0.7])
    for _ in range(2):
        for h in functions:
            want = (h(x + 1e-6) - h(x - 1e-6)) / 2e-6
            np.testing.assert_allclose(grad(make(h))(x), want, rtol=1e-6)


# --- threads ----------------------------------------------------------------------------------------------------------
def test_threads_call_one_derivative():
    df = grad(square)
    arguments: list[Any] = [X, np.ones((2, 3)), 2.0, np.float32(3.0), X.astype(np.float32), np.ones((1, 3))]
    failures: list[Any] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        for _ in range(40):
            for x in arguments:
                try:
                    np.testing.assert_array_equal(df(x), 2 * x)
                except BaseException as error:
                    failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
