"""Says by itself that the run and its twin are over, and runs on for ever."""
# ends: completed, timeout

from protocol import send

send({"kind": "end", "outcome": "completed", "detail": "fine", "duration_s": 1e308, "twin": True})
send({"kind": "twin_end"})
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
