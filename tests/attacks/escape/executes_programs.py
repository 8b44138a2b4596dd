"""Executes what is to be found, Python anew and the dynamic linker, and looks whether that frees it."""

import glob
import os
import subprocess
import sys

from target import HOME, SECRETS, TCP_PORT, breach

TRY = f"""
import ctypes, os, socket
got = []
for action in (lambda: socket.socket(), lambda: socket.create_connection(("127.0.0.1", {TCP_PORT})),
               lambda: open({SECRETS[0]!r}), lambda: os.listdir({HOME!r}), lambda: os.open("/proc/1/mem", 0),
               lambda: os.sched_setaffinity(1, [0]), lambda: os.setuid(0), lambda: os.chroot("/")):
    try:
        got.append(repr(action()))
    except OSError:
        pass
if ctypes.CDLL(None).unshare(0x10000000) == 0 or ctypes.CDLL(None).ptrace(0, 0, 0, 0) == 0:
    got.append("a call that is denied")
print("GOT", got)
"""
python = os.path.realpath(sys.executable)
options = ["-I", "-S", "-c", TRY]
copied = os.path.abspath("python")
with open(python, "rb") as source, open(copied, "wb") as target:
    target.write(source.read())
try:
    os.chmod(copied, 0o6777)
except OSError:
    pass
os.symlink(python, "link")
linkers = glob.glob("/lib64/ld-linux*") + glob.glob("/lib/ld-linux*") + glob.glob("/lib/*/ld-linux*")
for command in ([python], [copied], [os.path.abspath("link")], *([linker, python] for linker in linkers[:1])):
    try:
        said = subprocess.run([*command, *options], capture_output=True, text=True, env={"PYTHONHOME": sys.base_prefix})
    except OSError:
        continue
    if "GOT []" not in said.stdout:
        breach(f"{command} said {said.stdout} {said.stderr[-300:]}")
