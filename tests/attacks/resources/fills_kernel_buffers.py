"""Fills the buffers of pipes and sockets, and sends descriptors around in circles of which nobody holds an end."""
# ends: completed, timeout

import array
import fcntl
import os
import socket

kept = []
try:
    for _ in range(40):
        left, right = socket.socketpair()
        left.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**24)
        left.setblocking(False)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [left.fileno(), right.fileno()]))]
        left.sendmsg([b"x"], rights)
        kept.append((left, right, os.pipe()))
        fcntl.fcntl(kept[-1][2][1], fcntl.F_SETPIPE_SZ, 2**20)
        os.set_blocking(kept[-1][2][1], False)
        os.write(kept[-1][2][1], bytes(2**20))
        while True:
            try:
                left.send(bytes(2**14))
            except BlockingIOError:
                break
except OSError:
    pass
