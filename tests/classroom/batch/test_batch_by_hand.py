"""What a batch asks to be graded, and what it keeps, with files and a grader made by hand: nothing is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.batch.batch import Batch, Regrade, SubmissionDone
from grader.classroom.batch.tasks import Ready, Task
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.intake import Intake, StudentHandin
from grader.errors import ReferenceError, SubmissionError
from grader.handin import HandedFile
from grader.model import Graded, Level, Plan, Student
from grader.pipeline.broken_reference import BrokenReference
from grader.pipeline.options import GradingOptions
from tests.classroom.gradebook.results_by_hand import check, exercise, graded


class Files:
    """A FileTree in memory. A file whose content is None cannot be read."""

    name = "class"
    folders = remarks = ()

    def __init__(self, contents: dict[str, bytes | None]) -> None:
        self.contents = contents
        self.sizes = {path: len(content or b"") for path, content in contents.items()}

    def read(self, path: str, limit: int) -> bytes:
        content = self.contents[path]
        if content is None:
            raise SubmissionError(f"{path}: damaged")
        return content[:limit]

    def close(self) -> None: ...


class ByHand:
    """A TaskGrader that gives everybody full marks, each result as often as ``times`` says."""

    def __init__(
        self,
        *,
        rubrics: str = "r",
        times: int = 1,
        level: Level = Level.STRICT,
        not_final: str = "",
        exercises: Sequence[str] = ("sine",),
    ) -> None:
        self.asked: list[str] = []
        self.broken: dict[str, BrokenReference] = {}
        self._rubrics, self._times, self._level, self._not_final = rubrics, times, level, not_final
        self._statements = dict.fromkeys(exercises, "Plot it.")

    def prepare(self, modules: Sequence[str], submissions: int = 0) -> None: ...

    def ready(self) -> Ready:
        plan = Plan(basis="found")
        return Ready(course="c", rubrics=self._rubrics, statements=self._statements, plan=plan, run_s=20.0)

    def check_references(self) -> Mapping[str, BrokenReference]:
        return self.broken

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        for task in tasks:
            self.asked.append(task.name)
            one = graded(exercise(check()), key=task.key, rubrics=self._rubrics)
            assert one.report is not None
            if self._not_final:
                one = replace(one, why=self._not_final, not_final=True)
            yield from [one] * self._times

    def close(self) -> None: ...


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with Gradebook.open(str(tmp_path / "book.sqlite"), create=True) as opened:
        yield opened


def run(
    book: Gradebook, contents: dict[str, bytes | None], grader: ByHand, regrade: Regrade | None = None
) -> tuple[Batch, list[SubmissionDone]]:
    """A batch over the files of each student, whose name is the first part of their paths."""
    files = Files(contents)
    of_student: dict[str, list[HandedFile]] = {}
    for path in sorted(contents):
        file = HandedFile(path=path, name=Path(path).name, size=files.sizes[path], key=path, tree=files)
        of_student.setdefault(path.partition("/")[0], []).append(file)
    handins = tuple(
        StudentHandin(
            students=(Student(key=student, name=student.removesuffix(".py")),), path=student, files=tuple(handed)
        )
        for student, handed in of_student.items()
    )
    done: list[SubmissionDone] = []
    batch = Batch(
        book=book,
        intake=Intake(name="class", platform="plain", handins=handins, tree=files),
        assignment="hw",
        options=GradingOptions(course=Path("course")),
        regrade=regrade or Regrade(),
        on_done=done.append,
    )
    batch.run(grader)
    return batch, done


def test_a_file_that_cannot_be_read_is_broken_with_the_reason_and_the_others_are_graded(book: Gradebook) -> None:
    grader = ByHand()
    _, done = run(book, {"ada.py": b"x = 1", "bob.py": None}, grader)
    assert grader.asked == ["ada.py"]
    assert {(one.path, one.status, one.why) for one in done} == {
        ("ada.py", "passed", ""),
        ("bob.py", "broken", "bob.py: damaged"),
    }
    by_name = {one.student.name: one.status for one in book.results("hw").students}
    assert by_name == {"ada": "graded", "bob": "broken"}


def test_what_was_broken_and_could_not_be_read_has_nothing_to_be_marked_again(book: Gradebook) -> None:
    run(book, {"bob.py": b"x = 1"}, Unlucky())
    batch, done = run(book, {"bob.py": b"x = 1"}, ByHand(rubrics="r2"))
    assert [(one.status, one.work, one.why) for one in done] == [("broken", "marked", "it died")]
    assert batch.done == Counter({("broken", "marked"): 1})


def test_a_result_that_comes_twice_counts_once(book: Gradebook) -> None:
    batch, done = run(book, {"ada.py": b"x = 1"}, ByHand(times=2))
    assert len(done) == 1
    assert batch.done == Counter({("passed", "graded"): 1})


def test_a_file_that_was_changed_back_gets_the_grading_that_it_had(book: Gradebook) -> None:
    run(book, {"ada.py": b"x = 1"}, ByHand())
    run(book, {"ada.py": b"x = 2"}, ByHand())
    grader = ByHand()
    _, done = run(book, {"ada.py": b"x = 1"}, grader)
    assert grader.asked == []
    assert [one.work for one in done] == ["unchanged"]


def test_what_two_students_handed_in_alike_is_graded_once_whatever_is_to_be_graded_again(book: Gradebook) -> None:
    grader = ByHand()
    _, done = run(book, {"ada/hw.py": b"x = 1", "bob/hw.py": b"x = 1"}, grader, Regrade(everything=True))
    assert grader.asked == ["hw.py"]
    assert [(one.path, one.work) for one in done] == [("ada/hw.py", "graded"), ("bob/hw.py", "unchanged")]


def test_the_first_file_of_everybody_comes_before_anybodys_second(book: Gradebook) -> None:
    grader = ByHand()
    files = {f"ada/a{n}.py": b"while True: pass  # %d" % n for n in range(3)}
    run(book, {**files, "bob/b0.py": b"x = 1", "eve/e0.py": b"x = 2", "eve/e1.py": b"x = 3"}, grader)
    assert grader.asked == ["a0.py", "b0.py", "e0.py", "a1.py", "e1.py", "a2.py"]


def test_what_is_not_final_is_provisional_and_the_next_batch_grades_it_again(book: Gradebook) -> None:
    run(book, {"ada.py": b"x = 1", "bob.py": b"x = 1 / 0"}, ByHand(not_final="Others kept it waiting."))
    for student in book.results("hw").students:
        assert (student.status, student.complete, student.not_final) == ("graded", False, True)
        assert student.why == "Others kept it waiting."
    again = ByHand()
    _, done = run(book, {"ada.py": b"x = 1", "bob.py": b"x = 1 / 0"}, again)
    assert again.asked == ["ada.py", "bob.py"]
    assert [one.work for one in done] == ["graded", "graded"]
    assert all(student.complete and not student.not_final for student in book.results("hw").students)
    third = ByHand()
    run(book, {"ada.py": b"x = 1", "bob.py": b"x = 1 / 0"}, third)
    assert third.asked == []


@pytest.mark.parametrize("ran_out_of_time", [True, False])
def test_a_reference_that_only_ran_out_of_time_ends_no_batch(book: Gradebook, *, ran_out_of_time: bool) -> None:
    grader = ByHand(exercises=("sine", "cube"))
    grader.broken = {
        "cube": BrokenReference(exercise="cube", reason="slow", details="slow", ran_out_of_time=ran_out_of_time)
    }
    if ran_out_of_time:
        batch, done = run(book, {"ada.py": b"x = 1"}, grader)
        assert batch.broken == grader.broken
        assert [one.status for one in done] == ["passed"]
    else:
        with pytest.raises(ReferenceError):
            run(book, {"ada.py": b"x = 1"}, grader)


def test_an_exercise_with_mistakes_ends_a_batch_only_where_it_was_asked_for(book: Gradebook) -> None:
    grader = ByHand(exercises=("sine", "cube"))
    details = "rubrics/cube.yaml: is missing"
    grader.broken = {"cube": BrokenReference(exercise="cube", reason="", details=details, unfinished=True)}
    batch, done = run(book, {"ada.py": b"x = 1"}, grader)
    assert batch.broken == grader.broken
    assert [one.status for one in done] == ["passed"]
    asked = replace(batch, assignment="other", options=replace(batch.options, exercises=("sine", "cube")))
    with pytest.raises(
        ReferenceError, match=r"rubrics/cube.yaml: is missing\nNobody was graded. Mend this exercise, or"
    ):
        asked.run(grader)


class Unlucky(ByHand):
    """Every task ends as broken."""

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        for task in tasks:
            yield Graded(key=task.key, status="broken", rubrics="r", why="it died")
