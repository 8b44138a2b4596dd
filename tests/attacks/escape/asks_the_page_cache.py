"""Takes pages of a file that all see out of memory, and asks which are there: a message to the next submission."""

import ctypes
import fcntl
import json
import mmap
import os

from target import breach, refused

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
X86 = os.uname().machine == "x86_64"
fd = os.open(json.__file__, os.O_RDONLY)
refused(os.posix_fadvise, fd, 0, 0, os.POSIX_FADV_DONTNEED)
for flags in (os.RWF_NOWAIT, os.RWF_NOWAIT | os.RWF_HIPRI, 0x80, 0x80 | os.RWF_NOWAIT):
    refused(os.preadv, fd, [bytearray(4096)], 0, flags)
pages = (ctypes.c_ubyte * 1)()
address = ctypes.c_void_p(libc.mmap(None, 4096, 1, 1, fd, 0))
size = ctypes.c_size_t(4096)
for name, made in (
    ("mincore", libc.mincore(address, size, pages)),
    ("madvise(MADV_COLD)", libc.madvise(address, size, 20)),
    ("madvise(MADV_PAGEOUT)", libc.madvise(address, size, 21)),
    ("madvise(MADV_MERGEABLE)", libc.madvise(address, size, 12)),
    ("readahead", libc.readahead(fd, ctypes.c_long(0), size)),
    ("cachestat", libc.syscall(451, fd, (ctypes.c_uint64 * 2)(0, 4096), (ctypes.c_uint64 * 5)(), 0)),
):
    if made == 0:
        breach(f"{name} worked")
# What stays with a file, or tells when others use it.
for command, argument in ((1024, fcntl.F_RDLCK), (1026, 1), (1036, b"\2" + bytes(7)), (1038, b"\2" + bytes(7))):
    refused(fcntl.fcntl, fd, command, argument)  # F_SETLEASE, F_NOTIFY, F_SET_RW_HINT, F_SET_FILE_RW_HINT
if libc.inotify_init() >= 0 or libc.inotify_init1(0) >= 0:
    breach("others can be watched")
folder = os.open(os.path.dirname(json.__file__), os.O_RDONLY)
for request in (0xC0506617, 0x40806685, 0x40086602, 0x50009401):  # keys of fscrypt, fs-verity, flags, a snapshot
    refused(fcntl.ioctl, folder, request - 2**32 if request >= 2**31 else request, bytes(128))
