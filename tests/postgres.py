"""A PostgreSQL server on loopback for the tests, started from Debian's packages and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

_numbers = count()


def binaries() -> Path | None:
    """Return the folder of the newest installed server, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).parent if there else None


@contextmanager
def server() -> Iterator[str]:
    """Start a server, and yield the URL of its first database. The server refuses root, so it runs as ``postgres`` there."""
    tools = binaries()
    assert tools is not None
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    become = ["runuser", "-u", user, "--"] if os.getuid() == 0 else []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="cruxmap-pg-") as folder:
        if os.getuid() == 0:
            shutil.chown(folder, user)
        data = f"{folder}/data"
        _run([*become, str(tools / "initdb"), "-D", data, "-A", "trust", "-U", "cruxmap", "-E", "UTF8", "--no-sync"])
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off -c max_connections=200"
        _run([*become, str(tools / "pg_ctl"), "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start"])
        try:
            yield f"postgresql://cruxmap@127.0.0.1:{port}/postgres"
        finally:
            _run([*become, str(tools / "pg_ctl"), "-D", data, "-m", "immediate", "stop"])


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", timeout=120)


def new_database(url: str) -> str:
    """Create an empty database on the server, and return its URL."""
    import psycopg  # noqa: PLC0415  # an extra: a machine without it skips these tests

    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"{url.rpartition('/')[0]}/{name}"
