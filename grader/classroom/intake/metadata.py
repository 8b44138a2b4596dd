"""Gradescope's ``submission_metadata.yml``, which is YAML that Ruby wrote, and may be damaged.

    submission_98765:
      :submitters:
      - :name: Ada Lovelace
        :sid: "1815"
        :email: ada@example.edu
      :created_at: !ruby/object:ActiveSupport::TimeWithZone {…}

Only the submitters are taken from it. Tags do nothing, and every value is the text that stands in the file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from grader.classroom.intake.files import Tree
from grader.errors import SubmissionError
from grader.submission.bounds import MAX_BYTES

_MAX_DEPTH = 50
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_NO_ID = frozenset({"n/a", "na", "none", "null", "-"})
"""What rosters have where there is no id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One submitter; what is not known is empty."""

    name: str = ""
    sid: str = ""
    email: str = ""

    @property
    def shown(self) -> str:
        """What to call this person."""
        return self.name or self.email or self.sid


class UnreadableError(Exception):
    """The metadata cannot be used. The message is the rest of a sentence that begins with the file's name."""


def submitters(tree: Tree, path: str) -> dict[str, tuple[Person, ...]]:
    """Who handed in, by the name of the submission's folder or file; without those of whom nothing is known.

    Raises UnreadableError.
    """
    try:
        raw = tree.read(path, MAX_BYTES + 1)
    except SubmissionError:
        raise UnreadableError("cannot be read") from None
    if len(raw) > MAX_BYTES:
        raise UnreadableError(f"is larger than {MAX_BYTES // 1024**2} MiB")
    data = _load(raw.decode("utf-8-sig", "replace"))
    if not isinstance(data, dict) or not data:
        raise UnreadableError("names no submissions")
    found = {}
    for name, submission in data.items():
        listed = submission.get(":submitters") if isinstance(submission, dict) else None
        people = [_person(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        if known := tuple(dict.fromkeys(person for person in people if person != Person())):
            found[unicodedata.normalize("NFC", name)] = known
    return found


def _person(data: Mapping[str, Any]) -> Person:
    def text(key: str) -> str:
        value = data.get(key)
        return unicodedata.normalize("NFC", value.strip()) if isinstance(value, str) else ""

    sid = text(":sid")
    return Person(name=text(":name"), sid="" if sid.casefold() in _NO_ID else sid, email=text(":email"))


def _load(text: str) -> Any:
    """The first document as dict, list, str and None. Raises UnreadableError.

    Read from the parser's events: PyYAML's composer recurses in C without a limit, and dies of what is nested deeply.
    """
    try:
        events = (
            event
            for event in yaml.parse(text, Loader=_LOADER)
            if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent)
        )
        return _value(next(events), events, {}, 0)
    except (yaml.YAMLError, StopIteration):
        raise UnreadableError("is damaged") from None


def _value(event: yaml.Event, events: Iterator[yaml.Event], anchors: dict[str, Any], depth: int) -> Any:
    """What begins with an event; takes as many more as belong to it."""
    if depth > _MAX_DEPTH:
        raise UnreadableError(f"is nested more than {_MAX_DEPTH} levels deep")
    if isinstance(event, yaml.AliasEvent):
        return anchors.get(event.anchor or "")
    value: Any = None
    if isinstance(event, yaml.ScalarEvent):
        is_plain = event.implicit[0]
        value = None if is_plain and event.value in ("", "~", "null") else event.value
    elif isinstance(event, yaml.SequenceStartEvent):
        value = []
        while not isinstance(part := next(events), yaml.SequenceEndEvent):
            value.append(_value(part, events, anchors, depth + 1))
    elif isinstance(event, yaml.MappingStartEvent):
        value = {}
        while not isinstance(part := next(events), yaml.MappingEndEvent):
            key = _value(part, events, anchors, depth + 1)
            content = _value(next(events), events, anchors, depth + 1)
            if isinstance(key, str):
                value[key] = content
    if isinstance(event, yaml.NodeEvent) and event.anchor:
        anchors[event.anchor] = value
    return value
