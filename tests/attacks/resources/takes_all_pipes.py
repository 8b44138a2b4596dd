"""Takes more pipes, in many processes, than the kernel gives a user, whose other programs then get smaller ones."""
# ends: memory

import os
import time

from target import breach


def take_all():
    for _ in range(30):
        if os.fork() == 0:
            kept = []
            try:
                while True:
                    kept.append(os.pipe())
            except OSError:
                time.sleep(1000)
            finally:
                os._exit(0)
    time.sleep(60)
    breach("thousands of pipes were held for a minute")


take_all()
