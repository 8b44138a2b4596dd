"""Sends datagrams to sockets outside from one half of a pair, and takes a name at which others could write to it."""

import socket

from target import ABSTRACT_SOCKET, LEVEL, UNIX_SOCKET, breach

for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET, socket.SOCK_STREAM):
    for address in (UNIX_SOCKET, ABSTRACT_SOCKET, "/dev/log", "/run/systemd/journal/socket"):
        try:
            left, right = socket.socketpair(socket.AF_UNIX, kind)
            left.sendto(b"hello", address)
            if kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):  # else it went to the other half
                breach(f"a letter to {address!r}")
        except OSError:
            pass
if LEVEL != "strict":
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socketpair(socket.AF_UNIX, kind)
            breach("a socket that can write to any other")
        except OSError:
            pass
