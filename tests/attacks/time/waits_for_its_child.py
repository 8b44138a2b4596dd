"""Waits, with every signal shut out, for a child that has borrowed its memory (vfork) and never ends."""
# ends: timeout, crashed

import ctypes

ctypes.PyDLL(None).vfork()
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
