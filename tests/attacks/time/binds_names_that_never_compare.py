"""Puts names into the module that hash like real ones and never say whether they are equal to them."""
# ends: timeout

armed = False


class Endless(str):
    def __hash__(self):
        return hash(str(self))

    def __eq__(self, other):
        while armed:
            pass
        return False


for name in ("f", "y", "x"):
    globals()[Endless(name)] = 0
armed = True
y = 1
