"""A chain of processes that each start the next and end, so that whoever kills one comes too late."""

import os

if os.fork() == 0:
    os.setpgid(0, 0)
    while True:
        if os.fork():
            os._exit(0)
