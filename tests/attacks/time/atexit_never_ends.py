"""Registers handlers for the end of the interpreter, and threads to be waited for, that never end."""

import atexit
import threading


def forever():
    while True:
        threading.Event().wait(0.1)


atexit.register(forever)
threading._register_atexit(forever)
threading.Thread(target=forever, daemon=False).start()
