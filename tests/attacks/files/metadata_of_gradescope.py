"""Metadata of Gradescope with a bomb of aliases, tags that would run, and depth."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import zipped

WHAT = "class"


def make(folder: Path) -> Path:
    bomb = "".join(
        f"  :x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" if n else "  :x0: &a0 [x]\n" for n in range(20)
    )
    run = "  :y: !!python/object/apply:os.system ['false']\n  :z: !ruby/object:Kernel {}\n"
    who = "  :submitters:\n  - :name: Eve\n    :sid: &me 7\n    :email: *me\n"
    metadata = f"submission_1:\n{who}{bomb}{run}"
    return zipped(folder / "class.zip", {"submission_metadata.yml": metadata, "submission_1/homework.py": HONEST})
