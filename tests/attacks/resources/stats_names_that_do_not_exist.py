"""Asks for names that do not exist, which the kernel remembers."""
# ends: completed, timeout

import os
import sys

from target import breach

for folder in (os.path.dirname(os.__file__), sys.prefix, os.getcwd(), "/proc/self"):
    for number in range(20_000):
        if os.path.exists(f"{folder}/nothing-{number}"):
            breach("something")
