"""Magics, shell escapes and prompts as plain Python; the result has as many lines as the source."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.submission.cell_translation import CellTranslator

_LINES = ["x = 1", "!ls", "%time x", "%%time", "x?", "", "  ", "if x:", "    y", "'''", "x = !a \\", ">>> z", "%", "??"]
_LINES += ["    !ls \\", "# c", "(", ")", "é = %time é", "...: z", ",f a", "/f a", "\f", "\x1c", "a\u2028b"]


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
        ("%%capture out\nx\ny", "out = get_ipython().captured()\nx\ny"),
        ("%%capture out\n%%time\nx", "\n\nx"),
        ("%%file m.py", "get_ipython().run_cell_magic('file', 'm.py', '')"),
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
def test_becomes_plain_python_on_the_same_lines(source, expected):
    plain = CellTranslator().translate(source)
    assert plain.code == expected
    assert plain.code.count("\n") == source.count("\n")
    ast.parse(plain.code)


@pytest.mark.parametrize("lines", ["\nx = 1\n", "x = 1", "\n\n", "s = '''a\\\n\u2028\f''' + \"é\"\n# {x}\n"])
def test_the_lines_of_a_written_file_stay_on_their_lines(lines):
    source = f"\n%%writefile -a m.py\n{lines}"
    code = CellTranslator().translate(source).code
    assert code.count("\n") == source.count("\n")
    (call,) = ast.parse(code).body
    name, argument, body = (ast.literal_eval(value) for value in call.value.args)
    assert (name, argument, body) == ("writefile", "-a m.py", lines if lines.endswith("\n") else lines + "\n")
    assert call.end_lineno - call.lineno == body.count("\n")


def test_pylab_brings_its_names():
    assert "from pylab import *" in CellTranslator().translate("%pylab inline\nplot(sin(x))").code


@pytest.mark.parametrize("source", ["x = = 1", "if x:\n\ty\n        z", "Why is this so", "(" * 300, "x\0", "'''", "%"])
def test_what_is_no_python_stays(source):
    assert CellTranslator().translate(source).code in {source, "get_ipython().run_line_magic('', '')"}


def test_an_error_below_a_magic_stays_on_its_line():
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
        ("%cd ..\n%run a.py\n%store x", ["line 3: `%store x` does nothing here"]),
        ("%%writefile a.py\nx = 1", []),
        ("t = %timeit -o f(x)", ["line 1: `%timeit` runs its code once here, and measures nothing"]),
        ("%%bash\nls", ["`%%bash` cells are not run here"]),
        ("%time 3 +", ["line 1: `%time 3 +` does nothing here"]),
        ("%timeit f(x)", ["line 1: `%timeit` runs its code once here, and measures nothing"]),
        ("%%capture out\nx", []),
        ("%%capture --no-stderr\nx", []),
        ("%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n%config x\nx?\n%time x", []),
    ],
)
def test_notes_say_what_does_nothing(source, notes):
    assert list(CellTranslator().translate(source).notes_from(1)) == notes


def test_notes_are_bounded():
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
def test_a_trailing_semicolon_makes_quiet(source, quiet):
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
def test_hostile_cells_take_seconds_at_most(source):
    plain = CellTranslator().translate(source)
    assert plain.code.count("\n") == source.count("\n")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(_LINES), max_size=7).map("\n".join)
    | st.text(max_size=30).map(lambda text: text.replace("\r", ""))
)
@example("%\x0c0")
def test_no_text_loses_lines_or_raises(source):
    plain = CellTranslator().translate(source)
    assert plain.code.count("\n") == source.count("\n")


def test_plain_python_needs_no_ipython():
    program = (
        "import sys; from grader.submission import load; import io\n"
        'load(\'-\', stdin=io.BytesIO(b\'{"cells": [{"cell_type": "code", "source": "x = 1;"}]}\'))\n'
        "assert not {'IPython', 'nbformat', 'jsonschema', 'torch'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, cwd=Path(__file__).parents[2])
