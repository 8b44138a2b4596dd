"""Which hand-ins are named as a platform names them: asked of the module that read the class."""

from __future__ import annotations

from collections.abc import Sequence

from grader.classroom.feedback.handed_in import HandedIn
from grader.classroom.intake.class_folder import ClassFolder, TopLevelEntry
from grader.classroom.intake.platforms.platform import OwnedEntry, Platform
from grader.handin import Remark


class _NamesOnly:
    """A FileTree of which only names are looked at."""

    name = ""
    folders: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}

    def read(self, path: str, limit: int) -> bytes:
        raise FileNotFoundError(path)

    def close(self) -> None: ...


def named_by(platform: Platform, handins: Sequence[HandedIn]) -> dict[HandedIn, OwnedEntry]:
    """What the platform recognizes, with how it reads the name; empty if it is another platform's class."""
    entries = {
        TopLevelEntry(name=handin.name, path=str(number), is_folder=handin.is_folder, files=()): handin
        for number, handin in enumerate(handins)
    }
    found = platform.read(ClassFolder(entries=tuple(entries), tree=_NamesOnly()))
    return {} if found is None else {entries[owned.entry]: owned for owned in found.owned}
