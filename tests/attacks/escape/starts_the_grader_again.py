"""Starts the grader from inside, and a worker of its own, with no filter to come."""
# seconds: 6

import glob
import json
import os
import struct
import subprocess
import sys

from target import COURSE, breach

for arguments in (["-m", "grader", "doctor"], ["-m", "grader.cli", "grade", "--course", COURSE, "a.py"]):
    try:
        ended = subprocess.run([sys.executable, *arguments], capture_output=True)
    except OSError:
        continue
    if ended.returncode == 0:
        breach(f"the grader said {ended.stdout[:300]!r}")
for program in glob.glob(f"{sys.prefix}/bin/grade*"):
    try:
        if subprocess.run([program, "doctor"], capture_output=True, timeout=0.3).returncode == 0:
            breach(f"{program} works")
    except (OSError, subprocess.TimeoutExpired):
        pass
runtime = os.path.dirname(sys.modules["grader_runtime"].__file__)
try:
    worker = subprocess.Popen([sys.executable, "-P", f"{runtime}/__main__.py", os.path.abspath("scratch"), "0", "one"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    text = json.dumps({"t": "start", "preload": [], "fonts": {}}).encode()
    worker.stdin.write(struct.pack("!II", len(text), 0) + text)
    worker.stdin.flush()
    first = worker.stdout.read(8)
    if first and json.loads(worker.stdout.read(struct.unpack("!II", first)[0]))["uid"] == 0:
        breach("a worker of root's")
except OSError:
    pass
