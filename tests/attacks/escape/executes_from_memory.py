"""Executes a program that lies in no file system, only in memory."""

import ctypes
import os
import sys

from target import breach

try:
    memory = os.memfd_create("program", 0)
except OSError:
    memory = None
if memory is not None:
    with open(os.path.realpath(sys.executable), "rb") as program:
        os.sendfile(memory, program.fileno(), 0, 1 << 30)
    try:
        child = os.fork()
        if child == 0:
            os.execve(memory, ["python", "-I", "-S", "-c", ""], {"PYTHONHOME": sys.base_prefix})
        if os.waitpid(child, 0)[1] == 0:
            breach("a program in memory was executed")
    except OSError:
        pass
if ctypes.CDLL(None).syscall(319 if os.uname().machine == "x86_64" else 279, b"program", 0) >= 0:
    breach("a file in memory")
