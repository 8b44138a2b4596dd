"""A fork bomb, whose every process forks on."""
# ends: memory, timeout
# seconds: 2

import os

while True:
    try:
        os.fork()
    except OSError:
        pass
