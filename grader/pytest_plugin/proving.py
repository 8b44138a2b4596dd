"""The hooks that make tests of what ``grade validate`` proves. They are there for ``--grade-validate`` only."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.cli.options import time_limit
from grader.course.course import read_course
from grader.course.course_folder import find_course
from grader.course.trusted_checks import trusted_checks
from grader.errors import GraderError
from grader.pipeline.options import GradingOptions
from grader.pytest_plugin.asked import read_option
from grader.pytest_plugin.outcomes import OutcomeError
from grader.pytest_plugin.proof_tests import CourseNode, ProofTest
from grader.pytest_plugin.session import MARKER
from grader.pytest_plugin.validations import Validations
from grader.text import clean, clean_line


class ValidateSession:
    """Proves the courses that ``--grade-validate`` names, besides the tests that are named as arguments."""

    def __init__(self, config: pytest.Config) -> None:
        """Raises pytest.UsageError where a course cannot be found."""
        self._validations: Mapping[str, Validations] = {}
        self._is_worker = hasattr(config, "workerinput")
        try:
            self._validations = {name: _validations_of(config, name) for name in config.getoption("grade_validate")}
        except GraderError as error:
            raise pytest.UsageError(clean(str(error))) from None
        config.addinivalue_line("markers", f"{MARKER}: a check or a proof that --grade or --grade-validate names")
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args = []

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            report.result = [*report.result, *(self._node(collector, name) for name in self._validations)]
        return report

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        tests = [item for item in session.items if isinstance(item, ProofTest)]
        for validations in self._validations.values():
            chosen = [test for test in tests if test.validations is validations]
            validations.want(((test.exercise, test.proof) for test in chosen), at_once=not self._is_worker)

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Have one process run all tests of an exercise, which are proven at once."""
        if config.getoption("dist") in ("load", "worksteal"):
            from xdist.scheduler import LoadScopeScheduling

            return LoadScopeScheduling(config, log)
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Of what was found, report the words and no traceback."""
        report = yield
        if isinstance(item, ProofTest) and call.excinfo and isinstance(call.excinfo.value, OutcomeError):
            report.longrepr = item.representation(call.excinfo.value)
        return report

    def _node(self, session: pytest.Session, name: str) -> CourseNode:
        validations = self._validations[name]
        full = validations.course.root.absolute()
        root = session.config.rootpath
        shown = clean_line(full.relative_to(root).as_posix() if full.is_relative_to(root) else name)
        node = CourseNode.from_parent(session, name=shown, nodeid=shown, path=full, validations=validations)
        node.add_marker(MARKER)
        return node


def _validations_of(config: pytest.Config, name: str) -> Validations:
    root = find_course(config.invocation_params.dir, Path(name))
    trusted = trusted_checks(root, Path(name), tuple(map(Path, config.getoption("grade_trust_checks"))))
    options = GradingOptions(
        course=root,
        trusted_checks=trusted,
        timeout_s=read_option(config, "timeout", time_limit),
        isolation=config.getoption("grade_isolation"),
        skip_broken=True,
    )
    # Mistakes in its files are findings, which a test shows.
    course, _ = read_course(root, trusted)
    return Validations(course, options)
