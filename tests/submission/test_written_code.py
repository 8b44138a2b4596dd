"""The code of a written module counts as code of the cell that writes it."""

from __future__ import annotations

from grader.submission.binding_lines import line_in_function
from grader.submission.cell_translation import CellTranslator
from grader.submission.statements import statements_of
from grader.submission.written_code import text_with_written

CELL = (
    CellTranslator().translate("%%writefile helper.py\nimport torch\n\ndef sq(x):\n    y = x * x\n    return y\n").code
)


def test_its_statements_stand_on_their_lines() -> None:
    read = statements_of(CELL)
    assert read is not None
    assert [(one.first_line, one.last_line, one.is_definition) for one in read] == [(2, 2, False), (4, 6, True)]
    assert line_in_function(CELL, "y", "sq", 6) == 5


def test_its_text_stands_on_its_lines() -> None:
    assert text_with_written(CELL).split("\n")[3] == "def sq(x):"


def test_other_files_are_no_code() -> None:
    for source in ("%%writefile notes.txt\nx = 1\n", "%%writefile m.py\nx = = 1\n", "%%writefile m.py"):
        read = statements_of(CellTranslator().translate(source).code)
        assert read is not None
        assert len(read) == 1
    exported = "get_ipython().run_cell_magic('writefile', 'm.py', 'x = 1\\ny = 2\\n')\nz = 3"
    assert len(statements_of(exported) or ()) == 2
    assert text_with_written(exported) == exported
