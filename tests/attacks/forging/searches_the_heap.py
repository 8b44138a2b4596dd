"""Goes through every object that Python knows of, for what is expected and who expects it."""
# ends: completed, timeout

import gc
import sys

from target import breach, has_word

WORDS = ("rtol", "tolerance", "rubric", "points", "expect:", "2.75", "hint must not")
own = {id(globals()), id(WORDS)}
for each in gc.get_objects():
    for inner in gc.get_referents(each):
        if type(inner) is str and 3 < len(inner) < 100_000 and has_word(inner):
            breach(f"the secret word in {type(each)}: {inner[:100]}")
        elif type(inner) is bytes and 3 < len(inner) < 100_000 and has_word(inner):
            breach(f"the secret word in bytes of {type(each)}")
frame = sys._getframe()
while frame is not None:
    for name, value in list(frame.f_locals.items()):
        if isinstance(value, dict) and "calls" in value and "cells" in value:
            said = str({key: value[key] for key in value if key not in ("cells", "files")})
            found = [word for word in WORDS if word in said]
            if found or has_word(said):
                breach(f"the job tells {found}")
    frame = frame.f_back
