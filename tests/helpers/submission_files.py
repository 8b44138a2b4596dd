"""Notebooks for tests, and the message for a file that is refused."""

from __future__ import annotations

from typing import Any

import pytest

from grader.errors import SubmissionError
from grader.model import Submission
from grader.submission import load


def code(source: Any, **more: Any) -> dict[str, Any]:
    """A code cell; ``more`` are further fields of it, or others."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **more}


def markdown(source: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def notebook(*cells: Any, **more: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}


def headings_over(submission: Submission) -> list[tuple[str, ...]]:
    """The headings above each cell, nearest first: of headings of one level, the last above it."""
    found = []
    for number in range(len(submission.cells)):
        path: list[tuple[int, str]] = []
        for prose in submission.prose:
            if prose.level and prose.after <= number:
                path = [(prose.level, prose.text), *(heading for heading in path if heading[0] < prose.level)]
        found.append(tuple(text for _, text in path))
    return found


def message(path: str, **options: Any) -> str:
    """What is said about a file that cannot be loaded: on one line, and short."""
    with pytest.raises(SubmissionError) as caught:
        load(path, **options)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 400
    return text
