"""Mistakes in checks of the kind ``output``, each in a sentence."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from grader.judging.checks.output import OutputCheck


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"pattern": "("}, "`(` is no regular expression: missing ), unterminated subpattern"),
        ({}, "give either `text` or `pattern`"),
        ({"text": "a", "pattern": "b"}, "give either `text` or `pattern`"),
        ({"text": "a", "holds": "1 == 1"}, "`given`, `expect` and `holds` look at values; printed text has none"),
    ],
)
def test_a_mistake_is_said(fields: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        OutputCheck.model_validate({"id": "printed", "kind": "output", **fields})
    assert why in str(caught.value)
