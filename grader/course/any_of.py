"""Reads ``any-of`` in a check: a list of ways to answer, each with fields of its own.

The fields beside ``any-of`` are those of all ways. Each way is read with the model of its kind, so its mistakes are
reported as those of any check, at the place where the wrong field stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from grader.judging.any_of import ANY_OF, AnyOfCheck
from grader.judging.checks.base import Check
from grader.language.validation import MistakeCollector, describe, in_words
from grader.language.yaml_file import Loc

OF_THE_CHECK = ("id", "title", "visibility", "reveal", "evidence")
"""Fields that a check has once, however many ways it has."""
_ID = "way"
"""The id with which a way is read where that of its check is wrong, which is reported for the check."""

ReadCheck = Callable[[object], Check]


def read_any_of(item: Mapping[str, Any], read_check: ReadCheck) -> AnyOfCheck:
    """Reads a check with ``any-of``. ``read_check`` reads one of a single way. Raises ValidationError."""
    mistakes = MistakeCollector()
    listed = item[ANY_OF]
    if not isinstance(listed, tuple | list) or not all(isinstance(way, Mapping) for way in listed) or len(listed) < 2:
        mistakes.add((ANY_OF,), _no_list_of_ways(listed))
        raise mistakes.error()
    shared = {key: value for key, value in item.items() if key not in (ANY_OF, *OF_THE_CHECK)}
    own = {key: item[key] for key in ("id", "title", "visibility", "reveal") if key in item}
    evidence = {"evidence": item["evidence"]} if "evidence" in item else {}
    _find_misplaced(listed, shared, mistakes)
    ways: list[Check] = []
    wrong: list[list[tuple[Loc, str]]] = []
    for way in listed:
        fields = {key: value for key, value in way.items() if key not in (ANY_OF, *OF_THE_CHECK)}
        found: list[tuple[Loc, str]] = []
        try:
            ways.append(read_check({**shared, **fields, **evidence, "id": _ID}))
        except ValidationError as error:
            found += in_words(error)
        except ValueError as error:
            found.append(((), str(error)))
        wrong.append(found)
    _add_mistakes(wrong, listed, mistakes)
    for number, way in enumerate(ways):
        if way.ANSWERED_IN_WORDS:
            text = (
                "an answer in words is never failed but waits for a person, so it can be no way beside others; "
                "make it a check of its own"
            )
            mistakes.add((ANY_OF, number), text)
    if len(ways) == len(listed):
        _find_equal(ways, mistakes)
    whole = None
    try:
        kinds = {way.kind for way in ways}
        whole = AnyOfCheck.model_validate(
            {
                **own,
                **evidence,
                "kind": kinds.pop() if len(kinds) == 1 else ANY_OF,
                ANY_OF: tuple(way.model_copy(update={"id": _id_of(item, number)}) for number, way in enumerate(ways)),
                "shared": frozenset((*shared, *evidence)),
            }
        )
    except ValidationError as error:
        for loc, text in in_words(error):
            if (loc and loc[0] in OF_THE_CHECK) or text == "`id` is missing":
                mistakes.add_once(loc, text)
    mistakes.raise_if_any()
    assert whole is not None  # without mistakes it was read
    return whole


def fields_of_ways(item: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Callable[[str], Loc]]]:
    """The fields of each way of a check as they are written, and a function that gives the place of a field; those of
    the check itself where it has no ``any-of``.
    """
    listed = item.get(ANY_OF)
    if not isinstance(listed, tuple | list):
        yield item, lambda key: (key,)
        return
    shared = {key: value for key, value in item.items() if key != ANY_OF}
    for number, way in enumerate(listed):
        if isinstance(way, Mapping):
            yield {**shared, **way}, _place(number, way)


def _place(number: int, way: Mapping[str, Any]) -> Callable[[str], Loc]:
    return lambda key: (ANY_OF, number, key) if key in way else (key,)


def _id_of(item: Mapping[str, Any], number: int) -> str:
    """The id of a way. No id in YAML has a slash, so it is that of no check."""
    return f"{item.get('id')}/{number + 1}"


def _no_list_of_ways(listed: object) -> str:
    if isinstance(listed, tuple | list):
        other = [way for way in listed if not isinstance(way, Mapping)]
        if not other:
            return "needs two ways or more; of a single way, write the fields beside the id"
        listed = other[0]
    return (
        f"expected a list of ways, each with its own fields such as `kind`, `given`, `expect`; found {describe(listed)}"
    )


def _find_misplaced(listed: Any, shared: Mapping[str, Any], mistakes: MistakeCollector) -> None:
    """Fields of the check in a way, and fields that stand in a way and beside ``any-of``."""
    for number, way in enumerate(listed):
        for key in way:
            if key == ANY_OF:
                mistakes.add((ANY_OF, number, key), "a way cannot have ways; list them all in the outer `any-of`")
            elif key in OF_THE_CHECK:
                mistakes.add((ANY_OF, number, key), f"`{key}` is that of the whole check; write it beside `any-of`")
            elif key in shared and key != "kind":
                text = f"`{key}` stands beside `any-of` as well, where it is of all ways; keep it there or in the ways"
                mistakes.add((ANY_OF, number, key), text)


def _add_mistakes(wrong: list[list[tuple[Loc, str]]], listed: Any, mistakes: MistakeCollector) -> None:
    """Adds the mistakes of all ways, each once. One in a shared field that is none for other ways names its way."""
    for number, found in enumerate(wrong):
        for loc, text in found:
            place: Loc = (ANY_OF, number, *loc)
            if loc and loc[0] not in listed[number]:
                is_everywhere = all((loc, text) in other for other in wrong)
                place, text = loc, text if is_everywhere else f"{text} (in way {number + 1} of `any-of`)"
            mistakes.add_once(place, text)


def _find_equal(ways: list[Check], mistakes: MistakeCollector) -> None:
    seen: dict[str, int] = {}
    for number, way in enumerate(ways):
        text = way.model_dump_json()
        if text in seen:
            mistakes.add((ANY_OF, number), f"is the same as way {seen[text] + 1}; keep one")
        seen.setdefault(text, number)
