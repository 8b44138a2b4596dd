"""The headings, titles, tags and comments that name what a cell is about."""

from __future__ import annotations

import pytest

from grader.submission import load
from tests.helpers.submission_files import code, markdown, notebook


def test_the_path_of_headings_nearest_first(cells):
    found = cells(
        markdown("# Homework\ntext\n## Part *A*"),
        code("1"),
        markdown("Setext\n------\n### 练习 2.5.1 `d / a`"),
        code("2"),
        markdown("no heading\n\n    # indented code\n```\n# fenced\n```\n<!--\n# comment\n-->"),
        code("3"),
        markdown("## Part B"),
        code("4"),
        markdown("# Other"),
        code("5"),
    )
    assert [cell.headings for cell in found] == [
        ("Part A", "Homework"),
        ("练习 2.5.1 d / a", "Setext", "Homework"),
        ("练习 2.5.1 d / a", "Setext", "Homework"),
        ("Part B", "Homework"),
        ("Other",),
    ]


def test_the_cells_own_comment_and_tags_come_first(cells):
    tagged = code("\n# ### 2.5.1 twice\n# more\nx = 1", metadata={"tags": ["ex-1", 3, "b"]})
    (cell,) = cells(markdown("# Homework"), tagged)
    assert cell.headings == ("ex-1", "b", "2.5.1 twice", "Homework")


def test_metadata_names_what_a_cell_and_a_notebook_are_about(write):
    about = {"title": "Homework 3", "grader": {"exercise": "sin-derivative"}, "nbgrader": 3}
    cell = code("x", metadata={"nbgrader": {"grade_id": "ex-2"}, "name": "twice", "title": "", "tags": "x"})
    (read,) = load(write("n.ipynb", notebook(markdown("# One"), cell, metadata=about))).cells
    assert read.headings == ("twice", "ex-2", "One", "Homework 3", "sin-derivative")


def test_a_line_in_bold_is_a_heading_below_all_others(cells):
    found = cells(
        markdown("# One\n\n**Exercise 2:**\n\ntext"),
        code("1"),
        markdown("__Q3__\n\nnot **this** one"),
        code("2"),
        markdown("###### Six"),
        code("3"),
    )
    assert [cell.headings for cell in found] == [("Exercise 2:", "One"), ("Q3", "One"), ("Six", "One")]


@pytest.mark.parametrize("source", ["x = 1\n# Exercise", "#!/bin/sh\nx", "# -*- coding: utf-8 -*-\nx", "#\n##\nx"])
def test_other_comments_are_none(cells, source):
    assert cells(code(source))[0].headings == ()


def test_a_comment_under_a_magic_counts(cells):
    assert cells(code("%%time\n# Exercise 2\nx"))[0].headings == ("Exercise 2",)


def test_enormous_markdown_is_not_read_to_the_end(cells):
    (cell,) = cells(markdown("# First\n" + "> - [x](y)\n" * 200_000), code("1"))
    assert cell.headings == ("First",)
