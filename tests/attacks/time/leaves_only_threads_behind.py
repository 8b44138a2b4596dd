"""Ends the main thread alone, so that the process is half dead and goes on with another."""
# ends: timeout

import ctypes
import platform
import threading


def burn():
    while True:
        pass


threading.Thread(target=burn).start()
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[platform.machine()], 0)
