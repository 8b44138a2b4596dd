"""Makes files, links, pipes and folders until its time is up."""
# ends: output, timeout
# seconds: 2

import os

number = 0
os.mkdir("links")
open("links/0", "w").close()
while True:
    number += 1
    try:
        os.mknod(f"pipe-{number}", 0o010600)
        os.link("links/0", f"links/{number}")
        os.symlink("x" * 2000, f"symlink-{number}")
        os.mkdir(f"folder-{number}")
    except OSError:
        break
