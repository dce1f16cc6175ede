"""
Files in the shape of each layout of the register, made up: fictional names, identifiers and values.

Each file holds what the layout says of it, as its source writes it (``example`` in the register): records of other
groups, levels and kinds of rate beside those that count, earlier years, suppressed cells, and columns of which nothing
is read. The values of all other records differ from those that count, so that a wrong choice shows.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from clustering.readers.recognition.published_layouts import PublishedLayout

SCHOOLS = 4
GRADES = ((9, 12), (6, 8), (1, 5), (9, 12))
RATES = {"graduation_rate": "graduation_4year", "five_year_graduation_rate": "graduation_5year"}
RateKey = tuple[str, int | None, str]  # school, fall, measure
_COUNTED = ("graduates", "cohort")
_MARK = "*"
_SAME_FOR_ALL = ("district_id", "district_name", "status", "virtual", "opened_year")


@dataclass(frozen=True)
class PublishedFile:
    """
    A made-up file and what it says.

    Parameters
    ----------
    layout
        Its layout.
    headings
        In the order of the file.
    records
        Heading to cell.
    schools
        One a school: ``school_id`` and what else a directory says of it, as written.
    spans
        First and last grade of each school.
    rates
        School, fall of the year or ``None``, and measure, to the share; ``None`` where it is suppressed.
    has_year_in_heading
        Whether the year stands in the heading of the rate.
    """

    layout: PublishedLayout
    headings: tuple[str, ...]
    records: tuple[Mapping[str, str], ...]
    schools: tuple[Mapping[str, str], ...]
    spans: Mapping[str, tuple[int, int]]
    rates: Mapping[RateKey, float | None]
    has_year_in_heading: bool = False

    def text(self) -> str:
        """The file as CSV."""
        target = io.StringIO()
        rows = csv.DictWriter(target, self.headings, lineterminator="\n")
        rows.writeheader()
        rows.writerows(self.records)
        return target.getvalue()

    def polygons(self) -> gpd.GeoDataFrame:
        """The file as a layer, each record a square beside the one before."""
        squares = [box(-75 + number / 10, 40.0, -75 + (number + 1) / 10, 40.1) for number in range(len(self.records))]
        return gpd.GeoDataFrame(pd.DataFrame(self.records, columns=self.headings), geometry=squares, crs="EPSG:4326")

    def renamed(self, new_heading: Callable[[str], str]) -> PublishedFile:
        """The same file under other headings."""
        names = {heading: new_heading(heading) for heading in self.headings}
        records = tuple({names[heading]: cell for heading, cell in record.items()} for record in self.records)
        return replace(self, headings=tuple(names[heading] for heading in self.headings), records=records)

    def ordered(self, headings: Sequence[str]) -> PublishedFile:
        """The same file with its columns in another order."""
        return replace(self, headings=tuple(headings))

    def in_other_years(self, by: int) -> PublishedFile:
        """The same file with all years in its headings later by so many."""
        renamed = self.renamed(lambda heading: later(heading, by))
        if not self.has_year_in_heading:
            return renamed
        rates: dict[RateKey, float | None] = {
            (school, None if fall is None else fall + by, measure): share
            for (school, fall, measure), share in self.rates.items()
        }
        return replace(renamed, rates=rates)

    def with_columns(self, more: Mapping[str, str]) -> PublishedFile:
        """The same file with more columns, each with one entry."""
        records = tuple({**record, **more} for record in self.records)
        return replace(self, headings=(*self.headings, *more), records=records)


def later(text: str, by: int) -> str:
    """A text with each year in it, or pair of years such as 2021-22, later by so many."""
    return re.sub(
        r"\b((?:19|20)\d\d)(-\d\d)?\b",
        lambda found: f"{int(found[1]) + by}" + (f"-{(int(found[2][1:]) + by) % 100:02d}" if found[2] else ""),
        text,
    )


def generate_file(layout: PublishedLayout, seed: int = 0) -> PublishedFile:
    """
    Make up a file in the shape of a layout.

    Parameters
    ----------
    layout
        From the register.
    seed
        Of its values.

    Returns
    -------
    file
        With what it says.
    """
    drawn, written = np.random.default_rng([crc32(layout.name.encode()), seed]), layout.example["written"]
    years = [written["year"], _year_before(written["year"])] if "year" in written else [None]
    records: list[dict[str, str]] = []
    schools: list[dict[str, str]] = []
    rates: dict[RateKey, float | None] = {}
    for number in range(SCHOOLS):
        parts = _identifier(written["school_id"], number)
        school = {"school_id": "".join(parts).lstrip("'"), **_description(written, number)}
        schools.append(school)
        for year, entries in itertools.product(years, _combinations(layout)):
            values = _values(layout, drawn, is_read=entries == _chosen(layout), school=number)
            records.append(_record(layout, drawn, entries, _cells(layout, parts, school, year, values)))
            if entries == _chosen(layout):
                shares = {RATES.get(name, RATES["graduation_rate"]): share for name, (_, share) in values.items()}
                rates |= {(school["school_id"], _fall(layout, year), each): share for each, share in shares.items()}
    headings = tuple(records[0])
    order = drawn.permutation(len(records))
    return PublishedFile(
        layout=layout,
        headings=headings,
        records=tuple(records[position] for position in order),
        schools=tuple(schools),
        spans={school["school_id"]: GRADES[number] for number, school in enumerate(schools)},
        rates=rates,
        has_year_in_heading="year" not in written and _fall(layout, None) is not None,
    )


def _chosen(layout: PublishedLayout) -> dict[str, str]:
    """Entries of the records that are read."""
    return {column: entries.split("|")[0] for column, entries in layout.options.rows.items()}


def _combinations(layout: PublishedLayout) -> Iterator[dict[str, str]]:
    """The entries that are read, then each other entry beside them."""
    chosen = _chosen(layout)
    yield chosen
    for column, entries in layout.example.get("others", {}).items():
        yield from ({**chosen, column: entry} for entry in entries)


def _cells(
    layout: PublishedLayout,
    parts: Sequence[str],
    school: Mapping[str, str],
    year: str | None,
    values: Mapping[str, tuple[str, float | None]],
) -> dict[str, str]:
    """Heading to cell, of the columns that the layout reads."""
    columns = {"school_id": "ID"} | dict(layout.options.columns)
    told = {**school, **{name: cell for name, (cell, _) in values.items()}} | ({"year": year} if year else {})
    cells = dict(zip(columns.pop("school_id").split("+"), parts, strict=True))
    return cells | {columns[name]: cell for name, cell in told.items() if name in columns}


def _record(
    layout: PublishedLayout, drawn: np.random.Generator, entries: Mapping[str, str], cells: Mapping[str, str]
) -> dict[str, str]:
    """Heading to cell, of all columns."""
    unread = {heading: f"{heading[:1]} {drawn.integers(100, 999)}" for heading in layout.example.get("more", ())}
    return {**unread, **layout.example.get("filled", {}), **entries, **cells}


def _identifier(sample: str, number: int) -> list[str]:
    """Identifier of a school in its parts; the last school differs from the first in the part before the last only."""
    parts = sample.split("+")
    position = -2 if number == SCHOOLS - 1 and len(parts) > 1 else -1
    parts[position] = _counted_up(parts[position], 1 if position == -2 else number)
    return parts


def _counted_up(sample: str, number: int) -> str:
    """A sample with a number added to its last digits, as wide as before."""
    head, digits = re.fullmatch(r"(.*?)(\d+)", sample).groups()  # type: ignore[union-attr]
    return f"{head}{int(digits) + number:0{len(digits)}d}"


def _year_before(year: str) -> str:
    return re.sub(r"\d+", lambda found: f"{int(found.group()) - 1:0{len(found.group())}d}", year)


def _fall(layout: PublishedLayout, year: str | None) -> int | None:
    """Fall of the school year that a cell or, without one, the heading of the rate writes."""
    if year is None:
        found = re.search(r"Class of (\d{4})|\b(\d{4})-\d\d\b", layout.options.columns.get("graduation_rate", ""))
        return None if found is None else int(found[1]) - 1 if found[1] else int(found[2])
    return int(year[:4]) - (len(year) == 4 and layout.options.year_convention == "spring")


def _mark(layout: PublishedLayout) -> str:
    return (getattr(layout.options, "suppressed", None) or _MARK).split(",")[0]


def _description(written: Mapping[str, str], number: int) -> dict[str, str]:
    """What a directory says of a school, in the manner of the sample."""
    first, last = GRADES[number]
    told = {
        "name": f"{written.get('name', '')} {'ABCD'[number]}",
        "grades": _grades(written.get("grades", ""), first, last),
        "lowest_grade": str(first),
        "highest_grade": str(last),
        "enrolment": _counted_up(written.get("enrolment", "0"), number),
        "latitude": f"{float(written.get('latitude', 0)) + number / 10:.1f}",
        "longitude": f"{float(written.get('longitude', 0)) - number / 10:.1f}",
    }
    told |= {name: written[name] for name in _SAME_FOR_ALL if name in written}
    # "N" in a whole column may stand for anything; beside another letter it means no.
    told |= {"virtual": "F"} if number == 0 else {}
    return {name: cell for name, cell in told.items() if name in written}


def _grades(sample: str, first: int, last: int) -> str:
    width = 2 if re.search(r"\b0\d", sample) else 1
    if "," in sample:
        separator = ", " if ", " in sample else ","
        return separator.join(f"{grade:0{width}d}" for grade in range(first, last + 1))
    return f"{chr(39) if sample.startswith(chr(39)) else ''}{first:0{width}d}-{last:0{width}d}"


def _values(
    layout: PublishedLayout, drawn: np.random.Generator, *, is_read: bool, school: int
) -> dict[str, tuple[str, float | None]]:
    """Cells of the rates and counts in the manner of the sample, each with the share of graduates that it tells."""
    written = layout.example["written"]
    values: dict[str, tuple[str, float | None]] = {}
    cohort = 100 if all(_decimals(written[name]) == 0 for name in RATES if name in written) else 200
    # Even numbers where they are read and odd ones elsewhere, so that a wrong record shows.
    graduates = 2 * int(drawn.integers(cohort // 6, cohort // 2 - 2)) + (not is_read)
    for name in ("graduation_rate", "five_year_graduation_rate", *_COUNTED):
        if name not in written:
            continue
        share = (graduates + 2 * (name == "five_year_graduation_rate")) / cohort
        cell = _rate(written[name], share) if name in RATES else str(graduates if name == "graduates" else cohort)
        padding = " " * (len(written[name]) - len(written[name].lstrip()))
        values[name] = (_mark(layout), None) if school == SCHOOLS - 1 else (padding + cell, share)
    return values


def _decimals(sample: str) -> int:
    """Decimals of a rate as a percentage."""
    number = sample.strip().rstrip("%")
    after = len(number.partition(".")[2])
    return max(after - 2, 0) if float(number) <= 1 else after


def _rate(sample: str, share: float) -> str:
    number, is_share = sample.strip().rstrip("%"), float(sample.strip().rstrip("%")) <= 1
    shown = share if is_share else share * 100
    return f"{shown:.{len(number.partition('.')[2])}f}{'%' if sample.strip().endswith('%') else ''}"
