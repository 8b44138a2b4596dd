"""How much is read of a submission: enough for any course, too little to keep the grader busy."""

from __future__ import annotations

from grader.errors import SubmissionError

MAX_BYTES = 32 * 1024**2
MAX_CELLS = 10_000
MAX_PARTS = 2_000_000
"""Lists and objects in a notebook, outputs and all. Python needs a hundred bytes and more for each, however small."""
MAX_CODE = 512 * 1024
"""Characters of code in all cells together; parsing has a cost that can grow with their square."""
MAX_TEXT = 512 * 1024
"""Characters of notes, code and all; reading Markdown takes a second or two for so many that are all signs."""


def check_bytes(count: int, path: str) -> None:
    """Raises SubmissionError for a file of more than MAX_BYTES bytes."""
    if count > MAX_BYTES:
        advice = " Clear its outputs, save, and hand in again." if path.endswith(".ipynb") else ""
        raise SubmissionError(f"{path}: larger than {MAX_BYTES // 1024**2} MiB.{advice}")


def check_parts(count: int, path: str) -> None:
    """Raises SubmissionError for a notebook of more than MAX_PARTS lists and objects."""
    if count > MAX_PARTS:
        advice = "Clear its outputs, save, and hand in again."
        raise SubmissionError(f"{path}: more than {MAX_PARTS:,} lists and objects in it. {advice}")


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
