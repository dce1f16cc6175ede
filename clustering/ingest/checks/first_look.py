"""In which role a file can be used, before it is read in that role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import shapely

from clustering.errors import InputError
from clustering.ingest.archive_files import read_files_of_archive
from clustering.ingest.given_options import options_of
from clustering.readers.file_options import FileOptions, Options
from clustering.readers.published.education_data_portal_pages import looks_like_pages, read_portal_pages
from clustering.readers.raw_table import NamedFile, NamedSource, NamedTable, RawTable, name_of, path_of
from clustering.readers.read_table import read_table
from clustering.readers.recognition.columns_of_students import is_of_student
from clustering.readers.recognition.containers import recognise_container
from clustering.readers.recognition.file_kinds import FILE_KINDS
from clustering.readers.recognition.headings import ANY_ROLE, recognise_headings
from clustering.readers.recognition.published_layouts import ROLES as ROLES_OF_LAYOUTS
from clustering.readers.recognition.roles import RoleGuess, guess_role_of_headings, role_of_kind
from clustering.readers.reshape.recognised_layout import with_published_options
from clustering.readers.student_records.layout import recognise_format, recognise_layout

_START_BYTES = 1 << 18
_FORMATS_WITHOUT_HEADINGS = ("calpads",)


@dataclass(frozen=True, kw_only=True)
class FirstLook:
    """
    What a file seems to be.

    Parameters
    ----------
    guess
        Its roles, and what shows them.
    headings
        Of its first table.
    student_heading
        Heading of a column of students' identifiers, names or dates of birth; ``None`` without one. Nothing of such a
        file's cells may be shown.
    """

    guess: RoleGuess
    headings: tuple[str, ...] = ()
    student_heading: str | None = None


def look_first(source: NamedSource, options: Options) -> FirstLook:
    """
    Tell the role of a file by the user's word, its published form, its geometry, or its headings.

    Parameters
    ----------
    source
        A file or a table in memory. Of a long text file only the start is read.
    options
        The user's options.

    Returns
    -------
    look
        With several roles if the user has to say, and none if nothing tells it.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    kind = options_of(source, options).kind
    if kind != "matrix" and (said := role_of_kind(kind)) is not None:
        return _look_as_said(source, options, RoleGuess(roles=(said,), reason=f"You say so: kind={kind}."))
    if (records := _format_without_headings(source, options)) is not None:
        reason = f"It has the form of {records}."
        return FirstLook(guess=RoleGuess(roles=("students",), reason=reason))
    tables = _tables(source, options)
    headings = tables[0].headings
    guesses = list(dict.fromkeys(_guess(table) for table in tables))
    roles = tuple(dict.fromkeys(role for guess in guesses for role in guess.roles))
    guess = guesses[0] if len(guesses) == 1 else RoleGuess(roles=roles, reason=guesses[0].reason)
    return FirstLook(guess=guess, headings=headings, student_heading=_student_heading(tables))


def _look_as_said(source: NamedSource, options: Options, guess: RoleGuess) -> FirstLook:
    """The user's word; whether there are students is looked at all the same, since their cells are never shown."""
    if guess.roles == ("students",):
        return FirstLook(guess=guess)
    try:
        tables = _tables(source, options)
    except InputError:  # reported when the file is read in its role
        return FirstLook(guess=guess)
    return FirstLook(guess=guess, student_heading=_student_heading(tables))


def _format_without_headings(source: NamedSource, options: Options) -> str | None:
    """The format of student records that have no headings, or are no table: CALPADS, and Ed-Fi's JSON."""
    if isinstance(source, NamedTable) or not (path := path_of(source)).is_file():
        return None
    container = recognise_container(path)
    if container not in ("text", "json"):
        return None
    chosen = options_of(source, options)
    named = source if isinstance(source, NamedFile) else NamedFile(path, name_of(source))
    try:
        layout = recognise_layout(named, record_format=None, delimiter=chosen.delimiter, encoding=chosen.encoding)
    except InputError:
        return None
    if container == "text":
        name = layout.record_format.name
        return "CALPADS records of students" if name in _FORMATS_WITHOUT_HEADINGS else None
    with path.open("rb") as file:
        start = file.read(_START_BYTES).lower()
    return "Ed-Fi records of students" if b'"studentuniqueid"' in start and b'"entrydate"' in start else None


def _tables(source: NamedSource, options: Options) -> list[RawTable]:
    file_options = options_of(source, options)
    if isinstance(source, NamedTable) or not path_of(source).exists():  # which read_table says
        return [read_table(source, role=ANY_ROLE, options=file_options)]
    path = path_of(source)
    if path.is_dir() or looks_like_pages(path):
        return [read_portal_pages(source, options=file_options)]
    if recognise_container(path) != "text":
        of_archive = read_files_of_archive(ANY_ROLE, source, options)
        return of_archive or [read_table(source, role=ANY_ROLE, options=file_options)]
    with _start_of(path) as start:
        named = source if start is None else NamedFile(start, name_of(source))
        try:
            return [read_table(named, role=ANY_ROLE, options=file_options)]
        except InputError:
            if start is None:
                raise
    return [read_table(source, role=ANY_ROLE, options=file_options)]  # the start may end within quotation marks


@contextmanager
def _start_of(path: Path) -> Iterator[Path | None]:
    """The first lines of a long file of plain text, in a file of their own; ``None`` for the file itself."""
    with path.open("rb") as file:
        head = file.read(_START_BYTES)
    end = head.rfind(b"\n") + 1
    if len(head) < _START_BYTES or b"\0" in head or not end:
        yield None
        return
    with TemporaryDirectory(prefix="feeder-zones-") as folder:
        start = Path(folder) / "start"
        start.write_bytes(head[:end])
        yield start


def _guess(table: RawTable) -> RoleGuess:
    if table.kind in FILE_KINDS:
        return RoleGuess(roles=(FILE_KINDS[table.kind].role,), reason=f"It has the headings of {table.kind}.")
    layouts = {role: told.kind for role in ROLES_OF_LAYOUTS if (told := _with_layout(table, role)) is not None}
    if layouts:
        reason = f"It has the headings of {' and of '.join(dict.fromkeys(layouts.values()))}."
        return RoleGuess(roles=tuple(layouts), reason=reason, kinds=tuple(layouts.values()))
    if _has_shapes(table, dimensions=2) or _has_polygons_as_text(table):
        return _guess_of_polygons(table.headings)
    guess = guess_role_of_headings(table.headings, has_points=_has_shapes(table, dimensions=0))
    if recognise_format(table.headings) is None and (guess.roles or _student_heading([table]) is None):
        return guess
    roles = ("students",) if _student_heading([table]) is not None else tuple(dict.fromkeys(("students", *guess.roles)))
    return RoleGuess(roles=roles, reason="It has a column for each student.")


def _with_layout(table: RawTable, role: str) -> RawTable | None:
    """The table with the layout of a state or district that it has in a role."""
    told = with_published_options(table, role)
    return told if told is not table and told.kind != table.kind else None


def _guess_of_polygons(headings: Sequence[str]) -> RoleGuess:
    """Polygons are catchments, unless they have people and no school."""
    of_people, of_school = (
        recognise_headings(headings, table="", role=role, options=FileOptions()).headings
        for role in ("population", "catchments")
    )
    if "population" in of_people and not {"school_id", "name"} & of_school.keys():
        return RoleGuess(roles=("population",), reason="It has polygons with a number of people.")
    return RoleGuess(roles=("catchments",), reason="It has polygons.")


def _has_shapes(table: RawTable, *, dimensions: int) -> bool:
    return table.geometry is not None and int(shapely.get_dimensions(table.geometry).max(initial=-1)) == dimensions


def _has_polygons_as_text(table: RawTable) -> bool:
    """Whether a cell of the first record is a polygon in words."""
    first = (str(texts[0]).lstrip().upper() for texts in table.encoded.values() if len(texts))
    return any(text.startswith(("POLYGON", "MULTIPOLYGON")) for text in first)


def _student_heading(tables: Sequence[RawTable]) -> str | None:
    headings = (heading for table in tables for heading in table.headings)
    return next((each for each in headings if is_of_student(each)), None)
