"""Archives and gzip files: one table or one shapefile taken out, within limits of size and number of members."""

from __future__ import annotations

import gzip
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from clustering.model.plain_text import plain_text
from clustering.readers.recognition.containers import OTHER_SUFFIXES, TABLE_SUFFIXES, recognise_container
from clustering.readers.recognition.open_archives import OpenArchive, archive_error, archive_faults, open_archive
from clustering.readers.text.other_text import SPATIAL_EXPORT

MAXIMUM_UNPACKED_BYTES = 2 * 1024**3
# Text is seldom packed to less than a hundredth. What shrinks more was made to overflow whoever unpacks it.
MAXIMUM_RATIO = 200
MAXIMUM_FILES_OF_ARCHIVE = 500
TAKEN = "Taken from the archive:"
UNSUSPICIOUS_BYTES = 64 * 1024**2
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Unpacked:
    """
    A file, unpacked if it was in an archive.

    Parameters
    ----------
    path
        Path of the file.
    container
        As :func:`~clustering.readers.recognition.containers.recognise_container` returns, but neither ``gzip`` nor
        ``archive``.
    note
        Which member was taken out of the archive; blank without one.
    """

    path: Path
    container: str
    note: str = ""


@contextmanager
def unpacked(
    path: Path, name: str, *, wanted: str | None = None, archive: OpenArchive | None = None
) -> Iterator[Unpacked]:
    """
    Take the one table out of an archive, under our own name.

    Parameters
    ----------
    path
        The file.
    name
        What problems call it.
    wanted
        Path of the member to take if there are several, or its name.
    archive
        The archive, if the file is one that is open already.

    Yields
    ------
    file
        The file itself if it is no archive; an unpacked file is deleted afterwards.

    Raises
    ------
    InputError
        The archive is damaged, too large when unpacked, packed too tightly for a table, or does not hold one table.
    """
    container = recognise_container(path) if archive is None else archive.container
    if container not in ("gzip", "archive"):
        yield Unpacked(path, container)
        return
    with TemporaryDirectory() as folder:
        target = Path(folder) / "member"
        if container == "gzip":
            _inflate(path, target, name)
            note = ""
        elif archive is not None:
            note = _extract(archive, target, name, wanted)
        else:
            with open_archive(path, name, container) as opened:
                note = _extract(opened, target, name, wanted)
        inner = recognise_container(target)
        if inner in ("gzip", "archive"):
            raise archive_error(name, "The archive holds another archive.", "Unpack it once.")
        yield Unpacked(target, inner, note)


@dataclass(frozen=True)
class Shapefile:
    """The layer that was taken out of an archive, and all layers of the archive."""

    layer: str
    layers: list[str]


def extract_shapefile(
    path: Path, folder: Path, name: str, *, layer: str | None, archive: OpenArchive | None = None
) -> Shapefile:
    """
    Take one shapefile's parts out of an archive, under our own names.

    Parameters
    ----------
    path
        The archive.
    folder
        Where ``layer.shp``, ``layer.dbf`` ... are put.
    name
        What problems call it.
    layer
        Which shapefile, by its name without suffix, if there are several.
    archive
        The archive, if it is open already.

    Returns
    -------
    shapefile
        Which one was taken.

    Raises
    ------
    InputError
        As for :func:`unpacked`; or there is no shapefile, no such, or there are several.
    """
    with nullcontext(archive) if archive is not None else open_archive(path, name, "shapefile archive") as opened:
        members = opened.members
        names = _names_of_shapefiles(members)
        if layer is not None and layer not in names:
            raise archive_error(
                name, f"There is no layer {layer[:100]!r}.", f"Set layer=NAME to one of them: {', '.join(names)[:500]}."
            )
        if layer is None and len(names) != 1:
            remedy = f"Set layer=NAME to one of them: {', '.join(names)[:500]}."
            raise archive_error(name, f"The archive holds {len(names)} shapefiles.", remedy)
        chosen = layer or next(iter(names))
        parts = [
            each
            for each in members
            if str(PurePosixPath(each.filename).with_suffix("")) == names[chosen] and _is(each, SHAPEFILE_PARTS)
        ]
        suffixes = [PurePosixPath(part.filename).suffix.lower() for part in parts]
        # Each copy alone would be within the limits, but thousands of them would fill the disk.
        if len(set(suffixes)) < len(suffixes):
            raise archive_error(name, "The archive holds a part of the shapefile twice.", "Pack each file once.")
        _check_size(sum(part.file_size for part in parts), sum(part.compress_size for part in parts), name)
        for part, suffix in zip(parts, suffixes, strict=True):
            _copy_member(opened.file, part, folder / f"layer{suffix}", name)
    return Shapefile(layer=chosen, layers=list(names))


def files_of_archive(archive: OpenArchive, name: str) -> list[str]:
    """
    Name the members of an archive that would each be read, if there are several.

    Parameters
    ----------
    archive
        The archive.
    name
        What problems call it.

    Returns
    -------
    layers
        What to give as ``layer`` for each, sorted: the paths of tables of one container, or the names of shapefiles.
        Empty for an archive with one table.

    Raises
    ------
    InputError
        All of the archive together is too large.
    """
    members = archive.members
    if archive.container == "shapefile archive":
        chosen = [each for each in members if _is(each, SHAPEFILE_PARTS)]
        layers = sorted(_names_of_shapefiles(members))
    elif _unread_map_format(members):
        return []  # its parts are no tables
    else:
        chosen = next((found for kind in _preferences() if (found := [m for m in members if _is(m, kind)])), [])
        layers = sorted(each.filename for each in chosen)
    if len(layers) < 2 or len(layers) > MAXIMUM_FILES_OF_ARCHIVE:
        return []
    # Each file alone would be within the limits, but hundreds of them would not.
    _check_size(sum(each.file_size for each in chosen), sum(each.compress_size for each in chosen), name)
    return layers


def _names_of_shapefiles(members: Sequence[zipfile.ZipInfo]) -> dict[str, str]:
    """Name of each shapefile to its path without suffix; those of the same name keep their folder in the name."""
    stems = sorted({str(PurePosixPath(each.filename).with_suffix("")) for each in members if _is(each, (".shp",))})
    short = [PurePosixPath(stem).name for stem in stems]
    return {stem if short.count(last) > 1 else last: stem for stem, last in zip(stems, short, strict=True)}


def _is(member: zipfile.ZipInfo, suffixes: Sequence[str]) -> bool:
    return PurePosixPath(member.filename).suffix.lower() in suffixes and "__MACOSX" not in member.filename


def _extract(archive: OpenArchive, target: Path, name: str, wanted: str | None) -> str:
    """Write the one table to ``target``, text before workbooks before other containers; return a note for the user."""
    members = archive.members
    if wanted is not None:
        chosen = archive.named(wanted)
    else:
        chosen = next((found for kind in _preferences() if (found := [m for m in members if _is(m, kind)])), [])
        if map_format := _unread_map_format(members):
            raise archive_error(name, f"The archive holds {map_format}, which is not read.", SPATIAL_EXPORT)
        # A KMZ: its main document has this name.
        chosen = [each for each in chosen if each.filename == "doc.kml"] or chosen
    if len(chosen) != 1:
        listed = ", ".join(each.filename for each in members[:20])[:500]
        message = f"The archive holds {len(chosen) or 'no'} tables{'' if chosen else ' that can be read'}: {listed}."
        remedy = "Set layer=NAME to one of them, or pack only the table that is needed."
        raise archive_error(name, message, remedy if chosen else "Pack the table itself, as text, JSON or a workbook.")
    _copy_member(archive.file, chosen[0], target, name)
    of_files = f", of {len(members)} files" if len(members) > 1 else ""
    return f"{TAKEN} {plain_text(PurePosixPath(chosen[0].filename).name)}{of_files}."


def _unread_map_format(members: Sequence[zipfile.ZipInfo]) -> str | None:
    """What an archive holds if it holds a layer of a form that is not read, and no table."""
    if any(_is(each, (".gdbtable",)) for each in members):
        return "a file geodatabase of ArcGIS"
    suffixes = {PurePosixPath(each.filename).suffix.lower() for each in members}
    return "a MapInfo table" if {".tab", ".map", ".id"} <= suffixes or {".mif", ".mid"} <= suffixes else None


def _preferences() -> list[tuple[str, ...]]:
    return [TABLE_SUFFIXES, *((suffix,) for suffix in OTHER_SUFFIXES)]


def _copy_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, name: str) -> None:
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise archive_error(
            name, "The archive is packed in a way that cannot be read.", "Pack it again as an ordinary ZIP."
        )
    _check_size(member.file_size, member.compress_size, name)
    with archive_faults(name), archive.open(member) as source, target.open("wb") as sink:
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
        raise archive_error(name, "The file is cut off.", "Download or pack it again.") from None
    except (gzip.BadGzipFile, zlib.error):
        raise archive_error(name, "The file is damaged.", "Download or pack it again.") from None


def _check_size(unpacked_bytes: int, packed_bytes: int, name: str) -> None:
    too_tight = unpacked_bytes > UNSUSPICIOUS_BYTES and unpacked_bytes > MAXIMUM_RATIO * max(1, packed_bytes)
    if unpacked_bytes > MAXIMUM_UNPACKED_BYTES or too_tight:
        message = f"Unpacked, the file has more than {unpacked_bytes / 1e6:,.0f} MB, from {packed_bytes / 1e6:,.1f} MB."
        raise archive_error(name, message, "If the file is sound, unpack it yourself and use the part that is needed.")


def copy_plain(path: Path, target: Path) -> None:
    """Copy a file's bytes under our own name; a link is followed, never copied."""
    shutil.copyfile(path, target)
