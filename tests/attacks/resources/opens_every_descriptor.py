"""Opens files, pipes and sockets until none are left, and keeps them."""

import os
import socket

kept = []
for make in (os.pipe, socket.socketpair, lambda: os.open("/dev/null", os.O_RDONLY)):
    try:
        while True:
            kept.append(make())
    except OSError:
        pass
print(len(os.listdir("/dev")) > 0 if len(kept) > 1000 else "none are left")
