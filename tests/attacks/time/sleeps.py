"""Sleeps for an hour, and again after every exception."""
# ends: timeout

import time

while True:
    try:
        time.sleep(3600)
    except BaseException:
        pass
