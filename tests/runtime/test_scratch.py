"""Only a folder that the grader made is emptied, whatever its path leads to later.

What could hurt if it failed is tried with the removing code replaced by one that only notes what it was given.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from grader.runtime.protocol import scratch
from grader.runtime.protocol.scratch import NotOwnedError, OwnedFolder, Scratch, new_name

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def removed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Folders that a wrong path could lead to. Nothing in them may be removed."""
    found: list[int] = []
    monkeypatch.setattr(scratch, "_remove_entries", lambda folder: found.append(os.fstat(folder).st_ino))
    return found


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    """A folder that the grader did not make."""
    folder = tmp_path / "precious"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "thesis.tex").write_text("ten years")
    (folder / "marks.csv").write_text("ada,10")
    return folder


def contents(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


PRECIOUS = {"inner", "inner/thesis.tex", "marks.csv"}


def identity(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_dev, about.st_ino


class TestMaking:
    def test_a_folder_that_is_there_is_not_taken(self, precious: Path) -> None:
        with pytest.raises(FileExistsError):
            OwnedFolder.make(precious)
        with pytest.raises(FileExistsError):
            Scratch.make(precious, alone=False)
        assert contents(precious) == PRECIOUS

    def test_nor_is_a_link_to_one_nor_a_link_to_nothing(self, precious: Path, tmp_path: Path) -> None:
        for target in (precious, tmp_path / "nothing"):
            link = tmp_path / f"link-{target.name}"
            link.symlink_to(target)
            with pytest.raises(FileExistsError):
                OwnedFolder.make(link)
        assert not (tmp_path / "nothing").exists()

    def test_a_new_name_is_never_the_same(self) -> None:
        assert len({new_name() for _ in range(100)}) == 100

    def test_the_mode_does_not_depend_on_the_umask(self, tmp_path: Path) -> None:
        before = os.umask(0o077)
        try:
            made = OwnedFolder.make(tmp_path / "made", mode=0o1777)
        finally:
            os.umask(before)
        assert made.path.stat().st_mode & 0o7777 == 0o1777


class TestEmptying:
    def test_everything_goes_whatever_its_kind_mode_or_depth(self, tmp_path: Path, precious: Path) -> None:
        made = OwnedFolder.make(tmp_path / "made")
        deep = made.path
        for _ in range(50):
            deep = deep / "d"
            deep.mkdir()
        (deep / "file").touch()
        (made.path / "closed").mkdir()
        (made.path / "closed" / "file").touch()
        (made.path / "closed").chmod(0)
        (made.path / "link").symlink_to(precious)
        (made.path / "hard").hardlink_to(precious / "marks.csv")
        os.mkfifo(made.path / "pipe")
        with socket.socket(socket.AF_UNIX) as unix:
            here = Path.cwd()
            os.chdir(made.path)
            try:
                unix.bind("socket")
            finally:
                os.chdir(here)
        made.empty()
        assert contents(made.path) == set()
        assert contents(precious) == PRECIOUS
        assert (precious / "marks.csv").read_text() == "ada,10"

    def test_links_inside_are_removed_and_not_followed(self, tmp_path: Path, precious: Path) -> None:
        made = OwnedFolder.make(tmp_path / "made")
        (made.path / "inner").mkdir()
        for place in (made.path, made.path / "inner"):
            (place / "absolute").symlink_to(precious)
            (place / "relative").symlink_to("../precious" if place == made.path else "../../precious")
        made.remove()
        assert not made.path.exists()
        assert contents(precious) == PRECIOUS


class TestRefusing:
    def refuses(self, folder: OwnedFolder, why: str) -> None:
        for act in (folder.empty, folder.remove):
            with pytest.raises(NotOwnedError, match=why):
                act()

    def test_a_folder_that_was_not_made(self, precious: Path, removed: list[int]) -> None:
        self.refuses(OwnedFolder(precious, (0, 0)), "is not the folder that the grader made")
        assert not removed

    def test_another_folder_at_the_same_path(self, tmp_path: Path, precious: Path) -> None:
        made = OwnedFolder.make(tmp_path / "made")
        made.path.rename(tmp_path / "elsewhere")
        precious.rename(made.path)
        self.refuses(made, "is not the folder that the grader made")
        assert contents(made.path) == PRECIOUS

    def test_a_link_at_the_same_path(self, tmp_path: Path, precious: Path) -> None:
        made = OwnedFolder.make(tmp_path / "made")
        made.path.rename(tmp_path / "elsewhere")
        made.path.symlink_to(precious)
        self.refuses(made, "is no folder any more")
        made.path.unlink()
        made.path.symlink_to(tmp_path / "elsewhere")  # even one that leads to what was made
        self.refuses(made, "is no folder any more")
        assert contents(precious) == PRECIOUS

    def test_a_file_at_the_same_path(self, tmp_path: Path) -> None:
        made = OwnedFolder.make(tmp_path / "made")
        made.path.rmdir()
        made.path.write_text("kept")
        self.refuses(made, "is no folder any more")
        assert made.path.read_text() == "kept"

    def test_a_link_on_the_way(self, tmp_path: Path) -> None:
        above = tmp_path / "above"
        above.mkdir()
        made = OwnedFolder.make(above / "made")
        above.rename(tmp_path / "moved")
        other = tmp_path / "other"
        (other / "made").mkdir(parents=True)
        (other / "made" / "file").touch()
        above.symlink_to(other)
        self.refuses(made, "is not the folder that the grader made")
        assert contents(other / "made") == {"file"}

    @pytest.mark.parametrize("path", ["/", "/proc", "/dev", "/.", "/proc/self/root"])
    def test_the_root_and_the_roots_of_mounts_even_where_their_identity_is_right(
        self, path: str, removed: list[int]
    ) -> None:
        where = Path(os.path.realpath(path))
        self.refuses(OwnedFolder(where, identity(where)), r"is the root (of a mounted file system|folder or a home)")
        assert not removed

    def test_homes_even_where_their_identity_is_right(
        self, tmp_path: Path, removed: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entry = pwd.struct_passwd(("ada", "x", os.getuid(), 0, "", str(tmp_path), "/bin/sh"))
        monkeypatch.setattr(pwd, "getpwuid", lambda uid: entry)
        scratch._never_emptied.cache_clear()
        try:
            self.refuses(OwnedFolder(tmp_path, identity(tmp_path)), "a home")
            self.refuses(OwnedFolder(Path("/home"), identity(Path("/home"))), "a home")
        finally:
            scratch._never_emptied.cache_clear()
        assert not removed

    def test_a_descriptor_is_nothing_that_can_be_emptied(self, precious: Path) -> None:
        """A regression test: the folder that was open as the current one was emptied, whichever it was."""
        assert not hasattr(scratch, "empty")
        public = {name for name in vars(scratch) if not name.startswith("_")}
        assert {"NotOwnedError", "OwnedFolder", "Scratch"} <= public
        assert "_remove_entries" in vars(scratch)


class TestSharedMemory:
    """The folder that ``/dev/shm`` leads to, beside a scratch that is alone."""

    def test_it_is_emptied_with_the_scratch(self, tmp_path: Path) -> None:
        made = Scratch.make(tmp_path / "tmp", alone=True)
        (tmp_path / "shm" / "folder").mkdir()
        (tmp_path / "shm" / "folder" / "sem.note").touch()
        (tmp_path / "shm").chmod(0)
        made.empty()
        assert contents(tmp_path) == {"tmp", "shm"}
        assert stat.S_IMODE((tmp_path / "shm").stat().st_mode) == 0o1777

    def test_of_what_is_put_in_its_place_nothing_is_changed(self, tmp_path: Path, precious: Path) -> None:
        alone = tmp_path / "alone"
        alone.mkdir()
        precious.chmod(0o700)
        made = Scratch.make(alone / "tmp", alone=True)
        (alone / "shm").rmdir()
        (alone / "shm").symlink_to(precious)
        with pytest.raises(NotOwnedError):
            made.empty()
        assert contents(precious) == PRECIOUS
        assert stat.S_IMODE(precious.stat().st_mode) == 0o700

    def test_elsewhere_there_is_none(self, tmp_path: Path) -> None:
        Scratch.make(tmp_path / "tmp", alone=False)
        assert contents(tmp_path) == {"tmp"}


class TestLinks:
    def test_of_a_link_that_stays_nothing_is_changed(
        self, tmp_path: Path, precious: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As in a folder that its owner, no root, may not write to."""
        folder = OwnedFolder.make(tmp_path / "work")
        (folder.path / "link").symlink_to(precious)
        (folder.path / "deep").mkdir()
        (folder.path / "deep" / "link").symlink_to(precious)
        precious.chmod(0o755)
        unlink = os.unlink

        def refuse(name: str, *, dir_fd: int | None = None) -> None:
            if name == "link":
                raise PermissionError(13, "Permission denied", name)
            unlink(name, dir_fd=dir_fd)

        monkeypatch.setattr(os, "unlink", refuse)
        for _ in range(2):
            with pytest.raises(PermissionError):
                folder.empty()
            assert precious.stat().st_mode & 0o777 == 0o755
            unlink(folder.path / "link") if (folder.path / "link").is_symlink() else None
        assert contents(precious) == PRECIOUS


class TestSecondRun:
    """The second run empties the folder of the first run, or none."""

    def test_it_is_not_made_where_nobody_made_the_folder(self, precious: Path) -> None:
        """As when a run is tried outside a child, in any current folder."""
        pytest.importorskip("torch")
        script = textwrap.dedent("""
            import json, os, sys
            from pathlib import Path
            sys.path.insert(0, sys.argv[1])
            from grader.runtime.__main__ import load_package
            load_package(Path(sys.argv[1], "grader", "runtime"))
            from grader_runtime.execute.run import execute
            os.chdir(sys.argv[2])
            code = (
                "import torch, matplotlib.pyplot as plt\\n"
                "x = torch.linspace(0., 1., 5, requires_grad=True)\\ny = torch.sin(x)\\ny.sum().backward()\\n"
                "plt.plot(x.detach(), x.grad)\\nplt.show()\\n"
            )
            cell = {
                "number": None, "name": "", "source": code, "code": code, "first_line": 1, "quiet": False,
                "broken_statements": [],
            }
            job = {
                "cells": [cell],
                "format": "py", "file_name": "homework.py", "seed": 0, "names": [], "calls": [], "torch_calls": [],
                "second_run": True, "sources": [], "intervene": False, "threads": 1, "files": [], "folder": "",
                "data": [],
                "guard_data": False,
                "support": [], "modules": [], "steps": False, "lines": False,
                "limits": {"wall_s": 20.0, "own_s": None, "output_characters": 100_000},
            }
            with open(sys.argv[3], "wb") as out:
                sized = json.dumps(job).encode()
                execute({**job, "student_sized": {"offset": 0, "size": len(sized)}}, sized, out.fileno(), None)
        """)
        out = precious.parent / "out"
        done = subprocess.run(
            [sys.executable, "-c", script, str(ROOT), str(precious), str(out)],
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "MPLBACKEND": "agg"},
            check=False,
        )
        said = out.read_bytes()
        assert done.returncode == 0, said
        assert b'"figure"' in said
        assert b"second_run_end" not in said
        assert contents(precious) >= PRECIOUS


@pytest.mark.skipif(sys.platform != "linux", reason="mounts of Linux")
class TestMounts:
    """In a mount namespace, whose mounts disappear with it."""

    def within(self, script: str, folder: Path) -> subprocess.CompletedProcess[str]:
        prelude = f"""
            import os, subprocess, sys
            from pathlib import Path
            sys.path.insert(0, {str(ROOT)!r})
            from grader.runtime.protocol.scratch import NotOwnedError, OwnedFolder
            top = Path({str(folder)!r})
            def mount(*arguments):
                subprocess.run(["mount", *map(str, arguments)], check=True)
            def refuses(folder):
                try:
                    folder.empty()
                except NotOwnedError as error:
                    print(error)
                else:
                    sys.exit("emptied")
        """
        unshare = ["unshare", "--user", "--map-root-user", "--mount"]
        if shutil.which("unshare") is None or subprocess.run([*unshare, "true"], capture_output=True).returncode != 0:
            pytest.skip("no mount namespace is to be had here")
        program = textwrap.dedent(prelude) + textwrap.dedent(script)
        return subprocess.run([*unshare, sys.executable, "-c", program], capture_output=True, text=True, check=False)

    def test_what_is_mounted_over_it_is_not_emptied(self, tmp_path: Path, precious: Path) -> None:
        done = self.within(
            """
            made = OwnedFolder.make(top / "made")
            mount("--bind", top / "precious", made.path)
            refuses(made)
            about = made.path.stat()
            refuses(OwnedFolder(made.path, (about.st_dev, about.st_ino)))
            """,
            tmp_path,
        )
        assert done.returncode == 0, done.stderr
        assert "is not the folder that the grader made" in done.stdout
        assert "is the root of a mounted file system" in done.stdout
        assert contents(precious) == PRECIOUS

    @pytest.mark.parametrize("inner", ["a", "a/b/c"])
    def test_what_is_mounted_inside_it_is_not_entered(self, tmp_path: Path, precious: Path, inner: str) -> None:
        done = self.within(
            f"""
            made = OwnedFolder.make(top / "made")
            place = made.path / {inner!r}
            place.mkdir(parents=True)
            mount("--bind", top / "precious", place)
            try:
                made.empty()
            except OSError as error:
                print(error)
            else:
                sys.exit("emptied")
            """,
            tmp_path,
        )
        assert done.returncode == 0, done.stderr
        assert contents(precious) == PRECIOUS
