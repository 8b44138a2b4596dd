"""Recordings of reference solutions, for a course that is exported without them (``grade export``).

Where a course must not bring its solutions, as into a container of a platform, its folder ``references/`` has a file
for each exercise: a line of JSON that says what the reference was recorded for, then the stream of its run, as
``references`` keeps it on disk. The reference was judged before it was recorded. A recording holds for one seed, one
text of the exercise and one release of each package; for anything else it has to be made anew, because nothing here can
run it again.

A pack for students has less: a recording only where a check compares with the reference, of only the events that it
compares with, and under a seed of its own. There another release of a package is no reason to refuse, since students
cannot make the recording anew: ``notice_of_releases`` says so in the report.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import grader
from grader.course.course import CourseExercise
from grader.course.pack_file import Pack
from grader.errors import CourseError, reason_of
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.reference_events.needed_events import needed_events
from grader.language.yaml_file import shown
from grader.model import Job
from grader.pipeline import cache_keys
from grader.sandbox.decode_observation import decode_stream
from grader.sandbox.encode_job import encode
from grader.sandbox.encode_record import encode_record
from grader.sandbox.without_text import without_text

FORMAT = "grader.recording/1"
PACKAGES = ("torch", "numpy", "matplotlib")
"""Packages whose release can change what a solution does. Verdicts do not depend on the version of Python."""
MAX_FIRST_LINE = 10_000


def recording(
    item: CourseExercise, judge: Judge, *, seed: int, versions: Mapping[str, str | None], stream: bytes
) -> bytes:
    """The content of a recording: the stream of a reference that passes, and what it was recorded for.

    What the solution printed is left out: no check compares with it, and it may quote the solution.
    """
    stream = without_text(stream)
    about = {**_expected(item, judge, seed, versions), "sha256": hashlib.sha256(stream).hexdigest()}
    return json.dumps(about).encode() + b"\n" + stream


def needed_recording(
    item: CourseExercise, judge: Judge, *, seed: int, versions: Mapping[str, str | None], stream: bytes
) -> bytes:
    """As ``recording``, with nothing but what the checks of the exercise compare with: for students."""
    needed = encode_record(needed_events(item.exercise.checks, judge, Observed(decode_stream(stream))))
    return recording(item, judge, seed=seed, versions=versions, stream=needed)


def notice_of_releases(pack: Pack | None, versions: Mapping[str, str | None]) -> str:
    """What a student has to know where the reference solutions of a pack ran with other releases; else empty."""
    if pack is None or not pack.recorded_with:
        return ""
    here = {name: _release(versions.get(name)) for name in pack.recorded_with}
    others = {name: release for name, release in pack.recorded_with.items() if here[name] != release}
    if not others:
        return ""
    made = " and ".join(f"{name} {release}" for name, release in others.items())
    found = " and ".join(f"{name} {here[name] or '(none)'}" for name in others)
    asked = " ".join(f"{name}=={release}" for name, release in others.items())
    return (
        f"What some checks compare with was recorded with {made}, and here it is {found}. Results are usually the "
        f"same. Where one surprises you, try it with the same releases: pip install {asked}"
    )


class RecordedReferences:
    """The recordings of an exported course or a pack, for one seed and the packages of one worker."""

    def __init__(
        self,
        judges: Mapping[str, Judge],
        *,
        seed: int,
        versions: Mapping[str, str | None],
        pack: Pack | None = None,
    ) -> None:
        self._judges = judges
        self._seed = seed
        self._versions = versions
        self._pack = pack

    def check(self, items: Sequence[CourseExercise]) -> None:
        """Raises CourseError, with what is wrong with all of them, where a recording is missing, damaged or stale."""
        wrong = [f"{shown(item.solution)}: {text}" for item in items for text in self._wrong(item)]
        if wrong:
            lines = "\n".join(wrong)
            if self._pack is not None:
                raise CourseError(
                    f"{lines}\nSome checks of this pack compare with values of the reference solutions, which cannot "
                    f"be used. {self._what_to_do(self._pack)} Nothing was graded."
                )
            raise CourseError(
                f"{lines}\nThis course has recordings of its reference solutions and not the solutions, so they "
                "cannot be made here. Export it again, with `grade export` where the solutions are. Nothing was graded."
            )

    def _what_to_do(self, pack: Pack) -> str:
        if self._seed != pack.seed:
            return "Grade without --seed."
        if pack.grader != grader.__version__:
            return (
                f"The pack was made by the grader {pack.grader}, and this one is {grader.__version__}: install that "
                "one, or ask your instructor for a new pack."
            )
        return "Take the pack again from where you have it from."

    def observe(self, item: CourseExercise) -> Observed:
        """The observation of the reference. Raises CourseError as ``check`` does."""
        self.check([item])
        return Observed(decode_stream(_read(item)[1]))

    def _wrong(self, item: CourseExercise) -> Iterator[str]:
        try:
            about, stream = _read(item)
        except FileNotFoundError:
            why = f": `{item.exercise.id}` was not asked for when the course was exported"
            yield f"is missing{why if self._pack is None else ''}."
            return
        except (OSError, ValueError, RecursionError) as error:
            yield f"cannot be read: {reason_of(error)}."
            return
        if about.get("sha256") != hashlib.sha256(stream).hexdigest():
            yield "is damaged: its content is not what was recorded."
            return
        expected = _expected(item, self._judges[item.exercise.id], self._seed, self._versions)
        # Whoever has a pack cannot record anew: `notice_of_releases` says what differs.
        for name in expected if self._pack is None else [name for name in expected if name not in PACKAGES]:
            if about.get(name) != expected[name]:
                yield _difference(name, about.get(name), expected[name])
                return


def _expected(item: CourseExercise, judge: Judge, seed: int, versions: Mapping[str, str | None]) -> Mapping[str, Any]:
    """What a recording says of itself. The first of these that differs is named."""
    return {
        "format": FORMAT,
        "exercise": item.exercise.id,
        "grader": grader.__version__,
        "seed": seed,
        **{name: _release(versions.get(name)) for name in PACKAGES},
        "asked": _asked(item, judge, seed),
    }


def _asked(item: CourseExercise, judge: Judge, seed: int) -> str:
    """A hash of the exercise and of what is recorded for it, with the hidden inputs that were drawn from the seed."""
    job = Job(cells=(), format="py", file_name="", seed=seed, probes=join_probes(judge.probes))
    fields, inputs = encode(job)
    return cache_keys.of_recording(
        item, [(name, fields[name]) for name in sorted(fields) if name not in ("limits", "threads")], inputs
    )


def _release(version: str | None) -> str | None:
    """A version without the name of its build: ``2.13.0+cpu`` computes what ``2.13.0`` does."""
    return None if version is None else version.partition("+")[0]


def _difference(name: str, recorded: object, here: object) -> str:
    if name == "asked":
        return "was recorded for another text of the exercise, or for another grader's questions about it."
    if name == "seed":
        return f"was recorded with the seed {recorded}, and the seed is {here} here."
    what = {"format": "in the format", "exercise": "for the exercise", "grader": "by the grader"}.get(
        name, f"with {name}"
    )
    return f"was recorded {what} {recorded}, and here it is {here}."


def _read(item: CourseExercise) -> tuple[Mapping[str, Any], bytes]:
    """What a recording says of itself, and its stream. Raises OSError and ValueError."""
    content = item.solution.read_bytes()
    first, _, stream = content.partition(b"\n")
    about = json.loads(first) if len(first) <= MAX_FIRST_LINE else None
    if not isinstance(about, dict):
        raise ValueError("its first line is not that of a recording")
    return about, stream
