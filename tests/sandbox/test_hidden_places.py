"""What is hidden stays hidden wherever it lies, and what is imported from elsewhere is found, in real workers."""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.model import Level
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.interpreter import find_interpreter
from grader.sandbox.missing_packages import explain_missing
from grader.sandbox.visible_files import covers, secret_at
from tests.sandbox.workers import run_on, started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces and Landlock are parts of Linux")

WORD = "the tolerance is 3"
OTHER_DISK = Path("/dev/shm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A virtual environment with secrets in and around it, and packages that it imports from elsewhere."""

    python: Path
    packages: Path
    hide: tuple[Path, ...]
    secrets: tuple[Path, ...]
    later: tuple[Path, ...]
    """Files that the grader writes after the worker has started."""
    support: Path
    data: Path
    path: tuple[Path, ...]
    """The folders of PYTHONPATH."""


def write(path: Path, text: str = WORD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def system_file() -> Path:
    """A file of the system that Python does not need."""
    return next(path for path in sorted(Path("/usr/lib").rglob("*.conf")) if path.is_file() and path.stat().st_size)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    with tempfile.TemporaryDirectory() as top, tempfile.TemporaryDirectory(dir=OTHER_DISK) as other:
        root, disk = Path(top), Path(other)
        for folder in (root, disk):
            folder.chmod(0o755)
        home, venv = root / "home", root / "home" / "venv"
        packages = venv / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
        packages.mkdir(parents=True)
        (venv / "bin").mkdir()
        python = venv / "bin" / "python"
        python.symlink_to(Path(sys.base_prefix, "bin", f"python3.{sys.version_info[1]}"))
        write(venv / "pyvenv.cfg", f"home = {sys.base_prefix}/bin\ninclude-system-site-packages = false\n")
        # Reached from elsewhere: by a line of a .pth file, by a link, by PYTHONPATH.
        write(root / "added" / "by_pth.py", "")
        write(root / "linked" / "by_link.py", "")
        write(root / "python_path" / "by_path.py", "")
        write(packages / "added.pth", f"# a comment\n{root / 'added'}\n{root / 'class'}\n{root / 'nowhere'}\n")
        (packages / "by_link.py").symlink_to(root / "linked" / "by_link.py")
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("PYTHONPATH", f"{root / 'python_path'}:{home}:{disk / 'class'}::")
        # A course inside the installation, with what students may see of it.
        course = packages / "cs101"
        secrets = [
            write(course / "rubrics" / "cube.yaml"),
            write(course / "solutions" / "cube.py"),
            write(packages / "class" / "ada.py"),
            write(packages / "class" / "bob.py"),
            write(packages / "export.zip"),
            write(venv / "lib" / "cs102" / "rubrics" / "cube.yaml"),
            write(venv / "bin" / "answers" / "cube.py"),
            write(home / "cs103" / "rubrics" / "cube.yaml"),
            write(root / "class" / "ada.py"),
            write(disk / "class" / "cs104" / "rubrics" / "cube.yaml"),
            system_file(),
        ]
        yield Machine(
            python=python,
            packages=packages,
            hide=(
                course,
                packages / "class" / "ada.py",
                packages / "class",
                packages / "export.zip",
                packages / "gradebook.sqlite",
                venv / "bin" / "answers",
                root / "class",
                disk / "class",
                system_file(),
            ),
            secrets=tuple(secrets),
            later=(packages / "gradebook.sqlite", packages / "gradebook.sqlite-wal"),
            support=write(course / "support" / "helpers.py", "x = 1").parent,
            data=write(course / "data" / "points.csv", "1").parent,
            path=(root / "python_path", home, disk / "class"),
        )


@pytest.mark.parametrize("level", [Level.STRICT, Level.REDUCED])
def test_it_is_hidden_wherever_it_lies(runtime: Path, machine: Machine, level: Level) -> None:
    if seccomp.diagnose() is not None or (level is Level.STRICT and bubblewrap.diagnose() is not None):
        pytest.skip("this machine has no such level")
    options = {"python": machine.python, "hide": machine.hide, "support": (machine.support,)}
    with started(runtime, level, data={"data": machine.data}, **options) as worker:
        if level is Level.REDUCED and "landlock" not in worker.isolation.mechanisms:
            pytest.skip("this machine has no Landlock")
        for path in machine.later:
            write(path)
        wanted = [str(path) for path in (*machine.secrets, *machine.later)]
        said, _ = run_on(
            worker,
            f"""
            import os, sys
            def look(path):
                try:
                    return open(path, "rb").read(1000).decode("latin-1")
                except OSError:
                    return ""
            say([path for path in {wanted!r} if look(path)])
            found = []
            for root in [*sys.path, "/opt/course", "/usr/lib/python3", {str(machine.packages.parents[2])!r}]:
                for folder, folders, files in os.walk(root, followlinks=True):
                    if folder.count("/") > root.count("/") + 3:
                        folders.clear()
                    files = [f"{{folder}}/{{name}}" for name in files if name.endswith((".py", ".yaml"))]
                    found += [path for path in files if {WORD!r} in look(path)]
            say(found)
            import by_pth, by_link, by_path, helpers, json
            say(helpers.x)
            say([path for path in {[str(path) for path in machine.path]!r} if path in sys.path])
            """,
        )
        shown = Path(bubblewrap.COURSE, "data") if level is Level.STRICT else machine.data
        said += run_on(worker, f"say(open({str(shown / 'points.csv')!r}).read())")[0]
    assert said == [[], [], 1, [str(machine.path[0])], "1"]


def test_a_package_in_a_folder_that_is_hidden_is_said_to_be_there(machine: Machine, tmp_path: Path) -> None:
    interpreter = find_interpreter(machine.python)
    hidden = machine.path[2]
    write(hidden / "torch.py", "")
    explained = explain_missing(["torch"], interpreter, machine.hide)
    assert explained == (
        f"{machine.python} finds torch in {hidden}, and submissions cannot: this folder is hidden from them. "
        f"`{machine.python} -m pip install torch` puts it where submissions can see it, or name another Python with "
        "`--python`."
    )
    assert explain_missing(["numpy"], interpreter, ()) == (
        f"numpy is not installed for {machine.python}. Install with `{machine.python} -m pip install numpy`, or name "
        "another Python with `--python`."
    )
    write(tmp_path / "torch.py", "")
    write(machine.packages / "hook.pth", f"import sys; sys.path.append({str(tmp_path)!r})\n")
    (hidden / "torch.py").unlink()
    assert "by something else than the interpreter's folders" in explain_missing(["torch"], interpreter, ())


def test_a_folder_beside_a_graded_file_is_shown_and_one_with_a_submission_is_not(tmp_path: Path) -> None:
    file = write(tmp_path / "hw.py")
    (tmp_path / "libraries").mkdir()
    hide = (file, tmp_path)
    assert secret_at(tmp_path / "libraries", hide) is None
    assert secret_at(tmp_path, hide) == file
    assert secret_at(tmp_path.parent, hide) == file
    assert secret_at(tmp_path / "libraries", (tmp_path,)) == tmp_path
    assert secret_at(Path(__file__).parents[2], ()) is not None  # the grader, and with it the built-in course
    assert secret_at(Path(os.sep), ()) is not None


def test_names_of_any_length_can_be_hidden(tmp_path: Path) -> None:
    hide = (tmp_path / ("x" * 600), tmp_path / "file" / "below")
    (tmp_path / "file").touch()
    assert secret_at(tmp_path, hide) is not None
    assert [cover.folder for cover in covers([tmp_path], hide)] == [tmp_path]
