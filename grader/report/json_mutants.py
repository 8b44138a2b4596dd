"""What became of mutants as JSON: ``grade mutants --format json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from grader.model import Mutation

FORMAT = "grader.mutants/1"


def render(mutations: Sequence[Mutation]) -> str:
    exercises = [{**_adapter.dump_python(each, mode="json"), **_figures(each)} for each in mutations]
    return json.dumps({"format": FORMAT, "exercises": exercises}, indent=2, ensure_ascii=False) + "\n"


def _figures(mutation: Mutation) -> dict[str, Any]:
    return {"score": mutation.score, "caught_by_check": dict(mutation.caught_by_check)}


_adapter = TypeAdapter(Mutation)
