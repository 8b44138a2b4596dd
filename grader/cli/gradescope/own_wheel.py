"""The installed grader as a wheel, without the courses that come with it: the zip must hold no solution."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from pathlib import Path

import grader
from grader.course.named_courses import PACKED_FOLDERS
from grader.errors import UsageError

NAME = "autograd-grader"
PACKAGE = Path(grader.__file__).parent
WHEEL = "Wheel-Version: 1.0\nGenerator: grade export\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
OLDEST = (1980, 1, 1, 0, 0, 0)
"""The time of every member: a zip needs one, and when it was made says nothing."""


def own_wheel() -> tuple[str, bytes]:
    """The wheel's file name and content. Raises UsageError where the grader is not installed."""
    about = _installed()
    info = f"{NAME.replace('-', '_')}-{grader.__version__}.dist-info"
    files = {f"{PACKAGE.name}/{path.relative_to(PACKAGE).as_posix()}": path.read_bytes() for path in _own_files()}
    # Without the description, the README, which shows lines of submissions.
    files[f"{info}/METADATA"] = (about.read_text("METADATA") or "").partition("\n\n")[0].encode() + b"\n"
    files[f"{info}/WHEEL"] = WHEEL.encode()
    files[f"{info}/entry_points.txt"] = (about.read_text("entry_points.txt") or "").encode()
    files[f"{info}/licenses/LICENSE"] = (about.read_text("licenses/LICENSE") or "").encode()
    lines = [f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in files.items()]
    files[f"{info}/RECORD"] = "".join([*lines, f"{info}/RECORD,,\n"]).encode()
    return f"{NAME.replace('-', '_')}-{grader.__version__}-py3-none-any.whl", zipped(files)


def requirements(pinned: Mapping[str, str]) -> Iterator[str]:
    """What the grader needs, each with the release that is installed here; ``pinned``: others than these."""
    for requirement in _installed().requires or ():
        needed, _, marker = requirement.partition(";")
        if "extra" in marker:
            continue
        name = re.split(r"[^A-Za-z0-9._-]", needed.strip(), maxsplit=1)[0]
        release = pinned.get(name) or _release(name)
        line = needed.strip() if release is None else f"{name}=={release}"
        yield f"{line}; {marker.strip()}" if marker else line


def zipped(files: Mapping[str, bytes], executable: tuple[str, ...] = ()) -> bytes:
    """A zip of these files. ``executable``: those that can be run."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, OLDEST)
            member.external_attr = (0o100755 if name in executable else 0o100644) << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _own_files() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE).parts
        if path.is_file() and inside[0] not in PACKED_FOLDERS and "__pycache__" not in inside:
            yield path


def _installed() -> Distribution:
    try:
        return distribution(NAME)
    except PackageNotFoundError:
        raise UsageError(f"The grader is not installed as a package: `pip install {PACKAGE.parent}` first.") from None


def _release(name: str) -> str | None:
    """The installed release, without the name of its build; None: it is not installed, as on another system."""
    try:
        return version(name).partition("+")[0]
    except PackageNotFoundError:
        return None


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
