"""What the pool and its processes send each other: the parts that a student decides.

The pool's processes are the grader's own, so their frames are trusted. But a student's names, files and words travel in
them, and must arrive unchanged. Only the texts of errors are cut and cleaned.
"""

from __future__ import annotations

import json

from fuzz.target import Target, promise, strictly
from grader.classroom.batch import messages
from grader.classroom.batch.tasks import Task
from grader.errors import SandboxError
from grader.model import CompanionFile, Graded, Level, Outcome, StoredCheck, StoredExercise, StoredReport
from grader.runtime.protocol.frames import pack
from grader.text_bounds import LOG_ENTRY, bounded


def check(data: bytes) -> None:
    """Raises where a student's name, file or words come out other than they went in."""
    name, content, words = (*data.split(b"\n", 2), b"", b"")[:3]
    # File names that are no text are as Python has them.
    text = name.decode("utf-8", "surrogateescape")
    said = words.decode("utf-8", "surrogatepass" if len(words) % 2 else "replace") if _decodes(words) else text
    task = Task(
        key="k", name=text, content=content, companions=(CompanionFile(text + "2", words), CompanionFile(said, b""))
    )
    check = StoredCheck(id="c", kind="k", title=said, status="failed", score=0.5, max_score=1, mistake=text)
    report = StoredReport(
        document=words,
        outcome=Outcome.FAILED,
        level=Level.NONE,
        passed=False,
        complete=True,
        exercises=(StoredExercise(id="e", title=said, status="graded", score=0.5, max_score=1, checks=(check,)),),
    )
    graded = Graded(key=text, status="graded", rubrics="r", why=said, judged=content, report=report, words={text: said})
    with strictly():
        header, payload = messages.encode_task(task)
        promise(messages.decode_task(_sent(header, payload), payload) == task, "another task")
        header, payload = messages.encode_graded(graded)
        promise(messages.decode_graded(_sent(header, payload), payload) == graded, "another result")
        header = messages.encode_error(SandboxError(said))
        promise(str(messages.decode_error(_sent(header, b""))) == bounded(said, LOG_ENTRY), "another error")


def _decodes(words: bytes) -> bool:
    try:
        words.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _sent(header: messages.Json, payload: bytes) -> messages.Json:
    """The header as it is read on the other side of a pipe."""
    text = pack(header, payload)
    size = int.from_bytes(text[:4], "big")
    found: messages.Json = json.loads(text[8 : 8 + size])
    return found


def seeds() -> list[bytes]:
    return [
        b"ada.py\nx = 1\nBecause.",
        "ada.ipynb\n{}\n\u202e\ud800".encode("utf-8", "surrogatepass"),
        b"\xff\xfe\n\n",
    ]


TARGET = Target(
    name="messages",
    about="what a student hands in and what is said of it comes through the pool's pipes unchanged",
    check=check,
    seeds=seeds,
    longest=2_000,
)
