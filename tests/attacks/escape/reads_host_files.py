"""Reads what lies on the host: keys, notes, solutions, rubrics, the work of others, the grader's own code."""

import os
import sys
from target import COURSE, HOME, PROJECT, SECRETS, breach, has_word, refused

for path in (*SECRETS, f"{PROJECT}/grader/judging/judge.py", f"{PROJECT}/solutions/control-flow.py", "/etc/shadow", "/root"):
    refused(open, path)
for folder in (HOME, COURSE, f"{PROJECT}/grader", f"{PROJECT}/solutions"):
    refused(os.listdir, folder)
for folder, folders, names in os.walk("/"):
    if folder.startswith(("/proc", "/sys", "/usr", "/lib", sys.prefix, sys.base_prefix)):
        folders.clear()  # a whole Python installation takes longer than there is time
        continue
    for name in names:
        try:
            with open(os.path.join(folder, name), "rb") as file:
                if name != "target.py" and has_word(file.read(100_000)):
                    breach(f"the secret word in {folder}/{name}")
        except OSError:
            pass
