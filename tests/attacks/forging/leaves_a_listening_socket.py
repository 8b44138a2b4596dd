"""Leaves a process that listens at a name of no file, for the next one to call."""
# visits: 2

import os
import socket
import time

from target import breach

NAME = b"\0left by the last one"


def fork():
    """As `os.fork`; -1 where there are no new processes to be had."""
    try:
        return os.fork()
    except OSError:
        return -1


def call():
    with socket.socket(socket.AF_UNIX) as each:
        each.connect(NAME)
        return each.recv(100)


try:
    breach(f"somebody answered: {call()}")
except OSError:
    pass
if fork() == 0:
    os.setpgid(0, 0)
    if fork() == 0:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(NAME)
            listening.listen()
            while True:
                listening.accept()[0].send(b"the answer is 41.5")
    os._exit(0)
time.sleep(0.1)
