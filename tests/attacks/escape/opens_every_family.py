"""Asks for a socket, and for a pair of sockets, of every family and every kind, but for those of Unix."""

import ctypes
import os
import socket

from target import breach

libc = ctypes.CDLL(None, use_errno=True)
pair = (ctypes.c_int * 2)()
REFUSED = (1, 13, 38)  # EPERM, EACCES, ENOSYS
for family in range(50):
    for kind in (1, 2, 3, 4, 5, 6, 10, 1 | socket.SOCK_CLOEXEC):
        for protocol in (0, 6, 16, 58, 255):
            if family != socket.AF_UNIX and (
                libc.socket(family, kind, protocol) >= 0 or ctypes.get_errno() not in REFUSED
            ):
                breach(f"socket({family}, {kind}, {protocol}) was let through: {os.strerror(ctypes.get_errno())}")
        if family != socket.AF_UNIX and (
            libc.socketpair(family, kind, 0, pair) == 0 or ctypes.get_errno() not in REFUSED
        ):
            breach(f"socketpair({family}, {kind}) was let through: {os.strerror(ctypes.get_errno())}")
