"""Loading notebooks and scripts: as students hand them in, and as nobody should."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.submission import find, load, size_limits
from grader.submission.plain_python import CellTranslator
from grader.submission.python_parser import can_run, compile_error, parse

_KEYS = ["cells", "worksheets", "nbformat", "nbformat_minor", "metadata", "cell_type", "source", "input", "code"]
_KEYS += ["tags", "kernelspec", "language", "outputs", "level"]
_LINES = ["x = 1", "!ls", "%time x", "%%time", "x?", "", "  ", "if x:", "    y", "'''", "x = !a \\", ">>> z", "%", "??"]
_LINES += ["    !ls \\", "# c", "(", ")", "é = %time é", "...: z", ",f a", "/f a", "\f", "\x1c", "a\u2028b"]


def code(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **more}


def markdown(source):
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def notebook(*cells, **more):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        if isinstance(content, dict):
            content = json.dumps(content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


@pytest.fixture
def cells(write):
    """The cells of a notebook made of the given ones, or of a script."""

    def cells(*content):
        if len(content) == 1 and isinstance(content[0], str | bytes):
            return load(write("s.py", content[0])).cells
        return load(write("n.ipynb", notebook(*content))).cells

    return cells


def message(path, **options):
    with pytest.raises(SubmissionError) as caught:
        load(path, **options)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 400
    return text


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
        first, second = load(write("n.ipynb", content)).cells
        assert first.source == "x = 1\nx?"
        assert first.headings == ("Exercise 2",)
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

    def test_too_large_a_file(self, write, monkeypatch):
        monkeypatch.setattr(size_limits, "MAX_BYTES", 10)
        assert "Clear its outputs" in message(write("n.ipynb", notebook()))

    def test_too_many_cells(self, write):
        assert "10001 cells; at most 10000" in message(write("n.ipynb", notebook(*[code("")] * 10_001)))

    @pytest.mark.parametrize("name", ["n.ipynb", "s.py"])
    def test_too_much_code(self, write, name):
        source = "x = 1\n" * 100_000
        assert "more than 512 KiB of code" in message(
            write(name, notebook(code(source)) if name == "n.ipynb" else source)
        )

    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.binary(max_size=60)
        | st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.text(max_size=8)
            | st.sampled_from(["code", "markdown", "%x"]),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(_KEYS),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=25,
        ).map(lambda value: json.dumps(value).encode()),
        st.sampled_from(["f.ipynb", "f.py", "f.md", "f.txt"]),
    )
    def test_any_bytes_load_or_raise_a_submission_error(self, tmp_path, raw, name):
        path = tmp_path / name
        path.write_bytes(raw)
        with contextlib.suppress(SubmissionError):
            load(str(path))


class TestHeadings:
    def test_the_path_of_headings_nearest_first(self, cells):
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

    def test_the_cells_own_comment_and_tags_come_first(self, cells):
        tagged = code("\n# ### 2.5.1 twice\n# more\nx = 1", metadata={"tags": ["ex-1", 3, "b"]})
        (cell,) = cells(markdown("# Homework"), tagged)
        assert cell.headings == ("ex-1", "b", "2.5.1 twice", "Homework")

    def test_metadata_names_what_a_cell_and_a_notebook_are_about(self, write):
        about = {"title": "Homework 3", "grader": {"exercise": "sin-derivative"}, "nbgrader": 3}
        cell = code("x", metadata={"nbgrader": {"grade_id": "ex-2"}, "name": "twice", "title": "", "tags": "x"})
        (read,) = load(write("n.ipynb", notebook(markdown("# One"), cell, metadata=about))).cells
        assert read.headings == ("twice", "ex-2", "One", "Homework 3", "sin-derivative")

    def test_a_line_in_bold_is_a_heading_below_all_others(self, cells):
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
    def test_other_comments_are_none(self, cells, source):
        assert cells(code(source))[0].headings == ()

    def test_a_comment_under_a_magic_counts(self, cells):
        assert cells(code("%%time\n# Exercise 2\nx"))[0].headings == ("Exercise 2",)

    def test_enormous_markdown_is_not_read_to_the_end(self, cells):
        (cell,) = cells(markdown("# First\n" + "> - [x](y)\n" * 200_000), code("1"))
        assert cell.headings == ("First",)


class TestSyntax:
    """What magics and escapes become; every result has as many lines as the source."""

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("x = 1", "x = 1"),
            ("%matplotlib inline\nx = 1", "get_ipython().run_line_magic('matplotlib', 'inline')\nx = 1"),
            ("\n\n%matplotlib inline\nx", "\n\nget_ipython().run_line_magic('matplotlib', 'inline')\nx"),
            ("x = 1\nx?", "x = 1\nget_ipython().run_line_magic('pinfo', 'x')"),
            ("?x", "get_ipython().run_line_magic('pinfo', 'x')"),
            ("torch.dot??\ny", "get_ipython().run_line_magic('pinfo2', 'torch.dot')\ny"),
            ("%%time\nx = 1\ny = 2", "\nx = 1\ny = 2"),
            ("\n%%time\nx = 1\n", "\n\nx = 1\n"),
            ("%%time\n%matplotlib inline\nx", "\nget_ipython().run_line_magic('matplotlib', 'inline')\nx"),
            ("%%time\n\n%%capture\nx", "\n\n\nx"),
            ("%%timeit -n 3 x = 2\ny = x", "x = 2\ny = x"),
            ("%%time", ""),
            ("%time x = f(1)\ny", "x = f(1)\ny"),
            ("if a:\n    %time x = f('a  b')\n", "if a:\n    x = f('a  b')\n"),
            ("%timeit -n 10 -r3 f(x)", "f(x)"),
            ("v = %time f(x)", "v = (f(x))"),
            ("%time", "pass"),
            ("%time %time x = 'é'; %matplotlib", "get_ipython().run_line_magic('time', \"x = 'é'; %matplotlib\")"),
            ("%time %time x = 'é'", "x = 'é'"),
            ("%%bash\nls\nrm x", "\n\n"),
            ("%%html", ""),
            ("!pip install \\\n  torch\nx", "get_ipython().system('pip install    torch')\n\nx"),
            ("files = !ls", "files = get_ipython().getoutput('ls')"),
            (">>> x = 1\n>>> x", "x = 1\nx"),
            ("  x = 1\n  y = 2", "x = 1\ny = 2"),
            ("pip install torch", "get_ipython().run_line_magic('pip', 'install torch')"),
            ("get_ipython().run_line_magic('time', 'x = 1')\ny", "x = 1\ny"),
            ("get_ipython().run_cell_magic('time', '', 'x = 1\\ny = 2\\n')\nz", "x = 1; y = 2\nz"),
            ("get_ipython().run_cell_magic('time', '', 'for i in a:\\n  x\\n')", "exec('for i in a:\\n  x\\n')"),
        ],
    )
    def test_becomes_plain_python_on_the_same_lines(self, source, expected):
        plain = CellTranslator().translate(source)
        assert plain.code == expected
        assert plain.code.count("\n") == source.count("\n")
        ast.parse(plain.code)

    def test_pylab_brings_its_names(self):
        assert "from pylab import *" in CellTranslator().translate("%pylab inline\nplot(sin(x))").code

    @pytest.mark.parametrize(
        "source", ["x = = 1", "if x:\n\ty\n        z", "Why is this so", "(" * 300, "x\0", "'''", "%"]
    )
    def test_what_is_no_python_stays(self, source):
        assert CellTranslator().translate(source).code in {source, "get_ipython().run_line_magic('', '')"}

    def test_an_error_below_a_magic_stays_on_its_line(self):
        assert CellTranslator().translate("%%time\nx = = 1").code == "\nx = = 1"
        (broken,) = CellTranslator().translate("%matplotlib inline\nx = = 1").broken
        assert broken.line == 2

    @pytest.mark.parametrize(
        ("source", "notes"),
        [
            (
                "!pip install torch",
                ["line 1: `!pip install torch` does nothing here: packages come from the course's environment"],
            ),
            (
                "x\n%conda install y",
                ["line 2: `%conda install y` does nothing here: packages come from the course's environment"],
            ),
            ("files = !ls", ["line 1: `files = !ls` does nothing here"]),
            ("%cd ..\n%run a.py", ["line 1: `%cd ..` does nothing here", "line 2: `%run a.py` does nothing here"]),
            ("%%bash\nls", ["`%%bash` cells are not run here"]),
            ("%time 3 +", ["line 1: `%time 3 +` does nothing here"]),
            ("%timeit f(x)", ["line 1: `%timeit` runs its code once here, and measures nothing"]),
            ("%%capture out\nx", ["line 1: `%%capture` captures nothing here: there will be no `out`"]),
            ("%%capture --no-stderr\nx", []),
            ("%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n%config x\nx?\n%time x", []),
        ],
    )
    def test_notes_say_what_does_nothing(self, source, notes):
        assert list(CellTranslator().translate(source).notes_from(1)) == notes

    def test_notes_are_bounded(self):
        notes = CellTranslator().translate("!ls\n" * 100).notes_from(1)
        assert len(notes) == 21
        assert notes[-1] == "80 more commands do nothing here"

    @pytest.mark.parametrize(
        ("source", "quiet"),
        [
            ("plot(x);", True),
            ("plot(x)", False),
            ("plot(x);  # a; b\n\n# c", True),
            ("plot(x)  # a;", False),
            ("';'", False),
            ("'''a\n;'''", False),
            ("x; y", False),
            ("%%time\nplot(x);", True),
            ("é; ü;", True),
            ("if x:\n    y;", False),
            ("x = = 1;", False),
            ("", False),
        ],
    )
    def test_a_trailing_semicolon_makes_quiet(self, source, quiet):
        assert CellTranslator().translate(source).quiet is quiet

    @pytest.mark.parametrize(
        "source",
        [
            "!ls\n" * 1000 + "x = (",
            "a" * 60_000 + "!?",
            "%%time\n" * 5000,
            "f'" + "{x}" * 100_000 + "'",
            "x = '" + "a " * 200_000 + "'\n!ls",
            "%time " * 3000 + "x",
            ";".join(["x"] * 50_000),
        ],
    )
    def test_hostile_cells_take_seconds_at_most(self, source):
        plain = CellTranslator().translate(source)
        assert plain.code.count("\n") == source.count("\n")

    _lines = st.sampled_from(_LINES)

    @settings(max_examples=300, deadline=None)
    @given(st.lists(_lines, max_size=7).map("\n".join) | st.text(max_size=30).map(lambda text: text.replace("\r", "")))
    @example("%\x0c0")
    def test_no_text_loses_lines_or_raises(self, source):
        plain = CellTranslator().translate(source)
        assert plain.code.count("\n") == source.count("\n")

    def test_plain_python_needs_no_ipython(self):
        program = (
            "import sys; from grader.submission import load; import io\n"
            'load(\'-\', stdin=io.BytesIO(b\'{"cells": [{"cell_type": "code", "source": "x = 1;"}]}\'))\n'
            "assert not {'IPython', 'nbformat', 'jsonschema', 'torch'} & sys.modules.keys()"
        )
        subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, cwd=Path(__file__).parents[2])


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("x = 1", True),
        ("", True),
        ("'\\d'", True),
        ("import x\nfrom __future__ import annotations", False),
        ("return", False),
        ("x = = 1", False),
        ("async def f():\n    await x", True),
        ("await x", False),
        ("def f():\n    x = 1\n    nonlocal x", False),
        ("x = 1\0", False),
        ("(" * 300 + ")" * 300, False),
    ],
)
def test_what_can_run_has_a_tree_and_no_refusal(text: str, runs: bool) -> None:
    assert can_run(text) == runs
    tree = parse(text)
    assert not runs or (tree is not None and compile_error(tree) is None)


class TestScripts:
    def test_without_marks_is_one_cell(self, cells):
        (cell,) = cells("# Exercise 2: detach\nimport torch\n")
        assert (cell.number, cell.first_line, cell.code) == (None, 1, "# Exercise 2: detach\nimport torch\n")
        assert cell.headings == ("Exercise 2: detach",)

    def test_marks_make_cells(self, write):
        submission = load(write("s.py", "import torch\n# %% Exercise 2\nx = 1\nx;\n#%%\n# Third\n\ny = 2\n"))
        assert [(cell.number, cell.first_line, cell.headings) for cell in submission.cells] == [
            (1, 1, ()),
            (2, 2, ("Exercise 2",)),
            (3, 5, ("Third",)),
        ]
        assert submission.cells[1].source == "# %% Exercise 2\nx = 1\nx;"
        assert submission.cells[1].quiet
        assert "\n".join(cell.source for cell in submission.cells) == Path(submission.path).read_text()

    def test_comments_before_the_first_mark_are_no_cell(self, cells):
        (cell,) = cells("# ---\n# jupyter: x\n# ---\n\n# %%\nx = 1")
        assert (cell.number, cell.first_line) == (1, 5)

    def test_markdown_cells_are_headings(self, cells):
        first, second, third = cells(
            '# %% [markdown]\n# # Homework\n# ## One\n# %%\nx\n# %% [markdown]\n"""\n## Two\n"""\n# %%\ny\n'
            "# %% [markdown]\nz = 'code after all'\n"
        )
        assert first.headings == ("One", "Homework")
        assert second.headings == ("Two", "Homework")
        assert (second.number, second.first_line) == (2, 10)
        assert "code after all" in third.code

    def test_scripts_exported_by_jupyter_have_cells(self, cells):
        assert [cell.first_line for cell in cells("#!/usr/bin/env python\n\n# In[1]:\n\nx\n\n# In[ ]:\n\ny\n")] == [
            3,
            7,
        ]

    def test_marks_within_a_statement_do_not_tear_it(self, cells):
        (cell,) = cells('x = """\n# %% no\n"""\ndef f():\n    a = 1\n# %% no\n    return a\n')
        assert cell.number is None
        ast.parse(cell.code)

    def test_marks_split_where_one_cell_does_not_parse(self, cells):
        good, bad, last = cells("# %%\nx = 1\n# %%\nx = = 1\n# %%\n!ls\n")
        assert (good.code, bad.code) == ("# %%\nx = 1", "# %%\nx = = 1")
        assert last.notes == ("line 6: `!ls` does nothing here",)

    def test_a_script_of_remarks_is_a_submission(self, cells):
        assert [cell.code for cell in cells("# only a remark")] == ["# only a remark"]

    @pytest.mark.parametrize(
        ("raw", "text"),
        [
            ("x = 'é'".encode(), "x = 'é'"),
            ("\ufeffx = 'é'".encode(), "x = 'é'"),
            ("# coding: latin-1\nx = 'é'".encode("latin-1"), "# coding: latin-1\nx = 'é'"),
            ("# -*- coding: gbk -*-\nx = '数'".encode("gbk"), "# -*- coding: gbk -*-\nx = '数'"),
            (b"x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n"),
            (b"x = 1\n\x0c\ny = 2\n", "x = 1\n\x0c\ny = 2\n"),
        ],
    )
    def test_is_decoded_as_python_does(self, cells, raw, text):
        (cell,) = cells(raw)
        assert cell.source == text
        ast.parse(cell.code)

    @pytest.mark.parametrize(
        ("raw", "part"),
        [
            ("x = '数'".encode("gbk"), "line 1 is not text in utf-8"),
            ("x = 1\ny = 2\nz = '数'".encode("gbk"), "line 3 is not text in utf-8"),
            (b"# coding: ascii\n\nx = '\xff'", "line 3 is not text in ascii"),
            (b"# coding: klingon\n", "its encoding cannot be used (unknown encoding: klingon)"),
            (b"# coding: punycode\nx-a", "its encoding cannot be used"),
            (b"# coding: hex\n", "its encoding cannot be used"),
            ("x = 1".encode("utf-16"), "null bytes"),
            (b"\x7fELF\x00", "null bytes"),
        ],
    )
    def test_what_is_no_text_gets_one_message(self, write, raw, part):
        text = message(write("s.py", raw))
        assert part in text
        assert "UTF-8" in text


class TestPaths:
    def test_standard_input_tells_its_format_by_content(self):
        assert load("-", stdin=io.BytesIO(json.dumps(notebook(code("x"))).encode())).format == "ipynb"
        script = load("-", stdin=io.BytesIO(b"{1, 2}\nx = 1"))
        assert (script.format, script.path) == ("py", "-")
        assert message("-", stdin=io.BytesIO(b'{"cells": [')).startswith("standard input: ")

    def test_browsers_may_add_a_suffix(self, write):
        assert load(write("n.ipynb.txt", notebook(code("x")))).format == "ipynb"
        assert load(write("N.IPYNB", notebook(code("x")))).format == "ipynb"

    @pytest.mark.parametrize("name", ["a.csv", "a.png", "a.ipynb.bak"])
    def test_other_files_are_refused(self, write, name):
        text = message(write(name, "x = 1"))
        assert "not a notebook (.ipynb), a script (.py) or notes (.md, .qmd, .Rmd, .txt)" in text

    @pytest.mark.parametrize(
        ("name", "content", "part"),
        [
            ("a.pdf", b"%PDF-1.5 \xff", "this is a PDF. Hand in the notebook itself (.ipynb); in Jupyter: File"),
            ("a.html", "<p>x</p>", "this is an HTML export, or a web page. Hand in the notebook itself"),
            ("a.txt", "\ufeff\n<!DOCTYPE HTML>\n<html>", "this is an HTML export"),
            ("a.py", "<html lang='en'>", "this is an HTML export"),
            ("a.docx", b"PK\x03\x04....", "an archive or an office document"),
            ("a.zip", b"PK\x03\x04....", "an archive or an office document"),
            ("a.txt", "{\\rtf1 x}", "RTF"),
            ("a.py.gz", b"\x1f\x8b\x08", "a compressed file. Unpack it"),
            ("a.md", "", "the file is empty (0 bytes). Save it where it was written"),
            ("a.py", " \n", "the file is empty (2 bytes)"),
            ("a.json", '{"a": 1}', "this is JSON, but no notebook"),
            ("a.json", "[1", "the notebook is damaged"),
        ],
    )
    def test_exports_archives_and_empty_files_are_told_apart(self, write, name, content, part):
        path = write(name, content)
        text = message(path)
        assert text.startswith(f"{path}: ")
        assert part in text

    @pytest.mark.parametrize("name", ["n.json", "n.txt", "n.py", "n.md", "n"])
    def test_a_notebook_is_one_under_any_name(self, write, name):
        submission = load(write(name, notebook(code("x = 1"))))
        assert (submission.format, submission.cells[0].number) == ("ipynb", 1)

    @pytest.mark.parametrize(
        ("name", "content", "format"),
        [
            ("a.txt", "import torch\nx = 1\n", "py"),
            ("a.txt", "In [1]: x = 1\n", "md"),
            ("a.txt", "some words\nimport torch\n", "md"),
            ("a.txt", "words", "md"),
            ("a", "# words\n\n```python\nx = 1\n```\n", "md"),
            ("a", "x = 1\nprint x\n", "py"),
            ("a.MD", "x = 1\n", "md"),
            ("a.Rmd", "x = 1\n", "md"),
            ("a.qmd", "x = 1\n", "md"),
        ],
    )
    def test_text_is_a_script_where_it_is_python_and_else_notes(self, write, name, content, format):
        assert load(write(name, content)).format == format

    @pytest.mark.parametrize(("wanted", "near"), [("homewrok.ipynb", "homework.ipynb"), ("homework", "homework.ipynb")])
    def test_a_missing_file_suggests_the_nearest(self, write, tmp_path, wanted, near):
        write("homework.ipynb", notebook())
        path = str(tmp_path / wanted)
        for raises in (load, lambda path: find([path])):
            with pytest.raises(SubmissionError) as caught:
                raises(path)
            assert str(caught.value) == f"{path}: no such file; did you mean {tmp_path / near}?"

    def test_a_missing_folder_is_named(self, tmp_path):
        (tmp_path / "week1").mkdir()
        path = str(tmp_path / "week2" / "a" / "b.py")
        assert message(path) == f"{path}: there is no folder {tmp_path / 'week2'}; did you mean {tmp_path / 'week1'}?"

    def test_a_folder_is_no_submission(self, tmp_path):
        assert "this is a folder" in message(str(tmp_path))

    @pytest.mark.parametrize("path", ["a\0b.py", "x" * 5000 + ".py"])
    def test_impossible_names_get_a_message(self, path):
        with pytest.raises(SubmissionError, match="cannot be read"):
            load(path)
        with pytest.raises(SubmissionError):
            find([path])


class TestFind:
    def test_a_folder_stands_for_what_is_below_it(self, tmp_path, monkeypatch):
        for name in ["b.ipynb", "a.py", "sub/c.ipynb", "sub/d.txt", ".hidden.py", ".git/e.py", "__pycache__/f.py"]:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        for name in [".ipynb_checkpoints/b.ipynb", "env/g.py", "env/pyvenv.cfg"]:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        monkeypatch.chdir(tmp_path)
        assert find(["."]) == ("a.py", "b.ipynb", str(Path("sub", "c.ipynb")))
        assert find(["-", "sub", "a.py", "."]) == ("-", str(Path("sub", "c.ipynb")), "a.py", "b.ipynb")

    def test_notes_in_a_folder_are_found_but_no_readme_and_no_plain_text(self, tmp_path):
        names = ["a.md", "b.qmd", "c.Rmd", "d.markdown", "README.md", "CHANGELOG.md", "requirements.txt", "readme.py"]
        for name in names:
            (tmp_path / name).touch()
        found = [Path(path).name for path in find([str(tmp_path)])]
        assert found == ["a.md", "b.qmd", "c.Rmd", "d.markdown", "readme.py"]

    def test_links_out_of_the_folder_are_left_out(self, tmp_path):
        (tmp_path / "solution.py").write_text("x = 1")
        handed_in = tmp_path / "class"
        handed_in.mkdir()
        (handed_in / "real.py").touch()
        (handed_in / "within.py").symlink_to("real.py")
        (handed_in / "out.py").symlink_to(tmp_path / "solution.py")
        (handed_in / "nowhere.py").symlink_to("gone.py")
        assert find([str(handed_in)]) == (str(handed_in / "real.py"), str(handed_in / "within.py"))

    def test_a_folder_without_submissions_is_an_error(self, tmp_path):
        (tmp_path / "a.txt").touch()
        with pytest.raises(SubmissionError) as caught:
            find([str(tmp_path)])
        assert (
            str(caught.value)
            == f"{tmp_path}: no notebook (.ipynb), script (.py) or notes (.md, .qmd, .Rmd) in this folder."
        )

    def test_nothing_is_nothing(self):
        assert find([]) == ()
