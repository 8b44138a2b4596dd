"""Says that a second run follows, which nothing can be wrong with any more, and crashes."""
# ends: completed, crashed

import os

from protocol import send

send({"kind": "end", "outcome": "completed", "detail": "\x1b[31mfine\u202e", "duration_s": -1.0, "second_run": True})
os.abort()
