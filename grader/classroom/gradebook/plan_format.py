"""A Plan as JSON data, in frames and in the gradebook. Times keep their zone, which days of lateness are counted in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grader.model import JudgingCourse, LatePolicy, Plan, PlannedExercise


def encode_plan(plan: Plan) -> dict[str, Any]:
    return {
        "basis": plan.basis,
        "assignment": plan.assignment,
        "title": plan.title,
        "exercises": [
            {
                "id": exercise.id,
                "title": exercise.title,
                "max_score": exercise.max_score,
                "numbers": list(exercise.numbers),
                "bonus": exercise.bonus,
            }
            for exercise in plan.exercises
        ],
        "due": None if plan.due is None else {"at": plan.due.isoformat(), "zone": _zone(plan.due)},
        "late": None if plan.late is None else _encode_policy(plan.late),
        "visibility": {exercise: dict(checks) for exercise, checks in plan.visibility.items()},
        "max_files": plan.max_files,
        "course": None if plan.course is None else asdict(plan.course),
    }


def decode_plan(data: Mapping[str, Any]) -> Plan:
    return Plan(
        basis=data["basis"],
        assignment=data["assignment"],
        title=data["title"],
        exercises=tuple(
            PlannedExercise(**{**exercise, "numbers": tuple(exercise["numbers"])}) for exercise in data["exercises"]
        ),
        due=None if data["due"] is None else _moment(data["due"]),
        late=None if data["late"] is None else _decode_policy(data["late"]),
        visibility=data.get("visibility", {}),
        max_files=data["max_files"],
        course=None if data.get("course") is None else JudgingCourse(**data["course"]),
    )


def _zone(moment: datetime) -> str:
    """The name of the zone; empty if the offset says it all."""
    return moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else ""


def _moment(data: Mapping[str, Any]) -> datetime:
    moment = datetime.fromisoformat(data["at"])
    try:
        return moment.astimezone(ZoneInfo(data["zone"])) if data["zone"] else moment
    except ZoneInfoNotFoundError:
        return moment  # this machine lacks the zone, but knows the offset


def _encode_policy(policy: LatePolicy) -> dict[str, Any]:
    return {
        "penalty": policy.penalty,
        "per_s": policy.per.total_seconds(),
        "until_s": None if policy.until is None else policy.until.total_seconds(),
    }


def _decode_policy(data: Mapping[str, Any]) -> LatePolicy:
    until_s = data["until_s"]
    return LatePolicy(
        penalty=data["penalty"],
        per=timedelta(seconds=data["per_s"]),
        until=None if until_s is None else timedelta(seconds=until_s),
    )
