"""The hooks that bring the tests of submissions into a run of pytest. They are there for ``--grade`` only.

Nothing that was handed in goes through pytest's own collection, which would import scripts and every ``conftest.py``
beside them, outside of the sandbox.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from grader.errors import GraderError
from grader.pytest_plugin.asked import Asked, read_asked
from grader.pytest_plugin.grading import Reports
from grader.pytest_plugin.outcomes import OutcomeError
from grader.pytest_plugin.tests import CheckTest, GradeTest, SubmissionNode
from grader.text import clean, clean_line

MARKER = "grade"
RAN = "How the submission ran"
"""The heading of what is said of the run, below the first failure."""


class GradeSession:
    """Grades what ``--grade`` names, besides the tests that are named as arguments."""

    def __init__(self, config: pytest.Config) -> None:
        """Raises pytest.UsageError where the options, the course or a path cannot be used."""
        # Processes of pytest-xdist read the same again; what is said of it stands on the screen already.
        is_first = not hasattr(config, "workerinput")
        try:
            with contextlib.nullcontext() if is_first else _silence():
                self._asked: Asked = read_asked(config)
        except GraderError as error:
            raise pytest.UsageError(clean(str(error))) from None
        self._reports = Reports(self._asked)
        config.addinivalue_line("markers", f"{MARKER}: a check of a submission that --grade names")
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args = []

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            report.result = [*report.result, *(self._node(collector, path) for path in self._asked.handed.paths)]
        return report

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Have one process run all tests of a submission, which then runs the submission once."""
        if config.getoption("dist") in ("load", "loadscope", "worksteal"):
            from xdist.scheduler import LoadFileScheduling

            return LoadFileScheduling(config, log)
        return None

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Leave out of all reports what turns out not to be asked for."""
        if not isinstance(item, CheckTest):
            return None
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        if not item.is_asked_for:
            item.config.hook.pytest_deselected(items=[item])
            return True
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Of what the grader says, report the words and no traceback, also where preparing a test failed."""
        report = yield
        if isinstance(item, GradeTest) and call.excinfo and isinstance(call.excinfo.value, OutcomeError):
            report.longrepr = item.representation(call.excinfo.value)
            if item.ran:
                report.sections.append((RAN, item.ran))
        return report

    def pytest_sessionfinish(self) -> None:
        self._reports.close()

    def _node(self, session: pytest.Session, path: str) -> SubmissionNode:
        full = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps `..`
        root = session.config.rootpath
        name = clean_line(full.relative_to(root).as_posix() if full.is_relative_to(root) else path)
        node = SubmissionNode.from_parent(
            session,
            name=name,
            nodeid=name,
            path=full,
            asked=self._asked,
            reports=self._reports,
            submission=path,
        )
        node.add_marker(pytest.mark.grade)
        if session.config.pluginmanager.has_plugin("xdist"):
            # For `--dist loadgroup`, whose groups are marked.
            node.add_marker(pytest.mark.xdist_group(name))
        return node


@contextlib.contextmanager
def _silence() -> Generator[None, None, None]:
    with open(os.devnull, "w") as nothing, contextlib.redirect_stderr(nothing):  # noqa: PTH123 - no path to a file
        yield
