"""A course with recordings in the place of solutions grades as the course it was exported from, or says why not."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from grader import submission
from grader.course.course import load_course
from grader.course.course_folder import find_course, hidden_paths
from grader.course.exported_course import exported_files
from grader.course.named_courses import builtin_course
from grader.errors import CourseError
from grader.model import Report
from grader.pipeline.grader import Grader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import settings_of
from grader.sandbox.sandbox import Sandbox
from tests.pipeline.test_references import Counting

EXERCISES = ("vector-control-flow", "double-backward")
SHEET = "id: sheet\ntitle: A sheet\nexercises: [vector-control-flow]\nhandout: given.py\ndata: data\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    source: Path
    files: Mapping[str, bytes]

    def unpack(self, folder: Path, **changed: bytes) -> Path:
        for name, content in {**self.files, **changed}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder

    @property
    def recording(self) -> bytes:
        return self.files["references/vector-control-flow.recording"]


@pytest.fixture(scope="module")
def exported(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    root = tmp_path_factory.mktemp("source")
    for folder in ("exercises", "rubrics", "solutions"):
        (root / folder).mkdir()
        for name in EXERCISES:
            for path in (builtin_course() / folder).glob(f"{name}.*"):
                shutil.copy(path, root / folder)
    (root / "data").mkdir()
    (root / "data" / "points.csv").write_text("1,2\n")
    (root / "solutions" / "points.csv").write_text("1,2\n")  # a solution may have its data beside it, too
    (root / "given.py").write_text("import torch\n")
    (root / "course.yaml").write_text("id: cs101\ndefault: other\n")
    (root / "assignments").mkdir()
    (root / "assignments" / "sheet.yaml").write_text(SHEET)
    (root / "assignments" / "other.yaml").write_text("id: other\ntitle: Another\nexercises: [double-backward]\n")
    (root / "exercises" / "data").mkdir()
    (root / "exercises" / "data" / "measured.csv").write_text("1,2\n")
    course = load_course(root)
    grader = _grader(root, sandbox, store=ReferenceStore(root / "kept"))
    return Exported(source=root, files=exported_files(course, course.assignment("sheet"), grader.record_references()))


def _grader(root: Path, sandbox: Sandbox, *, seed: int = 0, store: ReferenceStore | None = None) -> Grader:
    settings = settings_of(load_course(root), GradingOptions(course=root, assignment="sheet", seed=seed))
    return Grader(sandbox, replace(settings, data={}), store or ReferenceStore(root / "nothing"))


class TestWhatIsExported:
    def test_it_has_all_that_the_assignment_needs_and_no_other_assignment(self, exported: Exported) -> None:
        assert sorted(exported.files) == [
            "assignments/sheet.yaml",
            "course.yaml",
            "data/points.csv",
            "exercises/data/measured.csv",
            "exercises/double-backward.yaml",
            "exercises/vector-control-flow.yaml",
            "given.py",
            "references/vector-control-flow.recording",
            "rubrics/double-backward.yaml",
            "rubrics/vector-control-flow.yaml",
        ]
        assert exported.files["course.yaml"] == b'id: "cs101"\ndefault: "sheet"\n'

    def test_no_line_of_a_solution_is_in_it(self, exported: Exported) -> None:
        texts = [path.read_text("utf-8") for path in (exported.source / "solutions").iterdir()]
        lines = {line.strip().encode() for text in texts for line in text.splitlines() if len(line.strip()) > 12}
        assert len(lines) > 20
        assert [line for line in lines if any(line in content for content in exported.files.values())] == []

    def test_a_copy_of_a_solution_in_a_folder_that_goes_along_is_refused(
        self, exported: Exported, tmp_path: Path
    ) -> None:
        root = tmp_path / "course"
        shutil.copytree(exported.source, root)
        shutil.copy(root / "solutions" / "double-backward.py", root / "data" / "example.py")
        course = load_course(root)
        with pytest.raises(
            CourseError, match=r"A solution would be exported: .*data/example\.py is .*double-backward\.py"
        ):
            exported_files(course, course.assignment("sheet"), {})


class TestGrading:
    def test_it_gives_the_report_that_the_solutions_give_and_runs_nothing_but_the_submission(
        self, exported: Exported, sandbox: Sandbox, tmp_path: Path
    ) -> None:
        wrong = exported.source / "solutions" / "vector-control-flow.py"
        root = exported.unpack(tmp_path / "course")
        counting = Counting(sandbox, None)

        def report(grader: Grader) -> Report:
            graded = grader.grade(submission.load(str(wrong)))
            return replace(graded, course=None, run=replace(graded.run, duration_s=0.0))

        by_recording = report(_grader(root, counting))  # type: ignore[arg-type]  # a stand-in
        assert counting.runs == 1
        assert by_recording.passed
        by_solution = report(_grader(exported.source, sandbox, store=ReferenceStore(exported.source / "kept")))
        # By their texts: evidence has arrays, which are equal element by element only.
        assert repr(by_recording) == repr(by_solution)

    def test_no_submission_sees_the_recordings(self, exported: Exported, tmp_path: Path) -> None:
        root = exported.unpack(tmp_path / "course")
        assert find_course(root) == root
        assert root / "references" in hidden_paths(root)


class TestRefusing:
    @pytest.mark.parametrize(
        ("seed", "changed", "said"),
        [
            (7, {}, "was recorded with the seed 0, and the seed is 7 here."),
            (0, {"exercise": b"# changed\n"}, None),
            (0, {"tolerance": b"rel: 1e-3"}, "was recorded for another text of the exercise"),
            (0, {"torch": b"2.4.0"}, "was recorded with torch 2.4.0, and here it is"),
            (0, {"end": b"x"}, "is damaged: its content is not what was recorded."),
            (0, {"first": b"no JSON"}, "cannot be read"),
            (0, {"gone": b""}, "is missing: `vector-control-flow` was not asked for when the course was exported."),
        ],
        ids=["seed", "comment", "exercise", "torch", "damaged", "no recording", "missing"],
    )
    def test_what_does_not_hold_here_is_named_and_what_to_do(
        self,
        exported: Exported,
        sandbox: Sandbox,
        tmp_path: Path,
        seed: int,
        changed: Mapping[str, bytes],
        said: str | None,
    ) -> None:
        root = exported.unpack(tmp_path / "course")
        _change(root, **changed)
        grader = _grader(root, sandbox, seed=seed)
        if said is None:
            assert grader.find_broken_references() == {}
            return
        with pytest.raises(CourseError) as raised:
            grader.find_broken_references()
        assert f"vector-control-flow.recording: {said}" in str(raised.value)
        assert "Export it again, with `grade export` where the solutions are. Nothing was graded." in str(raised.value)


def _change(root: Path, **changed: bytes) -> None:
    exercise = root / "exercises" / "vector-control-flow.yaml"
    recording = root / "references" / "vector-control-flow.recording"
    content = recording.read_bytes()
    torch = content.partition(b'"torch": "')[2].partition(b'"')[0]
    match changed:
        case {"exercise": text}:
            exercise.write_bytes(text + exercise.read_bytes())
        case {"tolerance": _}:
            exercise.write_text(exercise.read_text("utf-8").replace("title:", "title: Changed,", 1), "utf-8")
        case {"torch": other}:
            recording.write_bytes(content.replace(b'"torch": "' + torch, b'"torch": "' + other, 1))
        case {"end": more}:
            recording.write_bytes(content + more)
        case {"first": text}:
            recording.write_bytes(text)
        case {"gone": _}:
            recording.unlink()
