"""Opens files by their handles, which lead past every mount point: name_to_handle_at, open_by_handle_at."""

import ctypes
import os
from target import SECRETS, breach

libc = ctypes.CDLL(None, use_errno=True)
REFUSED = (1, 13, 38)  # EPERM, EACCES, ENOSYS
buffer, mount = ctypes.create_string_buffer(b"\x80" + bytes(200), 201), ctypes.c_int()
for path in (*SECRETS, "/", "/proc", os.__file__, "/dev/null", "."):
    if libc.name_to_handle_at(-100, path.encode(), buffer, ctypes.byref(mount), 0) == 0:
        breach(f"{path} has a handle: {buffer.raw[:24]!r}")
    elif ctypes.get_errno() not in REFUSED:
        breach(f"name_to_handle_at({path}) was let through: {os.strerror(ctypes.get_errno())}")
for inode in (1, 2, 3, 128, 256):  # where the root lies on most file systems
    handle = ctypes.create_string_buffer((8).to_bytes(4, "little") + (1).to_bytes(4, "little")
                                         + inode.to_bytes(4, "little") + bytes(4))  # fmt: skip
    if libc.open_by_handle_at(-100, handle, os.O_RDONLY) >= 0 or ctypes.get_errno() not in REFUSED:
        breach(f"open_by_handle_at({inode}) was let through: {os.strerror(ctypes.get_errno())}")
