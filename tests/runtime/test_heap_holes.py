import ctypes
import json
import platform
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest

from grader.runtime.preparation import heap_holes

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")


@pytest.fixture(autouse=True)
def give_back() -> Iterator[None]:
    """Free what the test took of pymalloc."""
    yield
    heap_holes._kept.clear()


def neighbours(addresses: list[int], distance: int) -> int:
    return sum(after == before + distance for before, after in pairwise(addresses))


PROCESS = """
import json
from itertools import pairwise
from grader.runtime.preparation import heap_holes

found = {}
for size in (16, 32, 48, 112, 512):
    objects = heap_holes._objects(size)
    spread = [next(objects) for _ in range(5_000)]
    del spread[::7]
    heap_holes.take_holes()
    new = [next(objects) for _ in range(200)]
    found[size] = sum(after == before + size for before, after in pairwise(map(id, new)))
print(json.dumps([found, len(heap_holes._kept)]))
"""


def test_after_it_new_objects_follow_each_other() -> None:
    """In a process of its own: that of the tests has more holes than a worker, after thousands of tests."""
    done = subprocess.run([sys.executable, "-c", PROCESS], capture_output=True, text=True, check=True)
    found, kept = json.loads(done.stdout)
    # Of 200, but where a pool ends, and where the test makes objects of its own. Of holes, hardly any would.
    assert all(count > 50 for count in found.values()), found
    assert kept


@glibc
@pytest.mark.parametrize("size", [40, 600, 1_500, 9_000])
def test_after_it_new_chunks_follow_each_other(size: int) -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.free.argtypes = (ctypes.c_void_p,)
    spread = [libc.malloc(size) for _ in range(1_000)]
    for address in spread[::3]:
        libc.free(address)
    heap_holes.take_holes()
    new = [libc.malloc(size) for _ in range(50)]
    assert neighbours(new, (size + 8 + 15) // 16 * 16) > 45
    for address in (*new, *(each for number, each in enumerate(spread) if number % 3)):
        libc.free(address)


def test_another_allocator_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONMALLOC", "malloc")
    heap_holes.take_holes()
    assert not heap_holes._kept


def test_other_sizes_of_objects_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap_holes.sys, "getsizeof", lambda _: 40)  # as in Pythons without the GIL
    heap_holes.take_holes()
    assert not heap_holes._kept


def test_where_no_row_comes_nothing_is_kept_and_little_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap_holes, "MAX_BYTES", 100_000)
    monkeypatch.setattr(heap_holes, "_last_row", lambda objects, size: 1)
    assert heap_holes._take_of_pymalloc(64) is None
    held: set[int] = set()
    most = 0

    def allocate(size: int) -> int:
        nonlocal most
        address = 10**6 - 10**4 * len(held)  # each lies before the last
        held.add(address)
        most = max(most, size * len(held))
        return address

    heap_holes._take_of_malloc(allocate, held.remove)
    assert not held
    assert most < 200_000
