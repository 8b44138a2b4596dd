"""Leaves files that do not let themselves be removed: closed, immutable, deep, sealed, of every kind, and very many."""
# visits: 2

import fcntl
import os
import socket
import struct

from target import breach

TOP = os.environ["TMPDIR"]
IMMUTABLE, APPEND_ONLY, CASEFOLD, FS_IOC_SETFLAGS = 0x10, 0x20, 0x40000000, 0x40086602
kept = [name for name in os.listdir(TOP) if name not in ("work", "home", "matplotlib")]
if kept or set(os.listdir()) - {"target.py", "protocol.py", os.path.basename(__file__)}:
    breach(f"kept: {kept[:5]}, {os.listdir()[:5]}")
os.makedirs(f"{TOP}/closed/deeper")
for make in (
    lambda: os.mkfifo(f"{TOP}/closed/fifo"),
    lambda: socket.socket(socket.AF_UNIX).bind(f"{TOP}/closed/socket"),
):
    try:
        make()
    except OSError:
        pass
for number in range(500):
    os.close(os.open(f"{TOP}/closed/deeper/{number}", os.O_CREAT | os.O_WRONLY, 0))
for name in ("file", "folder"):
    path = f"{TOP}/{name}"
    if name == "file":
        open(path, "w").close()
    else:
        os.mkdir(path)
    fd = os.open(path, os.O_RDONLY)
    for flag in (IMMUTABLE, APPEND_ONLY, CASEFOLD):
        try:
            fcntl.ioctl(fd, FS_IOC_SETFLAGS, struct.pack("l", flag))
        except OSError:
            continue
        breach(f"{name} got the flag {flag:#x}")
os.makedirs(f"{TOP}/sticky/inside")
for path, mode in ((f"{TOP}/sticky", 0o3000), (f"{TOP}/closed/deeper", 0), (f"{TOP}/closed", 0), (TOP, 0), (".", 0)):
    try:
        os.chmod(path, mode)
    except OSError:
        pass
