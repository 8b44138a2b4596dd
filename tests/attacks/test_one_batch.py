"""All attacks in one batch, handed in between two honest students, who get what they get alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.model import StudentResult
from grader.sandbox import bubblewrap, seccomp
from tests.attacks.attack import HONEST, attacks, modules
from tests.attacks.host import Host
from tests.helpers.class_of import Class, plain

FIRST, LAST = "aaa first", "zzz last"


def honest(name: str) -> str:
    """Each has a content of its own: what two students hand in alike is graded once."""
    return f"# {name}\n{HONEST}"


def graded(folder: Path, host: Host, files: Mapping[str, str], *, build: bool = False) -> dict[str, StudentResult]:
    """What a batch makes of a class, by name."""
    (folder / "home").mkdir(parents=True)
    klass = Class(folder, folder / "home")
    klass.hand_in(files)
    if build:
        for name, module in modules().items():
            if getattr(module, "WHAT", "hand-in") == "hand-in":
                place = folder / "class" / name.replace("/", " ")
                place.mkdir()
                module.make(place)
    asked = [part for path in sorted(host.course.glob("exercises/*")) for part in ("--exercise", path.stem)]
    done = klass.grade("batch", "class", "--course", host.course, *asked, "--timeout", 1, within_s=900)
    assert done.returncode in (0, 1, 2), done.stderr
    assert " of class:" in done.stderr, done.stderr
    return {one.student.name: one for one in klass.results().students}


def test_nobody_else_is_harmed(attacked: Host, tmp_path: Path) -> None:
    if (missing := bubblewrap.diagnose() or seccomp.diagnose()) is not None:
        pytest.skip(missing)
    hostile = attacks()
    files = {f"{FIRST}.py": honest(FIRST), f"{LAST}.py": honest(LAST)}
    for attack in hostile:
        folder = attack.name.replace("/", " ")
        files[f"{folder}/homework.py"] = attack.submission
        files |= {f"{folder}/{name}": content for name, content in attacked.companions("strict").items()}
    together = graded(tmp_path / "together", attacked, files, build=True)
    for name in (FIRST, LAST):
        alone = graded(tmp_path / name, attacked, {f"{name}.py": honest(name)})
        assert plain(together[name]) == plain(alone[name])
        assert together[name].score == 2
    for attack in hostile:
        result = together[attack.name.replace("/", " ")]
        assert result.status == "graded", f"{attack.name}: {result.why}"
        assert score(result, "warm-up") == 2, attack.name
        assert score(result, "prize") == 0, attack.name
    assert attacked.damage() == []


def score(result: StudentResult, exercise: str) -> float:
    return next(one.score for one in result.exercises if one.id == exercise)
