"""Texts for people."""

from __future__ import annotations

import pytest

from grader.text import as_sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("It failed", "It failed."),
        ("It failed.", "It failed."),
        ("Sum instead of mean?", "Sum instead of mean?"),
        ("Stop!  ", "Stop!"),
        ("and so on…", "and so on…"),
        ("\u4e0d\u5bf9\u3002", "\u4e0d\u5bf9\u3002"),
        ("`x`", "`x`."),
        ("", ""),
    ],
)
def test_a_sentence_ends_with_one_sign(text: str, sentence: str) -> None:
    assert as_sentence(text) == sentence == as_sentence(sentence)
