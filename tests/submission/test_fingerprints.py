"""Fingerprints of code and text: what changes them, and what does not."""

from __future__ import annotations

import pytest

from grader.model import Cell, Prose, Submission
from grader.submission import read
from grader.submission.fingerprints import Handout, fingerprint_of_code, fingerprint_of_text, handout_of, paragraphs_of


def submission(*codes: str, prose: tuple[Prose, ...] = (), headings: tuple[str, ...] = ()) -> Submission:
    cells = tuple(
        Cell(number=number, source=code, code=code, titles=headings) for number, code in enumerate(codes, start=1)
    )
    return Submission(path="homework.ipynb", format="ipynb", sha256="0" * 64, cells=cells, prose=prose)


class TestFingerprints:
    def test_comments_and_layout_do_not_matter(self) -> None:
        assert fingerprint_of_code("x = 1  # one\ny=2") == fingerprint_of_code("# 一\nx=1\n\ny = 2\n")

    def test_code_does(self) -> None:
        assert fingerprint_of_code("x = 1") != fingerprint_of_code("x = 2")

    def test_code_that_does_not_parse_has_one_too(self) -> None:
        assert fingerprint_of_code("x = = 1") == fingerprint_of_code("x =  = 1")

    def test_it_is_the_same_in_every_version_of_python(self) -> None:
        code = (
            "def f(x, *, y=None):\n    print()\n    return [v for v in x if v] or None\nclass A: pass\n"
            "x = torch.tensor([1.0, 2], requires_grad=True)\nmatch x:\n    case None: pass\n"
        )
        assert fingerprint_of_code(code) == "69986d1df6b920cd"

    def test_paragraphs_and_list_items_stand_alone(self) -> None:
        assert paragraphs_of("One.\n\n1. two\n2. three\n\n---\n") == ["One.", "1. two", "2. three"]


class TestSentences:
    GIVEN = handout_of(
        [
            submission(
                "x = 1  # The number of things.\nprint('how many are there in all?')",
                prose=(
                    Prose(text="Run it *twice*, i.e. once more.\nWhat happens? And why?"),
                    Prose(text="1. Think of `y`.\n2. Then of z."),
                    Prose(text="运行两次，会发生什么？为什么？（想一想）"),
                ),
            )
        ]
    )

    @pytest.mark.parametrize(
        "text",
        [
            "Run it twice, i.e. once more. What happens? And why?",  # on one line, without emphasis
            "What\nhappens?",
            "- Think of y.",  # another mark before it
            "7) Then of z.",
            "会发生什么",  # a part of a sentence is not the sentence
            "运行两次，会发生什么？为什么？（想一想）",
            "The number of things.",
            "HOW MANY ARE THERE IN ALL?",
            "１．Think of y.",  # full-width
        ],
    )
    def test_given_sentences_are_known_however_they_are_set(self, text: str) -> None:
        assert self.GIVEN.without_given(text) == ("会发生什么" if text == "会发生什么" else "")

    @pytest.mark.parametrize(
        ("text", "own"),
        [
            ("What happens? It raises.", "It raises."),
            ("What happens?It raises. And why?", "It raises."),
            ("为什么？会报错。", "会报错。"),
            ("1. Think of y. I did.\n2. Then of z.", "1. I did."),
            ("Mine.\n\nAnd why?\n\nAlso mine.", "Mine.\n\nAlso mine."),
        ],
    )
    def test_what_is_between_them_is_left(self, text: str, own: str) -> None:
        assert self.GIVEN.without_given(text) == own

    def test_what_is_read_as_a_text_of_its_own_is_known(self) -> None:
        """A line that begins in bold, or with a number, may begin an answer, so it ends the text above it."""
        given = handout_of(
            [submission(prose=(Prose(text="Each part has a\n*speed*, which\n**grows**. By how much?"),))]
        )
        for stretch in ("Each part has a", "*speed*, which", "*speed*, which\n**grows**.", "**grows**. By how much?"):
            assert given.without_given(stretch) == ""
        assert given.without_given("Each part has") == "Each part has"

    def test_those_in_f_strings_and_after_errors_are_known(self) -> None:
        """On every version of Python: since 3.12 an f-string is several tokens, and an error ends the tokens."""
        handout = handout_of(
            [
                submission(
                    "print(f'The loss is {loss:.2f} here.')\nx = 'a\n# A remark after it.",
                    'print(f"Mind the gradient of {x!r:>{w}}.")',
                )
            ]
        )
        for sentence in ("The loss is {loss:.2f} here.", "A remark after it.", "Mind the gradient of {x!r:>{w}}."):
            assert handout.without_given(sentence) == ""

    def test_headings_are_known_too(self) -> None:
        path = "given.md"
        given = handout_of([read(b"# Part one\n\nText.\n\n```python\nx = 1\n```\n", path)])
        assert given.has_sentence("## Part One")
        assert not given.has_sentence("Part two")

    def test_without_a_handout_nothing_is_taken_away(self) -> None:
        assert Handout().without_given(" Text. ") == "Text."
        assert Handout().without_given("---") == ""

    def test_paragraphs_of_older_lists_are_known(self) -> None:
        older = Handout(paragraphs=frozenset({fingerprint_of_text("One. Two.")}))
        assert older.without_given("One. Two.\n\nThree.") == "Three."


class TestRepeatedStatements:
    @pytest.mark.parametrize(
        ("code", "repeats"),
        [
            ("y.backward()\ny.backward()\ny.backward()", 2),
            ("y.backward()\ny = f(x)\ny.backward()", 0),  # of another y
            ("x.grad\nx.grad", 0),  # it only displays
        ],
    )
    def test_each_further_time_has_a_fingerprint_of_its_own(self, code: str, repeats: int) -> None:
        assert len(handout_of([submission(code)]).repeats) == repeats
