"""Attacks in one batch, handed in between two honest students, who get what they get without them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from grader.course.course import load_course
from grader.model import StudentResult
from grader.sandbox import bubblewrap, seccomp
from tests.attacks.attack import HONEST, Attack, attacks, modules
from tests.attacks.host import Host
from tests.helpers.class_of import Class, plain

Students = dict[str, StudentResult]

FIRST, LAST = "aaa first", "zzz last"


def honest(name: str) -> str:
    """An answer with a content of its own, since equal files of two students are graded once."""
    return f"# {name}\n{HONEST}"


def graded(
    folder: Path, host: Host, files: Mapping[str, str], built: Mapping[str, ModuleType], *options: object
) -> Students:
    """What a batch makes of a class, by name."""
    (folder / "home").mkdir(parents=True)
    klass = Class(folder, folder / "home")
    klass.hand_in(files)
    for name, module in built.items():
        place = folder / "class" / name.replace("/", " ")
        place.mkdir()
        module.make(place)
    exercises = load_course(host.course).exercises  # some of them are those of the course that it builds on
    asked = [part for item in exercises for part in ("--exercise", item.exercise.id)]
    done = klass.grade("batch", "class", "--course", host.course, *asked, "--timeout", 1, *options, within_s=900)
    assert done.returncode in (0, 1, 2), done.stderr
    assert " of class:" in done.stderr, done.stderr
    return {one.student.name: one for one in klass.results().students}


def hand_ins(*, every: bool) -> dict[str, ModuleType]:
    """The attacks that are built as one file to hand in; each tenth of them, where not every one is wanted, and those
    that are aimed at the batch.
    """
    found = {name: each for name, each in modules().items() if getattr(each, "WHAT", "hand-in") == "hand-in"}
    aimed = [name for name, each in found.items() if getattr(each, "IN_EVERY_BATCH", False)]
    return found if every else {name: found[name] for name in dict.fromkeys([*list(found)[::10], *aimed])}


def sample() -> list[Attack]:
    """Each third of the sample of attacks."""
    return [attack for attack in attacks() if attack.is_in_sample][::3]


@pytest.mark.parametrize(
    "every", [pytest.param(False, id="sample"), pytest.param(True, id="all", marks=pytest.mark.exhaustive)]
)
def test_nobody_else_is_harmed(every: bool, attacked: Host, tmp_path: Path) -> None:
    if (missing := bubblewrap.diagnose() or seccomp.diagnose()) is not None:
        pytest.skip(missing)
    hostile = attacks() if every else sample()
    innocent = {f"{name}.py": honest(name) for name in (FIRST, LAST)}
    files = dict(innocent)
    for attack in hostile:
        folder = attack.name.replace("/", " ")
        files[f"{folder}/homework.py"] = attack.submission
        files |= {f"{folder}/{name}": content for name, content in attacked.companions("strict").items()}
    without = graded(tmp_path / "without", attacked, innocent, {}, "--jobs", 1)
    together = graded(tmp_path / "together", attacked, files, hand_ins(every=every))
    for name in (FIRST, LAST):
        assert plain(together[name]) == plain(without[name])
        assert together[name].score == 2
    for attack in hostile:
        result = together[attack.name.replace("/", " ")]
        assert result.status == "graded", f"{attack.name}: {result.why}"
        assert score(result, "warm-up") == 2, attack.name
        assert score(result, "prize") == 0, attack.name
    assert attacked.damage() == []


def score(result: StudentResult, exercise: str) -> float:
    return next(one.score for one in result.exercises if one.id == exercise)
