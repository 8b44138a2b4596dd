"""The command line of bubblewrap: what is visible, what is hidden, and what is said where there are no namespaces."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.sandbox import bubblewrap
from grader.sandbox.interpreter import Interpreter, find_interpreter

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is for Linux")


@pytest.fixture
def interpreter(tmp_path: Path) -> Interpreter:
    """A virtual environment with the grader installed in it."""
    prefix = tmp_path / "course" / "venv"
    packages = prefix / "lib" / "python3.12" / "site-packages"
    (prefix / "lib" / "libraries_of_nobody").mkdir(parents=True)
    for folder in ("grader/builtin_course", "grader/runtime", "autograd_grader-1.0.dist-info", "torch"):
        (packages / folder).mkdir(parents=True)
    (prefix / "bin").mkdir()
    (prefix / "bin" / "python").touch()
    (prefix / "share").mkdir()
    (prefix / "pyvenv.cfg").touch()
    (prefix / "lib64").symlink_to("lib")
    return Interpreter(
        executable=prefix / "bin" / "python",
        prefix=prefix,
        base_prefix=Path("/usr"),
        user_base=None,
        installed=(packages, prefix / "bin", prefix / "pyvenv.cfg"),
    )


def arguments(interpreter: Interpreter, **options: object) -> list[str]:
    defaults: dict[str, object] = {"runtime": Path("/code/runtime"), "disk_bytes": 1000, "uid": 5, "info_fd": 9}
    return bubblewrap.arguments(interpreter, **(defaults | options))  # type: ignore[arg-type]  # options of a test


def mounts(found: list[str], option: str) -> dict[str, str]:
    """The sources of a mount option, by destination."""
    return {found[i + 2]: found[i + 1] for i, word in enumerate(found) if word == option}


def empty_folders(found: list[str]) -> set[str]:
    return {found[i + 1] for i, word in enumerate(found) if word == "--tmpfs"}


def test_only_what_python_needs_is_visible(interpreter: Interpreter) -> None:
    bound = mounts(arguments(interpreter), "--ro-bind")
    prefix = str(interpreter.prefix)
    assert bound[f"{prefix}/bin"] == f"{prefix}/bin"
    assert f"{prefix}/lib/python3.12/site-packages" in bound
    assert f"{prefix}/pyvenv.cfg" in bound
    assert not any("libraries_of_nobody" in word for word in bound)
    hidden = {
        prefix,
        f"{prefix}/lib",
        f"{prefix}/share",
        str(interpreter.prefix.parent),
        "/",
        "/etc",
        "/home",
        "/usr",
        "/var",
    }
    assert not hidden & set(bound)


def test_nothing_but_devices_is_bound_writable(interpreter: Interpreter) -> None:
    found = arguments(interpreter)
    assert not {"--bind", "--bind-try", "--dev-bind-try"} & set(found)
    assert set(mounts(found, "--dev-bind")) == {"/dev/null", "/dev/full", "/dev/random", "/dev/urandom"}


def test_shared_memory_lies_in_the_scratch_and_there_are_no_terminals(interpreter: Interpreter) -> None:
    found = arguments(interpreter)
    assert "--symlink /scratch/shm /dev/shm" in " ".join(found)
    assert "--dev" not in found  # it would add both


def test_the_runtime_is_all_there_is_of_the_grader(interpreter: Interpreter) -> None:
    found = arguments(interpreter)
    packages = interpreter.prefix / "lib" / "python3.12" / "site-packages"
    assert mounts(found, "--ro-bind")["/opt/runtime"] == "/code/runtime"
    assert {str(packages / "grader"), str(packages / "autograd_grader-1.0.dist-info")} <= empty_folders(found)
    assert str(packages / "torch") not in empty_folders(found)


def test_folders_to_hide_are_covered_after_they_were_bound(interpreter: Interpreter) -> None:
    packages = interpreter.prefix / "lib" / "python3.12" / "site-packages"
    course, elsewhere = packages / "our_course", interpreter.prefix.parent / "solutions"
    course.mkdir()
    elsewhere.mkdir()
    found = arguments(interpreter, hide=[course, course / "solutions", elsewhere])
    assert str(course) in empty_folders(found)
    assert not any(str(elsewhere) in word or word == str(course / "solutions") for word in found)
    assert found.index(str(course)) > found.index(str(packages))


def test_where_a_file_is_to_be_hidden_its_folder_shows_what_is_there_now(interpreter: Interpreter) -> None:
    """A gradebook that is written later, and the journals beside it, never appear."""
    packages = interpreter.prefix / "lib" / "python3.12" / "site-packages"
    (packages / "answers.txt").touch()
    (packages / "link").symlink_to("torch")
    found = arguments(interpreter, hide=[packages / "answers.txt", packages / "gradebook.sqlite"])
    assert {str(packages), str(packages / "grader")} & empty_folders(found) == {str(packages)}
    bound = mounts(found, "--ro-bind-try")
    assert {Path(path).name for path in bound} == {"torch"}
    assert ["--symlink", "torch", str(packages / "link")] == found[(at := found.index("torch")) - 1 : at + 2]
    assert found[found.index("--remount-ro") + 1] == str(packages)


def test_a_folder_to_hide_that_is_a_link_is_covered_where_it_lies(interpreter: Interpreter, tmp_path: Path) -> None:
    course = interpreter.prefix / "lib" / "python3.12" / "site-packages" / "course"
    course.mkdir()
    link = tmp_path / "link"
    link.symlink_to(course)
    assert str(course) in empty_folders(arguments(interpreter, hide=[link]))


def test_a_virtual_environment_in_a_course_in_another_installation_is_shown(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    nested = replace(interpreter, installed=(tmp_path, *interpreter.installed))
    found = arguments(nested, hide=[interpreter.prefix.parent])
    packages = str(interpreter.prefix / "lib" / "python3.12" / "site-packages")
    assert found.index(packages) > found.index(str(interpreter.prefix.parent), found.index("--tmpfs"))
    assert packages in mounts(found, "--ro-bind-try")


def test_a_file_to_hide_in_a_support_folder_is_hidden_there(interpreter: Interpreter, tmp_path: Path) -> None:
    support = tmp_path / "support"
    (support / "marks").mkdir(parents=True)
    found = arguments(interpreter, support=(support,), hide=[tmp_path, support, support / "marks"])
    assert "/opt/support/marks" in empty_folders(found)
    assert "/opt/support" not in empty_folders(found)


def test_the_folders_above_a_mount_are_readable_for_everyone(interpreter: Interpreter) -> None:
    found = arguments(interpreter)
    made = [found[i + 1] for i, word in enumerate(found) if word == "--dir"]
    assert {"/usr", str(interpreter.prefix), str(interpreter.prefix.parent)} <= set(made)
    assert len(made) == len(set(made))
    assert all(found[i - 2 : i] == ["--perms", "0755"] for i, word in enumerate(found) if word == "--dir")


def test_the_disk_is_as_large_as_asked_for(interpreter: Interpreter) -> None:
    found = " ".join(arguments(interpreter, disk_bytes=123456))
    assert "--size 123456 --perms 0711 --tmpfs /scratch" in found


def test_the_writable_folder_does_not_cover_the_installation(interpreter: Interpreter) -> None:
    system = Interpreter(
        executable=Path("/usr/bin/python3"), prefix=Path("/usr"), base_prefix=Path("/usr"), user_base=None
    )
    found = arguments(system)
    assert "/tmp" not in empty_folders(found)
    assert "--symlink /scratch/tmp /tmp" in " ".join(found)
    below = replace(system, installed=(Path("/tmp/user"),))
    assert "--symlink /scratch/tmp /tmp" not in " ".join(arguments(below))


def test_everything_is_taken_away(interpreter: Interpreter) -> None:
    found = arguments(interpreter)
    assert {"--clearenv", "--as-pid-1", "--die-with-parent", "--new-session"} <= set(found)
    if os.geteuid() == 0:
        assert {"--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts"} <= set(found)
        assert "--unshare-user" not in found  # there, user 0 would be the host's
    else:
        assert {"--unshare-all", "--unshare-user", "--disable-userns"} <= set(found)


def test_a_user_installation_is_visible(interpreter: Interpreter, tmp_path: Path) -> None:
    user = tmp_path / "local"
    (user / "lib" / "python3.12" / "site-packages" / "grader").mkdir(parents=True)
    own = Interpreter(
        executable=interpreter.executable,
        prefix=interpreter.prefix,
        base_prefix=interpreter.base_prefix,
        user_base=user,
        installed=(user / "lib" / "python3.12" / "site-packages",),
    )
    found = arguments(own)
    assert str(user / "lib" / "python3.12" / "site-packages") in mounts(found, "--ro-bind")
    assert str(user / "lib" / "python3.12" / "site-packages" / "grader") in empty_folders(found)
    assert found[found.index("PYTHONUSERBASE") + 1] == str(user)


def test_our_own_python_needs_no_question() -> None:
    assert find_interpreter(None) == find_interpreter(Path(sys.executable))
    assert find_interpreter(None).prefix == Path(sys.prefix)


def test_it_works_here_or_says_why() -> None:
    reason = bubblewrap.diagnose()
    assert reason is None or reason.endswith(".")


def test_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "binaries", lambda: ())
    assert bubblewrap.diagnose() == bubblewrap.NOT_INSTALLED


def test_a_refusal_is_told_with_bubblewraps_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho 'bwrap: Creating new namespace failed: No space left on device' >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "binaries", lambda: (refusing,))
    assert "Creating new namespace failed: No space left on device" in str(bubblewrap.diagnose())
