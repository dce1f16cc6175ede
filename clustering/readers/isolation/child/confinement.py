"""Rights that parsing does not need, dropped before anything is parsed."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any


def confine(request: Mapping[str, Any]) -> list[str]:
    """Drop rights that parsing does not need; return which protections besides the limits this system has."""
    limits = request["limits"]
    for kind, most in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, int(limits["time_limit_s"]) + 2),
        (resource.RLIMIT_FSIZE, limits["answer_bytes"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(kind)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))
    os.umask(0o077)
    if not sys.platform.startswith("linux"):
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    walls = []
    if libc.unshare(0x50000000) == 0:  # CLONE_NEWUSER | CLONE_NEWNET: no network device, not even loopback
        walls.append("network namespace")
    # After unshare, which resets it: the child ends with the parent thread that waits for the answer.
    libc.prctl(1, int(signal.SIGKILL), 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() != request["parent"]:
        os._exit(1)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    if _deny_other_files(libc, [*request["packages"], str(Path(__file__).resolve().parents[3])]):
        walls.append("file rules")
    return walls


def _deny_other_files(libc: ctypes.CDLL, packages: Sequence[str]) -> bool:
    """Landlock: read programs and libraries, write the working folder, and nothing else; no connections."""
    create, add, restrict = 444, 445, 446  # the same numbers on every architecture
    version = libc.syscall(create, None, 0, 1)
    if version < 1:
        return False
    # Executing, reading and listing are bits 0, 2 and 3; each version of the interface has more rights.
    all_rights = (1 << {1: 13, 2: 14}.get(version, 15)) - 1
    handled = struct.pack("QQ", all_rights, 0b11) if version >= 4 else struct.pack("Q", all_rights)
    rules = libc.syscall(create, handled, len(handled), 0)
    if rules < 0:
        return False
    readable = {*packages, sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/urandom"}
    for path, rights in [*((path, 0b1101) for path in readable), (str(Path.cwd()), all_rights)]:
        with suppress(OSError):
            descriptor = os.open(path, os.O_PATH)
            allowed = rights if Path(path).is_dir() else rights & 0b101
            libc.syscall(add, rules, 1, struct.pack("=Qi", allowed, descriptor), 0)
            os.close(descriptor)
    done: int = libc.syscall(restrict, rules, 0)
    os.close(rules)
    return done == 0
