"""Mounts, unmounts and changes its root, with the old calls and the new ones, on its own folder only."""

import ctypes
import os

from target import breach

libc = ctypes.CDLL(None, use_errno=True)
REFUSED = (1, 13, 38)  # EPERM, EACCES, ENOSYS
here = os.getcwd().encode()
os.mkdir("old")
AT_FDCWD, OPEN_TREE_CLONE = -100, 1


def call(name, *arguments):
    function = getattr(libc, name) if isinstance(name, str) else libc.syscall
    arguments = arguments if isinstance(name, str) else (name, *arguments)
    if function(*arguments) != -1 or ctypes.get_errno() not in REFUSED:
        breach(f"{name}{arguments} was let through: {os.strerror(ctypes.get_errno())}")


for kind in (b"tmpfs", b"proc", b"sysfs", b"overlay", b"devpts", b"cgroup2", b"mqueue", b"nosuch"):
    call("mount", kind, here, kind, 0, None)
for flags in (0x1000, 0x1000 | 0x4000, 0x20, 0x20 | 0x1000, 0x2000, 0x40000, 0x20000):  # bind, remount, move, private
    call("mount", b"/", here, None, flags, None)
    call("mount", None, here, None, flags, None)
for flags in (0, 1, 2, 4, 8):
    call("umount2", here, flags)
call("umount2", b"/nowhere", 0)
call("chroot", here)
if os.uname().machine == "x86_64":
    call(155, here, here + b"/old")  # pivot_root
    call(165, b"a", here, b"tmpfs", 0, None)
    call(166, here, 2)
call(428, AT_FDCWD, b"/", OPEN_TREE_CLONE)  # open_tree
call(428, AT_FDCWD, b"/", 0)
call(429, AT_FDCWD, here, AT_FDCWD, here + b"/old", 0)  # move_mount
call(430, b"tmpfs", 0)  # fsopen
call(431, 0, 6, None, None, 0)  # fsconfig
call(432, 0, 0, 0)  # fsmount
call(433, AT_FDCWD, here, 0)  # fspick
call(442, AT_FDCWD, here, 0, (ctypes.c_uint64 * 4)(), 32)  # mount_setattr
call(467, AT_FDCWD, here, 1, (ctypes.c_uint64 * 4)(), 32)  # open_tree_attr
