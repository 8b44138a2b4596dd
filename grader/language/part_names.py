"""Which names of a submission's values an exercise can write, with messages for those that it cannot."""

from __future__ import annotations

import re

from grader.runtime.protocol.name_paths import MAX_PARTS, read_path

_FORMS = '`w`, `u_*`, `model.weight`, `net[0].bias`, `params["w"]` or `*.weight`'


def mistake_in(text: str) -> str:
    """What is wrong with a name that a submission's value may have, and what to write instead; empty if nothing is."""
    if read_path(text) is not None:
        return ""
    shown = f"`{text}`"
    outside = re.sub(r"\[[^\]]*\]", "", text)  # what stands outside of brackets
    if " " in outside.partition("(")[0]:
        return f"{shown} holds a space; names are written without, as {_FORMS}"
    if "(" in text:
        method = re.match(r"(.*)\.(?:named_)?parameters\(\)$", text)
        instead = f"; write `{method[1]}.*` or the parameter's name" if method else ""
        return f"{shown} is a call, and nothing is called to find a value{instead}: {_FORMS}"
    if re.search(r"\[[^\]\"']*:", text):
        return f"{shown} is a slice; name one item, as in `losses[0]`, or all items, `losses[*]`"
    if re.search(r"\[[^\]\"']*,", text):
        return f"{shown} asks for an element of a tensor; name the tensor, and write `x[0, 1]` in the expression"
    if number := re.search(r"\.(\d+)", text):
        return f"{shown} cannot be a name in Python; write the item of a container as `[{number[1]}]`"
    if key := re.search(r"\[([^\W\d]\w*)\]", text):
        return f'{shown} has a key without quotes; write `["{key[1]}"]`'
    if text.count(".") + text.count("[") > MAX_PARTS:
        return f"{shown} has more than {MAX_PARTS} parts; begin with a name that is closer to the value"
    if "." in text or "[" in text:
        return f"{shown} cannot be the name of a value or of a part of an object; write it as {_FORMS}"
    return f"{shown} cannot be a name in Python"
