"""Prints objects whose text never ends, on their own, in a list and in a format."""
# ends: timeout


class Endless:
    def __str__(self, *arguments):
        while True:
            try:
                while True:
                    pass
            except Exception:
                pass

    __repr__ = __format__ = __str__


print(Endless())
print([Endless()])
print(f"{Endless()}")
