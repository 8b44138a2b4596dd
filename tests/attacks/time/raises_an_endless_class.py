"""Raises an exception that never says of which class it is, what its name is, nor lets its traceback be changed."""
# ends: timeout


def endless(*arguments):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


class Endless(Exception):
    __class__ = __traceback__ = property(endless)
    __setattr__ = endless


raise Endless
