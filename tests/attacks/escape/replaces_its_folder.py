"""Puts links to the host's folders in place of its own folder, its home and the temporary folder."""
# visits: 2

import os
from target import COURSE, HOME, breach

top, work, home = os.environ["TMPDIR"], os.getcwd(), os.path.expanduser("~")
for path in (work, home):
    if os.path.islink(path) or not os.path.isdir(path):
        breach(f"{path} is not a folder any more")
if os.listdir(home) or set(os.listdir(top)) - {"work", "home", "matplotlib"}:
    breach(f"something was left: {os.listdir(home)}, {os.listdir(top)}")
os.rename(work, f"{top}/moved")
os.symlink(HOME, work)
os.rename(home, f"{top}/moved/home")
os.symlink(COURSE, home)
for action in (lambda: os.rename(top, f"{top}2"), lambda: os.rmdir(top), lambda: os.chmod(top, 0o500),
               lambda: os.setxattr(top, "user.note", b"x")):  # fmt: skip
    try:
        action()
    except OSError:
        pass
