"""Fingerprints of code and text: what changes them, and what does not."""

from __future__ import annotations

from grader.model import Cell, Prose, Submission
from grader.submission.fingerprints import fingerprint_of_code, paragraphs_of


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
