"""Reads Gradescope's ``submission_metadata.yml``: YAML written by Ruby, which may be damaged.

    submission_98765:
      :submitters:
      - :name: Ada Lovelace
        :sid: "1815"
        :email: ada@example.edu
      :created_at: !ruby/object:ActiveSupport::TimeWithZone
        utc: 2026-03-01 10:00:00.000000000 Z

Only submitters and times are read. YAML tags are ignored, and every value is kept as the text in the file (``'0815'``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml

from grader.classroom.intake.platforms.handing_in_times import read_time
from grader.errors import SubmissionError
from grader.handin.file_tree import FileTree
from grader.submission.size_limits import MAX_BYTES

_MAX_DEPTH = 50
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_ID = frozenset({"n/a", "na", "none", "null", "-"})
"""What rosters contain instead of a missing id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitter:
    """A person who handed in a submission. Unknown fields are empty."""

    name: str = ""
    sid: str = ""
    email: str = ""

    @property
    def display_name(self) -> str:
        """The name, else the address, else the id."""
        return self.name or self.email or self.sid


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """``submitters`` and ``times`` of handing in, by the name of the submission's folder or file. Submitters without
    any data and unknown times are left out.
    """

    submitters: Mapping[str, tuple[Submitter, ...]]
    times: Mapping[str, datetime]


class UnreadableError(Exception):
    """The metadata cannot be used. The message continues a sentence that begins with the file's name."""


def read_metadata(tree: FileTree, path: str) -> Metadata:
    """Raises UnreadableError."""
    try:
        raw = tree.read(path, MAX_BYTES + 1)
    except SubmissionError:
        raise UnreadableError("cannot be read") from None
    if len(raw) > MAX_BYTES:
        raise UnreadableError(f"is larger than {MAX_BYTES // 1024**2} MiB")
    data = _load(raw.decode("utf-8-sig", "replace"))
    if not isinstance(data, dict) or not data:
        raise UnreadableError("names no submissions")
    submitters = {}
    times = {}
    for key, submission in data.items():
        name = unicodedata.normalize("NFC", key)
        if (time := _time(submission)) is not None:
            times[name] = time
        listed = submission.get(":submitters") if isinstance(submission, dict) else None
        people = [_submitter(item) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
        if known := tuple(dict.fromkeys(person for person in people if person != Submitter())):
            submitters[name] = known
    return Metadata(submitters=submitters, times=times)


def _time(submission: object) -> datetime | None:
    """When a submission was made. Ruby writes the time, or an object with the time in UTC."""
    created = submission.get(":created_at") if isinstance(submission, dict) else None
    return read_time(created.get("utc") if isinstance(created, dict) else created)


def _submitter(data: Mapping[str, Any]) -> Submitter:
    def text(key: str) -> str:
        value = data.get(key)
        return unicodedata.normalize("NFC", value.strip()) if isinstance(value, str) else ""

    sid = text(":sid")
    return Submitter(name=text(":name"), sid="" if sid.casefold() in _NO_ID else sid, email=text(":email"))


def _load(text: str) -> Any:
    """The first document as dict, list, str and None. Raises UnreadableError.

    Built from the parser's events, because PyYAML's composer recurses without a limit and crashes on deep nesting.
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
    """The value that begins with an event; consumes all further events of this value."""
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
