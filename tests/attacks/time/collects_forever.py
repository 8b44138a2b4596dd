"""Loops in a callback of the garbage collector and in that of a weak reference."""
# ends: timeout

import gc
import weakref


class Thing:
    pass


def endless(*arguments):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


thing = Thing()
thing.itself = thing
reference = weakref.ref(thing, endless)
gc.callbacks.append(endless)
gc.set_threshold(1)
del thing
gc.collect()
