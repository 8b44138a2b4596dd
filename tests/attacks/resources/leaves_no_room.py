"""Leaves a full disk, and a folder of its own that is gone, to its second run and to the next submission."""

import os
import shutil
import torch

TOP = os.environ["TMPDIR"]
y = torch.ones(3, requires_grad=True)
(y**2).sum().backward()
try:
    with open(f"{TOP}/full", "wb", buffering=0) as file:
        while True:
            file.write(bytes(2**16))
except OSError:
    pass
shutil.rmtree(os.getcwd())
os.symlink("/", f"{TOP}/work")
