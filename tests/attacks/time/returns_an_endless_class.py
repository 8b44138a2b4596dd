"""A function whose result never says of which class it is, nor what its length, items and array are."""
# ends: completed

# By `exec`, so that it is no function of the submission's that is called by itself.
ENDLESS = """
def endless(*arguments):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""


class Endless:
    exec(ENDLESS)
    __class__ = property(endless)
    __len__ = __iter__ = __array__ = __float__ = __getitem__ = endless
    del endless


def f(x):
    return Endless()
