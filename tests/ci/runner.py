"""Runs the steps of a composite action as GitHub's runner does, but for actions of others, which it only notes.

It knows the expressions that action.yml uses: names such as ``inputs.course``, texts in quotes, ``always()``, ``==``,
``!=``, ``&&`` and ``||`` without brackets. Anything else is an error, so that action.yml stays as simple.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


@dataclass(slots=True, kw_only=True)
class Ran:
    """What an action did. ``log``: what its steps printed; ``used``: the actions of others, with their inputs."""

    ok: bool = True
    log: str = ""
    summary: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    used: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)


def run_action(action: Path, inputs: Mapping[str, str], *, workspace: Path, temp: Path, home: Path) -> Ran:
    """Run the action in a folder. ``temp``: RUNNER_TEMP, where the test has put the virtual environment."""
    document = yaml.safe_load((action / "action.yml").read_text("utf-8"))
    unknown = set(inputs) - set(document["inputs"])
    assert not unknown, f"action.yml has no input {unknown}"
    for name, about in document["inputs"].items():
        assert name in inputs or not about.get("required"), f"the input {name} is required"
    given = {name: str(inputs.get(name, about.get("default", ""))) for name, about in document["inputs"].items()}
    contexts: dict[str, Any] = {
        "inputs": given,
        "github": {"action_path": str(action), "workspace": str(workspace)},
        "runner": {"temp": str(temp), "os": "Linux"},
        "steps": {},
    }
    ran = Ran()
    files = {name: temp / name.lower() for name in ("GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")}
    for path in files.values():
        path.touch()
    for number, step in enumerate(document["runs"]["steps"]):
        condition = step.get("if", "")
        if not (ran.ok or "always()" in condition) or (condition and not _truth(condition, contexts)):
            continue
        if "uses" in step:
            ran.used.append((step["uses"], _filled(step.get("with", {}), contexts)))
            continue
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an expression in a script lets its text become commands"
        output = temp / f"output-{number}"
        output.touch()
        variables = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_OUTPUT": str(output),
            "RUNNER_TEMP": str(temp),
            "RUNNER_ENVIRONMENT": "self-hosted",
            **{name: str(path) for name, path in files.items()},
            **({"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}),
            **_filled(step.get("env", {}), contexts),
        }
        script = temp / f"step-{number}.sh"
        script.write_text(step["run"], "utf-8")
        done = subprocess.run(
            [*SHELL, str(script)],
            cwd=workspace,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        ran.log += done.stdout
        ran.ok = ran.ok and done.returncode == 0
        if "id" in step:
            lines = output.read_text("utf-8").splitlines()
            contexts["steps"][step["id"]] = {"outputs": dict(line.split("=", 1) for line in lines)}
    ran.summary = files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
    ran.outputs = _filled({name: about["value"] for name, about in document["outputs"].items()}, contexts)
    return ran


def _filled(texts: Mapping[str, object], contexts: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: EXPRESSION.sub(lambda match: str(_value(match[1].strip(), contexts)), str(text))
        for name, text in texts.items()
    }


def _truth(condition: str, contexts: Mapping[str, Any]) -> bool:
    return any(all(_holds(part.strip(), contexts) for part in each.split("&&")) for each in condition.split("||"))


def _holds(comparison: str, contexts: Mapping[str, Any]) -> bool:
    for sign in ("==", "!="):
        left, found, right = comparison.partition(sign)
        if found:
            return (_value(left.strip(), contexts) == _value(right.strip(), contexts)) is (sign == "==")
    return bool(_value(comparison, contexts))


def _value(operand: str, contexts: Mapping[str, Any]) -> object:
    if operand == "always()":
        return True
    if text := re.fullmatch(r"'([^']*)'", operand):
        return text[1]
    assert re.fullmatch(r"[a-z_]+(\.[\w-]+)+", operand), f"the runner of the tests does not know `{operand}`"
    found: Any = contexts
    for name in operand.split("."):
        found = found.get(name, {}) if isinstance(found, Mapping) else {}
    return "" if found == {} else found
