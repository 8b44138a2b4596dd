"""Starts as many threads as it can, each with a large stack."""
# ends: completed, timeout

import threading

threading.stack_size(2**25)
started = []
try:
    while True:
        started.append(threading.Thread(target=threading.Event().wait, daemon=True))
        started[-1].start()
except (RuntimeError, MemoryError):
    pass
print(len(started) < 100)
