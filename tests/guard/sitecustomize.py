"""On the path of an app under test, Python imports this first: a guard over what the app does to the world.

CONNECTIONS names a file: every connection that would leave the machine is noted there, a line a host. The hook sees all
sockets that Python code opens or names it looks up. READ_ONLY names a folder in which Python code cannot write anything, as
on a file system that is mounted so; permissions would not hold root.
"""

import errno
import os
import sys
from pathlib import Path

HERE = ("127.", "::1", "localhost", "0.0.0.0")


def watch(event: str, arguments: tuple) -> None:
    if event == "socket.connect":
        address = arguments[1]
    elif event == "socket.getaddrinfo":
        address = arguments[0]
    else:
        return
    host = address[0] if isinstance(address, tuple) else address
    text = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    if host is not None and not text.startswith((*HERE, "/", "\0")):
        with Path(os.environ["CONNECTIONS"]).open("a", encoding="utf-8") as file:
            file.write(f"{event} {text}\n")


WRITES = (
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.utime",
)
WITH_FOLDER = ("os.mkdir", "os.remove", "os.rmdir")


def freeze(event: str, arguments: tuple) -> None:
    places = arguments[:2]
    if event == "open":  # path, mode, flags
        changes = isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        places = arguments[:1]
    else:
        changes = event in WRITES
    base = Path.cwd()
    if event in WITH_FOLDER and arguments[-1] >= 0:  # of the folder that a relative path is below
        base = Path(f"/proc/self/fd/{arguments[-1]}").readlink()
    for place in places if changes else ():
        if isinstance(place, str | os.PathLike) and FROZEN in (path := base / place, *path.parents):
            raise OSError(errno.EROFS, "Read-only file system", str(place))


if "CONNECTIONS" in os.environ:
    sys.addaudithook(watch)
if "READ_ONLY" in os.environ:
    FROZEN = Path(os.environ["READ_ONLY"])
    sys.addaudithook(freeze)
