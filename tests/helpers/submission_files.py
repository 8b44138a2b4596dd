"""Notebooks for tests, and the message for a file that is refused."""

from __future__ import annotations

from typing import Any

import pytest

from grader.errors import SubmissionError
from grader.submission import load


def code(source: Any, **more: Any) -> dict[str, Any]:
    """A code cell; ``more`` are further fields of it, or others."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **more}


def markdown(source: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def notebook(*cells: Any, **more: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}


def message(path: str, **options: Any) -> str:
    """What is said about a file that cannot be loaded: on one line, and short."""
    with pytest.raises(SubmissionError) as caught:
        load(path, **options)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 400
    return text
