"""Looks for the user's environment variables, in its own environment and in that of every process."""

import glob
import os

from target import BYSTANDER, TESTS, breach

NAME = "GRADER_TEST_SECRET"
if NAME in os.environ or os.getenv(NAME) is not None:
    breach("the variable is in os.environ")
for path in (*glob.glob("/proc/*/environ"), f"/proc/{TESTS}/environ", f"/proc/{BYSTANDER}/environ"):
    try:
        with open(path, "rb") as file:
            found = file.read()
    except OSError:
        continue
    if NAME.encode() in found:
        breach(f"the variable is in {path}")
