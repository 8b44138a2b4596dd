"""Types of fields whose text comes out of the sandbox: it is cut and cleaned where a record is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic_core import core_schema

from grader import text_bounds
from grader.text_bounds import TextBound, bounded


@dataclass(frozen=True, slots=True)
class _Cut:
    """Has pydantic pass a text through ``bounded``."""

    bound: TextBound

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        cut = partial(bounded, bound=self.bound)
        return core_schema.no_info_after_validator_function(cut, handler(source))


Name = Annotated[str, _Cut(text_bounds.NAME)]
Text = Annotated[str, _Cut(text_bounds.TEXT)]
Label = Annotated[str, _Cut(text_bounds.LABEL)]
Note = Annotated[str, _Cut(text_bounds.NOTE)]
Printed = Annotated[str, _Cut(text_bounds.OUTPUT)]
