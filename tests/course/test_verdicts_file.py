"""``verdicts.yaml``, which says what known submissions must get: what loads, and the message for each mistake."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from grader.cli import exercises
from grader.course.course import find_wrong_verdicts, load_course
from grader.course.json_schema import verdicts_schema
from grader.course.known_submissions import KnownFolder, KnownSubmission, load_known_submissions
from grader.errors import ExerciseError
from tests.course.exercise_files import HEAD
from tests.course.exercise_files import load as load_exercise

pytestmark = pytest.mark.usefixtures("in_folder")
EXERCISE = f"{HEAD}  - {{id: slope, kind: raises, error: no-graph}}\n  - {{id: why, kind: answer}}\n"
FOLDER = Path("mistakes")


def load(text: str) -> tuple[KnownSubmission, ...]:
    FOLDER.mkdir()
    (FOLDER / "mean.py").write_text("", encoding="utf-8")
    (FOLDER / "verdicts.yaml").write_text(text, encoding="utf-8")
    return load_known_submissions([KnownFolder(path=FOLDER)], load_exercise(EXERCISE))


def mistakes(text: str) -> list[str]:
    with pytest.raises(ExerciseError) as caught:
        load(text)
    assert list(jsonschema.Draft202012Validator(verdicts_schema()).iter_errors(yaml.safe_load(text))) or "no " in text
    return str(caught.value).splitlines()


def test_an_entry_says_what_a_file_must_get() -> None:
    text = "mean.py: {about: A mean., verdicts: {slope: failed, why: manual}, score: 1.5, says: a multiple}\n"
    (known,) = load(text)
    assert known.path == FOLDER / "mean.py"
    assert known.expected.verdicts == {"slope": "failed", "why": "manual"}
    assert (known.expected.score, known.expected.says, known.expected.status) == (1.5, "a multiple", "graded")
    jsonschema.Draft202012Validator(verdicts_schema()).validate(yaml.safe_load(text))


def test_an_exercise_needs_no_known_submissions() -> None:
    assert load_known_submissions([KnownFolder(path=Path("nowhere"))], load_exercise(EXERCISE)) == ()


def test_all_mistakes_are_said_at_once_with_their_lines() -> None:
    assert mistakes("mean.py:\n  abuot: A mean.\n  verdicts:\n    slope: fail\n    why: 1\n  score: -1\n") == [
        'mistakes/verdicts.yaml:2: ["mean.py"].abuot: unknown key; did you mean `about`?',
        'mistakes/verdicts.yaml:4: ["mean.py"].verdicts.slope: unknown verdict `fail`; did you mean `failed`? '
        "Known: error, failed, manual, passed, skipped",
        'mistakes/verdicts.yaml:5: ["mean.py"].verdicts.why: expected a verdict such as `failed`, found the number 1',
        'mistakes/verdicts.yaml:6: ["mean.py"].score: must be 0 or more; found the number -1',
    ]


def test_files_and_checks_that_there_are_not_are_said() -> None:
    assert mistakes("maen.py:\n  about: no file\n  verdicts:\n    slop: failed\n") == [
        'mistakes/verdicts.yaml:1: ["maen.py"]: there is no such file in mistakes; did you mean `mean.py`?',
        'mistakes/verdicts.yaml:3: ["maen.py"].verdicts: the verdict on `slope` is missing; say what each check of the '
        "exercise must get",
        'mistakes/verdicts.yaml:3: ["maen.py"].verdicts: the verdict on `why` is missing; say what each check of the '
        "exercise must get",
        'mistakes/verdicts.yaml:4: ["maen.py"].verdicts.slop: the exercise has no check `slop`; did you mean '
        "`slope`? Known: slope, why",
    ]


class TestInACourse:
    """A course loads with mistakes in verdicts.yaml: nobody's grade depends on it. ``grade exercises`` says them."""

    @pytest.fixture
    def folder(self) -> Path:
        for path, text in {
            "exercises/x.yaml": EXERCISE,
            "rubrics/x.yaml": "exercise: x\nchecks: {slope: {points: 1}, why: {points: 1}}\n",
            "solutions/x.py": "",
            "solutions/mistakes/x/mean.py": "",
            "solutions/mistakes/x/verdicts.yaml": "mean.py: {about: A., verdicts: {slope: failed, why: manual}}\n",
        }.items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(text, encoding="utf-8")
        return Path("solutions/mistakes/x")

    def _mistakes(self) -> list[str]:
        course = load_course(Path())
        assert not any(item.mistakes for item in course.exercises)
        return [str(mistake) for mistake in find_wrong_verdicts(course)]

    def test_a_right_one_is_no_mistake(self, folder: Path) -> None:
        assert not self._mistakes()

    def test_a_misspelt_verdict_and_a_file_that_is_not_there(self, folder: Path) -> None:
        text = "maen.py: {about: A., scroe: 1, verdicts: {slope: passd, why: manual}}\n"
        (folder / "verdicts.yaml").write_text(text, encoding="utf-8")
        found = "\n".join(self._mistakes())
        assert "`passd`; did you mean `passed`?" in found
        assert "scroe: unknown key; did you mean `score`?" in found
        assert "there is no such file in solutions/mistakes/x; did you mean `mean.py`?" in found

    def test_besides_has_the_ids_of_other_exercises(self, folder: Path) -> None:
        for path in ("exercises/y.yaml", "rubrics/y.yaml"):
            text = Path(path.replace("y.yaml", "x.yaml")).read_text(encoding="utf-8")
            Path(path).write_text(text.replace("id: x", "id: y").replace("exercise: x", "exercise: y"))
        Path("solutions/y.py").write_text("", encoding="utf-8")
        text = "mean.py:\n  about: A.\n  verdicts: {slope: failed, why: manual}\n  besides: [y, x, yy]\n"
        (folder / "verdicts.yaml").write_text(text, encoding="utf-8")
        assert self._mistakes() == [
            f'{folder}/verdicts.yaml:4: ["mean.py"].besides[1]: `x` is the exercise\'s own id; `besides` has the ids '
            "of other exercises",
            f'{folder}/verdicts.yaml:4: ["mean.py"].besides[2]: there is no exercise `yy` in this course; did you mean '
            "`y`?",
        ]

    @pytest.mark.parametrize(
        ("file", "old", "new"),
        [("exercises/x.yaml", "raises", "riases"), ("rubrics/x.yaml", "points", "pionts"), ("rubrics/x.yaml", "{", "")],
    )
    def test_its_mistakes_are_said_also_where_exercise_or_rubric_has_some(
        self, folder: Path, file: str, old: str, new: str
    ) -> None:
        Path(file).write_text(Path(file).read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
        text = "mean.py:\n  abuot: A.\n  verdicts: {slop: failed, why: manual}\n  besides: [nosuch]\n"
        (folder / "verdicts.yaml").write_text(text, encoding="utf-8")
        course = load_course(Path())
        assert [bool(item.mistakes) for item in course.exercises] == [True]
        found = "\n".join(map(str, find_wrong_verdicts(course)))
        assert 'verdicts.yaml:2: ["mean.py"].abuot: unknown key' in found
        assert "the exercise has no check `slop`; did you mean `slope`?" in found
        assert "there is no exercise `nosuch` in this course" in found

    def test_a_submission_of_which_nothing_is_said(self, folder: Path) -> None:
        (folder / "other.ipynb").write_text("", encoding="utf-8")
        (text,) = self._mistakes()
        assert text.startswith("solutions/mistakes/x/other.ipynb: is not in solutions/mistakes/x/verdicts.yaml, which ")

    def test_submissions_of_which_nothing_is_said(self, folder: Path) -> None:
        (folder / "verdicts.yaml").unlink()
        assert self._mistakes() == [f"{folder}/verdicts.yaml: is missing; it says what `mean.py` must get"]

    def test_a_folder_that_belongs_to_no_exercise(self, folder: Path) -> None:
        folder.rename(folder.parent / "xx")
        (text,) = self._mistakes()
        assert "xx/verdicts.yaml: belongs to no exercise of this course" in text

    def test_grade_exercises_says_them_after_its_list(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "verdicts.yaml").unlink()
        with pytest.raises(ExerciseError, match=r"verdicts\.yaml: is missing"):
            exercises.main(["--course", "."])
        assert "x" in capsys.readouterr().out
