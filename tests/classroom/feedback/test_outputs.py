"""Folders and zips: nothing of others is written over, and nothing is left half written."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from grader.classroom.feedback import outputs
from grader.classroom.feedback.outputs import NotWrittenError, open_output
from grader.errors import UsageError


def test_a_folder_is_made_with_what_lies_above_it(tmp_path: Path) -> None:
    with open_output(tmp_path / "a" / "b", replace=False) as output:
        output.write(("x", "y.md"), b"1")
    assert (tmp_path / "a" / "b" / "x" / "y.md").read_bytes() == b"1"
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "a" / "b" / "x" / "y.md").stat().st_mode & 0o777 == 0o666 & ~mask


def test_what_is_there_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "y.md").write_bytes(b"mine")
    (tmp_path / "dangling.md").symlink_to(tmp_path / "nowhere")
    with open_output(tmp_path, replace=False) as output:
        for name in ("y.md", "dangling.md"):
            with pytest.raises(NotWrittenError, match="there is another file of this name already") as caught:
                output.write((name,), b"2")
            assert caught.value.exists
        output.write(("y.md",), b"mine")
    assert (tmp_path / "y.md").read_bytes() == b"mine"
    with open_output(tmp_path, replace=True) as output:
        output.write(("y.md",), b"2")
    assert (tmp_path / "y.md").read_bytes() == b"2"


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "y.md").symlink_to(tmp_path / "precious")
    with open_output(tmp_path / "out", replace=True) as output:
        output.write(("y.md",), b"2")
    assert (tmp_path / "precious").read_bytes() == b"mine"
    assert (tmp_path / "out" / "y.md").read_bytes() == b"2"


def test_a_folder_where_a_file_is_or_the_other_way_round_costs_this_file_only(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    (tmp_path / "b.md").mkdir()
    with open_output(tmp_path, replace=True) as output:
        for path in (("a", "x.md"), ("b.md",)):
            with pytest.raises(NotWrittenError):
                output.write(path, b"1")
        output.write(("c.md",), b"1")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b.md", "c.md"]


def test_of_a_file_that_could_not_be_finished_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(temporary: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outputs, "_publish", full)
    with open_output(tmp_path, replace=False) as output:
        with pytest.raises(NotWrittenError, match="No space left on device") as caught:
            output.write(("x.md",), b"1")
        assert caught.value.is_final
    with (
        pytest.raises(UsageError, match=r"could not be written to .*f\.zip: No space left .*\. Nothing was written\."),
        open_output(tmp_path / "f.zip", replace=False) as output,
    ):
        output.write(("x.md",), b"1")
    assert [*tmp_path.iterdir()] == []


class TestZip:
    def test_it_is_there_when_all_of_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "f.ZIP"
        with open_output(path, replace=False) as output:
            output.write(("x", "å.md"), b"1")
            assert not path.exists()
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == ["x/å.md"]
        assert [*tmp_path.iterdir()] == [path]

    def test_an_error_in_between_leaves_what_was_there(self, tmp_path: Path) -> None:
        path = tmp_path / "f.zip"
        path.write_bytes(b"mine")
        with pytest.raises(KeyboardInterrupt), open_output(path, replace=True):
            raise KeyboardInterrupt
        assert path.read_bytes() == b"mine"
        assert [*tmp_path.iterdir()] == [path]

    def test_without_any_file_there_is_none(self, tmp_path: Path) -> None:
        with open_output(tmp_path / "f.zip", replace=False):
            pass
        assert [*tmp_path.iterdir()] == []

    def test_one_that_is_there_is_not_written_over(self, tmp_path: Path) -> None:
        path = tmp_path / "f.zip"
        path.write_bytes(b"mine")
        with pytest.raises(UsageError, match=r"There is a file .*f\.zip already\."), open_output(path, replace=False):
            pass
        assert path.read_bytes() == b"mine"

    def test_where_it_cannot_be_is_said_before_anything_is_rendered(self, tmp_path: Path) -> None:
        with (
            pytest.raises(UsageError, match=r"cannot be written to .*: No such file or directory"),
            open_output(tmp_path / "no" / "f.zip", replace=False),
        ):
            pass


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    with (
        pytest.raises(UsageError, match=r"Feedback cannot be written to .*: it is a file\."),
        open_output(tmp_path / "f", replace=True),
    ):
        pass
