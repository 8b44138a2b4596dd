"""Imports what another student handed in, as a module and as a package, from where it lies or may lie."""

import importlib
import os
import sys

from target import NEIGHBOUR, breach, refused

folder, file = os.path.split(NEIGHBOUR)
module = file.removesuffix(".py")
refused(importlib.import_module, module)
sys.path[:0] = [folder, os.path.dirname(folder), "..", "../..", "/opt/course"]
for name in (module, f"{os.path.basename(folder)}.{module}"):
    refused(importlib.import_module, name)
for path in (".", "..", "/opt", "/scratch"):
    for where, _, names in os.walk(path):
        if file in names:
            breach(f"{where}/{file} is there")
