"""Loops in a trace and a profile function, which every call from now on goes through, the recorder's own too."""
# ends: timeout

import sys
import threading


def endless(frame, event, argument):
    if "runtime" in frame.f_code.co_filename:
        while True:
            pass


threading.setprofile(endless)
sys.settrace(endless)
sys.setprofile(endless)
