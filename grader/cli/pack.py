"""``grade pack ASSIGNMENT``: what students get of an assignment, so that they can grade their work themselves."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.cli.options import add_course_option, add_python_option, add_trust_option, parse_options
from grader.cli.streams import open_console
from grader.course.course_folder import find_course, hidden_paths, is_pack
from grader.course.course_parts import PACK_FILE
from grader.course.trusted_checks import trusted_checks
from grader.errors import UsageError, reason_of
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions

THE_PACK = "The pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackOptions:
    assignment: str
    course: Path | None
    trust_checks: tuple[Path, ...]
    output: Path | None
    """A folder, or a zip by its name."""
    check: bool
    mistakes: bool
    force: bool
    python: Path | None

    @property
    def place(self) -> Path:
        return self.output or Path(f"{self.assignment}-pack")


def main(argv: Sequence[str]) -> int:
    """Write the pack, and list what it gives away; 0. Raises UsageError, CourseError, SandboxError."""
    options = parse_options(_parser(), argv, PackOptions)
    root = find_course(Path.cwd(), options.course)
    if not options.check:
        _check_place(options.place, force=options.force)

    from grader.course.course import load_course
    from grader.report.pack_screen import render_pack
    from grader.workbench.pack.make_pack import make_pack

    @contextmanager
    def open_grader(folder: Path, assignment: str) -> Iterator[OpenGrader]:
        asked = GradingOptions(
            course=folder,
            assignment=assignment,
            python=options.python,
            hide=(*(path.absolute() for path in hidden_paths(root)), options.place.absolute()),
        )
        with tempfile.TemporaryDirectory() as kept, OpenGrader(asked, references_in=Path(kept)) as opened:
            yield opened

    course = load_course(root, trusted_checks(root, options.course, options.trust_checks))
    made = make_pack(course, options.assignment, with_mistakes=options.mistakes, open_grader=open_grader)
    if not options.check:
        _write(options.place, made.files)
    render_pack(made.contents, written=None if options.check else str(options.place), console=open_console())
    return 0


def _check_place(place: Path, *, force: bool) -> None:
    """Raises UsageError where a pack cannot be written, or something would be lost."""
    try:
        if not place.absolute().parent.is_dir():
            raise UsageError(f"{THE_PACK} cannot be written to {place}: there is no folder {place.parent}.")
        if not place.exists() or (place.is_dir() and not any(place.iterdir())):
            return
        if not force:
            raise UsageError(f"{THE_PACK} cannot be written to {place}: it is there. Name another, or say --force.")
        if place.suffix == ".zip":
            if not place.is_file():
                raise UsageError(f"{THE_PACK} cannot be written to {place}: it is no file.")
        elif not is_pack(place):
            raise UsageError(f"{THE_PACK} cannot replace {place}: it is no pack, as it has no {PACK_FILE}.")
    except (OSError, ValueError) as error:
        raise UsageError(f"{THE_PACK} cannot be written to {place}: {reason_of(error)}.") from error


def _write(place: Path, files: Mapping[str, bytes]) -> None:
    """The whole pack or nothing."""
    from grader.course.pack_zip import zip_of

    beside = place.absolute().parent
    try:
        if place.suffix == ".zip":
            with tempfile.NamedTemporaryFile(dir=beside, delete=False) as file:
                file.write(zip_of(files, place.stem))
            Path(file.name).chmod(0o644)
            Path(file.name).replace(place)
            return
        made = Path(tempfile.mkdtemp(dir=beside))
        made.chmod(0o755)
        for name, content in files.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if place.exists():
            _take_away(place, made, files)
        made.rename(place)
    except OSError as error:
        raise UsageError(f"{THE_PACK} could not be written to {place}: {reason_of(error)}.") from error


def _take_away(place: Path, made: Path, files: Mapping[str, bytes]) -> None:
    """Remove the pack that is replaced, unless other files lie in it."""
    parts = {name.partition("/")[0] for name in files}
    known = parts | {"exercises", "rubrics", "references", "support", "handout", "assignments", "data"}
    if others := sorted(path.name for path in place.iterdir() if path.name not in known):
        shutil.rmtree(made)
        raise UsageError(f"{THE_PACK} cannot replace {place}: {', '.join(others)} in it is of something else.")
    shutil.rmtree(place)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade pack",
        description="Write what students get of an assignment, to grade their work with `grade homework.ipynb --course "
        "PACK`: exercises, public checks, and what of the references these compare with; no solution, no hidden check. "
        "What the checks in it give away is listed; `reveal: no` on a check keeps it out.",
        epilog="examples:\n  grade pack hw2 --course cs101/ --check\n"
        "  grade pack hw2 --course cs101/ --output hw2-pack.zip",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="the id of the assignment")
    parser.add_argument(
        "--output", type=Path, metavar="PATH", help="a new folder, or a file NAME.zip (default: ASSIGNMENT-pack)"
    )
    add_course_option(parser)
    add_trust_option(parser)
    parser.add_argument(
        "--check", "--list", action="store_true", help="list what would be in it and what it gives away; write nothing"
    )
    parser.add_argument(
        "--no-mistakes",
        dest="mistakes",
        action="store_false",
        help="leave out the known mistakes and remarks of the rubrics",
    )
    parser.add_argument("--force", action="store_true", help="replace the pack that is there")
    add_python_option(parser)
    return parser
