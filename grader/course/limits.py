"""``limits`` in the YAML of an assignment or an exercise: what a run may use."""

from __future__ import annotations

from pydantic import Field, field_validator

from grader.language import quantities
from grader.language.validation import YamlModel, describe
from grader.model import GivenLimits

MIN_TIME_S, MAX_TIME_S = 1, 3600
MIN_MEMORY, MAX_MEMORY = 64 * 10**6, 64 * 2**30


class LimitsEntry(YamlModel):
    """The limits of a run; what is not given has its default."""

    time: float | None = Field(default=None, description="How long a run may take, such as `20 s`.")
    memory: int | None = Field(default=None, description="The memory that a run may use, such as `2 GB`.")

    @field_validator("time", mode="plain", json_schema_input_type=str)
    @classmethod
    def _seconds(cls, value: object) -> float:
        seconds = quantities.read_duration(value).total_seconds()
        if not MIN_TIME_S <= seconds <= MAX_TIME_S:
            raise ValueError(f"must be from 1 s to 1 hour; found {describe(value)}")
        return seconds

    @field_validator("memory", mode="plain", json_schema_input_type=str)
    @classmethod
    def _bytes(cls, value: object) -> int:
        size = quantities.read_size(value)
        if not MIN_MEMORY <= size <= MAX_MEMORY:
            raise ValueError(f"must be from 64 MB to 64 GiB; found {describe(value)}")
        return size

    def given(self) -> GivenLimits:
        return GivenLimits(time_s=self.time, memory_bytes=self.memory)
