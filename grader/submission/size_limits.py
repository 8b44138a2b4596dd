"""How much of a submission is read: enough for any course, too little to keep the grader busy for long."""

from __future__ import annotations

from grader.errors import SubmissionError

MAX_BYTES = 32 * 1024**2
MAX_CELLS = 10_000
MAX_CONTAINERS = 2_000_000
"""JSON lists and objects in a notebook, outputs included. Python needs a hundred bytes or more for an empty one."""
MAX_CODE = 512 * 1024
"""Characters of code in all cells together. The time to parse code can grow with the square of its length."""
MAX_TEXT = 512 * 1024
"""Characters of notes, code included. Markdown that consists of markup only takes a second or two at this length."""


def check_bytes(count: int, path: str) -> None:
    """Raises SubmissionError for a file of more than MAX_BYTES bytes."""
    if count > MAX_BYTES:
        advice = " Clear its outputs, save, and hand in again." if path.endswith(".ipynb") else ""
        raise SubmissionError(f"{path}: larger than {MAX_BYTES // 1024**2} MiB.{advice}")


def check_containers(count: int, path: str) -> None:
    """Raises SubmissionError for a notebook of more than MAX_CONTAINERS lists and objects."""
    if count > MAX_CONTAINERS:
        advice = "Clear its outputs, save, and hand in again."
        raise SubmissionError(f"{path}: more than {MAX_CONTAINERS:,} lists and objects in it. {advice}")


def check_cells(count: int, path: str) -> None:
    """Raises SubmissionError for more than MAX_CELLS cells."""
    if count > MAX_CELLS:
        raise SubmissionError(f"{path}: {count} cells; at most {MAX_CELLS} are read.")


def check_code(characters: int, path: str) -> None:
    """Raises SubmissionError for more than MAX_CODE characters of code."""
    if characters > MAX_CODE:
        advice = "Numbers or pictures written into the code? Leave them out, and hand in again."
        raise SubmissionError(f"{path}: more than {MAX_CODE // 1024} KiB of code. {advice}")


def check_text(characters: int, path: str) -> None:
    """Raises SubmissionError for notes of more than MAX_TEXT characters."""
    if characters > MAX_TEXT:
        advice = "Pictures written into the text? Leave them out, and hand in again."
        raise SubmissionError(f"{path}: more than {MAX_TEXT // 1024} KiB of notes. {advice}")
