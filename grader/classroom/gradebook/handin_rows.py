"""Which row of the gradebook a hand-in of a batch is.

Marks belong to rows, so a row stays with its students: it is found again where a platform calls their folder otherwise
the next time, and it is nobody else's where another student's work lies at its path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from grader.classroom.gradebook.best_answers import AnyRow
from grader.classroom.gradebook.tables import HandinRow, HandinStudentRow, StudentRow
from grader.classroom.intake import StudentHandin


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where handins go among the sections of a class, which are numbered."""

    section: int = 1
    """The section of those that are new."""
    replaced: frozenset[int] = frozenset({1})
    """The sections whose earlier handins do not count any more unless they come again."""


def handin_rows(
    connection: Connection,
    assignment_id: int,
    handins: Sequence[StudentHandin],
    placement: Placement,
    contents: Mapping[str, str],
) -> dict[str, int]:
    """The ids of handins by their paths. New handins are added; those of replaced sections that do not come again are
    marked as not present. ``contents``: the digests of handins of which nothing can be graded, by their paths.
    """
    table = HandinRow
    of_assignment = table.assignment_id == assignment_id
    rows = connection.execute(select(*table.__table__.c).where(of_assignment).order_by(table.id)).all()
    stored = _StoredHandins(rows, _owners(connection, of_assignment), placement)
    matched = stored.match(handins)
    places = stored.places(handins, matched)
    now = datetime.now(UTC)
    added: list[dict[str, Any]] = []
    changed: list[tuple[AnyRow, dict[str, Any]]] = []
    for handin in handins:
        path, section = places.of_handins[handin.path]
        values = {**_values(handin), "path": path, "section": section, "content": contents.get(handin.path, "")}
        row = matched.get(handin.path)
        if row is None:
            added.append({"assignment_id": assignment_id, **values, "seen_at": now})
        elif any(row._mapping[name] != value for name, value in values.items()):
            seen = {} if row.present else {"seen_at": now}
            changed.append((row, {**values, **seen}))
    kept = {row.id for row in matched.values()}
    for row in rows:
        if row.id in places.of_moved_rows:
            changed.append((row, {"present": False, "section": places.of_moved_rows[row.id]}))
        elif row.present and row.section in placement.replaced and row.id not in kept:
            changed.append((row, {"present": False}))
    _update(connection, changed)
    found = {path: row.id for path, row in matched.items()}
    if added:
        inserted = connection.execute(insert(table).returning(table.path, table.id), added)
        found |= {row.path: row.id for row in inserted}
    return found


def _values(handin: StudentHandin) -> dict[str, Any]:
    return {
        "late": handin.late,
        "present": True,
        "others": [other.name for other in handin.others],
        "left_out": [file.path for file in handin.over_limit],
        "handed_in_at": handin.handed_in_at,
    }


def _update(connection: Connection, changed: Sequence[tuple[AnyRow, dict[str, Any]]]) -> None:
    table = HandinRow
    for row, values in changed:
        if (values.get("path", row.path), values.get("section", row.section)) != (row.path, row.section):
            # Two rows may exchange their paths, and in between no two may have the same.
            connection.execute(update(table).where(table.id == row.id).values(path=f"moved/{row.id}", section=-row.id))
    for row, values in changed:
        changes = {"path": row.path, "section": row.section, **values}
        connection.execute(update(table).where(table.id == row.id).values(changes))


def _owners(connection: Connection, of_assignment: ColumnElement[bool]) -> dict[int, frozenset[str]]:
    """The keys of the students of each handin, by its id."""
    link = HandinStudentRow
    statement = (
        select(link.handin_id, StudentRow.key)
        .join(StudentRow, StudentRow.id == link.student_id)
        .join(HandinRow, HandinRow.id == link.handin_id)
        .where(of_assignment)
    )
    found: dict[int, set[str]] = {}
    for handin_id, key in connection.execute(statement):
        found.setdefault(handin_id, set()).add(key)
    return {handin_id: frozenset(keys) for handin_id, keys in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """``of_handins``: path and section of each handin of the batch, by its path. ``of_moved_rows``: the new sections of
    stored handins, by their ids, whose place a handin of other students takes.
    """

    of_handins: dict[str, tuple[str, int]] = field(default_factory=dict)
    of_moved_rows: dict[int, int] = field(default_factory=dict)


class _StoredHandins:
    """The handins of an assignment that are stored."""

    def __init__(self, rows: Sequence[AnyRow], owners: Mapping[int, frozenset[str]], placement: Placement) -> None:
        self._by_path: dict[str, list[AnyRow]] = {}
        self._by_owners: dict[frozenset[str], list[AnyRow]] = {}
        for row in rows:
            self._by_path.setdefault(row.path, []).append(row)
            self._by_owners.setdefault(owners.get(row.id, frozenset()), []).append(row)
        self._owners = owners
        self._placement = placement
        self._unused_section: int = 1 + max((placement.section, *(row.section for row in rows)))

    def match(self, handins: Sequence[StudentHandin]) -> dict[str, AnyRow]:
        """The rows of handins that came before, by the handins' paths."""
        found = {handin.path: row for handin in handins if (row := self._row_at_path(handin)) is not None}
        taken = {row.id for row in found.values()}
        for handin in handins:
            row = None if handin.path in found else self._row_elsewhere(handin, taken)
            if row is not None:
                found[handin.path] = row
                taken.add(row.id)
        return found

    def _row_at_path(self, handin: StudentHandin) -> AnyRow | None:
        """A row at the handin's path that shares a student with it; or that is known to be nobody's."""
        keys = _keys(handin)
        rows = [row for row in self._by_path.get(handin.path, ()) if row.section in self._sections()]
        of_same_student = [row for row in rows if self._owners.get(row.id, frozenset()) & keys]
        of_nobody = [row for row in rows if row.section in self._placement.replaced and row.id not in self._owners]
        return next(iter((*of_same_student, *of_nobody)), None)

    def _row_elsewhere(self, handin: StudentHandin, taken: set[int]) -> AnyRow | None:
        """The latest row of exactly these students that the batch would take out of the results, or that is out."""
        rows = [
            row
            for row in self._by_owners.get(_keys(handin), ())
            if row.id not in taken and (not row.present or row.section in self._placement.replaced)
        ]
        return max(rows, key=lambda row: (row.present, row.id), default=None)

    def places(self, handins: Sequence[StudentHandin], matched: Mapping[str, AnyRow]) -> _Places:
        """Where the handins go. One path may be two students' in two sections, or in one that grows."""
        places = _Places()
        moving = {row.id for path, row in matched.items() if row.path != path or row.section not in self._sections()}
        for handin in handins:
            row = matched.get(handin.path)
            if row is not None and row.id not in moving:
                places.of_handins[handin.path] = (handin.path, row.section)
                continue
            at_path = self._by_path.get(handin.path, ())
            there = [each for each in at_path if each.id not in moving and each.section == self._placement.section]
            section = self._placement.section
            for other in there:
                if other.section in self._placement.replaced:
                    places.of_moved_rows[other.id] = self._next_section()
                else:
                    section = self._next_section()
            places.of_handins[handin.path] = (handin.path, section)
        return places

    def _sections(self) -> frozenset[int]:
        return self._placement.replaced | {self._placement.section}

    def _next_section(self) -> int:
        self._unused_section += 1
        return self._unused_section - 1


def _keys(handin: StudentHandin) -> frozenset[str]:
    return frozenset(student.key for student in handin.students)
