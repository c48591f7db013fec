"""Indexing, slicing and comparison of constant strings."""


def program(x, k):
    word = "gradient"
    n = len(word[:4]) + (word[0] == "g") + (word[::-1] == "tneidarg")
    return x[0, 0] ** 2 * k * n + ("a" < word[0] < "z") * k
