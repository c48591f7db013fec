"""Merging of dicts by | and |= and by two stars; copy."""


def program(x, k):
    defaults = {"w": 1.0, "b": k, "scale": x[0, 0]}
    given = {"w": x[1, 1]}
    merged = defaults | given
    starred = {**defaults, **given, "extra": k * k}
    copied = defaults.copy()
    copied |= {"b": x[2, 2]}
    return merged["w"] * merged["b"] + starred["extra"] * starred["w"] + copied["b"] * defaults["b"] * copied["scale"]
