"""Sorts, compares and hashes objects whose comparisons never end."""
# ends: timeout


class Endless:
    def __lt__(self, other):
        while True:
            pass

    def __eq__(self, other):
        return self < other

    __hash__ = None


sorted([Endless(), Endless()])
[Endless()].index(0)
