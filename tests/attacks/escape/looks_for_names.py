"""Asks which files there are, and how large, without opening them."""
# levels: strict

import os

from target import COURSE, HOME, NEIGHBOUR, SECRETS, breach, refused

for path in (*SECRETS, HOME, COURSE, os.path.dirname(NEIGHBOUR), f"{COURSE}/data/hw/points.csv"):
    for look in (os.stat, os.lstat, os.listdir, os.listxattr, os.statvfs, os.readlink):
        refused(look, path)
    refused(os.open, path, os.O_PATH)
    if any(os.access(path, mode) for mode in (os.F_OK, os.R_OK)):
        breach(f"{path} is there")
