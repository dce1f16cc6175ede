import io
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from clustering import read_scenario
from clustering.errors import InputError
from clustering.ingest.open_files import as_sequence
from clustering.readers import given_sources
from clustering.readers.given_sources import named_sources
from clustering.readers.raw_table import NamedFile, NamedTable, Source, name_of, path_of
from clustering.readers.read_table import read_table

FRAME = pd.DataFrame({"id": ["007"]})


class Capsule:
    """A table of a library that is not installed, seen through Arrow's interface alone."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


class Lazy:
    """A lazy table: asking for its columns costs time, so nobody does."""

    @property
    def columns(self) -> list[str]:
        raise AssertionError

    def collect(self) -> Capsule:
        return Capsule(pa.table(FRAME))


def named(*sources: Any, role: str = "flows") -> list[Any]:
    with named_sources({role: as_sequence(list(sources))}) as found:
        return found[role]


@pytest.mark.parametrize(
    "table",
    [
        FRAME,
        pa.table(FRAME),
        pa.RecordBatch.from_pandas(FRAME),
        pa.table(FRAME).to_reader(),
        Capsule(pa.table(FRAME)),
        Lazy(),
    ],
    ids=lambda table: type(table).__name__,
)
def test_tables_of_any_library_alone_and_in_a_list(table: Any) -> None:
    with named_sources({"flows": as_sequence(table)}) as found:
        (source,) = found["flows"]
    assert isinstance(source, NamedTable)
    assert source.name == "flows"
    assert pa.table(source.table).to_pydict() == {"id": ["007"]}


@pytest.mark.parametrize("library", ["polars", "duckdb", "narwhals"])
def test_tables_of_libraries_that_are_installed(library: str) -> None:
    module = pytest.importorskip(library)
    table = pa.table(FRAME)
    made: dict[str, Any] = {
        "polars": lambda: [module.from_arrow(table), module.from_arrow(table).lazy()],
        "duckdb": lambda: [module.from_arrow(table), module.from_arrow(table).filter("id = '007'")],
        "narwhals": lambda: [module.from_native(table)],
    }
    tables: list[Any] = made[library]()
    for each in named(*tables):
        assert pa.table(each.table).to_pydict() == {"id": ["007"]}


def test_what_has_no_name_is_called_by_its_role_and_none_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "2021.csv"
    path.write_text("id\n1\n")
    with path.open("rb") as binary, path.open() as text:
        sources = [
            FRAME,
            None,
            path,
            str(path),
            NamedFile(path, "x.csv"),
            io.BytesIO(b"id\n2\n"),
            binary,
            text,
            FRAME,
        ]
        names = [name_of(each) for each in named(*sources, FRAME.iloc[:0])]
    assert names == ["flows", "2021.csv", "2021.csv", "x.csv", "flows 2", "2021.csv", "2021.csv", "flows 3"]
    assert not as_sequence(None)
    assert not as_sequence(())


def test_open_files_are_saved_from_their_position_on_and_deleted() -> None:
    binary, text = io.BytesIO(b"skipped\nid\n1\n"), io.StringIO("id\né\n", newline="")
    binary.readline()
    with TemporaryFile() as unnamed:
        unnamed.write(b"id\n3\n")
        unnamed.seek(0)
        with named_sources({"flows": [binary, text, unnamed]}) as found:
            paths = [path_of(each) for each in found["flows"] if isinstance(each, NamedFile)]
            assert [each.read_bytes() for each in paths] == [b"id\n1\n", "id\né\n".encode(), b"id\n3\n"]
            assert [getattr(saved, "encoding", "") for saved in found["flows"]] == [None, "utf-8", None]
            assert paths[0].parent.stat().st_mode & 0o077 == 0
    assert not any(path.exists() for path in paths)


def test_student_records_in_memory_are_saved_as_text() -> None:
    with named_sources({"students": [FRAME]}) as found:
        (source,) = found["students"]
        assert isinstance(source, NamedFile)
        assert (source.name, source.path.read_bytes()) == ("students", b"id\n007\n")


def sources_of_a_generator() -> Iterator[Source]:
    yield FRAME
    yield FRAME


def test_a_generator_is_several_sources() -> None:
    assert len(as_sequence(sources_of_a_generator())) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"id": ["1"]}, "flows: This is of type dict, which is neither a file nor a table. Give a path"),
        (5, "of type int"),
        (b"id\n1\n", "of type bytes, which is neither a file nor a table. Wrap the bytes in io.BytesIO."),
        (pd.Series(["1"]), "of type Series, which is no table with named columns"),
        (pa.array(["1"]), "no table with named columns"),
    ],
)
def test_what_is_neither_a_file_nor_a_table_is_refused(source: Any, message: str) -> None:
    with pytest.raises(InputError, match=message), named_sources({"flows": as_sequence(source)}):
        pass


def test_a_closed_file_and_one_of_another_encoding_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("é".encode("cp1252"))
    with path.open(encoding="utf-8") as file:
        pass
    with pytest.raises(InputError, match=r"a.csv: The open file cannot be read \(I/O operation on closed file"):
        named(file)
    with path.open(encoding="utf-8") as file, pytest.raises(InputError, match="Open it again, in binary mode"):
        named(file)


class Endless(Lazy):
    """A lazy table that is never computed."""

    def __init__(self, collected: Any = None) -> None:
        self._collected = collected

    def collect(self) -> Any:
        return self if self._collected is None else self._collected


@pytest.mark.parametrize("source", [Endless(), Endless([1, 2])], ids=["itself", "a list"])
def test_a_lazy_table_that_gives_no_table_is_refused(source: Any) -> None:
    with pytest.raises(InputError, match="of type Endless, which is no table with named columns"):
        named(source)


class Stream:
    """An open file that gives one piece after another."""

    def __init__(self, *, empty: str | bytes, piece: str | bytes) -> None:
        self._empty, self._piece = empty, piece

    def read(self, size: int = -1) -> str | bytes:
        return self._piece if size else self._empty


@pytest.mark.parametrize(("empty", "piece"), [("", b"id"), (b"", "id")])
def test_text_and_bytes_in_turn_are_refused(empty: Any, piece: Any) -> None:
    with pytest.raises(InputError, match="flows: The open file cannot be read"):
        named(Stream(empty=empty, piece=piece))


def test_an_endless_stream_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_sources, "MAXIMUM_BYTES", 10_000)
    with pytest.raises(InputError, match="The open file has more than"):
        named(Stream(empty=b"", piece=b"a" * 1_000))


def test_a_pipe_a_device_and_a_text_that_is_no_path_are_refused_before_they_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for given, message in (
        (tmp_path / "pipe", "This is a pipe or a device"),
        ("/dev/zero", "This is a pipe or a device"),
        ("school_id,name\n" * 1_000, "This cannot be the path of a file"),
        ("schools\0.csv", "This cannot be the path of a file"),
    ):
        for read in (named, read_table):
            with pytest.raises(InputError, match=message):
                read(given)


def test_no_row_of_headings_is_asked_of_a_table_in_memory() -> None:
    with pytest.raises(InputError) as caught:
        read_scenario(schools=pd.DataFrame({"a": ["1"]}), require_flows=False)
    assert "header_row" not in str(caught.value)
