"""Has another thread take the interpreter lock and never give it back."""
# ends: timeout

import sys
import threading


def burn():
    while True:
        pass


sys.setswitchinterval(1e9)
threading.Thread(target=burn, daemon=True).start()
threading.Event().wait(0.1)
