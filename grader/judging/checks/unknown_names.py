"""What an expression of a check asks for, and no variable of its kind has, in words for the author."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from grader.judging.checks.yaml_lines import ALL_WANTED_WORDS
from grader.language import expression
from grader.language.expression import Expression
from grader.suggestions import did_you_mean, did_you_mean_or_all


def unknown_names(
    line: Expression,
    known: Collection[str],
    instead: Mapping[str, str] = MappingProxyType({}),
    words: Collection[str] = (),
    kind: str = "",
) -> Iterator[str]:
    """A message for every unknown name of an expression. ``instead``: those of names that somebody may well write.
    ``words``: those that can stand alone in its place, in this ``kind`` of check.
    """
    for name in sorted(line.names - set(known)):
        if name in instead:
            yield instead[name]
            continue
        if name == "operations" and "has_node" in line.functions:
            yield "`has_node` asks for the nodes of a backward pass, which this kind of check does not look at"
            continue
        if name == "torch_calls" and "ran" in line.functions:
            yield "`ran` asks for what a hidden call called, and this kind of check calls nothing; see kind `uses`"
            continue
        if name in ALL_WANTED_WORDS and kind:
            yield _wrong_word(name, words, kind)
            continue
        meant = {*known, *(words if line.name == name else ())}
        rest = did_you_mean_or_all(name, meant) if known else "; declare it in `names`"
        yield f"unknown name `{name}`{did_you_mean(name, meant) or rest}"


def _wrong_word(word: str, words: Collection[str], kind: str) -> str:
    """What is said of a word for wanted values where it cannot stand."""
    if word in words:
        return f"`{word}` stands alone in `expect`, as in `gradient: {word}`; no expression can read it"
    others = f"; this kind knows {' and '.join(f'`{other}`' for other in sorted(words))}" if words else ""
    return f"a `{kind}` check does not know the word `{word}`{others}"


def unknown_parts(line: Expression, kind: str, known: frozenset[str] | None) -> Iterator[str]:
    """A message for everything that a line asks with a dot, and that no variable of a kind of check has."""
    if known is None:
        return
    for path, attribute in sorted(line.attributes):
        if attribute not in known and not expression.ATTRIBUTES[attribute].of_arrays:
            words = ", ".join(f"`.{part}`" for part in sorted(known))
            yield f"`{path}.{attribute}`: {kind} checks know no `.{attribute}`" + (
                f"; they know {words}" if words else ""
            )
