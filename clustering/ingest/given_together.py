"""Files of a role that were given together, as a folder or by a pattern, and are read together."""

from __future__ import annotations

from collections.abc import Sequence

from clustering.errors import InputError
from clustering.readers.isolation.warm_children import MANY_FILES
from clustering.readers.raw_table import NamedSource, NamedTable, path_of
from clustering.readers.recognition.archives import files_of_archive
from clustering.readers.recognition.containers import recognise_container
from clustering.readers.recognition.open_archives import open_archive


def given_together(sources: Sequence[tuple[str, NamedSource]]) -> list[list[int]]:
    """
    Find the files that a child process can parse one after the other.

    Parameters
    ----------
    sources
        Each with its role.

    Returns
    -------
    groups
        Positions in ``sources``; each group has at least ``MANY_FILES`` files of one role that need a child process.
    """
    of_role: dict[str, list[int]] = {}
    for number, (role, _) in enumerate(sources):
        of_role.setdefault(role, []).append(number)
    groups = []
    for numbers in of_role.values():
        if len(numbers) >= MANY_FILES:
            group = [number for number in numbers if _needs_child(sources[number][1])]
            groups += [group] if len(group) >= MANY_FILES else []
    return groups


def _needs_child(source: NamedSource) -> bool:
    """Whether a file is one that a child process parses, and not an archive of several."""
    if isinstance(source, NamedTable):
        return False
    try:
        path = path_of(source)
        container = recognise_container(path)
        if container != "shapefile archive":
            return container not in ("text", "gzip", "archive")
        with open_archive(path, "", container) as archive:
            return not files_of_archive(archive, "")
    except (OSError, InputError):  # reading it alone says what is wrong
        return False
