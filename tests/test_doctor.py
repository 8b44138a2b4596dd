from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

import grader
from grader.cli import doctor
from grader.errors import SandboxError
from grader.model import Isolation, Level
from grader.sandbox.worker import Worker


@pytest.fixture(scope="module")
def diagnosis() -> tuple[int, str]:
    """Exit code and output of one run, for all tests."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = doctor.main([])
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

    def test_it_runs_a_backward_pass(self, diagnosis: tuple[int, str]) -> None:
        assert diagnosis[0] == 0
        assert f"A trial run\n  {doctor.SEEN}\n" in diagnosis[1]


class TestLessThanAll:
    def test_a_python_that_is_not_there_is_wrong_usage(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert doctor.main(["--python", "/no/such/python"]) == 2
        out = capsys.readouterr().out
        assert "grade cannot run here\n  --python /no/such/python: there is no such file." in out

    def test_a_worker_that_does_not_start_is_our_error(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(**_: object) -> Worker:
            raise SandboxError("The worker failed.\nIt gave no reason.")

        monkeypatch.setattr(Worker, "start", fail)
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

    def test_other_systems_are_told_about_linux(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.platform", "darwin")
        isolation = Isolation(level=Level.NONE, mechanisms=(), missing=("No namespaces.",))
        assert list(doctor._reasons(isolation)) == ["No namespaces.", doctor._NO_LINUX]
        assert dict(doctor._isolation(isolation))["made of"] == "nothing"
        assert dict(doctor._parts())["bubblewrap"] == "namespaces are a part of Linux."

    def test_the_cache_may_be_missing(self, tmp_path: Path) -> None:
        assert doctor._cache(tmp_path / "none") == f"{tmp_path / 'none'} (0 references, 0.0 MB)"
        (tmp_path / "one").write_bytes(b"x" * 2_500_000)
        assert doctor._cache(tmp_path) == f"{tmp_path} (1 reference, 2.5 MB)"
