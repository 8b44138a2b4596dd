"""Raises exceptions that raise others when they are looked at: their texts, codes, names, traces."""
# ends: failed, exited, memory, crashed


class Text(str):
    def __str__(self):
        raise GeneratorExit

    def __getitem__(self, index):
        raise GeneratorExit


class SaysText(Exception):
    def __str__(self):
        return Text("text")


class Traceless(Exception):
    @property
    def __traceback__(self):
        raise SystemExit


class Classless(BaseException):
    @property
    def __class__(self):
        raise GeneratorExit


class Code:
    def __eq__(self, other):
        raise GeneratorExit

    def __repr__(self):
        raise GeneratorExit


class Meta(type):
    @property
    def __name__(cls):
        raise KeyboardInterrupt


class Nameless(Exception, metaclass=Meta):
    pass


class Memory(MemoryError):
    __str__ = None


raise SaysText
raise Traceless
raise Classless
raise Nameless
raise SystemExit(Code())
raise Memory
