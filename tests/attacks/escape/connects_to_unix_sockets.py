"""Connects to the host's sockets of the family Unix, by path, by link, by abstract name; and listens for others."""
# visits: 2

import os
import socket

from target import ABSTRACT_SOCKET, HOME, UNIX_SOCKET, refused

abstract = ABSTRACT_SOCKET if isinstance(ABSTRACT_SOCKET, bytes) else ABSTRACT_SOCKET.encode()
os.symlink(UNIX_SOCKET, "link")


def connect(address, kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_UNIX, kind) as each:
        each.settimeout(0.05)
        each.connect(address)


def send(address):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as each:
        each.sendto(b"hello", address)


for address in (UNIX_SOCKET, "link", f"/proc/1/root{UNIX_SOCKET}", abstract, "/run/dbus/system_bus_socket",
                "/run/docker.sock", "/var/run/nscd/socket", "/run/systemd/notify", "/dev/log"):  # fmt: skip
    refused(connect, address)
    refused(connect, address, socket.SOCK_SEQPACKET)
    refused(send, address)
refused(lambda: socket.socket(socket.AF_UNIX).bind(f"{HOME}/mine"))
