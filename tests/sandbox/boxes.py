"""What is to be seen of a worker from inside and from outside: facts that tests compare.

``python -m tests.sandbox.boxes RUNTIME`` prints those of two workers that another one forked, as JSON: for a user other
than that of the tests.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.model import Level
from grader.sandbox.forked_worker import ForkedWorker
from grader.sandbox.worker_handle import WorkerHandle
from tests.sandbox.workers import run_on, started, status_of

NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "uts")
LOOK = f"""
import json, os
def status(pid):
    return dict(line.split(":", 1) for line in open(f"/proc/{{pid}}/status").read().splitlines())
say({{
    "namespaces": {{name: os.readlink(f"/proc/self/ns/{{name}}") for name in {NAMESPACES}}},
    "user_namespace": os.readlink("/proc/self/ns/user"),
    "uid": os.getuid(),
    "processes": sorted(int(name) for name in os.listdir("/proc") if name.isdigit()),
    "pid": os.getpid(),
    "worker": status(1),
    "child": status("self"),
    "network": [line.split(":")[0].strip() for line in open("/proc/net/dev").read().splitlines()[2:]],
    "mounts": open("/proc/self/mountinfo").read().splitlines(),
}})
"""


def look_inside(worker: WorkerHandle) -> dict[str, Any]:
    """What a submission sees."""
    said, _ = run_on(worker, LOOK)
    facts: dict[str, Any] = said[0]
    return facts


def privileges(status: Mapping[str, str]) -> dict[str, str]:
    """The capabilities of a process and whether it can get others, from ``/proc/PID/status``."""
    return {name: status[name].strip() for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")}


NO_PRIVILEGES = dict.fromkeys(("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"), "0" * 16) | {"NoNewPrivs": "1"}


def mounts(facts: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """Of each mount: what is mounted, where, with which options, and the kind of file system. Of the disk, its size."""
    found = set()
    for line in facts["mounts"]:
        mount, _, about = line.partition(" - ")
        _, _, _, root, place, options, *_ = mount.split()
        kind, _, further = about.split()
        if place.startswith("/proc/") and kind == "proc":
            continue  # bubblewrap mounts some of its folders once more, which are read-only with the whole
        sizes = [option for option in further.split(",") if option.startswith(("size=", "mode="))]
        found.add((root, place, options, kind, *(sizes if kind == "tmpfs" else ())))
    return found


def check(facts: Sequence[Mapping[str, Any]], zygote: Mapping[str, str], outside: Mapping[str, Any]) -> None:
    """Two workers share no namespace, and nothing beside a submission has a privilege.

    ``zygote``: the status of the process that forked them; ``outside``: namespaces, user namespace and user of a
    process outside.
    """
    one, other = facts
    for name in NAMESPACES:
        assert len({one["namespaces"][name], other["namespaces"][name], outside["namespaces"][name]}) == 3, name
    for each in facts:
        assert each["processes"] == [1, each["pid"]]
        assert privileges(each["worker"]) == privileges(each["child"]) == NO_PRIVILEGES
        assert each["child"]["Seccomp"].strip() == "2"
        assert each["network"] == ["lo"]
        assert each["uid"] != 0
        # Where it runs besides the disk, nothing can be written to but the devices.
        writable = [place for _, place, options, *_ in mounts(each) if options.split(",")[0] != "ro"]
        assert sorted(writable) == ["/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/scratch"]
    if outside["uid"] == 0:
        assert len({one["uid"], other["uid"], int(zygote["Uid"].split()[0])}) == 3
    else:
        assert len({one["user_namespace"], other["user_namespace"], outside["user_namespace"]}) == 3
    assert privileges(zygote) == NO_PRIVILEGES
    assert zygote["Threads"].strip() == "1"


def about_this_process() -> dict[str, Any]:
    return {
        "namespaces": {name: str(Path(f"/proc/self/ns/{name}").readlink()) for name in NAMESPACES},
        "user_namespace": str(Path("/proc/self/ns/user").readlink()),
        "uid": os.getuid(),
    }


def pid_of(worker: WorkerHandle) -> int:
    """The process id of a worker, as this process sees it."""
    process = worker._process
    assert process is not None
    assert process._pid is not None
    assert isinstance(process, ForkedWorker) or process._worker is not None
    return process._pid


def main(runtime: str) -> None:
    with started(Path(runtime), Level.STRICT, workers=2) as zygote:
        why = zygote.why_alone
        if why is None:
            workers = zygote.split()
            check([look_inside(worker) for worker in workers], status_of(pid_of(zygote)), about_this_process())
            for worker in workers:
                worker.close()
    json.dump({"why_alone": why, "uid": os.getuid()}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
