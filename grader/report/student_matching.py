"""Student matching: which row of a learning platform's file belongs to which student of the gradebook."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from grader.model import Student

_Keys = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How a row identifies its student: the platform's id, logins and email addresses, names. Empty: unknown."""

    id: str = ""
    logins: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def match_rows(rows: Mapping[int, Row], students: Mapping[int, Student]) -> dict[int, int]:
    """For each row that belongs to exactly one student, that student's number.

    The platform's id is compared first, then logins and email addresses, then names: their letters, with first and last
    name in either order. Ambiguous matches are left out. The gradebook does not know which platform its ids are of: an
    equal id does not count where this row has another name, and another row has the student's id or address as login.
    """
    found = _without_contradicted(
        _unambiguous_pairs(
            {number: _keys(row.id) for number, row in rows.items()},
            {number: _keys(student.id) for number, student in students.items()},
        ),
        rows,
        students,
    )
    taken = set(found.values())
    found |= _unambiguous_pairs(
        {number: _keys(*row.logins) for number, row in rows.items() if number not in found},
        {
            number: _keys(student.key, student.id, student.email)
            for number, student in students.items()
            if number not in taken
        },
    )
    taken = set(found.values())
    # If our ids are this platform's, a student with an id that no row has is not in the file. Rows with the student's
    # name are then a namesake's.
    by_ids = any(_keys(students[ours].id) & _keys(rows[row].id, *rows[row].logins) for row, ours in found.items())
    return found | _unambiguous_pairs(
        {number: _spellings(*row.names) for number, row in rows.items() if number not in found},
        {
            number: _spellings(student.name)
            for number, student in students.items()
            if number not in taken and not (by_ids and student.id)
        },
    )


def _without_contradicted(
    pairs: Mapping[int, int], rows: Mapping[int, Row], students: Mapping[int, Student]
) -> dict[int, int]:
    """The pairs of equal ids, without those where another row has the student's login, and this row not even the name.

    A name alone is no objection: people are called alike, or are called otherwise on another platform.
    """
    logins: defaultdict[str, set[int]] = defaultdict(set)
    for number, row in rows.items():
        for login in _keys(*row.logins):
            logins[login].add(number)

    def is_contradicted(number: int, student: Student) -> bool:
        by_login = set[int]().union(*(logins.get(key, ()) for key in _keys(student.key, student.id, student.email)))
        has_name = bool(_spellings(student.name) & _spellings(*rows[number].names))
        return bool(by_login) and number not in by_login and not has_name

    return {number: ours for number, ours in pairs.items() if not is_contradicted(number, students[ours])}


def _unambiguous_pairs(left: Mapping[int, _Keys], right: Mapping[int, _Keys]) -> dict[int, int]:
    """Pairs that share a key, if neither of the two shares a key with anybody else."""
    by_key: defaultdict[str, set[int]] = defaultdict(set)
    for number, keys in right.items():
        for key in keys:
            by_key[key].add(number)
    partners = {
        number: set[int]().union(*(by_key[key] for key in keys if key in by_key)) for number, keys in left.items()
    }
    claims: defaultdict[int, int] = defaultdict(int)
    for numbers in partners.values():
        for number in numbers:
            claims[number] += 1
    return {
        number: next(iter(numbers))
        for number, numbers in partners.items()
        if len(numbers) == 1 and claims[next(iter(numbers))] == 1
    }


def _keys(*texts: str) -> _Keys:
    return frozenset(text.strip().casefold() for text in texts if text.strip())


def _spellings(*names: str) -> _Keys:
    """The letters of a name, starting at each of its words: ``Lovelace, Ada``: ``lovelaceada`` and ``adalovelace``."""
    found = set()
    for name in names:
        words = [letters for word in re.split(r"[\s,]+", name) if (letters := _letters(word))]
        found |= {"".join(words[start:] + words[:start]) for start in range(len(words))}
    return frozenset(found)


def _letters(word: str) -> str:
    """Lower-case letters without accents."""
    characters = unicodedata.normalize("NFKD", word.casefold())
    # Category M also has the vowel signs of some scripts, which must stay. Only accents have a combining class.
    return "".join(
        character
        for character in characters
        if unicodedata.category(character)[0] in "LM" and not unicodedata.combining(character)
    )
