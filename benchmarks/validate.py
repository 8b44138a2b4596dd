"""Proving a course: from nothing, again, and with one exercise changed.

    python benchmarks/validate.py [--course DIR] [--jobs N] [--no-mutants]

Works on a copy of the course (default: the built-in one), with a cache of its own. Prints seconds, runs, and the
processor time of the command and its judges (not of the workers, which run the submissions), for later rows also as a
share of that of the first.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from common import GRADE, ROOT

PARTS = ("exercises", "rubrics", "solutions", "support", "handout", "assignments", "course.yaml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--course", type=Path, default=ROOT)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--no-mutants", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder, "course")
        for part in PARTS:
            source = options.course / part
            if source.is_dir():
                shutil.copytree(source, course / part)
            elif source.is_file():
                shutil.copy(source, course / part)
        first = _validate(course, options)
        print(f"{'from nothing':30} {_words(first)}")
        print(f"{'again, nothing changed':30} {_words(_validate(course, options), first)}")
        exercise = sorted((course / "exercises").glob("*.yaml"))[0]
        for what, edit in (("a check", _change_a_check), ("a hint", _change_a_hint)):
            edit(course, exercise.stem)
            print(f"{f'{what} of {exercise.stem} changed':30} {_words(_validate(course, options), first)}")


def _validate(course: Path, options: argparse.Namespace) -> dict[str, float]:
    arguments = ["validate", "--course", course, "--format", f"json:{course.parent / 'found.json'}"]
    arguments += ["--jobs", str(options.jobs)] if options.jobs else []
    arguments += ["--no-mutants"] if options.no_mutants else []
    environment = {**os.environ, "XDG_CACHE_HOME": str(course.parent / "cache")}
    before, began = _processor_s(), time.monotonic()
    done = subprocess.run([*GRADE, *map(str, arguments)], env=environment, check=False)
    assert done.returncode in (0, 1), "the course must have no mistakes"
    summary = json.loads((course.parent / "found.json").read_text())["summary"]
    return {
        "wall_s": time.monotonic() - began,
        "processor_s": _processor_s() - before,
        "done": summary["runs"] - summary["kept"],
        "runs": summary["runs"],
    }


def _processor_s() -> float:
    """Of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _words(found: dict[str, float], first: dict[str, float] | None = None) -> str:
    share = "" if first is None else f"  {found['processor_s'] / first['processor_s']:.3f} ×"
    runs = f"{found['done']:.0f} of {found['runs']:.0f} runs"
    return f"{found['wall_s']:7.1f} s  {found['processor_s']:7.1f} s of processor time  {runs}{share}"


def _change_a_check(course: Path, name: str) -> None:
    path = course / "exercises" / f"{name}.yaml"
    text = path.read_text()
    changed = re.sub(r"(?m)^(\s+)title: (.*)$", r"\1title: \2 (changed)", text, count=1)
    assert changed != text
    path.write_text(changed)


def _change_a_hint(course: Path, name: str) -> None:
    path = course / "rubrics" / f"{name}.yaml"
    text = path.read_text()
    changed = re.sub(r"(?m)^(\s+)points: (\S+)$", r"\1points: \g<2>0", text, count=1)
    assert changed != text
    path.write_text(changed)


if __name__ == "__main__":
    main()
