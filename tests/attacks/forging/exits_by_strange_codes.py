"""Ends by exit codes that no system has."""
# ends: exited, failed

import sys


class Zero(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__

    def __repr__(self):
        raise SystemExit("again")


sys.exit(0)
sys.exit(10**100)
sys.exit(-1)
sys.exit(float("nan"))
sys.exit(Zero(7))
