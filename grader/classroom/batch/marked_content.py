"""What a mark is given for: a file as it was handed in, with the modules that it imports and the files that it opens.

Whoever marks an answer may have read code of such a module. If it is replaced, the answer has to be marked again.
"""

from __future__ import annotations

import hashlib

from grader.errors import SubmissionError
from grader.handin import CompanionFinder, HandedFile, code_of


def with_modules(file: HandedFile, content: bytes, finder: CompanionFinder) -> str:
    """A digest of a file's ``content`` and of what its code imports and opens of the hand-in."""
    found = hashlib.sha256(b"with modules")
    named = finder.named_files(file, code_of(content, file.name)) if finder.has_others else ()
    # Without the file's own name, so that a renamed file keeps its mark.
    for name, text in (("", content), *((other.name, _content(other)) for other in named)):
        found.update(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest() + hashlib.sha256(text).digest())
    return found.hexdigest()


def _content(file: HandedFile) -> bytes:
    try:
        return file.read()
    except SubmissionError:
        return b""
