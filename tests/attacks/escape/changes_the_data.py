"""Changes the assignment's data, which the next submission reads, and what its links lead to."""
# data: hw
# visits: 2

import ctypes
import os
import shutil
import subprocess
import sys

from target import breach, refused

if os.path.exists("points.csv"):  # in a batch without an assignment there is none
    real = os.path.realpath("data/hw")
    for folder in (".", "data/hw", real):
        path, deep = f"{folder}/points.csv", f"{folder}/deep"
        if open(path).read() != "1.0,2.0,3.0\n" or open(f"{deep}/notes.txt").read() != "kept\n":
            breach(f"{path} was changed")
        for mode in ("w", "a", "r+", "x"):
            refused(open, path, mode)
        refused(os.open, path, os.O_RDWR)
        refused(os.truncate, path, 0)
        refused(os.chmod, path, 0o777)
        refused(os.utime, path, (0, 0))
        refused(os.setxattr, path, "user.note", b"x")
        refused(shutil.copy, __file__, path)
        for inner in (f"{deep}/notes.txt", *((path, deep) if folder != "." else ())):  # in "." they are links of one's own
            refused(os.rename, inner, f"{inner}.old")
            refused(os.link, inner, "mine")
            refused(os.unlink, inner)
        refused(os.chmod, deep, 0o777)
        for name in ("new", "points.csv/new"):
            refused(open, f"{deep}/{name}", "w")
            refused(os.mkdir, f"{deep}/{name}")
            refused(os.symlink, "/", f"{deep}/{name}")
        refused(os.open, deep, os.O_TMPFILE | os.O_WRONLY)
        refused(shutil.rmtree, f"{deep}/")
    refused(os.unlink, f"{real}/points.csv")
    refused(os.rmdir, real)
    refused(os.rename, real, f"{real}.old")

    # By a program of its own, by a call of the C library, and by what lies over it.
    os.environ["REAL"] = real
    try:
        subprocess.run([sys.executable, "-c", "import os; open(os.environ['REAL'] + '/points.csv', 'w')"], check=False)
    except OSError:
        pass  # no programs for this user
    libc = ctypes.CDLL(None, use_errno=True)
    for target in (real, f"{real}/points.csv", "data", os.getcwd()):
        name = os.fsencode(target)
        if libc.mount(b"tmpfs", name, b"tmpfs", 0, None) == 0 or libc.mount(b"/", name, None, 4096, None) == 0:
            breach(f"something was mounted over {target}")
        if libc.umount2(name, 2) == 0:
            breach(f"{target} was unmounted")
        if libc.mount(None, name, None, 32 | 4096, None) == 0:  # MS_REMOUNT | MS_BIND
            breach(f"{target} was mounted again")
    if open("points.csv").read() != "1.0,2.0,3.0\n":
        breach("the data was changed")

    # What is one's own may be changed: links for whoever empties the folder to follow.
    os.unlink("points.csv")
    with open("points.csv", "w") as file:
        file.write("9")
    os.makedirs("own/er")
    os.symlink(real, "own/er/link")
    os.rename("deep", "own/deep")
    try:
        os.chmod("own/er", 0o500)
    except OSError:
        pass  # refused together with the modes of all files
