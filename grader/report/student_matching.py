"""Which row of a learning platform's file is which student."""

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
    """What a row says of who it is about: the platform's own id; logins and addresses; names. Empty: not said."""

    id: str = ""
    logins: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def paired(rows: Mapping[int, Row], students: Mapping[int, Student]) -> dict[int, int]:
    """For each row that is clearly one student's the number of that student.

    The platform's id counts first, then logins and email addresses, then names: their letters, in any order of first
    and last name. What fits several is left out.
    """
    found = _clear_pairs(
        {number: _keys(row.id) for number, row in rows.items()},
        {number: _keys(student.id) for number, student in students.items()},
    )
    taken = set(found.values())
    found |= _clear_pairs(
        {number: _keys(*row.logins) for number, row in rows.items() if number not in found},
        {number: _keys(one.key, one.id, one.email) for number, one in students.items() if number not in taken},
    )
    taken = set(found.values())
    # Where ids are of this platform, who has one and is not found by it is not there: a namesake may be.
    by_ids = any(_keys(students[ours].id) & _keys(rows[row].id, *rows[row].logins) for row, ours in found.items())
    return found | _clear_pairs(
        {number: _spellings(*row.names) for number, row in rows.items() if number not in found},
        {
            number: _spellings(one.name)
            for number, one in students.items()
            if number not in taken and not (by_ids and one.id)
        },
    )


def _clear_pairs(left: Mapping[int, _Keys], right: Mapping[int, _Keys]) -> dict[int, int]:
    """Pairs that share a key, where neither shares one with another."""
    by_key: defaultdict[str, set[int]] = defaultdict(set)
    for number, keys in right.items():
        for key in keys:
            by_key[key].add(number)
    partners = {
        number: set[int]().union(*(by_key[key] for key in keys if key in by_key)) for number, keys in left.items()
    }
    claims: defaultdict[int, int] = defaultdict(int)
    for those in partners.values():
        for number in those:
            claims[number] += 1
    return {
        number: next(iter(those))
        for number, those in partners.items()
        if len(those) == 1 and claims[next(iter(those))] == 1
    }


def _keys(*texts: str) -> _Keys:
    return frozenset(text.strip().casefold() for text in texts if text.strip())


def _spellings(*names: str) -> _Keys:
    """The letters of a name, from each of its words on: ``Lovelace, Ada`` is ``lovelaceada`` and ``adalovelace``."""
    found = set()
    for name in names:
        words = [letters for word in re.split(r"[\s,]+", name) if (letters := _letters(word))]
        found |= {"".join(words[start:] + words[:start]) for start in range(len(words))}
    return frozenset(found)


def _letters(word: str) -> str:
    """Small letters without accents."""
    signs = unicodedata.normalize("NFKD", word.casefold())
    # The vowel signs of some scripts are marks as well; only accents combine.
    return "".join(sign for sign in signs if unicodedata.category(sign)[0] in "LM" and not unicodedata.combining(sign))
