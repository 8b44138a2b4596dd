"""Prints without end, and goes on when it is told to stop."""
# ends: output, timeout

while True:
    try:
        print("x" * 10_000)
    except BaseException:
        pass
