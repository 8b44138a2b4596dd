"""Raises an exception whose type computes its own name, without an end. The record has the name that Python gave it."""
# ends: failed


class Meta(type):
    @property
    def __name__(cls):
        while True:
            pass


class Endless(Exception, metaclass=Meta):
    pass


raise Endless
