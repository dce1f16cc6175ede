"""
Saved pages of the Urban Institute's Education Data Portal, JSON or CSV, to tables in the forms that readers know.

The portal writes missing values as negative numbers, and means other things by them in some columns: a grade of -1 is
pre-kindergarten, a longitude is negative all over America. Rates come as ``low``, ``high`` and ``midpt``; the middle of
a band is no rate and is never read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.io.membership import BY_GRADE, TOTAL
from clustering.io.tables import MAXIMUM_BYTES, NamedFile, RawTable, Source, read_table

MANIFEST = "manifest.json"
MAXIMUM_PAGES = 10_000
MAXIMUM_COLUMNS = 2_000
MIDPOINTS_ALONE = "rates of which only a middle is given"

_CODE = re.compile(r"-\d+(\.0+)?")
_GRADE_COLUMNS = ("lowest_grade_offered", "highest_grade_offered")
_COORDINATES = ("latitude", "longitude")
# ``school_id`` is a number within the district here, and the ``_num`` columns have no leading zeros.
_MISLEADING = ("school_id", "ncessch_num", "leaid_num")
_STATUS = {
    **{"1": "Open", "2": "Closed", "3": "New", "4": "Added", "5": "Changed agency"},
    **{"6": "Inactive", "7": "Future", "8": "Reopened"},
}
_GRADES = {
    **{"-1": "Pre-Kindergarten", "0": "Kindergarten", "14": "Adult Education", "15": "Ungraded"},
    **{str(grade): f"Grade {grade}" for grade in range(1, 14)},
}
_FLAGS = {"-1": "Missing", "-2": "Not reported", "-3": "Suppressed"}
_RACES = {"1": "MWH", "2": "MBL", "3": "MHI", "4": "MAS", "5": "MAM", "7": "MTR"}
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "race": _RACES,
    "sex": {"1": "M", "2": "F"},
    "lep": {"1": "LEP"},
    "disability": {"1": "CWD"},
    "econ_disadvantaged": {"1": "ECD"},
    "homeless": {"1": "HOM"},
    "foster_care": {"1": "FCS"},
    "migrant": {"1": "MIG"},
    "military_connected": {"1": "MIL"},
}
_EVERYONE = "99"
_RATE_CODES = {"-1": ".", "-2": "n/a", "-3": "PS"}


@dataclass(frozen=True, kw_only=True)
class PortalTables:
    """
    What saved pages hold.

    Parameters
    ----------
    endpoint
        As the portal names it, such as ``schools/ccd/directory``.
    role
        What the tables are to be read as: ``schools``, ``membership`` or ``performance``.
    tables
        Cells as text; record ``i`` is the ``i``-th of all pages together. Assessments give two tables, mathematics and
        reading, the others one.
    facts
        Cells that hold a code in the place of a value, by column; ``MIDPOINTS_ALONE``.
    """

    endpoint: str
    role: str
    tables: tuple[RawTable, ...]
    facts: Mapping[str, int]


@dataclass(frozen=True)
class _Pages:
    """The cells of all pages as they stand, and where they come from."""

    name: str
    cells: pd.DataFrame
    sha256: str
    encoding: str
    delimiter: str


def read_portal_pages(sources: Source | Sequence[Source], *, encoding: str | None = None) -> PortalTables:
    """
    Read the pages of one request.

    Parameters
    ----------
    sources
        Pages in order, JSON as the portal answers or CSV as it offers for download; or the folder of a fetched table.
    encoding
        Of CSV files that are not UTF-8.

    Returns
    -------
    tables
        Told by their columns.

    Raises
    ------
    InputError
        No pages of the portal, some are missing, changed or unreadable, or an endpoint that is not known.
    """
    pages = _read_pages(_in_order(sources), encoding)
    columns = set(pages.cells.columns)
    if {"ncessch", "grad_rate_low", "grad_rate_high"} <= columns:
        return _graduation(pages)
    if {"ncessch", "math_test_pct_prof_low", "read_test_pct_prof_low"} <= columns:
        return _assessments(pages)
    if {"ncessch", "grade", "enrollment"} <= columns:
        return _enrolment(pages)
    if {"ncessch", "school_name"} <= columns:
        return _directory(pages)
    message = f"The columns are of no table of schools that can be read: {', '.join(sorted(columns)[:30])}."
    remedy = "Give pages of schools/ccd/directory, schools/ccd/enrollment, schools/edfacts/grad-rates or assessments."
    _refuse(pages.name, message, remedy)


def _in_order(sources: Source | Sequence[Source]) -> list[Source]:
    if not isinstance(sources, (str, Path, NamedFile, pd.DataFrame)):
        return list(sources)
    if isinstance(sources, (str, Path)) and Path(sources).is_dir():
        return _of_folder(Path(sources))
    return [sources]


def _of_folder(folder: Path) -> list[Source]:
    """Pages that a manifest lists, if they are all there and unchanged."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        is_complete, pages = manifest["complete"] is True, manifest["pages"]
        listed = [(str(page["file"]), str(page["sha256"])) for page in pages]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        _refuse(folder.name, "The folder has no manifest that can be read.", "Fetch the table into it again.")
    if not is_complete:
        _refuse(folder.name, "The table was not fetched to its end.", "Run the same request again; it goes on.")
    found: list[Source] = []
    for file, sha256 in listed:
        path = folder / file
        if not re.fullmatch(r"page-\d{4,}\.json", file) or not path.is_file():
            _refuse(folder.name, f"The page {file[:100]!r} is missing.", "Run the same request again.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            _refuse(folder.name, f"The page {file} was changed.", "Run the same request again.")
        found.append(path)
    return found


def _read_pages(sources: Sequence[Source], encoding: str | None) -> _Pages:
    if not 1 <= len(sources) <= MAXIMUM_PAGES:
        _refuse("portal", f"There are {len(sources):,} pages.", f"Give 1 to {MAXIMUM_PAGES:,}.")
    parts, counts = [], set()
    for source in sources:
        part, count = _read_page(source, encoding)
        parts.append(part)
        counts.add(count)
    first = parts[0]
    more = f" and {len(parts) - 1} more" if len(parts) > 1 else ""
    cells = pd.concat([part.cells for part in parts], ignore_index=True)
    cells = cells.where(cells.notna(), "").astype("str")
    announced = counts - {None}
    if len(announced) > 1 or (announced and len(cells) != next(iter(announced))):
        numbers = " or ".join(f"{count:,}" for count in sorted(count for count in announced if count is not None))
        message = f"The pages hold {len(cells):,} records, and the portal announced {numbers}."
        _refuse(first.name + more, message, "Give all pages of one request, each once.")
    digests = "".join(part.sha256 for part in parts)
    return _Pages(
        name=first.name + more,
        cells=cells,
        sha256=first.sha256 if len(parts) == 1 else hashlib.sha256(digests.encode()).hexdigest(),
        encoding=first.encoding,
        delimiter=first.delimiter,
    )


def _read_page(source: Source, encoding: str | None) -> tuple[_Pages, int | None]:
    """Cells of one page, and the number of records that the portal announced (JSON only)."""
    if not isinstance(source, pd.DataFrame):
        path, name = (source.path, source.name) if isinstance(source, NamedFile) else (Path(source), Path(source).name)
        content = _read_bytes(path, name)
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            cells, count = _read_json(content, name)
            sha256 = hashlib.sha256(content).hexdigest()
            return _Pages(name, cells, sha256, "utf-8", ""), count
    table = read_table(source, encoding=encoding)
    cells = table.cells.astype("str").rename(columns=lambda heading: str(heading).lower())
    return _Pages(table.name, cells, table.sha256, table.encoding, table.delimiter), None


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            _refuse(name, "The page is larger than 2 GiB.", "Fetch it by state (fips).")
        return path.read_bytes()
    except OSError as error:
        _refuse(name, f"The page cannot be opened ({error.strerror}).", "Check the path and the permissions.")


def _read_json(content: bytes, name: str) -> tuple[pd.DataFrame, int | None]:
    try:
        page = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _refuse(name, "The page is not JSON.", "Save the answer of the portal as it comes.")
    count, results = (page.get("count"), page.get("results")) if isinstance(page, dict) else (None, None)
    if not isinstance(results, list) or not all(isinstance(record, dict) for record in results):
        _refuse(name, "The JSON has no list of records called results.", "Save the answer of the portal as it comes.")
    headings = list(dict.fromkeys(heading for record in results for heading in record))
    if len(headings) > MAXIMUM_COLUMNS:
        _refuse(name, f"The records have more than {MAXIMUM_COLUMNS:,} columns.", "Keep the columns needed.")
    columns = {heading: [_text(record.get(heading), name) for record in results] for heading in headings}
    return pd.DataFrame(columns, dtype="str"), count if isinstance(count, int) else None


def _text(value: Any, name: str) -> str:
    """Text of one JSON value; a whole number in a column that also has fractions loses its ``.0``."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    _refuse(
        name, "A record holds a list or a record in place of a value.", "Save the answer of the portal as it comes."
    )


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _directory(pages: _Pages) -> PortalTables:
    cells = pages.cells.drop(columns=[name for name in _MISLEADING if name in pages.cells.columns])
    facts = {}
    for heading in cells.columns:
        cells[heading], count = _without_codes(cells[heading], str(heading))
        if count:
            facts[str(heading)] = count
    for heading in _GRADE_COLUMNS:
        if heading in cells.columns:
            cells[heading] = cells[heading].replace({"14": "AE", "15": "UG"})
    if "school_status" in cells.columns:
        cells["school_status"] = cells["school_status"].replace(_STATUS)
    if "year" in cells.columns:
        cells["year"] = _school_years(cells["year"])
    return _tables(pages, "schools/ccd/directory", "schools", [cells], facts)


def _without_codes(column: pd.Series, heading: str) -> tuple[pd.Series, int]:
    """A column with blanks where a code stands for a missing value, and their number."""
    if heading in _GRADE_COLUMNS:
        codes = column.str.fullmatch(r"-([2-9]|\d\d+)(\.0+)?")
    elif heading in _COORDINATES:
        codes = column.str.fullmatch(r"-[1239](\.0+)?")
    else:
        codes = column.str.fullmatch(_CODE.pattern)
    return column.mask(codes, ""), int(codes.sum())


def _enrolment(pages: _Pages) -> PortalTables:
    """In the shape of CCD's long membership file: one aggregation by grade, one of totals, and the others."""
    cells = pages.cells
    of_everyone = pd.Series(True, index=cells.index)
    for name in ("race", "sex"):
        if name in cells.columns:
            of_everyone &= _whole(cells[name]) == _EVERYONE
    grade, count = _whole(cells["grade"]), _whole(cells["enrollment"])
    is_code = count.str.fullmatch(_CODE.pattern)
    aggregation = pd.Series(BY_GRADE, index=cells.index).mask(grade == _EVERYONE, TOTAL)
    table = pd.DataFrame(
        {
            "SCHOOL_YEAR": _school_years(cells["year"]) if "year" in cells.columns else "",
            "NCESSCH": cells["ncessch"],
            "GRADE": grade.map(_GRADES).fillna("Not Specified").mask(grade == _EVERYONE, "No Category Codes"),
            "STUDENT_COUNT": count.mask(is_code, ""),
            "TOTAL_INDICATOR": aggregation.where(of_everyone, "By race or sex"),
            "DMS_FLAG": count.map(_FLAGS).fillna("Missing").where(is_code | (count == ""), "Reported"),
        }
    )
    facts = {"enrollment": int(is_code.sum())} if is_code.any() else {}
    return _tables(pages, "schools/ccd/enrollment", "membership", [table], facts)


def _graduation(pages: _Pages) -> PortalTables:
    table, facts = _rates(pages, "graduation_4year", "grad_rate", "cohort_num")
    return _tables(pages, "schools/edfacts/grad-rates", "performance", [table], facts)


def _assessments(pages: _Pages) -> PortalTables:
    tables, facts = [], {}
    for measure, prefix in (("proficiency_mathematics", "math_test"), ("proficiency_reading", "read_test")):
        table, found = _rates(pages, measure, f"{prefix}_pct_prof", f"{prefix}_num_valid")
        tables.append(table)
        facts |= found
    return _tables(pages, "schools/edfacts/assessments", "performance", tables, facts)


def _rates(pages: _Pages, measure: str, rate: str, cohort: str) -> tuple[pd.DataFrame, dict[str, int]]:
    cells = pages.cells
    blank = pd.Series("", index=cells.index)
    low, high = (_whole(cells.get(f"{rate}_{end}", blank)) for end in ("low", "high"))
    texts = low.where(low == high, low + "-" + high)
    coded = low.str.fullmatch(_CODE.pattern) | high.str.fullmatch(_CODE.pattern)
    code = low.where(low.str.startswith("-"), high)
    texts = texts.mask(coded, code.map(_RATE_CODES).fillna("."))
    alone = (low == "") & (high == "") & ~_whole(cells.get(f"{rate}_midpt", blank)).str.startswith("-")
    alone &= cells.get(f"{rate}_midpt", blank) != ""
    students = _whole(cells.get(cohort, blank))
    grade = _whole(cells.get("grade_edfacts", cells.get("grade", blank)))
    table = pd.DataFrame(
        {
            "ncessch": cells["ncessch"],
            "year": _school_years(cells["year"]) if "year" in cells.columns else "",
            "measure": measure,
            "subgroup": _subgroups(cells),
            "grade": grade.map(_assessed_grade),
            "rate": texts,
            "cohort_students": students.mask(students.str.fullmatch(_CODE.pattern), ""),
        }
    )
    facts = {rate: int(coded.sum()), f"{MIDPOINTS_ALONE} ({rate})": int(alone.sum())}
    return table, {name: count for name, count in facts.items() if count}


def _assessed_grade(code: str) -> str:
    """EDFacts' assessed grades: 9 stands for the high school."""
    if code in ("", _EVERYONE):
        return "all"
    return "HS" if code == "9" else code.zfill(2)


def _subgroups(cells: pd.DataFrame) -> pd.Series:
    """Group of each record by its codes: everyone (99) in all columns but the one, or ones, that narrow it down."""
    columns = [name for name in _GROUPS if name in cells.columns]
    if not columns:
        return pd.Series("all", index=cells.index)
    codes = pd.DataFrame({name: _whole(cells[name]) for name in columns})
    number = codes.groupby(columns, sort=False).ngroup()
    named = {}
    for place in number.index[~number.duplicated()]:
        narrowed = {name: codes.loc[place, name] for name in columns if codes.loc[place, name] != _EVERYONE}
        parts = [_GROUPS[name].get(str(code), f"{name} {code or 'not said'}") for name, code in narrowed.items()]
        named[number[place]] = "; ".join(parts) or "all"
    return number.map(named).astype("str")


def _whole(column: pd.Series) -> pd.Series:
    """Numbers of a CSV that a program wrote as ``99.0``."""
    return column.str.replace(r"\.0+$", "", regex=True)


def _school_years(column: pd.Series) -> pd.Series:
    """The portal's year is the fall of the school year; written so that nobody can take it for the spring."""
    years = {text: f"{text}-{(int(text) + 1) % 100:02d}" for text in column.unique() if re.fullmatch(r"\d{4}", text)}
    return column.replace(years)


def _tables(
    pages: _Pages, endpoint: str, role: str, tables: Sequence[pd.DataFrame], facts: Mapping[str, int]
) -> PortalTables:
    return PortalTables(
        endpoint=endpoint,
        role=role,
        tables=tuple(
            RawTable(
                name=pages.name,
                cells=cells.astype("str"),
                sha256=pages.sha256,
                encoding=pages.encoding,
                delimiter=pages.delimiter,
            )
            for cells in tables
        ),
        facts=facts,
    )


def _refuse(name: str, message: str, remedy: str) -> NoReturn:
    raise InputError([Problem(table=name, message=message, remedy=remedy)])
