"""Folders and patterns among the files that are named: each stands for the files in it, in sorted order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clustering.errors import Problem
from clustering.model.data_package import DATA_PACKAGE
from clustering.readers.published.education_data_portal_pages import MANIFEST
from clustering.readers.raw_table import Source
from clustering.readers.recognition.archives import SHAPEFILE_PARTS
from clustering.readers.recognition.containers import OTHER_SUFFIXES, TABLE_SUFFIXES, recognise_container

# A folder with one of these is a table of its own, and its reader knows what is in it.
TABLES_OF_FOLDERS = (MANIFEST, DATA_PACKAGE)
_SIGNS = frozenset("*?[")
# Text under such a name is no table, but was meant to be one: an empty file, or the page of a failed download.
_SUFFIXES_READ = (*TABLE_SUFFIXES, *OTHER_SUFFIXES)
_NO_TABLES = ("readme", "license", "licence", "copying", "changelog")
_NAMED_AT_MOST = 20


@dataclass
class ExpandedSources:
    """
    The files that stand in for folders and patterns.

    Parameters
    ----------
    sources
        Role to files.
    left_out
        Warnings that name the files of folders and patterns that are no tables.
    """

    sources: dict[str, Sequence[Source | None]]
    left_out: list[Problem] = field(default_factory=list)


def expand_sources(sources: Mapping[str, Sequence[Source | None]], problems: list[Problem]) -> ExpandedSources:
    """
    Put the files of folders and patterns in their place.

    Parameters
    ----------
    sources
        Role to what the user named. Only paths are looked at: an upload, which has a name of its own, never is. A
        folder that the Education Data Portal filled, and one with a ``datapackage.json``, stay as they are; but the
        latter stands for all its files where these have no role yet (``files``).
    problems
        An error is added for a folder without a table, and for a pattern that no file matches.

    Returns
    -------
    expanded
        The files of a folder or pattern in sorted order. Hidden files and what is no table are left out, and named.
    """
    expanded = ExpandedSources({})
    for role, of_role in sources.items():
        if any(_stands_for_several(source, role) for source in of_role):
            files = [each for source in of_role for each in _files_of(source, role, expanded.left_out, problems)]
            expanded.sources[role] = files
        else:
            expanded.sources[role] = of_role
    return expanded


def _stands_for_several(source: Source | None, role: str) -> bool:
    if not isinstance(source, (str, Path)):
        return False
    path = Path(source)
    try:
        if path.is_dir():
            tables = (MANIFEST,) if role == "files" else TABLES_OF_FOLDERS
            return not any((path / name).is_file() for name in tables)
        return bool(_SIGNS & set(str(path))) and not path.exists()
    except OSError:  # the text is too long for a path, which reading says
        return False


def _files_of(
    source: Source | None, role: str, left_out: list[Problem], problems: list[Problem]
) -> Iterator[Source | None]:
    if not isinstance(source, (str, Path)) or not _stands_for_several(source, role):
        yield source
        return
    path = Path(source)
    if path.is_dir():
        name, found = path.name or str(path), sorted(path.iterdir())
        message, remedy = f"The folder {path} holds no file that can be read as a table.", "Name the folder that does."
    else:
        name, found = path.name, _matches(path)
        message, remedy = f"No file matches the pattern {path}.", "Check the folder and the pattern; * is any name."
    tables = [each for each in found if _is_table(each)]
    taken = set(tables)
    if not tables:
        problems.append(Problem(table=name, message=message, remedy=remedy))
    elif others := [each.name for each in found if each not in taken]:
        left_out.append(_warning(name, others, len(tables)))
    yield from tables


def _matches(pattern: Path) -> list[Path]:
    """What matches a pattern; nothing if it is none: ``**`` stands for folders only by itself."""
    try:
        return sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))))
    except ValueError:
        return []


def _is_table(path: Path) -> bool:
    """Whether a file that nobody named is one to read: by its bytes, and of text also by its suffix."""
    if path.name.startswith((".", "~$")) or path.name == DATA_PACKAGE or not path.is_file():
        return False
    try:
        container = recognise_container(path)
    except OSError:
        return True  # Reading it says why it cannot be read.
    if container != "text":
        return True
    return path.suffix.lower() in _SUFFIXES_READ and not path.stem.lower().startswith(_NO_TABLES)


def _warning(name: str, others: Sequence[str], count: int) -> Problem:
    listed = ", ".join(others[:_NAMED_AT_MOST]) + (", ..." if len(others) > _NAMED_AT_MOST else "")
    message = f"{count:,} files of {name} were read; {len(others):,} were left out, since they are no tables: {listed}."
    remedy = "Nothing needs to be done. To read one all the same, name it."
    if any(Path(other).suffix.lower() in SHAPEFILE_PARTS for other in others):
        remedy = "Pack the parts of each shapefile (.shp, .shx, .dbf, .prj) into a ZIP; to read another, name it."
    return Problem(table=name, message=message, remedy=remedy, is_error=False)
