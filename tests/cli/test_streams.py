"""Standard output whose reader has ended, or whose disk is full; standard error that cannot be written."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO

import pytest
from rich.console import Console

import grader.cli
from grader.cli import streams
from grader.cli.output_file import check_output, write_file
from grader.cli.streams import OutputError, open_console
from grader.errors import UsageError

FULL = Path("/dev/full")
WRITERS: list[Callable[[IO[str]], object]] = [
    lambda file: print("words", file=file, flush=True),
    lambda file: Console(file=file).print("words"),
    lambda file: (file.buffer.write(b"words"), file.buffer.flush()),  # type: ignore[attr-defined]
]


@contextmanager
def closed_pipe() -> Iterator[int]:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def stream_on(descriptor: int, *, ignores_errors: bool) -> IO[str]:
    return streams._guarded(None, descriptor, [], ignores_errors=ignores_errors)


@pytest.mark.parametrize("write", WRITERS)
def test_whoever_writes_to_a_closed_pipe_gets_the_same_error(write: Callable[[IO[str]], object]) -> None:
    with closed_pipe() as descriptor:
        stream = stream_on(descriptor, ignores_errors=False)
        with pytest.raises(OutputError) as caught:
            write(stream)
        assert caught.value.is_closed
        stream.buffer.ignores_errors = True  # type: ignore[attr-defined]
        stream.flush()  # what is in the buffer still is lost, without an error
        write(stream_on(descriptor, ignores_errors=True))


def test_what_was_written_when_a_signal_ends_the_command_is_not_written_again(tmp_path: Path) -> None:
    """Every return of a method in Python may be where the handler of the signal raises."""
    path = tmp_path / "out"
    with path.open("wb") as file:
        stream = stream_on(file.fileno(), ignores_errors=False)

        def interrupt(frame: FrameType, event: str, argument: object) -> object:
            if event == "return" and frame.f_code.co_filename == streams.__file__:
                raise KeyboardInterrupt
            return interrupt

        sys.settrace(interrupt)
        try:
            with pytest.raises(KeyboardInterrupt):
                print("Total", file=stream, flush=True)
        finally:
            sys.settrace(None)
        print("Stopped.", file=stream, flush=True)
    assert path.read_text() in ("Total\nStopped.\n", "Stopped.\n")


def test_characters_that_the_encoding_lacks_are_escaped() -> None:
    reading, writing = os.pipe()
    before = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    stream = streams._guarded(before, writing, [], ignores_errors=False)
    print("\u2713 \udce9", file=stream, flush=True)
    assert os.read(reading, 99) == b"\\u2713 \\udce9\n"
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize("columns", ["0", "1"])
def test_a_terminal_without_columns_is_written_to(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert open_console().width == open_console(stderr=True).width == 20
    monkeypatch.setenv("COLUMNS", "33")
    assert open_console().width == 33


@pytest.mark.skipif(not FULL.exists(), reason="Linux has it")
@pytest.mark.parametrize("arguments", [["exercises"], ["schema", "result"], ["--help"]])
def test_a_full_disk_is_said_and_a_closed_pipe_is_not(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with capfd.disabled(), FULL.open("wb") as full, closed_pipe() as pipe:
        said = "grade: Standard output could not be written: No space left on device.\n"
        assert run_on(full.fileno(), arguments) == (2, said)
        assert run_on(pipe, arguments) == (141, "")


def run_on(output: int, arguments: list[str]) -> tuple[int, str]:
    """The exit code of a command that writes to this descriptor, and its standard error; in this process."""
    kept = os.dup(1), os.dup(2)
    reading, writing = os.pipe()
    out, err = sys.stdout, sys.stderr
    try:
        os.dup2(output, 1)
        os.dup2(writing, 2)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        code = grader.cli.main(arguments)
    finally:
        sys.stdout, sys.stderr = out, err
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        for descriptor in (*kept, writing):
            os.close(descriptor)
    with os.fdopen(reading, encoding="utf-8") as said:
        return code, said.read()


def test_closed_streams_are_no_error_and_their_numbers_are_not_taken(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"'{sys.executable}' -m grader.cli schema rubric <&- >&- 2>err"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(grader.cli.__file__).parents[2])},
        timeout=120,
        check=False,
    )
    assert (done.returncode, (tmp_path / "err").read_text()) == (0, "")


class TestOutputFile:
    def test_what_cannot_be_written_is_said_before_anything_runs(self, tmp_path: Path) -> None:
        for path, why in (
            (tmp_path, "it is a folder"),
            (tmp_path / "none" / "out.json", f"there is no folder {tmp_path / 'none'}"),
            (tmp_path / ("x" * 300), "File name too long"),
        ):
            with pytest.raises(UsageError, match="The report cannot be written to ") as caught:
                check_output(path, "The report")
            assert why in str(caught.value)
        check_output(tmp_path / "out.json", "The report")
        check_output(None, "The report")

    def test_a_pipe_that_nobody_reads_is_closed_output_and_a_full_disk_is_said(self) -> None:
        with closed_pipe() as descriptor, pytest.raises(OutputError):
            write_file(Path(f"/dev/fd/{descriptor}"), b"{}", "The report")
        if FULL.exists():
            with pytest.raises(UsageError, match="could not be written to /dev/full: No space left on device"):
                write_file(FULL, b"{}", "The report")
