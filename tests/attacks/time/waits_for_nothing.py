"""Waits for what never comes: a lock, an event, a queue, a pipe, one statement after the other."""
# ends: timeout

import os
import queue
import threading

lock = threading.Lock()
lock.acquire()
lock.acquire()
threading.Event().wait()
queue.Queue().get()
os.read(os.pipe()[0], 1)
