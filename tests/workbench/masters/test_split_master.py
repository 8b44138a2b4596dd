"""What becomes of a master: notebooks as nbgrader and Otter know them, and what never reaches a template."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.course.course import CourseExercise, load_course
from grader.errors import UsageError
from grader.workbench.masters.master_file import read_master
from grader.workbench.masters.reference_file import reference_file
from grader.workbench.masters.split_master import SplitMaster, split_master
from grader.workbench.templates.notebook_file import as_notebook
from grader.workbench.templates.script_file import as_script
from tests.workbench.templates.small_course import write_small_course

CANARY = "canary"


@pytest.fixture
def exercises(tmp_path: Path) -> tuple[CourseExercise, ...]:
    course = load_course(write_small_course(tmp_path / "course"))
    return course.select((), course.assignment("hw2"))


def split(path: Path, exercises: tuple[CourseExercise, ...], *cells: dict[str, Any], **metadata: Any) -> SplitMaster:
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}
    file = path / "master.ipynb"
    file.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return split_master(read_master(file), "hw2", exercises)


def text(source: str, **rest: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source} | rest


def raw(source: str) -> dict[str, Any]:
    return {"cell_type": "raw", "metadata": {}, "source": source}


def code(source: str, **rest: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None} | rest


WHY = (text("## 2. Why a constant has no slope"), text("It stays.", metadata={"tags": ["solution"]}))


def test_nothing_of_a_solution_is_in_the_template(tmp_path: Path, exercises: tuple[CourseExercise, ...]) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": f"{CANARY} output"}
    done = split(
        tmp_path,
        exercises,
        text("## 1. The slope of a sum of squares", attachments={CANARY: {"image/png": CANARY}}),
        code(
            f"x = 1\n### BEGIN SOLUTION\nx = '{CANARY}'\n### END SOLUTION\n### BEGIN HIDDEN TESTS\n# {CANARY}\n"
            "### END HIDDEN TESTS",
            outputs=[output],
            execution_count=31337,
            id=f"{CANARY}-id",
            metadata={"notes": CANARY, "tags": [f"{CANARY}-tag"]},
        ),
        code(f"x = '{CANARY}'", metadata={"tags": ["solution"]}),
        code(f"x = '{CANARY}'", metadata={"nbgrader": {"solution": True, "grade_id": f"{CANARY}-q1"}}),
        text("## 2. Why a constant has no slope"),
        text(f"It is a {CANARY}.", metadata={"tags": ["solution"]}),
        notes=CANARY,
    )
    assert done.mistakes == []
    for content in (as_notebook(done.template), as_script(done.template)):
        assert CANARY.encode() not in content
        assert b"31337" not in content
    assert [cell.source for cell in done.template.cells][1:] == [
        "x = 1\n# Your code here\n...",
        "# Your code here\n...",
        "# Your code here\n...",
        "## 2. Why a constant has no slope",
        "*Your answer here.*",
    ]


def test_a_reference_has_the_cells_before_it_that_it_needs(
    tmp_path: Path, exercises: tuple[CourseExercise, ...]
) -> None:
    done = split(
        tmp_path,
        exercises,
        code("import torch"),
        *WHY,
        code("def helper(x):  # SOLUTION NO PROMPT\n    return x", metadata={"tags": ["why", "solution"]}),
        code("other = 1", metadata={"tags": ["why"]}),
        text("## 1. The slope of a sum of squares"),
        code("### BEGIN SOLUTION\nhelper(torch.ones(2))\n### END SOLUTION"),
    )
    # In a cell that is a solution as a whole, a marker says nothing more.
    assert [cell.source for cell in done.references["slope"]] == [
        "import torch",
        "def helper(x):\n    return x",
        "helper(torch.ones(2))",
    ]
    assert [cell.source for cell in done.references["why"]][:2] == ["import torch", "It stays."]


def test_raw_cells_of_otter_say_what_cells_are(tmp_path: Path, exercises: tuple[CourseExercise, ...]) -> None:
    done = split(
        tmp_path,
        exercises,
        raw("# ASSIGNMENT CONFIG\nname: hw2"),
        raw("# BEGIN QUESTION\nname: slope\npoints: 2"),
        text("Differentiate it."),
        raw("# BEGIN SOLUTION"),
        code("x = 1  # SOLUTION"),
        raw("# END SOLUTION"),
        raw("# BEGIN TESTS"),
        code("assert x == 1"),
        raw("# END TESTS"),
        raw("# END QUESTION"),
        raw("# BEGIN QUESTION\nname: why"),
        raw("# BEGIN PROMPT"),
        text("_Your sentence:_"),
        raw("# END PROMPT"),
        raw("# BEGIN SOLUTION"),
        text("It stays."),
        raw("# END SOLUTION"),
        raw("# END QUESTION"),
    )
    assert done.mistakes == []
    assert [(cell.source, cell.exercise) for cell in done.template.cells] == [
        ("Differentiate it.", ""),
        ("x = ...", "slope"),
        ("_Your sentence:_", ""),
    ]
    assert [cell.source for cell in done.references["why"]] == ["It stays."]


def test_all_mistakes_are_told_with_file_and_cell(tmp_path: Path, exercises: tuple[CourseExercise, ...]) -> None:
    done = split(
        tmp_path,
        exercises,
        code("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"),
        text("## 1. The slope of a sum of squares\n\nWrite it after BEGIN SOLUTION.\n\n### BEGIN SOLUTION"),
        code("### BEGIN SOLUTION\nx = 1"),
        raw("# BEGIN SOLUTION"),
    )
    assert [mistake.text for mistake in done.mistakes] == [
        "cell 1, line 1: this solution belongs to no exercise: no tag names one, and no heading above does",
        "cell 2, line 3: a marker within a line of text marks nothing; give it a line of its own",
        "cell 2, line 5: BEGIN SOLUTION has no END SOLUTION in this cell",
        "cell 3, line 1: BEGIN SOLUTION has no END SOLUTION in this cell",
        "cell 4, line 1: BEGIN SOLUTION has no END SOLUTION",
        "nothing in it is about `why`, which the assignment asks for; put its title into a heading",
    ]
    assert all(mistake.path.name == "master.ipynb" for mistake in done.mistakes)
    lines = (tmp_path / "master.ipynb").read_text().split("\n")
    assert [lines[mistake.line - 1].strip()[:9] for mistake in done.mistakes if mistake.line] == ['"source":'] * 5


def test_a_solution_with_magics_is_a_notebook(tmp_path: Path, exercises: tuple[CourseExercise, ...]) -> None:
    plain = split(
        tmp_path, exercises, text("## 1. The slope of a sum of squares"), code("x = 1  # SOLUTION"), *WHY
    ).references["slope"]
    assert reference_file("Slope", plain) == (".py", b"# %% [markdown]\n# # Slope\n\n# %%\nx = 1\n")
    silent = split(
        tmp_path,
        exercises,
        text("## 1. The slope of a sum of squares"),
        code("%matplotlib inline"),
        code("%config A.b = 1\nx = 1  # SOLUTION"),
        *WHY,
    ).references["slope"]
    assert reference_file("Slope", silent) == reference_file("Slope", plain)
    magic = split(
        tmp_path, exercises, text("## 1. The slope of a sum of squares"), code("%time\nx = 1  # SOLUTION"), *WHY
    ).references["slope"]
    assert reference_file("Slope", magic)[0] == ".ipynb"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("master.txt", b"x = 1", "is no master: it must be a notebook"),
        ("master.py", "# coding: latin-1\nx = 'ä'".encode("latin-1"), "byte 23 is not UTF-8 text. Save the master as"),
        ("master.ipynb", b"{", r"the notebook is damaged.*Open it in Jupyter, save it again\.$"),
        ("master.py", b"", r"the file is empty \(0 bytes\)\. Save it where it was written\.$"),
        ("master.ipynb", b'{"nbformat": 3, "worksheets": []}', "is in an old notebook format"),
        ("gone.py", None, "cannot be read: No such file or directory."),
    ],
)
def test_a_file_that_is_no_master_is_refused(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        read_master(path)


def test_cells_that_otter_keeps_from_students_are_kept_from_them(
    tmp_path: Path, exercises: tuple[CourseExercise, ...]
) -> None:
    done = split(
        tmp_path,
        exercises,
        text("# Second sheet"),
        raw("# BEGIN QUESTION\nname: slope"),
        text("## Ignore ##\n\ncanary"),
        code("# IGNORE\nprint('canary')"),
        raw("# PLUGIN\ncanary"),
        code("## Solution ##\nx = 'canary'"),
        code("## Seed ##\nseed('canary')"),
        code("## Hidden Test ##\nassert x == 'canary'"),
        code("# HIDDEN\nassert x == 'canary'"),
        code("# TEST\nassert x == 'canary'"),
        code('_ = """ # BEGIN TEST CONFIG\nhidden: true\n""" # END TEST CONFIG\nassert x == "canary"'),
        code("# Test\nprint(x)"),
        text("```otter\n# END QUESTION\n```"),
        *WHY,
    )
    assert done.mistakes == []
    assert CANARY.encode() not in as_notebook(done.template)
    assert [cell.source for cell in done.template.cells][1:3] == ["# Your code here\n...", "# Test\nprint(x)"]
    assert [cell.source for cell in done.references["slope"]] == [
        "## Solution ##\nx = 'canary'",
        "## Seed ##\nseed('canary')",
        "# Test\nprint(x)",
    ]


def test_text_has_regions_as_nbgrader_knows_them(tmp_path: Path, exercises: tuple[CourseExercise, ...]) -> None:
    answers = {"nbgrader": {"grade": True, "solution": True, "grade_id": "why"}}
    done = split(
        tmp_path,
        exercises,
        text("## 1. The slope of a sum of squares"),
        code("x = 1  # SOLUTION"),
        text("## 2. Why a constant has no slope\n\n### BEGIN SOLUTION\ncanary stays\n### END SOLUTION\n\nIn short."),
        text("It canary.\n### BEGIN MARK SCHEME\nOne point.\n### END MARK SCHEME", metadata=answers),
        text("<!-- BEGIN SOLUTION -->\ncanary\n<!-- END SOLUTION -->"),
    )
    assert done.mistakes == []
    assert [cell.source for cell in done.template.cells][2:] == [
        "## 2. Why a constant has no slope\n\n*Your answer here.*\n\nIn short.",
        "*Your answer here.*",
        "*Your answer here.*",
    ]
    assert [cell.source for cell in done.references["why"]] == [
        "## 2. Why a constant has no slope\n\ncanary stays\n\nIn short.",
        "It canary.",
        "canary",
    ]


def test_what_may_be_a_solution_is_warned_about(tmp_path: Path, exercises: tuple[CourseExercise, ...]) -> None:
    done = split(
        tmp_path,
        exercises,
        text("## 1. The slope of a sum of squares\n\n![sketch](attachment:sketch.png)"),
        text("### Solution"),
        code("x = 1  # SOLUTION"),
        text("### Solution\n\nIt is 2x."),
        text("### Lösung"),
        text("Es ist 2x."),
        code("# Solution: by hand\ny = 2"),
        *WHY,
    )
    assert done.mistakes == []
    told = "what follows it; give the cells with the solution the tag `solution`, or put ### BEGIN SOLUTION and ### "
    assert [warning.text for warning in done.warnings] == [
        "cell 1, line 3: the picture `sketch.png` is attached to the cell, and students do not get it; link to a file "
        "or an address",
        f"cell 4, line 1: students get what `### Solution` says and {told}END SOLUTION around it",
        f"cell 5, line 1: students get what `### Lösung` says and {told}END SOLUTION around it",
        "cell 7, line 1: students get this line and what follows it, although it says `# Solution: by hand`",
    ]


def test_a_raw_cell_that_is_nearly_a_marker_is_refused(tmp_path: Path, exercises: tuple[CourseExercise, ...]) -> None:
    done = split(
        tmp_path,
        exercises,
        text("## 1. The slope of a sum of squares"),
        raw("# BEGIN SOLUTON"),
        code("x = 1"),
        raw("END SOLUTION"),
        text("## 2. Why a constant has no slope\n\nBEGIN QUESTION\nname: why"),
    )
    assert [mistake.text.split(";")[0] for mistake in done.mistakes] == [
        "cell 2, line 1: `# BEGIN SOLUTON` is nothing that a raw cell says",
        "cell 4, line 1: `END SOLUTION` is nothing that a raw cell says",
        "cell 5, line 3: write what Otter is told into a raw cell of its own, such as `# BEGIN QUESTION` above "
        "`name: ID`",
    ]


def test_lines_between_raw_cells_of_otter_are_for_students_unless_marked(
    tmp_path: Path, exercises: tuple[CourseExercise, ...]
) -> None:
    done = split(
        tmp_path,
        exercises,
        raw("# BEGIN QUESTION\nname: slope"),
        raw("# BEGIN SOLUTION"),
        code('def f(x):\n    """The slope."""\n    y = 2 * x # SOLUTION\n    return y # SOLUTION'),
        code("z = 1"),
        raw("# END SOLUTION"),
        raw("# END QUESTION"),
        *WHY,
    )
    assert [cell.source for cell in done.template.cells][:2] == [
        'def f(x):\n    """The slope."""\n    y = ...\n    ...',
        "# Your code here\n...",
    ]
    assert [cell.source for cell in done.references["slope"]] == [
        'def f(x):\n    """The slope."""\n    y = 2 * x\n    return y',
        "z = 1",
    ]


def test_cells_of_a_script_have_tags(tmp_path: Path, exercises: tuple[CourseExercise, ...]) -> None:
    file = tmp_path / "master.py"
    file.write_text(
        "# %% [markdown]\n# ## 1. The slope of a sum of squares\n\n# %% solution\nx = 'canary'\n\n"
        '# %% tags=["solution"]\ny = \'canary\'\n\n# %% [markdown] tags=["why", "solution"]\n# canary\n'
    )
    done = split_master(read_master(file), "hw2", exercises)
    assert done.mistakes == []
    assert CANARY.encode() not in as_script(done.template)


def test_the_prompt_in_a_cell_that_is_a_solution_is_all_that_students_get(
    tmp_path: Path, exercises: tuple[CourseExercise, ...]
) -> None:
    done = split(
        tmp_path,
        exercises,
        text("## 1. The slope of a sum of squares"),
        code('""" # BEGIN PROMPT\nx = ...\n""" # END PROMPT\nx = "canary"', metadata={"tags": ["solution"]}),
        *WHY,
    )
    assert [cell.source for cell in done.template.cells][1] == "x = ..."
    assert [cell.source for cell in done.references["slope"]] == ['x = "canary"']
