"""Gives its functions names, signatures, code and wrappers that raise when they are looked at."""
# ends: completed, failed, crashed


class Biting:
    def __getattr__(self, name):
        raise SystemExit

    def __eq__(self, other):
        raise SystemExit

    __hash__ = None


class Meta(type):
    def __eq__(cls, other):
        raise GeneratorExit

    __hash__ = type.__hash__


class Owner(metaclass=Meta):
    def method(self, x):
        return x


def f(x):
    return x


def g(x):
    return x


def h(x):
    return x


f.__wrapped__ = Biting()
g.__signature__ = Biting()
h.__name__ = "\ud800" * 1000
h.__code__ = h.__code__.replace(co_filename="x" * 100_000, co_firstlineno=2**31 - 1)
owner, biting = Owner(), Biting()
