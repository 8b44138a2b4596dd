"""Files that cells of the submission wrote with ``%%writefile``: where each of their lines stands in the submission."""

from __future__ import annotations

Place = tuple[int, int]
"""The position of a cell in the job, and a line."""


class WrittenFiles:
    """The lines of each such file, by its absolute path: the file name of code that Python imports from it."""

    def __init__(self) -> None:
        self._lines: dict[str, list[Place]] = {}

    def __contains__(self, file_name: object) -> bool:
        return file_name in self._lines

    def write(self, file_name: str, places: list[Place]) -> None:
        """A cell wrote the file, and what it contained before is gone."""
        self._lines[file_name] = places

    def append(self, file_name: str, places: list[Place], *, before: int) -> None:
        """A cell added lines to a file of ``before`` lines. Those that no cell wrote get the place of the first."""
        known = self._lines.get(file_name, [])[:before]
        unknown = places[:1] * (before - len(known))
        self._lines[file_name] = [*known, *unknown, *places]

    def place(self, file_name: str, line: int) -> Place | None:
        """Where a line of a file stands in the submission; None if no cell wrote the file."""
        lines = self._lines.get(file_name)
        return lines[min(max(line, 1), len(lines)) - 1] if lines else None
