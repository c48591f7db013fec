"""A loop over a list of texts in which a name goes from state to state."""


def program(x, k):
    state = "start"
    total = 0.0
    for i, word in enumerate(["go", "go", "stop", "go"]):
        if state == "start":
            total = total + x[0, i] * k
            state = "moving" if word == "go" else "start"
        elif state == "moving":
            total = total * x[1, i]
            if word == "stop":
                state = "start"
    return total
