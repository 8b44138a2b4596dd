"""Names that can be read as the work of different students.

The name that a platform gives to a file consists of the student's name, identifiers, and what the student called the
file. Whoever chooses the first or the last may write what looks like another student's identifier. The names that can
be read in one way only decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.classroom.intake.class_folder import TopLevelEntry
from grader.handin.name_list import list_names

MAX_READINGS = 8
"""How many readings of a name are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameReading:
    """A way to read an entry's name. ``number`` identifies the student, ``file_number`` the file; both may be empty.
    ``file`` is what the student called it.
    """

    student: str
    number: str
    file: str
    file_number: str = ""
    late: bool = False

    @property
    def key(self) -> str:
        return self.number or self.student


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenReadings:
    """The reading that was chosen for every entry, and notices about those that may be another student's work."""

    readings: Mapping[TopLevelEntry, NameReading]
    notices: tuple[str, ...]


def choose_readings(possible: Mapping[TopLevelEntry, Sequence[NameReading]]) -> ChosenReadings:
    """The first reading of each entry by which no identifier gets a second student or file.

    If there is none, it is the first; ``class_reader`` then keeps students of one identifier apart.
    """
    students: dict[str, set[str]] = {}
    file_numbers = set[str]()
    for readings in possible.values():
        if len(readings) == 1:
            students.setdefault(readings[0].key, set()).add(readings[0].student)
            file_numbers.add(readings[0].file_number)

    def fits(reading: NameReading) -> bool:
        is_only_file = not reading.file_number or reading.file_number not in file_numbers
        return is_only_file and students.get(reading.key, {reading.student}) == {reading.student}

    chosen = {
        entry: readings[0] if len(readings) == 1 else next(filter(fits, readings), readings[0])
        for entry, readings in possible.items()
    }
    # Many students' files may be called `2_autograd.ipynb`, as the handout is: that says nothing about who they are.
    shared = Counter(file for _, file in {(reading.key, reading.file) for reading in chosen.values() if reading.file})
    doubtful = [
        f"{entry.name} ({reading.student}{f', {reading.number}' if reading.number else ''})"
        for entry, reading in chosen.items()
        if len(possible[entry]) > 1
        and reading.key not in students
        and (reading is not possible[entry][0] or shared[reading.file] <= 1)
    ]
    reason = "Names that can be read as different students' work; look up whose it is"
    return ChosenReadings(readings=chosen, notices=(f"{reason}: {list_names(doubtful)}.",) if doubtful else ())
