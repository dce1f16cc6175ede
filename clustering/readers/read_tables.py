"""Files of one role that were given together, each read into a table of its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from clustering.errors import InputError
from clustering.readers.file_options import FileOptions
from clustering.readers.isolation.container_table import ContainerTable
from clustering.readers.isolation.together import read_containers
from clustering.readers.isolation.warm_children import WarmChildren
from clustering.readers.raw_table import NamedFile, RawTable
from clustering.readers.read_table import (
    cannot_be_opened,
    check_kind,
    container_file,
    opened_file,
    table_of_content,
    table_of_text,
)
from clustering.readers.recognition.archives import Unpacked
from clustering.readers.recognition.open_archives import OpenArchive

# A child reads so many bytes within its time and memory, whatever the format.
MAXIMUM_BYTES_TOGETHER = 16 * 1024**2


def read_tables(
    sources: Sequence[NamedFile],
    *,
    role: str,
    options: Sequence[FileOptions],
    children: WarmChildren | None = None,
    archive: OpenArchive | None = None,
) -> list[RawTable | InputError]:
    """
    Read files that were given together; of those that need a child process, small ones share it.

    Parameters
    ----------
    sources
        The files.
    role
        As for :func:`~clustering.readers.read_table.read_table`.
    options
        The user's options of each file.
    children, archive
        As for ``read_table``.

    Returns
    -------
    outcomes
        One per file: what ``read_table`` returns or raises.
    """
    outcomes: list[RawTable | InputError] = []
    while len(outcomes) < len(sources):
        left = slice(len(outcomes), None)
        with ExitStack() as stack:
            opened = _open_some(stack, sources[left], options[left], archive)
            outcomes += _tables(opened, sources[left], options[left], role, children, archive)
    return outcomes


def _open_some(
    stack: ExitStack, sources: Sequence[NamedFile], options: Sequence[FileOptions], archive: OpenArchive | None
) -> list[Unpacked | InputError]:
    """Open the first files, as many as may be read together."""
    opened: list[Unpacked | InputError] = []
    # A shapefile is not taken out of its archive here; it counts as its part of the archive.
    shares = len(sources) if archive is not None and archive.container == "shapefile archive" else 1
    size = 0
    for source, of_source in zip(sources, options, strict=True):
        try:
            check_kind(source.name, of_source)
            file = stack.enter_context(opened_file(source.path, source.name, of_source, archive))
        except InputError as error:
            opened.append(error)
            continue
        opened.append(file)
        size += file.path.stat().st_size // shares
        if size > MAXIMUM_BYTES_TOGETHER:
            break
    return opened


def _tables(
    opened: Sequence[Unpacked | InputError],
    sources: Sequence[NamedFile],
    options: Sequence[FileOptions],
    role: str,
    children: WarmChildren | None,
    archive: OpenArchive | None,
) -> list[RawTable | InputError]:
    files = {
        number: container_file(file, sources[number].name, options[number], archive)
        for number, file in enumerate(opened)
        if isinstance(file, Unpacked) and file.container != "text"
    }
    contents = dict(zip(files, read_containers([*files.values()], children=children), strict=True))
    return [
        _table(file, contents.get(number), sources[number].name, role, options[number])
        for number, file in enumerate(opened)
    ]


def _table(
    file: Unpacked | InputError, content: ContainerTable | InputError | None, name: str, role: str, options: FileOptions
) -> RawTable | InputError:
    if isinstance(file, InputError):
        return file
    if isinstance(content, InputError):
        return content
    try:
        if content is None:
            return table_of_text(file, name, role, options)
        return table_of_content(file, content, name, role, options)
    except InputError as error:
        return error
    except OSError as error:
        return cannot_be_opened(name, error)
