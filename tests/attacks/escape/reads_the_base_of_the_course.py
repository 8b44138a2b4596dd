"""Reads the course that the attacked one builds on: only its helper modules may be there."""

import importlib
import os
import sys

import of_the_base
from target import COURSE, breach, has_word, refused

BASE = f"{os.path.dirname(COURSE)}/base"
if of_the_base.WORD != "shared":
    breach("the helper module of the base is another one")
for folder in (BASE, f"{BASE}/solutions", f"{BASE}/exercises", f"{COURSE}/../base/rubrics"):
    refused(os.listdir, folder)
    refused(open, f"{folder}/warm-up.py")
beside = os.path.dirname(os.path.dirname(of_the_base.__file__))
for path in (f"{BASE}/solutions/warm-up.py", f"{beside}/solutions/warm-up.py", f"{beside}/checks.py", f"{COURSE}/course.yaml"):
    refused(open, path)
refused(open, of_the_base.__file__, "a")
sys.path += [BASE, f"{BASE}/solutions"]
refused(importlib.import_module, "base.solutions")
for folder, _, names in os.walk(os.path.dirname(of_the_base.__file__)):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            if has_word(file.read(100_000)):
                breach(f"the secret word in {folder}/{name}")
