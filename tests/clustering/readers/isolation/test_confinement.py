"""A parser that was taken over reads, writes and reaches nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from clustering.readers.isolation import parent as isolation
from clustering.readers.isolation.answers_of_child import plain_bytes
from clustering.readers.isolation.container_table import ReadingLimits
from clustering.readers.isolation.surroundings import package_folders
from tests.examples.container_files import written

# A stand-in for a parser that was taken over: it tries what the walls should stop, and tells.
INTRUDER = """
import os, socket, sys
sys.path.insert(0, {library!r})
sys.argv = ["reader"]
import json
from types import ModuleType
hollow = ModuleType("clustering"); hollow.__path__ = [{package!r}]; sys.modules["clustering"] = hollow
from clustering.readers.isolation.child import reading
def intrude(request):
    told = []
    for path in ({secret!r}, "/etc/passwd", "/proc/self/environ"):
        try: told.append(open(path).read())
        except OSError: told.append("denied")
    try: socket.create_connection(("127.0.0.1", {port}), timeout=2); told.append("connected")
    except OSError: told.append("denied")
    try: open({outside!r}, "w"); told.append("written")
    except OSError: told.append("denied")
    return {{"told": told, "names": sorted(os.environ)}}
reading.READERS = {{"json": intrude}}
reading.read_request()
"""


def test_a_parser_that_was_taken_over_finds_walls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = written(tmp_path, "secret", b"TOKEN")
    package = Path(isolation.__file__).resolve().parents[2]
    work = tmp_path / "work"
    work.mkdir()
    code = INTRUDER.format(
        library=str(package.parent),
        package=str(package),
        secret=str(secret),
        port=1,
        outside=str(tmp_path / "outside"),
    )
    script = written(tmp_path, "intruder.py", code.encode())
    monkeypatch.setattr(isolation, "_SCRIPT", script)
    monkeypatch.setenv("SERVICE_SECRET", "TOKEN")
    request = {
        "kind": "json",
        "driver": "",
        "parent": os.getpid(),
        "packages": package_folders(),
        "limits": {"memory_bytes": 1 << 30, "time_limit_s": 20.0, "answer_bytes": 1 << 20},
    }
    facts = isolation._run(request, work, "upload", ReadingLimits())
    answer = json.loads((work / "answer.json").read_text())
    assert "SERVICE_SECRET" not in facts["names"]
    if "file rules" not in answer["walls"]:
        pytest.skip("this system cannot deny files to a process")
    assert facts["told"] == ["denied"] * 5
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("what", ["link", "pipe"])
def test_an_answer_that_is_no_plain_file_is_not_followed(what: str, tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    if what == "link":
        answer.symlink_to("/etc/passwd")
    else:
        os.mkfifo(answer)
    with pytest.raises(OSError, match="no plain file"):
        plain_bytes(answer)
