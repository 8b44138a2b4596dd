"""Raises an exception whose type has a number for its name: the recorder writes the name down."""
# ends: failed, crashed


class Meta(type):
    __name__ = 1


class Nameless(Exception, metaclass=Meta):
    pass


raise Nameless
