"""Prints without end, and goes on when it is told to stop."""
# ends: timeout

while True:
    try:
        print("x" * 10_000)
    except BaseException:
        pass
