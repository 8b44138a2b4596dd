"""Says by itself that the run and its second run are over, and runs on for ever."""
# ends: completed, timeout

from protocol import send

send({"kind": "end", "outcome": "completed", "detail": "fine", "duration_s": 1e308, "second_run": True})
send({"kind": "second_run_end"})
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
