"""Looks for the course among the packages that Python imports, where it lies, and imports its solution."""

import importlib
import os
import sys

from target import COURSE, breach, has_word, refused

for folder in (os.path.dirname(COURSE), COURSE, f"{COURSE}/solutions"):
    sys.path.append(folder)
for name in ("course.solutions.prize", "solutions.prize", "prize"):
    refused(importlib.import_module, name)
for path in [*sys.path, os.path.dirname(COURSE)]:
    for folder, folders, names in os.walk(path):
        if folder.count("/") > path.count("/") + 1 and not folder.startswith(COURSE):
            folders.clear()  # a whole installation takes longer than there is time
        for name in names:
            if name.endswith(".yaml") or name == "prize.py":
                with open(os.path.join(folder, name), "rb") as file:
                    if has_word(file.read(100_000)):
                        breach(f"the secret word in {folder}/{name}")
