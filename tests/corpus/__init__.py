"""Programs whose derivatives s2sad must get right; each file holds one, with an example input."""
