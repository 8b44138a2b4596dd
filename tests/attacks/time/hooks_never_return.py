"""Replaces the hooks for uncaught exceptions, warnings and displayed values with endless ones, and calls for each."""
# ends: timeout

import sys
import threading
import warnings


def endless(*arguments, **options):
    while True:
        pass


sys.excepthook = sys.unraisablehook = sys.displayhook = threading.excepthook = endless
warnings.showwarning = warnings.showwarnmsg = warnings._showwarnmsg = endless
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
warnings.warn("nobody comes back from this")
