"""Has a timer raise exceptions every millisecond, wherever the recorder is just then."""
# ends: completed, failed, exited, crashed

import signal

import torch


def interrupt(number, frame):
    if frame.f_code.co_filename != HERE:
        raise GeneratorExit


HERE = interrupt.__code__.co_filename
signal.signal(signal.SIGPROF, interrupt)
y = torch.ones(3, requires_grad=True)


def f(x):
    signal.setitimer(signal.ITIMER_PROF, 0.0001, 0.0001)
    return x.sum()


def g(x):
    for _ in range(100_000):
        x = x
    return x.sum()


signal.setitimer(signal.ITIMER_PROF, 0.0001, 0.0001)
f(y).backward()
g(y).backward()
