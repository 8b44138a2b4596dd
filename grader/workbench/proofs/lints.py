"""Lints: advice on exercises, as warnings. A comment ``# lint-ignore: NAME`` beside or above the line turns one off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from grader.course.course import SOLUTION_SUFFIXES, Course, CourseExercise
from grader.course.course_parts import EXERCISES, RUBRICS
from grader.course.known_submissions import MISTAKES
from grader.judging.functions.data_files import data_files
from grader.model import Finding, ProofResult
from grader.suggestions import did_you_mean_or_all
from grader.workbench.proof import Proof
from grader.workbench.proofs.advice import NAMES, advice_on
from grader.workbench.proofs.places import in_exercise, in_rubric
from grader.workbench.work import Work

_IGNORE = re.compile(r"#\s*lint-ignore:\s*([\w, -]*)")


class Lints(Proof):
    """It runs nothing: the files say it."""

    NAME: ClassVar[str] = "lints"
    HEADING: ClassVar[str] = "Lints"
    OF_COURSE: ClassVar[bool] = True

    def plan(self, course: Course, chosen: Sequence[CourseExercise]) -> Iterable[Work]:
        return ()

    def conclude(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterator[ProofResult]:
        for item in chosen:
            findings = [*_of_exercise(course, item), *_unknown_names(course, item)]
            yield ProofResult(
                proof=self.NAME,
                exercise=item.exercise.id,
                findings=tuple(findings),
                figures={"lints": len(findings)},
                cell=str(len(findings)),
                tried=len(NAMES),
            )
        if len(chosen) == len(course.exercises):
            unused = tuple(_unused_files(course))
            if unused:
                yield ProofResult(proof=self.NAME, exercise="", findings=unused)


def _of_exercise(course: Course, item: CourseExercise) -> Iterator[Finding]:
    reference = "" if item.is_recorded else _text(item.solution)
    for advice in advice_on(course, item, reference):
        text = f"{advice.text} ({advice.name})"
        if advice.in_rubric:
            finding = in_rubric(course, item, advice.loc, "warning", text)
        else:
            finding = in_exercise(item, advice.loc, "warning", text)
        if not _is_ignored(finding, advice.name):
            yield finding


def _is_ignored(finding: Finding, name: str) -> bool:
    """Whether a comment in the finding's line, or in those directly above it, names this lint."""
    if finding.path is None or finding.line is None:
        return False
    lines = _text(finding.path).splitlines()
    number = finding.line - 1
    if number < len(lines) and name in _ignored_in(lines[number]):
        return True
    while number > 0 and lines[number - 1].lstrip().startswith("#"):
        number -= 1
        if name in _ignored_in(lines[number]):
            return True
    return False


def _ignored_in(line: str) -> list[str]:
    found = _IGNORE.search(line)
    return [] if found is None else [name.strip() for name in found[1].split(",")]


def _unknown_names(course: Course, item: CourseExercise) -> Iterator[Finding]:
    for path in (item.path, course.layers.files(RUBRICS)[item.exercise.id]):
        for number, line in enumerate(_text(path).splitlines(), start=1):
            for name in _ignored_in(line):
                if name not in NAMES:
                    text = f"lint-ignore: there is no lint `{name}`{did_you_mean_or_all(name, NAMES)}"
                    yield Finding(severity="warning", text=text, path=path, line=number)


def _unused_files(course: Course) -> Iterator[Finding]:
    """Helper modules that nothing imports, and data files that no exercise mentions."""
    root = course.layers.roots[0]
    exercises = "\n".join(_text(path) for path in (root / EXERCISES).glob("*.y*ml"))
    for path in data_files(root / EXERCISES):
        if path.name not in exercises:
            text = "No exercise mentions this file. Take it away, or let a check draw its data from it. (unused-file)"
            yield Finding(severity="warning", text=text, path=path)
    own = [folder for folder in course.support if folder.parent == root]
    if not own:
        return
    files = [item.solution for item in course.exercises]
    files += [path for file in files[:1] for path in (file.parent / MISTAKES).glob("*/*")]
    code = "\n".join(_text(path) for path in files if path.suffix in SOLUTION_SUFFIXES)
    used = f"{exercises}\n{code}\n" + "\n".join(item.starter for item in course.exercises)
    for folder in own:
        helpers = "\n".join(_text(path) for path in folder.rglob("*.py"))
        for path in sorted(folder.iterdir()):
            name = path.stem
            is_module = path.suffix == ".py" or (path / "__init__.py").is_file()
            if is_module and not re.search(rf"\b{re.escape(name)}\b", used):
                imports = re.search(rf"(?m)^\s*(from|import)\s+{re.escape(name)}\b", helpers)
                if imports is None and "lint-ignore: unused-file" not in _text(path):
                    text = (
                        "No exercise, solution, known submission or starter uses this helper module, so nothing shows "
                        "that it works. (unused-file)"
                    )
                    yield Finding(severity="note", text=text, path=path)


def _text(path: Path) -> str:
    """The text of a file; of a package that of its ``__init__.py``; empty if it cannot be read."""
    try:
        return (path / "__init__.py" if path.is_dir() else path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
