"""Raises what ends generators, programs and statements, and what cannot be shown."""
# ends: failed, exited, crashed, timeout


class Silent(BaseException):
    __str__ = __repr__ = None


class Deep(BaseException):
    def __str__(self):
        return str(self)

    __repr__ = __str__


raise GeneratorExit
raise KeyboardInterrupt
raise Silent
raise Deep
raise BaseExceptionGroup("group", [GeneratorExit(), SystemExit(3)])
raise SystemExit(Deep())
