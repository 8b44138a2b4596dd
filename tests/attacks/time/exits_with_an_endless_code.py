"""Leaves with an exit code that never says whether it is zero, or what it looks like."""
# ends: exited


class Endless:
    def __eq__(self, other):
        while True:
            pass

    __hash__ = None


raise SystemExit(Endless())
