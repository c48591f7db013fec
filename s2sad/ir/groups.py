"""Disjoint groups of variables, each with a representative."""

from __future__ import annotations

from s2sad.ir.nodes import Var


class Groups(dict[Var, Var]):
    """The link of a variable towards the representative of its group; a representative has none."""

    def root(self, var: Var) -> Var:
        """Return the representative of a variable's group; the way there is shortened."""
        root = var
        while root in self:
            root = self[root]
        while var is not root:
            self[var], var = root, self[var]
        return root

    def unite(self, a: Var, b: Var) -> None:
        """Make one group of two; the representative of the first stands for both."""
        x, y = self.root(a), self.root(b)
        if x is not y:
            self[y] = x
