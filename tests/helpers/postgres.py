"""For tests: a temporary PostgreSQL server, reached through a Unix socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``; None where PostgreSQL is not installed."""
    found = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    on_path = shutil.which("initdb")
    return next((folder for folder in found if (folder / "initdb").exists()), on_path and Path(on_path).parent) or None


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Run a server and yield the URL of its database. As root it runs as ``nobody``: PostgreSQL refuses root.

    ``durable``: each commit waits for the disk, as on a real server; a benchmark needs that, and no test does.
    """
    folder = programs()
    assert folder is not None
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        root = Path(name)
        user = None
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(root, nobody.pw_uid, nobody.pw_gid)
            user = nobody.pw_uid
        data = root / "data"

        def run(*command: str | Path) -> None:
            subprocess.run(
                command,
                check=True,
                user=user,
                group=None if user is None else pwd.getpwuid(user).pw_gid,
                extra_groups=None if user is None else [],
                cwd=root,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

        run(folder / "initdb", "-D", data, "-U", "teacher", "--auth=trust", "--no-sync")
        settings = f"-c listen_addresses='' -c unix_socket_directories='{root}' -c fsync={'on' if durable else 'off'}"
        run(folder / "pg_ctl", "-D", data, "-w", "-l", root / "log", "-o", settings, "start")
        try:
            yield f"postgresql+psycopg://teacher@/postgres?host={root}"
        finally:
            run(folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
