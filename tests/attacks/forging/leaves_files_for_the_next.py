"""Leaves files where the next one's Python looks: caches, start-up files, settings, the home."""
# visits: 2

import os
import sys

import torch

from target import breach

HOME, TOP = os.path.expanduser("~"), os.environ["TMPDIR"]
MARK = "left by the last one"
NAMES = ("sitecustomize.py", "usercustomize.py", "mine.pth", "torch.py", "matplotlibrc", ".bashrc", ".pythonrc",
         ".config/matplotlib/matplotlibrc", ".cache/torch/note", ".local/lib/python3.11/site-packages/usercustomize.py",
         "__pycache__/target.cpython-311.pyc", ".pdbrc", ".netrc", "note")  # fmt: skip
places = {
    HOME,
    TOP,
    os.getcwd(),
    os.environ["MPLCONFIGDIR"],
    *filter(None, sys.path),
    "/var/tmp",
    "/dev/shm",
    "/run/lock",
}
if getattr(sys, "note", None) or os.environ.get("NOTE") or "note" in vars(torch):
    breach("something of the first visit is in memory")
for place in places:
    for name in NAMES:
        path = os.path.join(place, name)
        try:
            with open(path) as file:
                found = file.read()
        except (OSError, UnicodeDecodeError):
            found = ""
        if MARK in found:
            breach(f"{path} is still there")
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "x") as file:
                file.write(f"'{MARK}'")
        except OSError:
            pass
sys.note = torch.note = os.environ["NOTE"] = MARK
