"""Makes system calls from machine code of its own, past the C library."""

import ctypes
import mmap
import os

from target import breach

CODE = bytes.fromhex("4889f8 4889f7 4889d6 4889ca 4d89c2 4d89c8 0f05 c3".replace(" ", ""))
AT_FDCWD, NEW_USER = -100, 0x10000000
if os.uname().machine == "x86_64":
    protection = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    memory = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, protection)
    memory.write(CODE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    call = ctypes.CFUNCTYPE(ctypes.c_long, *[ctypes.c_long] * 6)(address)
    assert call(39, 0, 0, 0, 0, 0) == os.getpid()
    for number, first in ((101, 0), (272, NEW_USER), (41, 2), (41, 16), (105, 0), (161, 0), (321, 0), (425, 8)):
        answer = call(number, first, 1, 0, 0, 0)
        if answer not in (-1, -13, -38):
            breach(f"system call {number} answered {answer}")
    # The number and the first argument are 32 bits wide to the kernel: more bits must not hide them from the filter.
    for number, first in ((41, 2 | 1 << 32), (41, 16 | 7 << 32), (272, NEW_USER | 1 << 40)):
        answer = call(number, first, 1, 0, 0, 0)
        if answer not in (-1, -13, -38):
            breach(f"system call {number} with {first:#x} answered {answer}")
