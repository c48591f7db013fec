"""The table of rules as it was, for tests that add rules of their own."""

import contextlib
import importlib

from s2sad.rules.core import SCIPY, TABLE


@contextlib.contextmanager
def own_rules():
    """Take back every rule that is added meanwhile; the rules of SciPy, which come when SciPy does, stay."""
    for module in SCIPY:
        importlib.import_module(f"scipy.{module}")
    TABLE.extended()
    before = [(table, dict(table)) for table in (TABLE.rules, TABLE.names, TABLE.methods)]
    try:
        yield
    finally:
        for table, entries in before:
            table.clear()
            table.update(entries)
