"""Broken code: valid statements run, the others are reported with their cause."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.judging.run.run_summary import summarize_run
from grader.model import ChangedNames, Job, Location, Outcome, Probes, Submission
from grader.sandbox.sandbox import Sandbox
from grader.submission import load
from grader.submission.broken_code import reads_like_code, recover
from grader.submission.cell_translation import CellTranslator
from tests.helpers.observing import events

LOST = """\
import torch
def f(a):
b = a * 2
while b.norm() < 1000:
b = b * 2
if b.sum() > 0:
c = b
else:
c = 100 * b
return c
a = torch.randn(3)
"""


@pytest.mark.parametrize(
    ("broken", "cause"),
    [
        ("print(“hello”)", "Curly quotes (“), as word processors write them, are not Python's: type straight ones"),
        ("plt.title(‘a’)", "Curly quotes (‘)"),
        ("print（x）", "`（` is full-width punctuation, from a Chinese or Japanese keyboard: type `(`"),
        ("x = f(1，2)", "`，` is full-width punctuation"),
        ("if x > 0：\n    y = 1", "`：` is full-width punctuation, from a Chinese or Japanese keyboard: type `:`"),
        ("x = 2·y", "`·` is a character that Python's code cannot hold"),
        ("x\u00a0= 1", "A special kind of space was pasted in"),
        ("print x", "This is Python 2: in Python 3, `print` needs brackets, `print(…)`"),
        ("if x:\n\ty = 1\n        z = 2", "Tabs and spaces are mixed in the indentation; use spaces only"),
        ("for i in range(3)\n    f(i)", "A colon is missing"),
        ("x = f(1, 2", "The bracket `(` is never closed"),
        ("x = f(1))", "The bracket `)` closes nothing"),
        ("x = [1, 2)", "The bracket `[` is closed by `)`"),
        ("x = 'a", "A text in quotes has no end"),
        ("x = '''a", "A text in triple quotes has no end"),
        ("def f(a):\n    b = 1\n  return b", "The indentation does not fit that of the lines above"),
        ("return x", "`return` stands outside of a function; perhaps the line has lost its indentation"),
        (
            "def f():\n    await x",
            "`await` stands in a function that is not asynchronous; such a function begins with `a",
        ),
        ("def f():\n    async with x: pass", "`async with` stands in a function that is not asynchronous"),
        ("break", "`break` stands outside of a loop"),
        ("if x = 1:\n    y = 2", "`=` gives a name a value; to compare two values, write `==`"),
        ("x = 1 2", "Python cannot read this (invalid syntax"),
        ("This is my answer to it", "This is text, not Python: begin it with #, or put it into a Markdown cell"),
        ("因为 y 不是标量，所以报错。", "This is text, not Python"),
        ("for i in x:\nprint(i)", "The lines under `for i in x:` have lost their indentation"),
        ("while True:", "Lines that should be indented are not there"),
        # What Python 3.11 words otherwise than later versions do.
        ("print(f'{x)", "A text in quotes has no end"),
        ("print(f'x is {x:.2f} y)", "A text in quotes has no end"),
        ('f("a b)', "A text in quotes has no end"),
        ("f'''{x", "A text in triple quotes has no end"),
        ("f'{}'", "In an f-string, nothing stands between `{` and `}`"),
        ("f'{x:{}}'", "In an f-string, nothing stands between `{` and `}`"),
        ("f'{!r}'", "In an f-string, nothing stands between `{` and `}`"),
        ("f'{x!d}'", "In an f-string, only `r`, `s` or `a` can follow a `!`"),
        ("f'{x!}'", "In an f-string, only `r`, `s` or `a` can follow a `!`"),
        ("f'{x}}'", "In an f-string, a `}` has no `{`; to print a brace, write it twice"),
        ("f'{x y}'", "Something is missing between two values, perhaps a comma or an operator"),
        ("f'{x'", "Python cannot read what stands between `{` and `}` in an f-string"),
        ("f'{x[0}'", "Python cannot read what stands between `{` and `}` in an f-string"),
        ("f'{x # y}'", "Python cannot read what stands between `{` and `}` in an f-string"),
        ("f'{lambda a: a}'", "Python cannot read what stands between `{` and `}` in an f-string"),
        ("f'{x}' + {1 2}", "Something is missing between two values, perhaps a comma or an operator"),
        ("f'{x}' + = 2", "Python cannot read this (invalid syntax)"),
        (
            "def f(a=1, b):\n    return a",
            "A parameter without a default value cannot follow one that has a default value",
        ),
        ("import torch from here", "It is `from … import …`, in this order"),
        ("from torch import", "After `import`, the names are missing"),
    ],
)
def test_the_cause_is_named_and_the_rest_is_kept(broken: str, cause: str) -> None:
    code = f"a = g(1)\n{broken}\n"
    after = "" if "'''" in broken or broken == "while True:" else "b = g(2)\n"
    recovered = recover(code + after)
    assert recovered is not None
    assert recovered.code == "a = g(1)\n" + "\n" * (broken.count("\n") + 1) + after
    (found,) = recovered.broken
    assert found.line == 2
    assert found.text.startswith(cause)
    assert found.text.endswith("left out.")


def test_a_function_without_its_indentation_is_left_out_to_its_return() -> None:
    recovered = recover(LOST)
    assert recovered is not None
    assert recovered.code == "import torch\n" + "\n" * 9 + "a = torch.randn(3)\n"
    (found,) = recovered.broken
    assert found.text == "The lines under `def f(a):` have lost their indentation. 9 lines were left out."
    assert found.binds == ("f",)


@pytest.mark.parametrize(
    ("block", "end"),
    [
        ("try:\nf(1)\ng = 2\nexcept E as e:\nprint(e)\n", 5),
        ("try:\nf(1)\nexcept E:\nprint(1)\nfinally:\nprint(2)\n", 6),
        ("for i in a:\nif i:\nf(i)\nelse:\ng(i)\n", 5),
        ("if a:\nf(1)\nelif b:\nf(2)\nelse:\nf(3)\n", 6),
        ("def f(a):\nb = a\nreturn b\n", 3),
        ("def f(a):\nprint(a)\n", 2),
        ("if a\n    f(1)\nelse:\n    f(2)\n", 4),
        ("x = f([\n    1， 2\n])\n", 3),
    ],
)
def test_a_broken_block_is_left_out_whole(block: str, end: int) -> None:
    recovered = recover(f"{block}z = f(3)\n")
    assert recovered is not None
    assert recovered.code == "\n" * end + "z = f(3)\n"
    assert len(recovered.broken) == 1


@pytest.mark.parametrize(
    ("broken", "binds"),
    [
        ("d = f(a", ("d",)),
        ("a, b = f(1", ("a", "b")),
        ("x += f(1", ("x",)),
        ("x[0] = f(1", ("x",)),
        ("x.grad = f(1", ("x", "grad")),
        ("f(a=1", ()),
        ("if a == f(1", ()),
        ("import torch as t u", ("t", "torch")),
        ("from a import b c", ("b",)),
        ("class A(:\n    x = 1", ("A",)),
        ("with f(1 as g:\n    h = 1", ("g", "h")),
    ],
)
def test_what_it_would_have_bound_is_known(broken: str, binds: tuple[str, ...]) -> None:
    recovered = recover(f"{broken}\nz = f(3)\n")
    assert recovered is not None
    assert sorted(recovered.broken[0].binds) == sorted(binds)


def test_sentences_are_one_broken_statement_with_the_single_words_between() -> None:
    recovered = recover("This is the first line\nbecause\nit goes on like this\nx = 1\n")
    assert recovered is not None
    assert recovered.code == "\n\n\nx = 1\n"
    assert len(recovered.broken) == 1


@pytest.mark.parametrize(
    "code", ["Hello big world", "x = '''abc", "(" * 500, "", "because", "x = = 1\nname\n3", "x = 1; y = ("]
)
def test_where_nothing_is_sound_nothing_is_recovered(code: str) -> None:
    assert recover(code) is None


_LINES = ["x = 1", "def f(a):", "    return a", "return a", "else:", "print(“a”)", "'''", "(", ")", "]", "\tx = 1"]
_LINES += ["try:", "except:", "f(1)", "Some words here", "@a", "if x:", "", "# c", "x; y = = 1", "\\", "\x0c", "é（"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_LINES), max_size=9).map("\n".join) | st.text(max_size=40))
def test_lines_stay_where_they_are_and_what_is_left_compiles(code: str) -> None:
    code = code.replace("\r", "")
    recovered = recover(code)
    if recovered is not None:
        assert recovered.code.count("\n") == code.count("\n")
        compile(recovered.code, "<cell>", "exec")
        kept = zip(recovered.code.split("\n"), code.split("\n"), strict=True)
        assert all(line in ("", original) for line, original in kept)
        assert all(1 <= each.line <= code.count("\n") + 1 for each in recovered.broken)


@pytest.mark.parametrize("line", ["x = = 1", "def f(a):", "'''", "Some words here", "else:", "(", "try:"])
def test_hostile_code_takes_seconds_at_most(line: str) -> None:
    recover("x = f(1)\n" + f"{line}\n" * 4000)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x = 1", True),
        ("y.backward()\nx.grad", True),
        ("x.grad == 4 * x", True),
        ("%matplotlib inline\nimport torch", True),
        ("tensor([0., 4.])", False),
        ("tensor(28., grad_fn=<MulBackward0>)", False),
        ("tensor([True]) tensor(2.)", False),
        ("x: tensor([0.])\nz.mean: tensor(11.)", False),
        ("(tensor(1.), 2)", False),
        ("x", False),
        ("ls -la", False),
        ("pip install torch", False),
        ("$ python a.py", False),
        ("# only a remark", False),
        ("Some words here", False),
    ],
)
def test_what_reads_like_code(text: str, code: bool) -> None:
    assert reads_like_code(text) is code


class TestInAWholeRun:
    def load(self, path: Path, *cells: str) -> Submission:
        content = {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4}
        path.write_text(json.dumps(content), encoding="utf-8")
        return load(str(path))

    def test_broken_statements_join_the_errors_of_the_run(self, sandbox: Sandbox, tmp_path: Path) -> None:
        submission = self.load(tmp_path / "n.ipynb", "a = 1", "b = 2\nprint(“b”)\nc = 3")
        run = sandbox.run(Job(cells=submission.cells, format="ipynb", file_name="n.ipynb", seed=0)).observation
        assert run.outcome is Outcome.COMPLETED
        report = summarize_run(submission, run)
        (error,) = report.errors
        assert report.outcome is Outcome.FAILED
        assert (error.type, error.location, error.source) == ("SyntaxError", Location(cell=2, line=2), "print(“b”)")

    def test_what_a_broken_statement_should_have_bound_is_stale(self, sandbox: Sandbox, tmp_path: Path) -> None:
        submission = self.load(tmp_path / "n.ipynb", "d = 1\ne = d\nd = f(2\ng = d", "d = 3")
        job = Job(
            cells=submission.cells, format="ipynb", file_name="n.ipynb", seed=0, probes=Probes(names=("d", "e", "g"))
        )
        moments = events(sandbox.run(job).observation, ChangedNames)
        stale = [(moment.place.cell, moment.place.line, set(moment.stale)) for moment in moments]
        assert (0, 2, set()) in stale
        assert (0, 4, {"d"}) in stale
        assert (1, 1, set()) in stale

    def test_a_script_goes_on_after_what_is_broken(self, sandbox: Sandbox, tmp_path: Path) -> None:
        path = tmp_path / "s.py"
        path.write_text("import torch\nreturn 3\nx = torch.ones(2)\ny = = 1\nz = x\n", encoding="utf-8")
        submission = load(str(path))
        assert [broken.line for broken in submission.cells[0].broken_statements] == [2, 4]
        job = Job(cells=submission.cells, format="py", file_name="s.py", seed=0, probes=Probes(names=("z",)))
        observation = sandbox.run(job).observation
        assert "z" in events(observation, ChangedNames)[-1].changed


class TestCellsOfWhichNothingIsSound:
    @pytest.mark.parametrize(
        ("source", "cause", "binds"),
        [
            ("Why is the second derivative more expensive", "This is text, not Python", ()),
            ("为什么二阶导数的开销更大？", "This is text, not Python", ()),
            ("w = ", "Python cannot read this (invalid syntax)", ("w",)),
            ("x = (\ny = 2", "The bracket `(` is never closed", ("x", "y")),
            ("return x", "`return` stands outside of a function", ()),
        ],
    )
    def test_their_causes_are_said_as_plainly(self, source: str, cause: str, binds: tuple[str, ...]) -> None:
        plain = CellTranslator().translate(source)
        assert plain.code == source
        assert plain.broken[0].text.startswith(cause)
        assert plain.broken[0].binds == binds

    def test_what_they_should_have_bound_is_unknown(self, sandbox: Sandbox, tmp_path: Path) -> None:
        content = {"cells": [{"cell_type": "code", "source": cell} for cell in ("w = 1", "w = ", "v = w", "w")]}
        path = tmp_path / "n.ipynb"
        path.write_text(json.dumps(content | {"nbformat": 4}), encoding="utf-8")
        submission = load(str(path))
        job = Job(cells=submission.cells, format="ipynb", file_name="n", seed=0, probes=Probes(names=("w", "v")))
        observation = sandbox.run(job).observation
        assert "w" in events(observation, ChangedNames)[-1].stale
        (error,) = summarize_run(submission, observation).errors
        assert error.text == "Python cannot read this (invalid syntax). This line was left out."


@pytest.mark.parametrize(
    ("line", "note"),
    [
        (
            "get_ipython().system('pip install d2l')",
            "`!pip install d2l` does nothing here: packages come from the course's environment",
        ),
        ("get_ipython().run_line_magic('cd', '..')", None),
        ("get_ipython().run_line_magic('pdb', 'on')", "`%pdb on` does nothing here"),
        ("files = get_ipython().getoutput('ls')", "`!ls` does nothing here"),
        ("get_ipython().run_line_magic('matplotlib', 'inline')", None),
    ],
)
def test_calls_in_exported_scripts_are_said_as_a_notebook_has_them(line: str, note: str | None) -> None:
    notes = [text for _, text in CellTranslator().translate(f"import torch\n{line}\nx = 1").notes]
    assert notes == ([] if note is None else [note])
