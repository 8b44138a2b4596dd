"""Imports what judges: the grader, its tests, its built-in solutions, by name and by where it lies on the host."""

import importlib
import importlib.metadata
import importlib.util
import os
import sys

from target import COURSE, PROJECT, breach, refused

for name in ("grader.judging.judge", "grader.judging.checks.function", "grader.classroom.gradebook", "tests.attacks.host"):
    refused(importlib.import_module, name)
sys.path[:0] = [PROJECT, f"{PROJECT}/grader", f"{COURSE}/solutions", "/opt", "/opt/runtime/.."]
for name in ("grader.judge", "judge", "pipeline", "prize", "rubric", "references"):
    refused(importlib.import_module, name)
for path in sys.path:
    for where in (f"{path}/grader", f"{path}/autograd_grader"):
        for _, _, names in os.walk(where):
            if names:
                breach(f"{where} has {names[:5]}")
for each in importlib.metadata.distributions(name="autograd-grader"):
    if each.files or each.read_text("METADATA") or each.read_text("direct_url.json"):
        breach(f"what is known of the grader that is installed: {each.files}")
