"""Leaves links that lead outside, for whoever cleans up after it to follow."""
# visits: 2

import os
from target import COURSE, HOME, SECRETS, breach

places = (os.getcwd(), os.path.expanduser("~"), os.environ["TMPDIR"])
for place in places:
    if any(os.path.islink(os.path.join(place, name)) for name in os.listdir(place)):
        breach(f"a link was left in {place}")
for place in places:
    os.makedirs(f"{place}/deep/er", exist_ok=True)
    for number, path in enumerate((HOME, COURSE, *SECRETS, "/", "/usr/lib", "..", "/proc/1/root", "/proc/self/fd")):
        os.symlink(path, f"{place}/link{number}")
        os.symlink(path, f"{place}/deep/er/link{number}")
        try:
            os.link(path, f"{place}/hard{number}", follow_symlinks=False)
        except OSError:
            pass
        else:
            breach(f"a second name for {path}")
    try:
        os.chmod(f"{place}/deep", 0)
    except OSError:
        pass
