"""Cancels the alarm that ends slow statements, blocks its signal, replaces its handler, and loops."""
# ends: timeout

import signal

signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
signal.setitimer(signal.ITIMER_REAL, 0)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
signal.alarm(0)
while True:
    signal.setitimer(signal.ITIMER_REAL, 0)
