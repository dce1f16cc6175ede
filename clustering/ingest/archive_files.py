"""Many files in one archive: each is read as a file of its own, if all are of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import shapely

from clustering.errors import InputError, Problem
from clustering.model.plain_text import plain_text
from clustering.readers.file_options import FileOptions, Options, options_for
from clustering.readers.isolation.warm_children import children_for
from clustering.readers.raw_table import NamedFile, RawTable, Source
from clustering.readers.read_tables import read_tables
from clustering.readers.recognition.archives import TAKEN, files_of_archive
from clustering.readers.recognition.containers import recognise_container
from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.open_archives import open_archive

_NAMED_AT_MOST = 20


def read_files_of_archive(role: str, source: Source, options: Options) -> list[RawTable]:
    """
    Read the members of an archive as files.

    Parameters
    ----------
    role
        What the archive is used as.
    source
        A file of any kind.
    options
        The user's options. Those of the archive hold for all of its files, and those of ``archive.zip/member.csv`` go
        before them.

    Returns
    -------
    tables
        One per member, named ``archive.zip/member.csv``. Empty for what is no archive of several files, for members
        that are not of one kind (tables with the same headings, or layers of points or of polygons), and where the
        user names a ``layer``.

    Raises
    ------
    InputError
        A member cannot be read, or the archive is too large.
    """
    if not isinstance(source, (str, Path, NamedFile)):
        return []
    path, name = (source.path, source.name) if isinstance(source, NamedFile) else (Path(source), Path(source).name)
    if not path.is_file() or options_for(name, options).layer is not None:
        return []
    if (container := recognise_container(path)) not in ("archive", "shapefile archive"):
        return []
    with open_archive(path, name, container) as archive:  # once: a directory may be long
        layers = files_of_archive(archive, name)
        names = [f"{name}/{plain_text(layer).strip()}" for layer in layers]
        with children_for(len(layers)) as children:
            outcomes = read_tables(
                [NamedFile(path, full) for full in names],
                role=role,
                options=[
                    _options_of_member(full, name, options).with_changes(layer=layer)
                    for full, layer in zip(names, layers, strict=True)
                ],
                children=children,
                archive=archive,
            )
    tables = []
    for outcome in outcomes:
        if isinstance(outcome, InputError):
            raise outcome
        tables.append(_without_note(outcome))
    if not tables or not _are_of_one_kind(tables):
        return []
    return [replace(tables[0], problems=(_note(name, layers), *tables[0].problems)), *tables[1:]]


def _options_of_member(full: str, archive: str, options: Options) -> FileOptions:
    """Options of patterns, then of the archive, then of the member."""
    nothing = FileOptions()
    own = options_for(full, {"*": options.get(archive, nothing), full: options.get(full, nothing)})
    return options_for(full, {**options, full: own})


def _without_note(table: RawTable) -> RawTable:
    """Without the warning that one member was taken, since all are."""
    told = tuple(problem for problem in table.problems if not problem.message.startswith(TAKEN))
    return replace(table, problems=told)


def _are_of_one_kind(tables: Sequence[RawTable]) -> bool:
    shapes = [table.geometry for table in tables if table.geometry is not None]
    if len(shapes) == len(tables):
        return len({int(shapely.get_dimensions(each).max(initial=-1)) for each in shapes}) == 1
    return not shapes and len({frozenset(map(heading_key, table.headings)) for table in tables}) == 1


def _note(name: str, layers: Sequence[str]) -> Problem:
    listed = ", ".join(layers[:_NAMED_AT_MOST]) + (", ..." if len(layers) > _NAMED_AT_MOST else "")
    message = f"{len(layers):,} files of the archive were read: {plain_text(listed)[:500]}."
    return Problem(table=name, message=message, remedy="Set layer=NAME to read only one of them.", is_error=False)
