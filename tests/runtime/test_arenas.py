import os
import platform
import subprocess
import sys

import pytest

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")

GROWS = """
import ctypes, os
from grader.runtime.preparation import arenas

def in_heap(objects):
    '''How many objects, in percent, lie in the heap of malloc.'''
    end = ctypes.CDLL(None).sbrk
    end.restype = ctypes.c_void_p
    return round(100 * sum(end(0) - 2**30 < id(each) < end(0) for each in objects) / len(objects))

def make(count=20_000):
    return [bytes(200) for _ in range(count)]

before = make()
arenas.put_into_heap()
for _ in range(5):
    imported = make()  # arenas come and go
print(in_heap(before) > 50, in_heap(imported) > 50)
arenas.map_again()
child = os.fork()
new = make(80_000)
if child == 0:
    del before, imported, new
    make()
    os._exit(0)
print(in_heap(new) > 50, os.waitpid(child, 0)[1])
del before, imported
make()
"""


def run(**env: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", GROWS], env={**os.environ, **env}, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@glibc
def test_objects_lie_in_the_heap_until_arenas_are_mapped_again() -> None:
    assert run() == ["False", "True", "False", "0"]


@pytest.mark.parametrize("allocator", ["malloc", "debug"])
def test_another_allocator_of_python_goes_on_to_work(allocator: str) -> None:
    *_, before, status = run(PYTHONMALLOC=allocator)
    assert (before, status) in (("True", "0"), ("False", "0"))
