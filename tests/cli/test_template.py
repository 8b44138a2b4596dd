"""``grade template``: what is written, and what is refused."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.errors import ExitCode
from tests.helpers.command_line import KeptWorkers, run_here
from tests.workbench.templates.small_course import write_small_course


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructor:
    """Whoever makes templates of a small course."""

    folder: Path
    home: Path
    workers: KeptWorkers

    def template(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = ("template", *arguments, "--course", "course")
        return run_here(command, folder=self.folder, home=self.home, workers=self.workers)


@pytest.fixture
def instructor(tmp_path: Path, home: Path, workers: KeptWorkers) -> Instructor:
    write_small_course(tmp_path / "course")
    return Instructor(folder=tmp_path, home=home, workers=workers)


def test_it_writes_a_notebook_and_a_script(instructor: Instructor) -> None:
    done = instructor.template("hw2", "--output", "out")
    assert (done.returncode, done.stderr) == (ExitCode.PASSED, "")
    assert done.stdout == (
        "out/hw2.ipynb, out/hw2.py: the template of `hw2`, with 2 exercises. As it is, it gets 0 of 3 points, and no "
        "exercise counts as attempted.\n"
    )
    assert sorted(path.name for path in (instructor.folder / "out").iterdir()) == ["hw2.ipynb", "hw2.py"]


def test_it_overwrites_only_what_it_is_told_to(instructor: Instructor) -> None:
    there = instructor.folder / "hw2.py"
    there.write_text("mine")
    done = instructor.template("hw2")
    assert done.returncode == ExitCode.UNUSABLE
    assert done.stderr == (
        "grade: The template was not written: hw2.py is there already. Name another folder with --output, or overwrite "
        "with --force.\n"
    )
    assert there.read_text() == "mine"
    assert instructor.template("hw2", "--format", "py", "--force").returncode == ExitCode.PASSED
    assert there.read_text().startswith("# grader.assignment: hw2\n")


def test_a_starter_that_passes_a_check_is_refused(instructor: Instructor) -> None:
    starters = instructor.folder / "course" / "handout" / "starters"
    starters.mkdir(parents=True)
    solution = instructor.folder / "course" / "solutions" / "slope.py"
    (starters / "slope.py").write_bytes(solution.read_bytes())
    done = instructor.template("hw2")
    assert done.returncode == ExitCode.UNUSABLE
    assert done.stderr == (
        "grade: course/handout/starters/slope.py: what is handed out passes `gradient` of `slope` (The gradient is 2x, "
        "cell 1 (`import torch`), line 4) by itself. It proves nothing, so nobody could earn these points; take the "
        "answer out of it\n"
    )
    assert not (instructor.folder / "hw2.ipynb").exists()


def test_words_in_a_starter_that_answer_are_refused(instructor: Instructor) -> None:
    starters = instructor.folder / "course" / "handout" / "starters"
    starters.mkdir(parents=True)
    (starters / "why.py").write_text("# A constant stays as it is when x changes.\n")
    done = instructor.template("hw2", "--format", "py")
    assert done.returncode == ExitCode.UNUSABLE
    assert "starters/why.py: what is handed out passes `reason` of `why` (The reason" in done.stderr


MASTER = """\
# grader.assignment: hw2

# %% [markdown]
# # Second sheet, with solutions

# %%
import torch

# %% [markdown]
# ## Exercise 1: The slope of a sum of squares
#
# Differentiate the sum of the squares of `x`.

# %%
x = torch.arange(3.0, requires_grad=True)  # SOLUTION
### BEGIN SOLUTION
(x**2).sum().backward()
### END SOLUTION
x.grad

# %% [markdown]
# ## 2. Why a constant has no slope

# %% [markdown] solution
# A constant stays as it is when x changes.
"""


def test_a_master_gives_template_solutions_and_fingerprints(instructor: Instructor) -> None:
    course = instructor.folder / "course"
    for solution in (course / "solutions").iterdir():
        solution.unlink()
    (instructor.folder / "master.py").write_text(MASTER)
    done = instructor.template("--master", "master.py", "--output", "out")
    assert (done.returncode, done.stderr) == (ExitCode.PASSED, "")
    assert done.stdout == (
        "out/hw2.ipynb, out/hw2.py: the template of `hw2`, with 2 exercises. As it is, it gets 0 of 3 points, and no "
        "exercise counts as attempted.\n"
        "Written into the course: handout/templates/hw2.yaml, solutions/slope.py, solutions/why.py.\n"
    )
    assert (instructor.folder / "out" / "hw2.py").read_text() == MASTER.replace(
        "x = torch.arange(3.0, requires_grad=True)  # SOLUTION", "x = ..."
    ).replace("### BEGIN SOLUTION\n(x**2).sum().backward()\n### END SOLUTION", "# Your code here\n...").replace(
        "# %%\nx = ...", "# %% slope\nx = ..."
    ).replace(
        "# %% [markdown] solution\n# A constant stays as it is when x changes.",
        "# %% [markdown]\n# *Your answer here.*",
    )
    again = instructor.template("--master", "master.py", "--output", "again")
    assert again.stdout.endswith("Written into the course: nothing, all of it was there.\n")


def test_a_master_whose_solution_is_wrong_leaves_the_course_as_it_was(instructor: Instructor) -> None:
    course = instructor.folder / "course"
    (course / "solutions" / "slope.py").unlink()
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    (instructor.folder / "master.py").write_text(MASTER.replace("x**2", "x**3").replace("a constant stays", "A"))
    done = instructor.template("--master", "master.py", "--force")
    assert done.returncode == ExitCode.UNUSABLE
    assert "slope" in done.stderr
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before
    assert not (instructor.folder / "hw2.py").exists()


def test_a_master_that_gives_a_solution_away_is_refused(instructor: Instructor) -> None:
    text = MASTER.replace("  # SOLUTION", "").replace("### BEGIN SOLUTION\n", "").replace("### END SOLUTION\n", "")
    (instructor.folder / "master.py").write_text(text)
    done = instructor.template("--master", "master.py", "--format", "py", "--force")
    assert done.returncode == ExitCode.UNUSABLE
    assert (
        "master.py: what is handed out passes `gradient` of `slope` (The gradient is 2x, line 16 of the template)"
        in (done.stderr)
    )


def test_a_master_replaces_no_solution_by_itself(instructor: Instructor) -> None:
    (instructor.folder / "master.py").write_text(MASTER)
    done = instructor.template("--master", "master.py")
    assert done.returncode == ExitCode.UNUSABLE
    assert done.stderr == (
        "grade: Nothing was written: course/solutions/slope.py, course/solutions/why.py are there already, with "
        "another solution than that of the master. Delete what you do not need, or replace it with --force.\n"
    )


def test_a_master_writes_into_no_course_without_solutions(instructor: Instructor) -> None:
    course = instructor.folder / "course"
    (course / "solutions").rename(course / "references")
    (instructor.folder / "master.py").write_text(MASTER)
    done = instructor.template("--master", "master.py")
    assert done.returncode == ExitCode.UNUSABLE
    assert "has recordings of its references and no solutions" in done.stderr
    assert not (course / "solutions").exists()
