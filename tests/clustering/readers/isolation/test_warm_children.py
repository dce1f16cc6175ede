"""A fork of a warm process is confined as a child that starts: what is tested with one holds for the other."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from clustering.errors import InputError
from clustering.readers.isolation import parent
from clustering.readers.isolation import warm_children as warm_children_module
from clustering.readers.isolation.container_table import ReadingLimits
from clustering.readers.isolation.parent import read_container
from clustering.readers.isolation.warm_children import WarmChildren
from tests.examples.container_files import read, texts, written
from tests.faulty_files.hostile_files import KINDS

# In place of a reader, behind all walls: tell what a parser would find.
PROBE = """
import ctypes, json, os, resource, signal, stat, sys
from types import ModuleType
hollow = ModuleType("clustering"); hollow.__path__ = [{package!r}]; sys.modules["clustering"] = hollow
from clustering.readers.isolation.child import reading
read = reading.READERS[{kind!r}]
def described(descriptor):
    try: found = os.fstat(descriptor)
    except OSError: return None
    return [stat.S_IFMT(found.st_mode), found.st_rdev]
def value_of(libc, name):
    value = libc.getenv(name.encode())
    return None if value is None else value.decode()
def tell(request):
    facts = read(request)
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_char_p
    death = ctypes.c_int()
    libc.prctl(2, ctypes.byref(death), 0, 0, 0)
    umask = os.umask(0)
    limits = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    pyogrio = sys.modules.get("pyogrio")
    return {{
        "facts": facts,
        "limits": {{name: resource.getrlimit(getattr(resource, name)) for name in limits}},
        "names": sorted(os.environ),
        "environment": {{name: [os.environ[name], value_of(libc, name)] for name in os.environ}},
        "descriptors": {{number: described(number) for number in range(4096) if described(number)}},
        "reads on": [sys.stdin.read(), sys.stdin.fileno(), sys.stdout.fileno(), sys.stderr.fileno()],
        "folder": os.getcwd(),
        "umask": umask,
        "end with parent": [death.value, os.getppid() == request["parent"]],
        "no new rights": libc.prctl(39, 0, 0, 0, 0),
        "group": [os.getpgid(0), os.getsid(0), os.getuid(), os.getgid(), os.nice(0)],
        "threads": len(sys._current_frames()),
        "signals": {{int(each): str(signal.getsignal(each)) for each in signal.valid_signals()}},
        "blocked": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
        "interpreter": [sys.executable, sys.prefix, list(sys.flags), sys.argv, sys.path, sys.dont_write_bytecode],
        "finders": [getattr(each, "__name__", type(each).__name__) for each in sys.meta_path],
        "drivers": sorted(pyogrio.list_drivers()) if pyogrio else [],
        "hidden": [name in sys.modules for name in ("pyproj", "pandas", "geopandas", "shapely", "clustering.errors")],
    }}
reading.READERS = {{{kind!r}: tell}}
reading.read_request()
"""


def found_by_a_parser(kind: str, path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a parser finds, and the walls around it; read in a folder that a child and a fork have in turn."""
    script = folder / f"probe {kind}.py"
    script.write_text(PROBE.format(package=str(Path(parent.__file__).resolve().parents[2]), kind=kind))
    work = folder / "work"
    work.mkdir(exist_ok=True)
    reply: dict[str, Any] = {}
    run = parent._run

    def told_of(request: dict[str, Any], copied: Path, *given: Any) -> dict[str, Any]:
        for file in copied.iterdir():
            file.replace(work / file.name)
        try:
            reply.update(run(request, work, *given))
        finally:
            reply["walls"] = json.loads((work / "answer.json").read_text())["walls"]
        (work / "answer.arrow").rename(copied / "answer.arrow")
        return dict(reply["facts"])

    with monkeypatch.context() as patch:
        patch.setattr(parent, "_SCRIPT", script)
        patch.setattr(parent, "_run", told_of)
        read_container(path, name="upload", container=kind)
    return reply


@pytest.mark.parametrize("kind", KINDS)
def test_a_fork_finds_what_a_child_finds(
    kind: str, valid: dict[str, Path], warm_processes: WarmChildren, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE_SECRET", "TOKEN")
    by_a_child = found_by_a_parser(kind, valid[kind], tmp_path, monkeypatch)
    before = warm_processes.forks
    monkeypatch.setattr(parent, "subprocess", warm_processes)
    by_a_fork = found_by_a_parser(kind, valid[kind], tmp_path, monkeypatch)
    assert warm_processes.forks == before + 1
    different = {name: (by_a_child[name], by_a_fork.get(name)) for name in by_a_child}
    assert {name: pair for name, pair in different.items() if pair[0] != pair[1]} == {}
    assert by_a_fork.keys() == by_a_child.keys()
    assert "SERVICE_SECRET" not in by_a_fork["names"]
    assert by_a_fork["end with parent"][1]
    assert set(by_a_fork["descriptors"]) >= {"0", "1", "2"}


def test_a_fork_leaves_nothing_to_the_next(valid: dict[str, Path], warm_children: WarmChildren, tmp_path: Path) -> None:
    del warm_children
    for kind in KINDS:
        damaged = written(tmp_path, "damaged", valid[kind].read_bytes()[:150])
        with pytest.raises(InputError):
            read(damaged, kind)
        assert texts(read(valid[kind], kind))["school_id"] == ["0012", "NA"]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("import time; time.sleep(60)", "longer than 0.3 seconds"),
        ("import os; os.kill(os.getpid(), 9)", "cannot be read"),
        ("raise SystemExit(3)", "cannot be read"),
        ("raise ValueError", "cannot be read"),
        ("import os; os._exit(0)", "cannot be read"),
    ],
)
def test_a_fork_that_ends_badly_ends_alone(
    script: str, message: str, warm_children: WarmChildren, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del warm_children
    path = written(tmp_path, "records.json", b'[{"id": "1"}]')
    with monkeypatch.context() as patch:
        patch.setattr(parent, "_SCRIPT", written(tmp_path, "bad.py", script.encode()))
        with pytest.raises(InputError, match=message):
            read(path, "json", limits=ReadingLimits(time_limit_s=0.3))
    assert texts(read(path, "json")) == {"id": ["1"]}


def test_the_parent_starts_real_children_unless_asked() -> None:
    assert vars(parent)["subprocess"] is subprocess


def test_a_request_longer_than_a_pipe_does_not_wait_for_its_reader(
    valid: dict[str, Path], warm_children: WarmChildren
) -> None:
    del warm_children
    with pytest.raises(InputError, match="There is no layer"):
        read(valid["geopackage"], "geopackage", layer="x" * 200_000)


def test_a_warm_process_that_a_fork_has_stopped_is_not_waited_for(
    valid: dict[str, Path], warm_processes: WarmChildren, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parent, "subprocess", warm_processes)
    monkeypatch.setattr(warm_children_module, "_GRACE_S", 0.2)
    stop = b"import os, signal; os.kill(os.getppid(), signal.SIGSTOP)"
    with monkeypatch.context() as patch:
        patch.setattr(parent, "_SCRIPT", written(tmp_path, "stop.py", stop))
        with pytest.raises(InputError, match="longer than"):
            read(valid["flatgeobuf"], "flatgeobuf", limits=ReadingLimits(time_limit_s=3))
    assert texts(read(valid["flatgeobuf"], "flatgeobuf"))["school_id"] == ["0012", "NA"]
