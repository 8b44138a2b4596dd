"""Notes: Markdown, MyST, Quarto, R Markdown and plain text, as learners keep them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.model import Location, Submission
from grader.submission import load, size_limits
from tests.helpers.submission_files import headings_over

Read = Callable[..., Submission]

PYTHON = ["python", "py", "Python3", "ipython", "{python}", "{python, echo=FALSE}", "{.python .numberLines}"]
PYTHON += ["{code-cell} ipython3", "{code-cell}", "{code-block} python", "python title='a.py'", "{python}  "]

LINES = ["```python", "```", "~~~", "x = f(1)", "In [1]:", "In [2]: x = 1", ">>> y", "Out[1]: 3", "# One", "words here"]
LINES += ["    z = 1", "- a", "> b", "", "def f():", "---", ":tags: [a]", "print(“a”)", "**Q1**", "\x0c", "'''"]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Loads a text as a submission, by default as Markdown."""

    def read(content: str | bytes, name: str = "notes.md") -> Submission:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load(str(path))

    return read


def codes(submission: Submission) -> list[str]:
    return [cell.code for cell in submission.cells]


FENCED = """\
```python
x = 1

def f():
    return x

```
"""


def indented(text: str, by: str = "    ") -> str:
    return "".join(by + line if line.strip() else line for line in text.splitlines(keepends=True))


class TestContainers:
    """Fences inside of what documentation programs indent or nest."""

    CODE = "x = 1\n\ndef f():\n    return x\n"

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("??? success\n" + indented(FENCED), 3),
            ("??? success\n\n" + indented(FENCED), 4),
            ('!!! note "Exercise 1"\n    Words first:\n\n' + indented(FENCED) + "\n    words after\n", 5),
            ("???+ tip inline end\n" + indented(FENCED, "\t"), 3),
            ('=== "Mine"\n\n' + indented(FENCED), 4),
            ("!!! note\n\n    ??? success\n" + indented(indented(FENCED)), 5),
            ("1. First\n\n    !!! note\n\n" + indented(indented(FENCED)), 6),
            ("- a\n\n" + indented(FENCED, "  ") + "- b\n", 4),
            ("> quoted\n>\n" + "".join(f"> {line}" for line in FENCED.splitlines(keepends=True)), 4),
            ("Words\n\n" + indented(FENCED), 4),
            ("The solution:\n" + indented(FENCED) + "\nwords\n", 3),
            ("````{note}\n:class: dropdown\n\n" + FENCED + "````\n", 5),
            ("`````{exercise} one\n````{solution}\n" + FENCED + "````\n`````\n", 4),
            ("~~~{tip}\n" + FENCED + "~~~\n", 3),
            ("<details>\n<summary>Solution</summary>\n" + FENCED + "</details>\n", 4),
            ("!!! note\n\n" + indented(FENCED).replace("```", "~~~~"), 4),
        ],
    )
    def test_a_fence_in_it_is_the_code_that_it_shows(self, read: Read, text: str, line: int) -> None:
        submission = read(text + "\nEnd.\n\n```python\ny = 2\n```\n")
        assert codes(submission) == [self.CODE, "y = 2"]
        assert submission.cells[0].first_line == line
        assert any(prose.text.endswith("End.") for prose in submission.prose)

    def test_marks_inside_of_a_fence_are_no_admonition(self, read: Read) -> None:
        text = '```python\ns = """\n!!! note\n    a\n=== "b"\n"""\nif s:\n    x = 1\n```\n'
        assert codes(read(text)) == [text.removeprefix("```python\n").removesuffix("\n```\n")]

    def test_markdown_that_is_shown_is_not_run(self, read: Read) -> None:
        assert codes(read("````markdown\n```python\nx = 1\n```\n````\n")) == []

    def test_blocks_in_blocks_take_little_time(self, read: Read) -> None:
        ticks = ["`" * (500 - depth) for depth in range(400)]
        nested = "\n".join(["".join((tick, "{note}")) for tick in ticks] + list(reversed(ticks)))
        assert codes(read(nested)) == []
        assert codes(read("!!! a\n" + "".join("    " * depth + "!!! a\n" for depth in range(400)))) == []


class TestFences:
    @pytest.mark.parametrize("info", PYTHON)
    def test_python_in_every_spelling_is_code(self, read: Read, info: str) -> None:
        submission = read(f"# Notes\n\n```{info}\nx = 1\n```\n")
        (cell,) = submission.cells
        assert submission.format == "md"
        assert (cell.code, cell.number, cell.first_line) == ("x = 1", None, 4)
        assert headings_over(submission) == [("Notes",)]

    @pytest.mark.parametrize(
        "info",
        ["r", "{r}", "{code-cell} R", "bash", "console", "text", "{note}", "{figure} python.png", "mermaid", "c"],
    )
    def test_other_languages_and_output_are_none(self, read: Read, info: str) -> None:
        assert codes(read(f"```{info}\nx = 1\n```\n")) == []

    @pytest.mark.parametrize(
        "text", ["x = torch.ones(2)\nx", "x.grad == 4 * x", "y.backward()", "%time f(x)\nx = 2\ny = 3"]
    )
    def test_bare_fences_that_read_like_code_are_code(self, read: Read, text: str) -> None:
        assert len(codes(read(f"```\n{text}\n```\n"))) == 1

    @pytest.mark.parametrize("text", ["tensor([0., 4.])", "pip install torch", "Some words", "x: tensor(1.)", ""])
    def test_other_bare_fences_are_none(self, read: Read, text: str) -> None:
        assert codes(read(f"```\n{text}\n```\n")) == []

    def test_lines_are_those_of_the_file(self, read: Read) -> None:
        submission = read("# A\n\n~~~python\nx = 1\n\ny = x\n~~~\n\n```py\nz = 2\n```\n")
        assert [(cell.first_line, cell.code) for cell in submission.cells] == [(4, "x = 1\n\ny = x"), (10, "z = 2")]
        assert submission.source_line(Location(cell=None, line=6)) == "y = x"
        assert submission.source_line(Location(cell=None, line=10)) == "z = 2"
        assert submission.source_line(Location(cell=None, line=9)) is None

    def test_fences_in_lists_and_quotations_count(self, read: Read) -> None:
        listed = "1. first\n\n   ```python\n   if x:\n       y = 1\n   ```\n\n"
        inner = "   - inner\n\n     ```\n     z = f(1)\n     ```\n\n"
        submission = read(listed + inner + "> ```python\n> q = 1\n> ```\n")
        assert [(cell.first_line, cell.code) for cell in submission.cells] == [
            (4, "if x:\n    y = 1"),
            (11, "z = f(1)"),
            (15, "q = 1"),
        ]

    def test_indented_blocks_count_where_they_read_like_code(self, read: Read) -> None:
        submission = read("text\n\n    x = 1\n    y = f(x)\n\ntext\n\n    just indented words\n")
        assert [(cell.first_line, cell.code) for cell in submission.cells] == [(3, "x = 1\ny = f(x)")]

    def test_a_fence_without_an_end_reaches_to_the_end(self, read: Read) -> None:
        (cell,) = read("```python\nx = 1\ny = 2").cells
        assert cell.code == "x = 1\ny = 2"

    def test_hard_spaces_are_spaces(self, read: Read) -> None:
        (cell,) = read("```python\ndef f(a):\n\u00a0 \u00a0 return a\n```\n").cells
        assert cell.code == "def f(a):\n    return a"
        assert not cell.broken_statements

    def test_broken_code_is_named_by_its_line_in_the_file(self, read: Read) -> None:
        (cell,) = read("# A\n\n```python\nx = 1\nprint(“x”)\n```\n").cells
        assert [broken.line for broken in cell.broken_statements] == [5]


class TestHeadingsAndText:
    def test_headings_and_text_around_the_code(self, read: Read) -> None:
        submission = read(
            "# One\n\nwords\n\n## 练习 2\n\nmore\n\n```python\nx = 1\n# not a heading\n```\n\n# Two\nlast\n"
        )
        assert headings_over(submission) == [("练习 2", "One")]
        assert [(text.text, text.level, text.after, text.line) for text in submission.prose] == [
            ("One", 1, 0, 1),
            ("words", 0, 0, 3),
            ("练习 2", 2, 0, 5),
            ("more", 0, 0, 7),
            ("Two", 1, 1, 14),
            ("last", 0, 1, 15),
        ]

    def test_the_title_in_the_front_matter_is_about_everything(self, read: Read) -> None:
        submission = read('---\ntitle: "Exercise 2"\nauthor: x\n---\n\n# A\n\n```python\nx = 1\n```\n')
        (cell,) = submission.cells
        assert cell.first_line == 9
        assert submission.titles == ("Exercise 2",)
        assert [(text.text, text.line) for text in submission.prose] == [("A", 6)]
        assert all("author" not in text.text for text in submission.prose)

    @pytest.mark.parametrize(
        ("fence", "heading", "code"),
        [
            ("```{python ex-2, echo=FALSE}\nx = 1\n```", "ex-2, echo=FALSE", "x = 1"),
            ("```{code-cell} ipython3\n:tags: [ex-2, hide]\n\nx = 1\n```", "[ex-2, hide]", "\n\nx = 1"),
            ("```{code-cell}\n---\ntags: [ex-2]\n---\nx = 1\n```", "tags: [ex-2]", "\n\n\nx = 1"),
            ("```{python}\n#| label: ex-2\nx = 1\n```", "| label: ex-2", "#| label: ex-2\nx = 1"),
            ('```python title="ex-2"\nx = 1\n```', 'title="ex-2"', "x = 1"),
        ],
    )
    def test_what_a_fence_says_of_itself_is_a_hint(self, read: Read, fence: str, heading: str, code: str) -> None:
        (cell,) = read(fence + "\n").cells
        assert heading in (*cell.titles, cell.code.partition("\n")[0].lstrip("#"))
        assert cell.code == code


class TestSessions:
    def test_each_entry_in_a_fence_is_a_cell(self, read: Read) -> None:
        submission = read("```python\nIn [9]: x = f(1)\n\nIn [10]: x\nOut[10]: tensor(1.)\n\nIn [11]: y = 2\n```\n")
        assert [(cell.first_line, cell.code) for cell in submission.cells] == [(2, "x = f(1)"), (4, "x"), (7, "y = 2")]
        assert submission.cells[1].source == "In [10]: x"

    @pytest.mark.parametrize("info", ["", "console", "pycon", "text", "python", "bash"])
    def test_a_session_counts_in_any_fence_for_one(self, read: Read, info: str) -> None:
        assert codes(read(f"```{info}\n>>> x = 1\n>>> x\n1\n```\n")) == ["x = 1", "x"]

    def test_prompts_in_the_text_of_an_exported_notebook(self, read: Read) -> None:
        text = "# One\n\nIn [1]:\nx = f(1)\n\ndef g():\n    a = 1\n\n    return a\n\n1.0\n\n## Two\nwords\nIn [2]:\nx\n"
        submission = read(text, "notes.txt")
        assert [cell.first_line for cell in submission.cells] == [3, 15]
        assert headings_over(submission) == [("One",), ("Two", "One")]
        assert submission.cells[0].code == "\nx = f(1)\n\ndef g():\n    a = 1\n\n    return a"
        assert [text.text for text in submission.prose] == ["One", "Two", "words"]


class TestPlainText:
    def test_runs_of_code_between_text_are_cells_under_the_line_above(self, read: Read) -> None:
        code = "import torch\nx = torch.ones(2)\nx\n"
        submission = read(
            f"My homework\n\nExercise 2:\n{code}结果:\ntensor([1., 1.])\nThat is all of it.\n", "notes.txt"
        )
        (cell,) = submission.cells
        assert (cell.first_line, cell.code) == (4, "import torch\nx = torch.ones(2)")
        assert cell.titles == ("Exercise 2:",)

    @pytest.mark.parametrize(
        "text",
        ["see above\nx.backward()\nand y", "x.backward()\n和y.backward()\n都遇到了报错", "f(1)\ng(2)\nand so on"],
    )
    def test_code_quoted_in_a_sentence_is_not_run(self, read: Read, text: str) -> None:
        assert codes(read(text, "notes.txt")) == []

    def test_lost_indentation_keeps_a_run_together(self, read: Read) -> None:
        function = "def f(a):\nif a > 0:\nc = a\nelse:\nc = 2 * a\nreturn c\n"
        text = f"code:\nimport torch\n{function}d = f(torch.ones(1))\nThat was all of it\n"
        (cell,) = read(text, "notes.txt").cells
        assert cell.code == "import torch\n\n\n\n\n\n\nd = f(torch.ones(1))"
        assert [broken.line for broken in cell.broken_statements] == [3]

    def test_fences_in_plain_text_are_fences(self, read: Read) -> None:
        assert codes(read("words and more\nx = 1\ny = 2\n\n```python\nz = 3\n```\n", "notes.txt")) == ["z = 3"]

    def test_without_code_is_no_error(self, read: Read) -> None:
        submission = read("Only words, in two lines.\nNo code.\n", "notes.txt")
        assert submission.cells == ()
        assert len(submission.prose) == 1


class TestDamagedNotes:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_encodings_with_a_mark(self, read: Read, encoding: str) -> None:
        assert codes(read("# 练习\r\n\r\n```python\r\nx = '数'\r\n```\r\n".encode(encoding))) == ["x = '数'"]

    def test_what_is_no_text_gets_one_message(self, read: Read) -> None:
        with pytest.raises(SubmissionError, match=r"notes\.md: line 2 is not text in utf-8\. Save it as UTF-8"):
            read("a\n数\n".encode("gbk"))

    def test_too_much_text(self, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(size_limits, "MAX_TEXT", 1024)
        with pytest.raises(SubmissionError, match="more than 1 KiB of notes"):
            read("words " * 1000)

    @pytest.mark.parametrize(
        "line", ["```\n", "> ", "- ", "In [1]:\n", "    x\n", "# a\n", "def f():\n", "---\n", "é "]
    )
    @pytest.mark.parametrize("name", ["notes.md", "notes.txt"])
    def test_hostile_notes_take_seconds_at_most(self, read: Read, line: str, name: str) -> None:
        with contextlib.suppress(SubmissionError):
            read(line * (100_000 // len(line)), name)

    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(st.sampled_from(LINES), max_size=14).map("\n".join),
        st.sampled_from(["notes.md", "notes.txt", "notes.qmd"]),
    )
    def test_every_line_of_code_is_where_the_file_has_it(self, read: Read, text: str, name: str) -> None:
        if not text.strip():
            return
        lines = text.split("\n")
        for cell in read(text, name).cells:
            assert cell.code.count("\n") == cell.source.count("\n")
            for number, line in enumerate(cell.source.split("\n"), cell.first_line):
                assert line.strip() in lines[number - 1]


def test_choices_are_answers_and_no_code(tmp_path: Path) -> None:
    """Choices as the exercises ask for them: lines such as ``M1: b``."""
    path = tmp_path / "modes.md"
    path.write_text("M1: b\nM2: a\nM3: c\n\nReverse mode keeps what it needs.\n", encoding="utf-8")
    one = load(str(path))
    assert one.cells == ()
    assert "M2: a" in one.prose[0].text
