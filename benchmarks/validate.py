"""Proving a course: from nothing, again, and with one exercise changed.

    python benchmarks/validate.py [--course COURSE]... [--jobs N] [--no-mutants] [--change EXERCISE]

Works on copies of the courses (default: built-in and from-scratch), with a cache of its own. Each is proven from
nothing; then, where there are several, the cross-talk of all of them, in a course that builds on them; then all of it
again, with nothing changed and after a change of one exercise. Prints seconds, runs, and the processor time of the
command and its judges (not of the workers, which run the submissions), for later rows also as a share of the first.
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
from collections.abc import Callable, Mapping
from pathlib import Path

from common import GRADE, ROOT

from grader.course.course_folder import find_course

PARTS = ("exercises", "rubrics", "solutions", "support", "handout", "assignments", "course.yaml")
TOGETHER = "together"
"""The course that builds on all others."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--course", action="append", default=[], help="a folder or a name (repeatable)")
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--no-mutants", action="store_true")
    parser.add_argument("--change", help="the exercise of the last course that is changed (default: its first)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        courses = [_copy(find_course(ROOT, Path(name)), Path(folder)) for name in _names(options)]
        proofs = {course: ["--no-mutants"] if options.no_mutants else [] for course in courses}
        if len(courses) > 1:
            together = Path(folder, TOGETHER)
            together.mkdir()
            listed = ", ".join(f"../{course.name}" for course in courses)
            (together / "course.yaml").write_text(f"extends: [{listed}]\n")
            proofs[together] = ["--only", "cross-talk"]
        first = {course: _validate(course, proof, options.jobs) for course, proof in proofs.items()}
        _print("from nothing", first)
        _print("again, nothing changed", _again(proofs, options.jobs), first)
        changed = courses[-1]
        exercise = options.change or min(path.stem for path in (changed / "exercises").glob("*.yaml"))
        for what, edit in EDITS.items():
            edit(changed, exercise)
            _print(f"{what} of {exercise} changed", _again(proofs, options.jobs), first)


def _names(options: argparse.Namespace) -> list[str]:
    return options.course or ["built-in", "from-scratch"]


def _copy(root: Path, folder: Path) -> Path:
    course = folder / (root.name if root != ROOT else "built-in")
    for part in PARTS:
        source = root / part
        if source.is_dir():
            shutil.copytree(source, course / part)
        elif source.is_file():
            course.mkdir(exist_ok=True)
            shutil.copy(source, course / part)
    return course


def _again(proofs: Mapping[Path, list[str]], jobs: int | None) -> dict[Path, dict[str, float]]:
    return {course: _validate(course, proof, jobs) for course, proof in proofs.items()}


def _validate(course: Path, proof: list[str], jobs: int | None) -> dict[str, float]:
    arguments = ["validate", "--course", course, "--format", f"json:{course.parent / 'found.json'}", *proof]
    arguments += ["--jobs", jobs] if jobs else []
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


def _print(
    what: str,
    found: Mapping[Path, Mapping[str, float]],
    first: Mapping[Path, Mapping[str, float]] | None = None,
) -> None:
    """A row for each course, and one for all of them."""
    print(what)
    rows = {course.name: (each, None if first is None else first[course]) for course, each in found.items()}
    if len(rows) > 1:
        rows["all"] = (_sum(found), None if first is None else _sum(first))
    for name, (each, before) in rows.items():
        share = "" if before is None else f"  {each['processor_s'] / before['processor_s']:.3f} ×"
        runs = f"{each['done']:.0f} of {each['runs']:.0f} runs"
        print(f"  {name:24}{each['wall_s']:7.1f} s  {each['processor_s']:7.1f} s of processor time  {runs}{share}")


def _sum(found: Mapping[Path, Mapping[str, float]]) -> dict[str, float]:
    return {name: sum(each[name] for each in found.values()) for name in next(iter(found.values()))}


def _replace(path: Path, pattern: str, new: str) -> None:
    """Replace what is found first."""
    text = path.read_text()
    changed = re.sub(pattern, new, text, count=1)
    assert changed != text, f"{path} has nothing to change"
    path.write_text(changed)


def _change_the_reference(course: Path, name: str) -> None:
    (path,) = (path for path in (course / "solutions").glob(f"{name}.*") if path.suffix in (".py", ".ipynb"))
    _replace(path, r"\Z", "\nprint(1)\n") if path.suffix == ".py" else _replace(path, r"import torch", "import torch ")


EDITS: Mapping[str, Callable[[Path, str], None]] = {
    "the title": lambda course, name: _replace(
        course / "exercises" / f"{name}.yaml", r"(?m)^title: ([\"']?)", r"title: \1Changed "
    ),
    "the statement": lambda course, name: _replace(
        course / "exercises" / f"{name}.yaml", r"(?m)^statement: [|>].*\n\s+", r"\g<0>A sentence that is new. "
    ),
    "points": lambda course, name: _replace(
        course / "rubrics" / f"{name}.yaml", r"(?m)points: (\d+)", r"points: \g<1>0"
    ),
    "a check's title": lambda course, name: _replace(
        course / "exercises" / f"{name}.yaml", r"(?m)^(\s+)title: ([\"']?)", r"\1title: \2Changed "
    ),
    "the reference": _change_the_reference,
}
"""Changes of an exercise, one after the other."""


if __name__ == "__main__":
    main()
