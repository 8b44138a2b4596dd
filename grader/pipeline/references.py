"""What the reference solutions were observed to do, kept on disk so that they are not run for every student.

An entry is the raw stream of a run that passed its own exercise, under a key made of everything it depends on. It is
read by the same decoder as a student's stream: nothing is unpickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from pathlib import Path

import platformdirs

import grader
from grader.course.course import CourseExercise
from grader.model import Job
from grader.pipeline import digests


def cache_directory() -> Path:
    """Where reference observations are kept; ``XDG_CACHE_HOME`` moves it on Linux."""
    return Path(platformdirs.user_cache_dir("autograd-grader")) / "references"


class ReferenceStore:
    """Streams by key, in files named for it. A file that is damaged, or cannot be written, is as good as none."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = cache_directory() if directory is None else directory

    def load(self, key: str) -> bytes | None:
        try:
            content = (self._directory / key).read_bytes()
        except OSError:
            return None
        digest, stream = content[:32], content[32:]
        return stream if hashlib.sha256(stream).digest() == digest else None

    def save(self, key: str, stream: bytes) -> None:
        """Write all or nothing: another grader may be reading."""
        with contextlib.suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._directory, delete=False) as file:
                file.write(hashlib.sha256(stream).digest() + stream)
            Path(file.name).replace(self._directory / key)


def key_of(item: CourseExercise, job: Job, versions: dict[str, str | None], support: Path | None) -> str:
    """A digest of everything that a reference's observation depends on, its own exercise included.

    ``support``: the folder of helper modules that the reference can import.
    """
    digest = digests.of_parts(
        grader.__version__,
        digests.of_runtime(),
        digests.of_folder(support) if support is not None else None,
        sorted(versions.items()),
        job.seed,
        job.limits,
        job.probes.names,
        *(part for probe in job.probes.calls for part in (probe.id, *(array.tobytes() for array in probe.inputs))),
        item.exercise.model_dump_json(),
        item.solution.read_bytes(),
        *(part for file in job.files for part in file),
    )
    return f"{item.exercise.id}-{digest[:40]}"
