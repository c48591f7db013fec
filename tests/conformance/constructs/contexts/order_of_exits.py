"""Contexts leave in the reverse order, each multiplying or adding."""


class Then:
    def __init__(self, state, f):
        self.state = state
        self.f = f

    def __enter__(self):
        self.state[0] = self.state[0] + 1.0

    def __exit__(self, *exc):
        self.state[0] = self.f(self.state[0])


def program(x, k):
    state = [x[0, 0]]
    with Then(state, lambda v: v * k), Then(state, lambda v: v + x[1, 1]):
        state[0] = state[0] ** 2
    with Then(state, lambda v: v + k):  # noqa: SIM117
        with Then(state, lambda v: v * k):
            pass
    return state[0]
