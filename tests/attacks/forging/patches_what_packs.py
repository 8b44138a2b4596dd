"""Replaces struct, hashlib, threading, weakref and functools, with which frames are made."""
# ends: failed, completed, crashed, exited

import ast
import contextlib
import fnmatch
import functools
import hashlib
import inspect
import linecache
import struct
import threading
import weakref

import torch


def nothing(*arguments, **options):
    return b""


for module in (struct, hashlib, threading, weakref, functools, contextlib, linecache, ast, inspect, fnmatch):
    for name in dir(module):
        if not name.startswith("__"):
            setattr(module, name, nothing)

y = torch.ones(2, requires_grad=True)
try:
    (y**2).sum().backward()
    print(y.grad)
except BaseException:
    pass
