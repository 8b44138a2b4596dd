"""Headings with their levels and lines; titles of cells and of files."""

from __future__ import annotations

from grader.submission import load
from tests.helpers.submission_files import code, headings_over, markdown, notebook


def test_headings_stand_where_they_are_written(read):
    found = read(
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
    assert headings_over(found) == [
        ("Part A", "Homework"),
        ("练习 2.5.1 d / a", "Setext", "Homework"),
        ("练习 2.5.1 d / a", "Setext", "Homework"),
        ("Part B", "Homework"),
        ("Other",),
    ]
    assert [(prose.text, prose.level, prose.after, prose.line) for prose in found.prose][:4] == [
        ("Homework", 1, 0, 1),
        ("text", 0, 0, 2),
        ("Part A", 2, 0, 3),
        ("Setext", 2, 1, 1),
    ]


def test_tags_and_names_in_the_metadata_are_titles_of_the_cell(read):
    tagged = code("# ### 2.5.1 twice\nx = 1", metadata={"tags": ["ex-1", 3, "b"]})
    (cell,) = read(markdown("# Homework"), tagged).cells
    assert cell.titles == ("ex-1", "b")


def test_metadata_names_what_a_cell_and_a_notebook_are_about(write):
    about = {"title": "Homework 3", "grader": {"exercise": "sin-derivative"}, "nbgrader": 3}
    cell = code("x", metadata={"nbgrader": {"grade_id": "ex-2"}, "name": "twice", "title": "", "tags": "x"})
    submission = load(write("n.ipynb", notebook(markdown("# One"), cell, metadata=about)))
    assert submission.cells[0].titles == ("twice", "ex-2")
    assert submission.titles == ("Homework 3", "sin-derivative")


def test_a_line_in_bold_is_a_heading_below_all_others(read):
    found = read(
        markdown("# One\n\n**Exercise 2:**\n\ntext"),
        code("1"),
        markdown("__Q3__\n\nnot **this** one"),
        code("2"),
        markdown("###### Six"),
        code("3"),
    )
    assert headings_over(found) == [("Exercise 2:", "One"), ("Q3", "One"), ("Six", "One")]


def test_enormous_markdown_is_not_read_to_the_end(read):
    found = read(markdown("# First\n" + "> - [x](y)\n" * 200_000), code("1"))
    assert headings_over(found) == [("First",)]
