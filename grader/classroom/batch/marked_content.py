"""What a mark is given for: a file as it was handed in, with the modules that it imports and the files that it opens.

Whoever marks an answer may have read code of such a module. If it is replaced, the answer has to be marked again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from grader.handin import CompanionFinder, HandedFile


def with_modules(file: HandedFile, content: bytes, finder: CompanionFinder, code: Callable[[], Iterable[str]]) -> str:
    """A digest of a file's ``content`` and of what its code imports and opens of the hand-in.

    ``code`` gives the pieces of the file's code; it is called only if there are other files.
    """
    found = hashlib.sha256(b"with modules")
    named = finder.named_files(file, code()) if finder.has_others else ()
    # Without the file's own name, so that a renamed file keeps its mark.
    for name, text in (("", content), *((other.name, finder.content(other) or b"") for other in named)):
        found.update(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest() + hashlib.sha256(text).digest())
    return found.hexdigest()
