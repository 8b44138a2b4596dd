"""Binds names that raise when they are compared with the names that it uses."""
# ends: completed, failed, crashed


class Name:
    def __init__(self, name):
        self.hash = hash(name)

    def __hash__(self):
        return self.hash

    def __eq__(self, other):
        raise GeneratorExit


for name in ("_", "after", "last", "f", "__file__"):
    globals()[Name(name)] = 1
after = 1
globals().clear()
after = 2
__builtins__ = {}
last = 3
