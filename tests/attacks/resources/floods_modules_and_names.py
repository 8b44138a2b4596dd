"""Fills the tables that the recorder looks through: modules, names of the module, caches of source lines."""
# ends: completed, timeout

import builtins
import linecache
import sys
import types

for number in range(50_000):
    name = f"module_{number}"
    sys.modules[name] = types.ModuleType(name)
    globals()[name] = number
    linecache.cache[name] = (1, None, ["x"], name)
    setattr(builtins, name, number)
y = 1
z = 2
