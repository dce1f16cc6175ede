"""Files are written together or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from clustering import write_files


def contents_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_are_written_in_their_order_and_replace_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(b"old")
    (tmp_path / "kept.txt").write_bytes(b"kept")
    paths = write_files({"b.csv": b"new", "plan/a.csv": b"", "a.json": b"{}"}, tmp_path)
    assert paths == (tmp_path / "b.csv", tmp_path / "plan" / "a.csv", tmp_path / "a.json")
    assert contents_of(tmp_path) == {"b.csv": b"new", "plan/a.csv": b"", "a.json": b"{}", "kept.txt": b"kept"}
    assert write_files({"one.csv": b"1"}, tmp_path / "new" / "folder")[0].read_bytes() == b"1"


def test_where_a_folder_is_in_the_way_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        write_files({"a.csv": b"new", "b.csv": b"new"}, tmp_path)
    assert caught.value.filename == str(tmp_path / "b.csv")
    assert contents_of(tmp_path) == {"a.csv": b"old"}


def test_a_full_disk_leaves_the_folder_as_it_was_and_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")
    write = Path.write_bytes

    def write_while_there_is_room(path: Path, data: bytes) -> int:
        if data == b"large":
            write(path, data[:2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_while_there_is_room)
    with pytest.raises(OSError, match="No space left on device") as caught:
        write_files({"a.csv": b"new", "b.csv": b"large"}, tmp_path)
    assert caught.value.filename == str(tmp_path / "b.csv")
    assert contents_of(tmp_path) == {"a.csv": b"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
