"""Leaves objects behind that raise whatever they are asked: code without a hash, an exit code that equals nothing."""
# ends: failed, exited, crashed


class Asked:
    def __getattribute__(self, *arguments):
        raise KeyError(*arguments)

    __eq__ = __hash__ = __repr__ = __str__ = __bool__ = __len__ = __iter__ = __getattribute__


def f(x):
    return Asked()


def g(x):
    return x


g.__code__ = g.__code__.replace(co_consts=(Asked(),))
raise SystemExit(Asked())
