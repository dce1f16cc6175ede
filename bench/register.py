"""
Recognition of what states and large districts publish: share of files read right, asked about, and read wrong.

Run ``python -m bench.register``. For each layout of the register a file in its shape is made up
(``bench.published_files``) and read without an option: as published, with its columns in another order, with earlier or
later years in its headings, in capitals and in small letters, with other signs between words, and with more columns.

- right: every school, grade, count and rate is read as it was written, and nothing else;
- asked: an error, which says what is not clear;
- unread: nothing wrong is read, but not everything;
- wrong: something is read that the file does not say.

Prints a table by source; ends with one line of JSON. ``wrong`` must be 0.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

from bench.published_files import RATES, PublishedFile, generate_file
from clustering import InputError, Problem
from clustering.ingest.open_files import open_files
from clustering.model.grades import grade_mask
from clustering.readers.recognition.published_layouts import PublishedLayout, published_layouts
from clustering.validation.catchments.catchments import validate_catchments
from clustering.validation.rates.performance import validate_performance
from clustering.validation.rates.published_rates import no_rates
from clustering.validation.schools.schools import validate_schools

OUTCOMES = ("right", "asked", "unread", "wrong")
MORE_COLUMNS = {"Report Date": "June", "Notes": "see guide", "Region Code": "R7", "Flag": "yes"}
Change = Callable[[PublishedFile, np.random.Generator], PublishedFile]


def main() -> None:
    """Read the files of all layouts and print what became of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=3, help="files of each layout and change")
    parameters = options.parse_args()
    counts = measure(parameters.seeds)
    print(f"{'source':<24}" + "".join(f"{outcome:>8}" for outcome in OUTCOMES))
    for source, found in counts.items():
        print(f"{source:<24}" + "".join(f"{found[outcome]:>8}" for outcome in OUTCOMES))
    total = sum(counts.values(), Counter())
    shares = {outcome: round(total[outcome] / total.total(), 4) for outcome in OUTCOMES}
    print(
        json.dumps(
            {"layouts": len(published_layouts()), "files": total.total(), **shares, "wrong_files": total["wrong"]}
        )
    )


def measure(seeds: int) -> dict[str, Counter[str]]:
    """
    Read a file of each layout, change and seed.

    Parameters
    ----------
    seeds
        Files of each layout and change.

    Returns
    -------
    counts
        Source to outcome to files.
    """
    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for layout in published_layouts():
            of_source = counts.setdefault(layout.name.partition(":")[0], Counter())
            of_source.update(outcome for _, outcome in outcomes_of(layout, seeds, Path(folder)))
    return counts


def outcomes_of(layout: PublishedLayout, seeds: int, folder: Path) -> Iterator[tuple[str, str]]:
    """The name of each change of a file of a layout, and what came of reading it."""
    for seed in range(seeds):
        file = generate_file(layout, seed)
        for name, change in CHANGES.items():
            drawn = np.random.default_rng([crc32(f"{layout.name} {name}".encode()), seed])
            yield name, outcome_of(change(file, drawn), folder)


@dataclass(frozen=True)
class Reading:
    """What was read of one file: schools or catchments by ``school_id``, and rates."""

    schools: pd.DataFrame
    rates: pd.DataFrame


def outcome_of(file: PublishedFile, folder: Path) -> str:
    """What came of reading one file, one of ``OUTCOMES``."""
    try:
        return compare(file, read(file, folder))
    except InputError:
        return "asked"


def read(file: PublishedFile, folder: Path) -> Reading:
    """
    Read one file in its role, as ``read_scenario`` opens and validates it.

    Parameters
    ----------
    file
        Written into ``folder``; a layer is read as a GeoDataFrame.
    folder
        Any.

    Returns
    -------
    reading
        No rates of catchments; of a file of rates, the schools are those it was made for.

    Raises
    ------
    InputError
        With every error.
    """
    role = file.layout.role
    path = folder / "published.csv"
    path.write_text(file.text(), encoding="utf-8")
    problems: list[Problem] = []
    findings = open_files({role: [file.polygons() if role == "catchments" else path]}, {}, problems).files[role]
    if problems:
        raise InputError(problems)
    schools, rates = _no_schools(file), no_rates()
    if role == "schools":
        schools = validate_schools(findings)
    elif role == "catchments":
        schools = validate_catchments(findings).set_index("school_id")
    if role != "catchments":
        rates = validate_performance(findings, schools.index).rates
    if errors := [problem for each in findings for problem in each.problems if problem.is_error]:
        raise InputError(errors)
    return Reading(schools, rates)


def _no_schools(file: PublishedFile) -> pd.DataFrame:
    """The schools a file was made for, of which nothing is known."""
    return pd.DataFrame(index=pd.Index([school["school_id"] for school in file.schools], name="school_id"))


def has_grades(file: PublishedFile) -> bool:
    """Whether a file tells the grades of its schools."""
    return not {"grades", "lowest_grade"}.isdisjoint(file.schools[0])


def compare(file: PublishedFile, reading: Reading) -> str:
    """Hold what was read against what the file says."""
    expected, found = dict(expected_of(file)), dict(found_in(file, reading))
    if any(key not in expected or expected[key] != value for key, value in found.items()):
        return "wrong"
    return "right" if found == {key: value for key, value in expected.items() if value is not None} else "unread"


def expected_of(file: PublishedFile) -> Iterator[tuple[tuple[object, ...], object]]:
    """What a file says: key to value; ``None`` for what must not be read."""
    for key, share in file.rates.items():
        yield key, None if share is None else round(share, 6)
    for school in file.schools:
        yield (school["school_id"], "listed"), True
        if has_grades(file):
            yield (school["school_id"], "grades_offered"), grade_mask(*file.spans[school["school_id"]])
        for name, cell in school.items() if file.layout.role == "schools" else ():
            if name in _COLUMNS:
                column, value = _COLUMNS[name]
                yield (school["school_id"], column), value(cell)


def found_in(file: PublishedFile, reading: Reading) -> Iterator[tuple[tuple[object, ...], object]]:
    """What was read of a file, by the same keys."""
    rates = reading.rates[reading.rates["measure"].isin(list(RATES.values())) & reading.rates["exact"].notna()]
    # A lone year in a heading may be a part of its name, so a rate without a year is not wrong there.
    known = {fall for _, fall, _ in file.rates}
    for row in rates[rates["subgroup"] == "all"].to_dict("records"):
        fall = None if pd.isna(row["year"]) else int(row["year"])
        if fall is None and file.has_year_in_heading:
            (fall,) = known
        yield (row["school_id"], fall, row["measure"]), round(float(row["exact"]), 6)
    told = {_COLUMNS[name][0] for name in file.schools[0] if name in _COLUMNS}
    for school in reading.schools.reset_index().to_dict("records"):
        yield (school["school_id"], "listed"), True
        if has_grades(file) and school.get("grades_offered"):
            yield (school["school_id"], "grades_offered"), school["grades_offered"]
        place = school.get("geometry")
        if place is not None and file.layout.role == "schools":
            school |= {"latitude": round(place.y, 4), "longitude": round(place.x, 4)}
        for column in told if file.layout.role == "schools" else ():
            if not pd.isna(school.get(column)):
                yield (school["school_id"], column), school[column]


# Column of a directory to that of the schools table, and what its cell means there.
_COLUMNS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "name": ("name", str),
    "enrolment": ("enrolment_students", lambda cell: float(cell.replace(",", ""))),
    "district_id": ("district_id", lambda cell: cell.lstrip("'")),
    "district_name": ("district_name", str),
    "status": ("status", lambda cell: "open" if cell in ("Active", "Open") else "closed"),
    "opened_year": ("opened_year", lambda cell: int(cell[:4])),
    "virtual": ("virtual", {"N": "not virtual", "F": "virtual"}.get),
    "latitude": ("latitude", lambda cell: round(float(cell), 4)),
    "longitude": ("longitude", lambda cell: round(float(cell), 4)),
}


def _other_order(file: PublishedFile, drawn: np.random.Generator) -> PublishedFile:
    return file.ordered([file.headings[position] for position in drawn.permutation(len(file.headings))])


def _other_years(file: PublishedFile, drawn: np.random.Generator) -> PublishedFile:
    return file.in_other_years(int(drawn.choice([-3, -1, 2])))


def _other_signs(file: PublishedFile, drawn: np.random.Generator) -> PublishedFile:
    sign = str(drawn.choice(["_", ".", "-", "  "]))
    return file.renamed(lambda heading: re.sub(r"[ _]+", sign, heading))


def _more_columns(file: PublishedFile, drawn: np.random.Generator) -> PublishedFile:
    return _other_order(file.with_columns(MORE_COLUMNS), drawn)


CHANGES: Mapping[str, Change] = {
    "as published": lambda file, _: file,
    "other order": _other_order,
    "other years": _other_years,
    "capitals": lambda file, _: file.renamed(str.upper),
    "small letters": lambda file, _: file.renamed(str.lower),
    "other signs": _other_signs,
    "more columns": _more_columns,
}

if __name__ == "__main__":
    main()
