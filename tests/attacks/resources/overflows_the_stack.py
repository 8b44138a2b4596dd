"""Crashes the interpreter from below: a stack overflow in C, and a write to nowhere on another thread."""
# ends: crashed

import ctypes
import threading

threading.Thread(target=ctypes.memset, args=(8, 0, 2**30)).start()
threading.Event().wait()
