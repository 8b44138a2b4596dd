"""Puts modules of its own in the place of matplotlib, numpy and warnings."""
# ends: completed, failed

import sys
import types


class Module(types.ModuleType):
    def __getattr__(self, name):
        raise SystemExit(3)


for name in list(sys.modules):
    if name.partition(".")[0] in ("matplotlib", "numpy", "warnings", "IPython"):
        sys.modules[name] = Module(name)
for name in ("matplotlib", "matplotlib.pyplot", "matplotlib._pylab_helpers", "matplotlib.figure"):
    sys.modules[name] = Module(name)
