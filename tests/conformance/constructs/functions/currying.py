"""A function of one argument that returns another, thrice."""


def mix(a):
    def with_b(b):
        def with_c(c):
            return a * b + c / (a + b)

        return with_c

    return with_b


def program(x, k):
    half = mix(x[0, 0])(k)
    return half(x[1, 1]) * half(k) + (lambda a: lambda b: a**b)(k)(x[2, 2])  # noqa: PLC3002
