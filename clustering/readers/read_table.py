"""Entry point: a file of any kind to a table in which every cell is still the text of the file."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from clustering.errors import InputError, Problem
from clustering.model.plain_text import plain_text
from clustering.readers.file_options import FileOptions
from clustering.readers.heading_notes import different_repeated, no_header, notes_on_headings
from clustering.readers.in_memory import table_of_memory
from clustering.readers.isolation.container_table import ContainerTable
from clustering.readers.isolation.parent import ContainerFile, read_container
from clustering.readers.isolation.sheet_header import HeadingRule, with_header
from clustering.readers.isolation.warm_children import WarmChildren
from clustering.readers.ordinary_files import check_is_ordinary
from clustering.readers.raw_table import NamedTable, RawTable, Readable, name_of, path_of, with_name
from clustering.readers.recognition.archives import Unpacked, unpacked
from clustering.readers.recognition.file_kinds import (
    HEADERLESS_LAYOUTS,
    NAMED_KINDS,
    is_named_kind,
    may_be_of_kind,
    recognise_kind,
    unread_headings,
)
from clustering.readers.recognition.headings import is_known_heading
from clustering.readers.recognition.open_archives import OpenArchive
from clustering.readers.text.delimited import parse_records
from clustering.readers.text.encodings import decode_text, first_foreign_row
from clustering.readers.text.layout import recognise_layout
from clustering.readers.text.markup import without_markup
from clustering.readers.text.other_text import check_has_no_fixed_width, check_is_no_page

MAXIMUM_BYTES = 2 * 1024**3
PEEKED_BYTES = 1 << 16


def read_table(
    source: Readable,
    *,
    role: str = "schools",
    options: FileOptions | None = None,
    children: WarmChildren | None = None,
    archive: OpenArchive | None = None,
) -> RawTable:
    """
    Read one file, or take a table in memory, without interpreting any value.

    Parameters
    ----------
    source
        A path, a :class:`NamedFile`, or a table in memory. Records of text may end in LF, CRLF or a bare CR.
    role
        What the file is used as, a key of ``headings.ALIASES``: decides which headings are recognised.
    options
        The user's options of the file.
    children
        As for :func:`~clustering.readers.isolation.parent.read_container`.
    archive
        The file, if it is an archive that is open already.

    Returns
    -------
    table
        Identifiers keep their leading zeros; ``NA`` is text.

    Raises
    ------
    InputError
        The file is unreadable or empty, its encoding unknown, a heading twice, or a record of the wrong length.
    """
    source = with_name(source, role)
    file_options = options or FileOptions()
    check_kind(name_of(source), file_options)
    if isinstance(source, NamedTable):
        return table_of_memory(source, role, file_options)
    path, name = path_of(source), name_of(source)
    with opened_file(path, name, file_options, archive) as file:
        if file.container == "text":
            return table_of_text(file, name, role, file_options)
        said = container_file(file, name, file_options, archive)
        return table_of_content(file, read_container(**vars(said), children=children), name, role, file_options)


def check_kind(name: str, options: FileOptions) -> None:
    """Raise for a kind of file that there is not."""
    if options.kind is not None and not is_named_kind(options.kind):
        named = f"Set kind=NAME, one of {', '.join(NAMED_KINDS)}, or a layout of the register as docs/files.md names it"
        remedy = f"{named}; or leave the option out."
        raise _unreadable(name, f"There is no kind of file called {options.kind[:100]!r}.", remedy)


@contextmanager
def opened_file(path: Path, name: str, options: FileOptions, archive: OpenArchive | None) -> Iterator[Unpacked]:
    """A file, unpacked if it was in an archive; what the system says against reading it is an error about the file."""
    check_is_ordinary(path, name)
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise _unreadable(name, "The file is larger than 2 GiB.", "Split it by year or by district.")
        with unpacked(path, name, wanted=options.layer, archive=archive) as file:
            yield file
    except OSError as error:
        raise cannot_be_opened(name, error) from None


def cannot_be_opened(name: str, error: OSError) -> InputError:
    """What the system says against reading a file, as an error about it."""
    if isinstance(error, IsADirectoryError):
        return _unreadable(name, "This is a folder.", "Name each file in it that should be read.")
    message = f"The file cannot be opened ({error.strerror})."
    return _unreadable(name, message, "Check the path and the permissions.")


def container_file(file: Unpacked, name: str, options: FileOptions, archive: OpenArchive | None) -> ContainerFile:
    """A file for a child process, with what the user says of it."""
    return ContainerFile(
        path=file.path,
        name=name,
        container=file.container,
        # Of an archive the option names the member, which has been taken out.
        layer=None if file.note else options.layer,
        sheet=options.sheet,
        crs=options.crs,
        archive=archive if file.container == "shapefile archive" else None,
    )


def table_of_content(file: Unpacked, content: ContainerTable, name: str, role: str, options: FileOptions) -> RawTable:
    """The table of a file that a child process has parsed."""
    if file.container == "workbook":
        rule = HeadingRule(options=options, is_known_heading=lambda cell: is_known_heading(cell, role))
        content = with_header(content, name, rule)
    columns = {heading: text.dictionary_encode() for heading, text in content.columns.items()}
    if not columns and content.geometry is None:
        raise _unreadable(name, "The file has no columns.", "Export it again with its records.")
    count = len(next(iter(columns.values()), content.geometry if content.geometry is not None else ()))
    if count == 0:
        raise _unreadable(name, "The file has no records.", "Export it again with its records.")
    if not columns:
        columns = {"record": pa.array(map(str, range(1, count + 1)), type=pa.string()).dictionary_encode()}
    repeated = different_repeated(columns, content.repeated)
    notes = notes_on_headings(
        name, tuple(columns), row=content.header_row, repeated=repeated, joined_rows=content.joined_rows
    )
    if content.header_row is None and file.container == "workbook":
        notes.append(no_header(name, tuple(columns), content.first_row))
    return RawTable(
        name=name,
        kind=options.kind or recognise_kind(tuple(columns), role, options.columns),
        encoded=columns,
        sha256=hashlib.sha256(file.path.read_bytes()).hexdigest(),
        container=f"{file.container}, {content.layer}" if len(content.layers) > 1 else file.container,
        header_row=content.header_row,
        first_row=content.first_row,
        geometry=content.geometry,
        crs="" if content.geometry is None else content.crs,
        options=options,
        problems=(*_notes_of(content, name, file.container, file.note), *notes),
        repeated=repeated,
    )


def _notes_of(content: ContainerTable, name: str, container: str, note: str) -> Iterator[Problem]:
    """Warnings about choices made for the user."""
    others = [layer for layer in content.layers if layer != content.layer]
    if others:
        called = "sheet" if container == "workbook" else "layer"
        message = f"Of {len(content.layers)} {called}s, {content.layer} was read."
        yield _warning(name, message, f"Set {called}=NAME to read another: {', '.join(others)[:300]}.")
    if content.dropped:
        message = f"Columns without plain text were left out: {', '.join(content.dropped)[:300]}."
        yield _warning(name, message, "Write them as text if you need them.")
    if content.is_approximate:
        message = f"No shift is known between the datum of {content.crs[:100]} and WGS 84: places may be hundreds of"
        remedy = "Export the file in longitude and latitude (EPSG:4326) with the program that made it."
        yield _warning(name, f"{message} metres off.", remedy)
    if content.is_cut_off:
        message = "The server left out the records beyond its limit: the file says itself that it is not whole."
        remedy = "Download the other records too (resultOffset, offset or start), or export the whole table as CSV."
        yield _warning(name, message, remedy)
    if note:
        yield _warning(name, note, _remedy_of_archive(note, "Set layer=NAME to read another member."))


def _remedy_of_archive(note: str, remedy: str) -> str:
    """The remedy where an archive has other files than the one that was taken; otherwise there is nothing to do."""
    return remedy if note.endswith(" files.") else "Nothing needs to be done: the archive has no other file."


def _warning(name: str, message: str, remedy: str) -> Problem:
    return Problem(table=name, message=plain_text(message), remedy=plain_text(remedy), is_error=False)


def peek_kind(path: Path, options: FileOptions, kinds: Collection[str]) -> str | None:
    """
    Recognise some kinds of a text file by its first kilobytes.

    Parameters
    ----------
    path
        The file, of any size.
    options
        The user's options of it.
    kinds
        Keys of ``file_kinds.FILE_KINDS``.

    Returns
    -------
    kind
        One of ``kinds``; ``None`` if it is another, or if the start of the file is not text with a header.
    """
    try:
        with path.open("rb") as file:
            head = file.read(PEEKED_BYTES)
        whole_lines = head[: head.rfind(b"\n") + 1] or head
        body = decode_text(whole_lines, path.name, options.encoding).body
        if not any(may_be_of_kind(body, kind) for kind in kinds):  # the usual file; its header need not be found twice
            return None
        layout = recognise_layout(
            without_markup(body)[0],
            path.name,
            options=options,
            is_known_heading=lambda cell: is_known_heading(cell, "schools"),
            headerless=HEADERLESS_LAYOUTS,
        )
    except (OSError, InputError):  # reported when the whole file is read
        return None
    kind = layout.kind or recognise_kind(layout.headings, "schools")
    return kind if kind in kinds else None


def table_of_text(file: Unpacked, name: str, role: str, options: FileOptions) -> RawTable:
    """The table of a text file."""
    content, note = file.path.read_bytes(), file.note
    if not content[:4096].strip() and not content.strip():
        raise _unreadable(name, "The file is empty.", "Export it again, with a header row and at least one record.")
    check_is_no_page(content, name)
    decoded = decode_text(content, name, options.encoding)
    body, markup = without_markup(decoded.body)
    layout = recognise_layout(
        body,
        name,
        options=options,
        is_known_heading=lambda cell: is_known_heading(cell, role),
        headerless=HEADERLESS_LAYOUTS,
    )
    check_has_no_fixed_width(layout.headings, name)
    kind = layout.kind or options.kind or recognise_kind(layout.headings, role, options.columns)
    unread = unread_headings(kind, layout.headings) - options.named_headings()
    records = parse_records(body, name, layout, unread=unread)
    problems = [_warning(name, note, _remedy_of_archive(note, "Unpack the archive to see the others."))] if note else []
    if decoded.is_guessed:
        problems.append(_guessed_encoding(name, decoded.encoding, first_foreign_row(content)))
    if layout.header_row is None and layout.kind is None:
        problems.append(no_header(name, layout.headings, layout.first_row))
    repeated = different_repeated(records.columns, layout.repeated)
    problems += notes_on_headings(
        name,
        layout.headings,
        row=layout.header_row,
        repeated=repeated,
        joined_rows=layout.joined_rows,
        markup=markup,
    )
    return RawTable(
        name=name,
        kind=kind,
        encoded=records.columns,
        has_quotes=b'"' in body,
        unread=tuple(heading for heading in layout.headings if heading in unread),
        sha256=hashlib.sha256(content).hexdigest(),
        encoding=decoded.encoding,
        delimiter=layout.delimiter,
        header_row=layout.header_row,
        first_row=layout.first_row,
        options=options,
        problems=tuple(problems),
        footer_rows=tuple(records.footer_rows),
        repeated=repeated,
        _text=(body, layout),
    )


def _guessed_encoding(name: str, encoding: str, row: int | None) -> Problem:
    message = f"The file is not UTF-8 and does not name its encoding; it was read as {encoding}."
    remedy = "Check names with accents; if they are wrong, set the encoding, for example encoding=mac-roman."
    return Problem(table=name, row=row, message=message, remedy=remedy, is_error=False)


def _unreadable(name: str, message: str, remedy: str) -> InputError:
    return InputError([Problem(table=name, message=message, remedy=remedy)])
