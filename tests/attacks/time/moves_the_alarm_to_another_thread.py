"""Lets another thread cancel the alarm of the main thread, which loops."""
# ends: timeout

import signal
import threading


def cancel():
    while True:
        signal.setitimer(signal.ITIMER_REAL, 0)


threading.Thread(target=cancel, daemon=True).start()
while True:
    pass
