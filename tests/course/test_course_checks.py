"""``checks.py`` of a course: where it is imported, where it is not, and what is said of its mistakes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.course.course import Course, load_course
from grader.course.course_checks import MODULE_PREFIX, WHERE_IMPORTED, failure_in_words
from grader.course.exported_course import exported_files
from grader.course.trusted_checks import trusted_checks
from grader.errors import CourseError, ExerciseError, UsageError
from grader.pipeline import cache_keys
from grader.pipeline.options import GradingOptions, decode_options, encode_options

CHECKS = """\
from __future__ import annotations

from typing import Literal

from pydantic import Field

from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.model import Verdict


class Lucky(Check):
    kind: Literal["lucky"]
    number: int = Field(description="Any number.")

    def judge(self, context: Context) -> Verdict:
        return Verdict(check=self.id, status="passed", message=str(1 // self.number))
"""
EXERCISE = "id: a\ntitle: A\nstatement: Do.\nchecks:\n  - {id: one, kind: lucky, number: 7}\n"
FILES = {
    "exercises/a.yaml": EXERCISE,
    "rubrics/a.yaml": "exercise: a\nchecks:\n  one: {points: 1}\n",
    "solutions/a.py": "a = 1\n",
    "assignments/sheet.yaml": "id: sheet\ntitle: Sheet\nexercises: [a]\n",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "cs101", {**FILES, "checks.py": CHECKS})


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's settings, which are not there yet."""
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / "config" / name)
    return tmp_path / "config" / "autograd-grader" / "settings.yaml"


def load(root: Path, named: Sequence[Path] = (), given: Sequence[Path] = (), *, explicit: bool = True) -> Course:
    return load_course(root, trusted_checks(root, root if explicit else None, named, given))


def mistakes(loaded: Course) -> list[str]:
    return [str(mistake) for item in loaded.exercises for mistake in item.mistakes]


def is_refused(loaded: Course) -> bool:
    """Whether its kind is unknown, and it is said where it would be known."""
    (text,) = mistakes(loaded)
    return "unknown kind `lucky`; known: answer, " in text and text.endswith(f"; {WHERE_IMPORTED}")


class TestWhereItIsImported:
    def test_where_the_course_is_named_twice(self, root: Path) -> None:
        loaded = load(root, [root])
        assert mistakes(loaded) == []
        assert loaded.exercises[0].exercise.checks[0].kind == "lucky"
        assert list(loaded.kinds.kinds) == ["lucky"]
        assert not list(root.rglob("__pycache__"))

    def test_where_the_users_settings_name_it(self, root: Path, settings: Path) -> None:
        write(settings.parent, {settings.name: f"trust-checks:\n  - {root}\n"})
        assert mistakes(load(root)) == []

    def test_beside_an_archive_and_beside_folders_that_were_handed_in(self, root: Path) -> None:
        given = [root.parent / "class.zip", write(root.parent / "handed-in", {"homework.py": "a = 1\n"})]
        assert mistakes(load(root, [root], given=[*given, given[1] / "homework.py"])) == []

    def test_a_base_only_where_it_is_named_itself(self, root: Path, tmp_path: Path) -> None:
        own = write(
            tmp_path / "own", {"course.yaml": "extends: ../cs101\n", "checks.py": CHECKS.replace("ucky", "oud")}
        )
        assert is_refused(load(own, [own]))
        assert mistakes(load(own, [own, root])) == []

    def test_a_pool_gets_to_know_it(self, root: Path) -> None:
        options = GradingOptions(course=root, trusted_checks=(root,))
        assert decode_options(encode_options(options)) == options


class TestWhereItIsNot:
    @pytest.fixture(autouse=True)
    def nothing_is_imported(self, root: Path) -> None:
        """What is written here is imported by no test of this class."""
        write(root, {"checks.py": f"{CHECKS}\nimport pathlib\npathlib.Path({str(root / 'imported')!r}).touch()\n"})

    @pytest.fixture(autouse=True)
    def looked_after(self, root: Path, nothing_is_imported: None) -> object:
        yield
        assert not (root / "imported").exists()

    def test_where_it_is_not_named(self, root: Path) -> None:
        assert is_refused(load(root))

    def test_where_it_was_only_found(self, root: Path, settings: Path) -> None:
        write(settings.parent, {settings.name: f"trust-checks: {root}\n"})
        assert is_refused(load(root, explicit=False))
        with pytest.raises(UsageError, match="--trust-checks needs --course"):
            load(root, [root], explicit=False)

    def test_where_the_course_was_handed_in(self, root: Path, settings: Path) -> None:
        write(settings.parent, {settings.name: f"trust-checks:\n  - {root}\n"})
        for given in (root, root.parent, root / "homework.py", root.parent / "homework.py", root / "homework.zip"):
            assert is_refused(load(root, given=[given]))
            with pytest.raises(UsageError, match="lies in the folder that was handed in, or in the folder of a file"):
                load(root, [root], given=[given])

    def test_where_a_link_in_what_was_handed_in_leads_to_the_course(self, root: Path, tmp_path: Path) -> None:
        link = tmp_path / "handed-in" / "course"
        link.parent.mkdir()
        link.symlink_to(root)
        with pytest.raises(UsageError, match="lies in the folder that was handed in"):
            load(link, [link], given=[link.parent])

    def test_where_a_base_was_handed_in(self, root: Path, settings: Path, tmp_path: Path) -> None:
        write(settings.parent, {settings.name: f"trust-checks:\n  - {root}\n"})
        own = write(tmp_path / "top" / "own", {"course.yaml": "extends: ../../cs101\n"})
        for given in (root, root.parent / root.name, root / "homework.py", root.parent / "homework.py"):
            assert is_refused(load(own, given=[given]))
            with pytest.raises(UsageError, match=r"cs101 lies in the folder that was handed in"):
                load(own, [root], given=[given])

    @pytest.mark.parametrize("given", ["", "homework.py"])
    def test_where_what_was_handed_in_names_a_course(
        self, given: str, tmp_path: Path, root: Path, settings: Path
    ) -> None:
        """Neither what it brings, nor what it builds on itself, though the user trusts that in general."""
        student = write(tmp_path / "handed-in" / "course", {"course.yaml": "extends: ../../cs101\n"})
        own = write(tmp_path / "own", {"course.yaml": "extends: ../handed-in/course\n"})
        write(settings.parent, {settings.name: f"trust-checks:\n  - {root}\n"})
        assert is_refused(load(own, given=[student.parent / given]))
        with pytest.raises(
            UsageError, match=r"the course .*course lies in the folder .*that was, and builds on .*cs101, so"
        ):
            load(own, [root], given=[student.parent / given])
        write(student, {"checks.py": CHECKS.replace("ucky", "oud")})
        with pytest.raises(UsageError, match=r"the course .*course lies in the folder that was handed in"):
            load(own, [student], given=[student.parent / given])

    def test_of_an_exported_course(self, root: Path, settings: Path) -> None:
        write(settings.parent, {settings.name: f"trust-checks:\n  - {root}\n"})
        (root / "solutions" / "a.py").unlink()
        (root / "solutions").rmdir()
        write(root, {"references/a.recording": "{}\n"})
        assert is_refused(load(root))
        with pytest.raises(UsageError, match=r"checks\.py of an exported course or a pack is never imported"):
            load(root, [root])
        packed = root.parent / "cs101.zip"  # unpacked to `root`
        with pytest.raises(UsageError, match=r"checks\.py of an exported course or a pack is never imported"):
            trusted_checks(root, packed, [packed])

    def test_of_another_course_than_the_one_that_is_named(self, root: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"neither the course .*cs101 nor one that it builds on"):
            load(root, [tmp_path])

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("trust-checks: [cs101]\n", "settings.yaml:1: trust-checks[0]: expected the folder of a course"),
            ("trust-check: []\n", "settings.yaml:1: trust-check: unknown key `trust-check`"),
        ],
    )
    def test_settings_with_mistakes(self, text: str, said: str, root: Path, settings: Path) -> None:
        write(settings.parent, {settings.name: text})
        with pytest.raises(UsageError) as caught:
            load(root)
        assert said in str(caught.value)


class TestMistakes:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (f"{CHECKS}\nx = = 1\n", "checks.py:19: cannot be imported: SyntaxError: invalid syntax"),
            (
                f"{CHECKS}import nowhere_to_be_found\n",
                "checks.py:18: cannot be imported: ModuleNotFoundError: No module",
            ),
            (f"{CHECKS}\nraise SystemExit(0)\n", "checks.py:19: cannot be imported: SystemExit: 0"),
            ("x = 1\n", "checks.py: has no kind of check: a subclass of grader.judging.checks.base.Check"),
            (CHECKS.replace("lucky", "value"), "checks.py:12: there is a kind of check `value` already"),
            (CHECKS.replace('Literal["lucky"]', "str"), "checks.py:12: the kind `Lucky` has no name"),
            ("\0", "cannot be imported: "),
        ],
    )
    def test_each_is_said_with_its_line_and_nothing_else(self, content: str, said: str, root: Path) -> None:
        write(root, {"checks.py": content})
        before = {name for name in sys.modules if name.startswith(MODULE_PREFIX)}
        with pytest.raises(ExerciseError) as caught:
            load(root, [root])
        (mistake,) = caught.value.mistakes
        assert said in str(mistake)
        left = {name for name in sys.modules if name.startswith(MODULE_PREFIX)} - before
        assert not left or "cannot be imported" not in said

    def test_of_its_fields_with_the_line_of_the_exercise(self, root: Path) -> None:
        write(root, {"exercises/a.yaml": EXERCISE.replace("7", "seven")})
        assert mistakes(load(root, [root])) == [
            f"{root}/exercises/a.yaml:5: checks[0].number: expected a whole number, found the text `seven`"
        ]

    def test_what_a_check_fails_with_is_said_with_the_line(self, root: Path) -> None:
        write(root, {"exercises/a.yaml": EXERCISE.replace("7", "0")})
        check = load(root, [root]).exercises[0].exercise.checks[0]
        with pytest.raises(ZeroDivisionError) as caught:
            check.judge(None)  # type: ignore[arg-type]
        assert (
            failure_in_words(caught.value)
            == "ZeroDivisionError: integer division or modulo by zero (checks.py, line 17)"
        )


class TestWhatResultsAreKeptBy:
    def test_its_content(self, root: Path) -> None:
        first = cache_keys.of_recording(load(root, [root]).exercises[0])
        assert cache_keys.of_recording(load(root, [root]).exercises[0]) == first
        write(root, {"checks.py": CHECKS.replace("1 // self", "2 // self")})
        assert cache_keys.of_recording(load(root, [root]).exercises[0]) != first


def test_what_uses_it_is_not_exported(root: Path) -> None:
    loaded = load(root, [root])
    with pytest.raises(CourseError, match=r"exercises/a\.yaml: the kind `lucky` is one of the course's checks\.py"):
        exported_files(loaded, loaded.assignment("sheet"), {})
