"""An attribute deleted, so that that of the class is seen again."""


class Model:
    gain = 2.0


def program(x, k):
    model = Model()
    model.gain = k
    total = model.gain * x[0, 0]
    del model.gain
    return total + model.gain * x[1, 1]
