"""Says by itself that the run is over, and runs on for ever."""
# ends: completed, timeout

from protocol import send

send({"kind": "end", "outcome": "completed", "detail": "", "duration_s": 0.1, "second_run": False})
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
