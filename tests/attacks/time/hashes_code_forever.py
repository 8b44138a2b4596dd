"""A function whose code holds a constant that never tells its hash: the recorder knows functions by their code."""
# ends: timeout


class Endless:
    def __hash__(self):
        while True:
            pass


def f(x):
    return x


f.__code__ = f.__code__.replace(co_consts=(Endless(),))
