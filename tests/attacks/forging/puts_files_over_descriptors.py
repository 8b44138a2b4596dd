"""Puts files of its own in the place of every descriptor."""
# ends: completed, exited

import os

mine = os.open("mine", os.O_RDWR | os.O_CREAT)
for fd in range(256):
    if fd != mine:
        try:
            os.dup2(mine, fd)
        except OSError:
            pass
print("this goes into a file")
