"""Leaves a thread that throws exceptions into the main one, wherever that is just then."""
# ends: completed, failed, exited, crashed

import ctypes
import threading
import time

MAIN = ctypes.c_ulong(threading.get_ident())


def throw():
    while True:
        time.sleep(0.001)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(MAIN, ctypes.py_object(SystemExit))


threading.Thread(target=throw, daemon=True).start()
time.sleep(0.05)


def f(x):
    return x.sum()
