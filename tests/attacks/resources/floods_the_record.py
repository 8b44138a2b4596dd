"""Writes garbage without end to every descriptor, and so to the pipe of the record."""
# ends: crashed, output

import os

while True:
    for number in range(3, 20):
        try:
            os.write(number, b"\0" * 2**20)
        except OSError:
            pass
