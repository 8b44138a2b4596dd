"""Has `atexit`, collectors, weak references and destructors run its code while the runtime is at work."""
# ends: completed, failed

import atexit
import gc
import os
import sys
import weakref

import torch


class Last:
    def __del__(self):
        globals().get("later", []).append(Last())
        raise GeneratorExit


def collected(phase, about):
    raise GeneratorExit


sys.unraisablehook = lambda about: None
later = []
gc.callbacks.append(collected)
gc.set_threshold(1)
gc.set_debug(gc.DEBUG_SAVEALL)
atexit.register(lambda: os._exit(70))
Last()
kept = Last()
kept.me = kept
del kept
tensor = torch.ones(3)
weakref.finalize(tensor, collected)
del tensor
