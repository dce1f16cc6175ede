"""Which container a file is, told by its bytes and never by its name; and archives unpacked within limits."""

from __future__ import annotations

import errno
import gzip
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from clustering.errors import InputError, Problem

MAXIMUM_MEMBERS = 5_000
MAXIMUM_UNPACKED_BYTES = 2 * 1024**3
# Text is seldom packed to less than a hundredth; what shrinks more was made to overflow whoever unpacks it.
MAXIMUM_RATIO = 200
UNSUSPICIOUS_BYTES = 64 * 1024**2
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_CHUNK_BYTES = 1 << 20
_ARCHIVE_FAULTS = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError),
)
# A member's entry in the directory of an archive: 46 bytes, its path and extras.
_ENTRY_BYTES = 1_024
_GEOJSON = re.compile(rb'"type"\s*:\s*"(Feature(Collection)?|(Multi)?(Point|LineString|Polygon)|GeometryCollection)"')
_TABLES = (".csv", ".txt", ".tsv", ".tab", ".psv", ".dat")
_OTHERS = (".xlsx", ".xls", ".ods", ".geojson", ".json", ".gpkg", ".fgb", ".parquet")
_MAGIC = (
    (b"SQLite format 3\0", "geopackage"),
    (b"fgb\x03", "flatgeobuf"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),
    (b"\x1f\x8b", "gzip"),
)


@dataclass(frozen=True)
class Unpacked:
    """
    A file, taken out of its archive if it was in one.

    Parameters
    ----------
    path
        Where it is.
    container
        ``text``, ``workbook``, ``geojson``, ``geopackage``, ``flatgeobuf``, ``parquet``, ``shapefile archive`` or
        ``json``.
    note
        What was taken from which archive; blank without one.
    """

    path: Path
    container: str
    note: str = ""


def recognise_container(path: Path) -> str:
    """
    Tell a container by its first bytes and, for a ZIP archive, by what is in it.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    container
        As in :class:`Unpacked`, or ``gzip`` or ``archive``.
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
    for magic, container in _MAGIC:
        if head.startswith(magic):
            return container
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_archive(path)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        return "geojson" if _GEOJSON.search(head) else "json"
    return "text"


@contextmanager
def unpacked(path: Path, name: str, *, wanted: str | None = None) -> Iterator[Unpacked]:
    """
    Take the one table out of an archive, under a name of our own.

    Parameters
    ----------
    path
        The file.
    name
        What problems call it.
    wanted
        Name of the member to take, where there are several.

    Yields
    ------
    file
        The file itself where it is no archive; what was unpacked is gone afterwards.

    Raises
    ------
    InputError
        Damaged, too large unpacked, packed too tightly to be a table, without a table or with several.
    """
    container = recognise_container(path)
    if container not in ("gzip", "archive"):
        yield Unpacked(path, container)
        return
    with TemporaryDirectory() as folder:
        target = Path(folder) / "member"
        if container == "gzip":
            _inflate(path, target, name)
            note = ""
        else:
            note = _extract(path, target, name, wanted)
        inner = recognise_container(target)
        if inner in ("gzip", "archive"):
            raise _refused(name, "The archive holds another archive.", "Unpack it once.")
        yield Unpacked(target, inner, note)


def extract_shapefile(path: Path, folder: Path, name: str, *, layer: str | None) -> tuple[str, list[str]]:
    """
    Take one shapefile's parts out of an archive, under names of our own.

    Parameters
    ----------
    path
        The archive.
    folder
        Where ``layer.shp``, ``layer.dbf`` ... are put.
    name
        What problems call it.
    layer
        Which shapefile, by its name without ending, where there are several.

    Returns
    -------
    layer, layers
        The one taken, and all there are.

    Raises
    ------
    InputError
        As for :func:`unpacked`; no shapefile, several of them, or no such.
    """
    with _opened(path, name) as archive:
        members = _members(archive, name)
        stems = sorted({str(PurePosixPath(each.filename).with_suffix("")) for each in members if _is(each, (".shp",))})
        short = [PurePosixPath(stem).name for stem in stems]
        # The same name in two folders is told apart by its folder.
        names = {stem if short.count(last) > 1 else last: stem for stem, last in zip(stems, short, strict=True)}
        if layer is not None and layer not in names:
            raise _refused(name, f"There is no layer {layer[:100]!r}.", f"Name one of {', '.join(names)[:500]}.")
        if layer is None and len(names) != 1:
            remedy = f"Say which with layer=NAME: {', '.join(names)[:500]}."
            raise _refused(name, f"The archive holds {len(names)} shapefiles.", remedy)
        chosen = layer or next(iter(names))
        parts = [
            each
            for each in members
            if str(PurePosixPath(each.filename).with_suffix("")) == names[chosen] and _is(each, SHAPEFILE_PARTS)
        ]
        suffixes = [PurePosixPath(part.filename).suffix.lower() for part in parts]
        # Each copy within its limits, thousands of them would fill the disk all the same.
        if len(set(suffixes)) < len(suffixes):
            raise _refused(name, "The archive holds a part of the shapefile twice.", "Pack each file once.")
        _check_size(sum(part.file_size for part in parts), sum(part.compress_size for part in parts), name)
        for part, suffix in zip(parts, suffixes, strict=True):
            _copy_member(archive, part, folder / f"layer{suffix}", name)
    return chosen, list(names)


def _kind_of_archive(path: Path) -> str:
    if _directory_bytes(path) > MAXIMUM_MEMBERS * _ENTRY_BYTES:
        return "archive"
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except _ARCHIVE_FAULTS:
        return "archive"
    if "xl/workbook.xml" in names or ("content.xml" in names and "mimetype" in names):
        return "workbook"
    suffixes = {PurePosixPath(name).suffix.lower() for name in names}
    has_table = not suffixes.isdisjoint((*_TABLES, *_OTHERS))
    return "shapefile archive" if ".shp" in suffixes and not has_table else "archive"


def _directory_bytes(path: Path) -> int:
    """
    Size of an archive's directory, which is read as a whole when the archive is opened; 0 where there is none.

    Of several ends the largest counts: the sign of an end may stand within another, and readers differ in their choice.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - (1 << 16) - 22 - 20 - 56))
        tail = file.read()
    ends = [found.start() for found in re.finditer(rb"PK\x05\x06", tail)]
    sizes = [int.from_bytes(tail[end + 12 : end + 16], "little") for end in ends]
    # Archives of more than 4 GiB, and those that pretend to be, say it in an end of their own before that.
    long_ends = [end - 20 - 56 for end in ends if tail.startswith(b"PK\x06\x06", max(0, end - 20 - 56))]
    long_sizes = [int.from_bytes(tail[end + 40 : end + 48], "little") for end in long_ends]
    # Where the long end speaks, the short one may hold nothing but set bits.
    return max(long_sizes or sizes, default=0)


@contextmanager
def _opened(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    if _directory_bytes(path) > MAXIMUM_MEMBERS * _ENTRY_BYTES:
        raise _refused(name, f"The archive has more than {MAXIMUM_MEMBERS:,} members.", "Pack the one file needed.")
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _ARCHIVE_FAULTS as error:
        # Of the system's errors the archive is to blame for one: a place before the beginning of the file.
        if isinstance(error, InputError) or (isinstance(error, OSError) and error.errno != errno.EINVAL):
            raise
        raise _refused(name, "The archive is damaged or encrypted.", "Pack it again, without a password.") from None


def _members(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """Files of an archive, once it is clear that unpacking them costs no more than it should."""
    members = archive.infolist()
    if len(members) > MAXIMUM_MEMBERS:
        raise _refused(name, f"The archive has more than {MAXIMUM_MEMBERS:,} members.", "Pack the one file needed.")
    return [each for each in members if not each.is_dir() and not PurePosixPath(each.filename).name.startswith(".")]


def _is(member: zipfile.ZipInfo, suffixes: Sequence[str]) -> bool:
    return PurePosixPath(member.filename).suffix.lower() in suffixes and "__MACOSX" not in member.filename


def _extract(path: Path, target: Path, name: str, wanted: str | None) -> str:
    """Write the one table to ``target``; text goes before workbooks, and these before other forms."""
    with _opened(path, name) as archive:
        members = _members(archive, name)
        if wanted is not None:
            chosen = [
                each for each in members if each.filename == wanted or PurePosixPath(each.filename).name == wanted
            ]
        else:
            chosen = next((found for kind in _preferences() if (found := [m for m in members if _is(m, kind)])), [])
        if len(chosen) != 1:
            listed = ", ".join(each.filename for each in members[:20])[:500]
            message = (
                f"The archive holds {len(chosen) or 'no'} tables{'' if chosen else ' that can be read'}: {listed}."
            )
            raise _refused(name, message, "Say which with layer=NAME, or pack the one that is needed.")
        _copy_member(archive, chosen[0], target, name)
        others = f", of {len(members)} files" if len(members) > 1 else ""
    return f"Taken from the archive: {PurePosixPath(chosen[0].filename).name}{others}."


def _preferences() -> list[tuple[str, ...]]:
    return [_TABLES, *((suffix,) for suffix in _OTHERS)]


def _copy_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, name: str) -> None:
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused(name, "The archive is packed in a way that is not read.", "Pack it again as an ordinary ZIP.")
    _check_size(member.file_size, member.compress_size, name)
    with archive.open(member) as source, target.open("wb") as sink:
        written = 0
        while chunk := source.read(_CHUNK_BYTES):
            written += len(chunk)
            _check_size(written, member.compress_size, name)
            sink.write(chunk)


def _inflate(path: Path, target: Path, name: str) -> None:
    packed, written = path.stat().st_size, 0
    try:
        with gzip.open(path) as source, target.open("wb") as sink:
            while chunk := source.read(_CHUNK_BYTES):
                written += len(chunk)
                _check_size(written, packed, name)
                sink.write(chunk)
    except EOFError:
        raise _refused(name, "The file ends before its end: it was cut off.", "Fetch or pack it again.") from None
    except (gzip.BadGzipFile, zlib.error):
        raise _refused(name, "The file is damaged.", "Fetch or pack it again.") from None


def _check_size(unpacked_bytes: int, packed_bytes: int, name: str) -> None:
    too_tight = unpacked_bytes > UNSUSPICIOUS_BYTES and unpacked_bytes > MAXIMUM_RATIO * max(1, packed_bytes)
    if unpacked_bytes > MAXIMUM_UNPACKED_BYTES or too_tight:
        message = f"Unpacked, the file has more than {unpacked_bytes / 1e6:,.0f} MB, from {packed_bytes / 1e6:,.1f} MB."
        raise _refused(name, message, "Unpack it yourself if it is sound, and give the part that is needed.")


def copy_plain(path: Path, target: Path) -> None:
    """Copy a file's bytes under a name of our own; links are followed by the copy, never kept."""
    shutil.copyfile(path, target)


def _refused(name: str, message: str, remedy: str) -> InputError:
    return InputError([Problem(table=name, message=message, remedy=remedy)])
