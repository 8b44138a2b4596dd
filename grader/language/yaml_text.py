"""Writes plain data as YAML that ``yaml_file`` reads back as it was: in one way, and so without any comment.

Texts are in quotes unless they can be nothing but a text, since what YAML 1.1 and 1.2 take for a number differs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_PLAIN = re.compile(r"[A-Za-z][A-Za-z-]*(?: [A-Za-z-]+)*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""What one of the two versions takes for something else than a text."""
_WIDTH = 10**6
"""No line is folded."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    style = None if is_plain else "|" if "\n" in text.rstrip("\n") else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _list(dumper: yaml.SafeDumper, items: tuple[Any, ...]) -> yaml.Node:
    return dumper.represent_list(list(items))


_Dumper.add_representer(str, _text)
_Dumper.add_representer(tuple, _list)


def yaml_text(data: Mapping[str, Any]) -> str:
    """The text of a file with this data, of dict, tuple, list, str, int, float, bool and None."""
    return yaml.dump(
        dict(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )
