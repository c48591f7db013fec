"""Methods of strings that are constants."""


def program(x, k):
    spec = " Sin , square,SIN "
    total = 0.0
    for i, name in enumerate(part.strip().lower() for part in spec.split(",")):
        v = x[0, i]
        if name == "sin":
            total += k * v**3
        elif name.replace("square", "") == "":
            total += v * v
    path = "/".join(["a", "b"]).upper()
    return total * len(path) if path.endswith("B") and path.count("/") == 1 and "b".isalpha() else 0.0
