"""Notebooks of every format: as students hand them in, and damaged."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from grader.submission import load
from tests.helpers.submission_files import code, headings_over, markdown, message, notebook


class TestNotebooks:
    def test_code_cells_are_numbered_as_a_reader_counts_them(self, cells):
        first, empty, last = cells(
            markdown("# Title"), code("x = 1"), code(""), {"cell_type": "raw", "source": "?"}, code("y")
        )
        assert [(cell.number, cell.source, cell.first_line) for cell in (first, empty, last)] == [
            (1, "x = 1", 1),
            (2, "", 1),
            (3, "y", 1),
        ]

    def test_raw_cells_are_texts_but_for_settings(self, write):
        settings, raw = ({"cell_type": "raw", "source": text} for text in ("---\ntitle: x\n---\n", "# Why\nBecause."))
        submission = load(write("n.ipynb", notebook(settings, code("x"), raw)))
        assert [(prose.text, prose.after) for prose in submission.prose] == [("Why", 1), ("Because.", 1)]

    def test_knows_path_format_and_hash(self, write):
        path = write("n.ipynb", notebook(code("1")))
        submission = load(path)
        assert (submission.path, submission.format) == (path, "ipynb")
        assert submission.sha256 == hashlib.sha256(Path(path).read_bytes()).hexdigest()

    def test_source_may_be_a_list_or_a_text_with_any_line_ends(self, cells):
        listed, windows, old_mac = cells(code(["x = 1\n", "y = 2"]), code("x = 1\r\ny = 2"), code("x = 1\ry = 2"))
        assert listed.code == windows.code == old_mac.code == "x = 1\ny = 2"

    @pytest.mark.parametrize("minor", [0, 4, 5, "5", None])
    def test_ids_may_be_missing_or_doubled_and_outputs_too(self, write, minor):
        content = notebook(
            code("1", id="a"), code("2", id="a"), {"cell_type": "code", "source": "3"}, nbformat_minor=minor
        )
        assert [cell.code for cell in load(write("n.ipynb", content)).cells] == ["1", "2", "3"]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
    def test_byte_order_marks_and_windows_line_ends_in_the_file(self, write, encoding):
        text = json.dumps(notebook(code("x = 'é数'")), indent=1, ensure_ascii=False).replace("\n", "\r\n")
        assert load(write("n.ipynb", text.encode(encoding))).cells[0].code == "x = 'é数'"

    def test_halves_of_characters_become_whole_or_a_replacement(self, write):
        content = (
            '{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": "# \\ud83d\\ude00 \\ud83d"}]}'
        )
        (cell,) = load(write("n.ipynb", content)).cells
        assert cell.source.encode() == "# 😀 \ufffd".encode()

    def test_without_code_is_no_error(self, cells):
        assert cells(markdown("only prose")) == ()

    def test_outputs_and_attachments_do_not_matter(self, cells):
        output = {"output_type": "stream", "name": "stdout", "text": ["x" * 100] * 20_000}
        (cell,) = cells(code("x", outputs=[output, None, 3], attachments={"a": {}}))
        assert cell.code == "x"

    @pytest.mark.parametrize("metadata", [{}, None, [], {"kernelspec": 3}, {"kernelspec": {"language": "Python"}}])
    def test_python_needs_not_be_stated(self, write, metadata):
        assert load(write("n.ipynb", notebook(code("1"), metadata=metadata))).cells

    @pytest.mark.parametrize("stated", [{"kernelspec": {"language": "R"}}, {"language_info": {"name": "R"}}])
    def test_other_languages_are_refused_in_words(self, write, stated):
        text = message(write("n.ipynb", notebook(code("x <- 1"), metadata=stated)))
        assert "for the language R, but the exercises are in Python" in text


class TestOldNotebooks:
    def v3(self, *cells, **more):
        return {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {"name": ""},
            "worksheets": [{"cells": list(cells)}],
            **more,
        }

    def test_format_3_is_converted(self, write):
        content = self.v3(
            {"cell_type": "heading", "level": 2, "source": ["Exercise 2"]},
            {
                "cell_type": "code",
                "input": ["x = 1\n", "x?"],
                "language": "python",
                "outputs": [{"output_type": "pyout"}],
            },
            {"cell_type": "code", "input": "y", "collapsed": False},
        )
        submission = load(write("n.ipynb", content))
        first, second = submission.cells
        assert first.source == "x = 1\nx?"
        assert headings_over(submission)[0] == ("Exercise 2",)
        assert second.code == "y"

    def test_formats_1_and_2_are_converted(self, write):
        one = {"nbformat": 1, "cells": [{"cell_type": "code", "code": "x = 1"}]}
        two = {"nbformat": 2, "metadata": {}, "worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1"}]}]}
        for content in (one, two):
            assert [cell.code for cell in load(write("n.ipynb", content)).cells] == ["x = 1"]

    def test_a_format_that_is_not_stated_is_told_from_the_keys(self, write):
        content = self.v3({"cell_type": "code", "input": "x"})
        del content["nbformat"]
        assert load(write("a.ipynb", content)).cells[0].code == "x"
        assert load(write("b.ipynb", {"cells": [code("y")]})).cells[0].code == "y"

    @pytest.mark.parametrize("worksheets", [[3], [{}], [{"cells": [{"input": "x"}]}], "x", None, [{"cells": [None]}]])
    def test_a_damaged_one_is_one_message(self, write, worksheets):
        assert "the old format 3" in message(write("n.ipynb", self.v3() | {"worksheets": worksheets}))

    def test_an_enormous_heading_level_is_harmless(self, write):
        assert load(write("n.ipynb", self.v3({"cell_type": "heading", "level": 10**12, "source": "x"}))).cells == ()


class TestDamagedNotebooks:
    @pytest.mark.parametrize(
        ("content", "part"),
        [
            ("", "the file is empty (0 bytes)"),
            ("  \n", "the file is empty (3 bytes)"),
            ("%PDF-1.7", "this is a PDF. Hand in the notebook itself (.ipynb)"),
            ('{"cells": [\n  {"cell_type" "code"}]}', "line 2, column 16: Expecting ':' delimiter. Open it in Jupyter"),
            ('{"cells": [', "line 1, column 12"),
            ("[1, 2]", "this is JSON, but no notebook"),
            ('{"a": 1}', "it has no cells"),
            ("<!DOCTYPE html><html>", "a web page, not a notebook. Download"),
            ('{\n<<<<<<< HEAD\n "cells": []}', "line 2: a Git merge was left unfinished"),
            ("<<<<<<< HEAD\n{}", "line 1: a Git merge"),
            (b'{"cells": "\xff"}', "byte 11 is not UTF-8"),
            ("[" * 100_000, "nested too deeply"),
            ('{"a":' * 100_000, "nested too deeply"),
            ('{"cells": [' + "1" * 5000 + "]}", "thousands of digits"),
            ({"cells": 3, "nbformat": 4}, "its cells are no list"),
            ({"cells": [3], "nbformat": 4}, "cell 1 of 1 has no type"),
            ({"cells": [{"source": "x"}], "nbformat": 4}, "cell 1 of 1 has no type"),
            (notebook(code("x"), code(3)), "the source of cell 2 of 2 is no text"),
            (notebook(code(["x", 3])), "the source of cell 1 of 1 is no text"),
            ({"cells": [], "nbformat": 5}, "format 5 is not known here"),
            ({"cells": [], "nbformat": "x"}, "format 'x' is not known"),
        ],
    )
    def test_each_gets_one_message_with_the_path(self, write, content, part):
        path = write("n.ipynb", content)
        text = message(path)
        assert text.startswith(f"{path}: ")
        assert part in text


class TestNamesOfCells:
    def where(self, write, *cells) -> list[str]:
        submission = load(write("n.ipynb", notebook(*cells)))
        return [submission.location(number, 2).in_words() for number in range(len(submission.cells))]

    def test_a_cell_is_said_by_its_first_line_of_code(self, write):
        assert self.where(write, code("import torch"), markdown("?"), code("\n# Q 2\n  x = f(2)\ny")) == [
            "cell 1 (`import torch`), line 2",
            "cell 2 (`x = f(2)`), line 2",
        ]

    def test_the_number_that_jupyter_shows_is_said_where_it_is_stored(self, write):
        counted = [code("a", execution_count=7), code("b", execution_count=None), code("c", execution_count=9)]
        assert self.where(write, *counted) == ["In [7] (`a`), line 2", "cell 2 (`b`), line 2", "In [9] (`c`), line 2"]

    @pytest.mark.parametrize("count", [0, -1, True, "3", 2.0, 10**30, [3]])
    def test_what_is_no_number_of_a_run_is_not(self, write, count):
        assert self.where(write, code("a", execution_count=count)) == ["cell 1 (`a`), line 2"]

    def test_numbers_of_several_runs_tell_cells_apart_only_where_they_differ(self, write):
        cells = [code("a", execution_count=1), code("b", execution_count=1), code("c", execution_count=2)]
        assert self.where(write, *cells) == ["cell 1 (`a`), line 2", "cell 2 (`b`), line 2", "In [2] (`c`), line 2"]

    def test_a_cell_of_comments_or_of_nothing_has_a_name_too(self, write):
        assert self.where(write, code("# only\n# words"), code("")) == ["cell 1 (`# only`), line 2", "cell 2, line 2"]

    def test_a_long_line_is_shortened_and_what_is_unsafe_is_written_out(self, write):
        (where,) = self.where(write, code("x\x1b[31m = " + "1 + " * 99))
        assert "\x1b" not in where
        assert len(where) < 70

    def test_old_notebooks_have_numbers_too(self, write):
        cell = {"cell_type": "code", "input": "a", "prompt_number": 4, "language": "python", "outputs": []}
        content = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell]}]}
        submission = load(write("n.ipynb", content))
        assert submission.location(0, 1).in_words() == "In [4] (`a`), line 1"

    def test_in_a_script_the_line_of_the_file_says_it(self, write):
        submission = load(write("s.py", b"x = 1\n# %%\ny = 2\n"))
        where = submission.location(1, 3)
        assert (where.cell, where.in_words(), submission.source_line(where)) == (2, "line 3", "y = 2")

    def test_a_note_names_its_cell(self, write):
        submission = load(write("n.ipynb", notebook(code("x = 1"), code("import torch\n!ls"), code("%%bash\nls"))))
        assert [note for cell in submission.cells for note in cell.notes] == [
            "cell 2 (`import torch`), line 2: `!ls` does nothing here",
            "cell 3: `%%bash` cells are not run here",
        ]

    def test_a_note_in_a_script_names_its_line(self, write):
        submission = load(write("s.py", b"# %%\nx = 1\n# %%\n!ls\n"))
        assert submission.cells[1].notes == ("line 4: `!ls` does nothing here",)
