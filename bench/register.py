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
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from bench.published_files import RATES, PublishedFile, generate_file
from clustering import InputError, Scenario, read_scenario
from clustering.model.grades import grade_mask
from clustering.readers.recognition.published_layouts import PublishedLayout, published_layouts

OUTCOMES = ("right", "asked", "unread", "wrong")
MORE_COLUMNS = {"Report Date": "June", "Notes": "see guide", "Region Code": "R7", "Flag": "yes"}
Change = Callable[[PublishedFile, random.Random], PublishedFile]


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
    print(json.dumps({"layouts": len(published_layouts()), "files": total.total(), **shares, "wrong_files": total["wrong"]}))


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
            drawn = random.Random(f"{layout.name} {seed} {name}")
            yield name, outcome_of(change(file, drawn), folder)


def outcome_of(file: PublishedFile, folder: Path) -> str:
    """What came of reading one file, one of ``OUTCOMES``."""
    try:
        scenario = read(file, folder)
    except InputError:
        return "asked"
    return compare(file, scenario)


def read(file: PublishedFile, folder: Path) -> Scenario:
    """Read a file in its role, beside a plain list of the schools if it is none itself."""
    path = folder / ("published.geojson" if file.layout.role == "catchments" else "published.csv")
    path.write_text(file.geojson() if path.suffix == ".geojson" else file.text(), encoding="utf-8")
    if file.layout.role == "schools":
        return read_scenario(schools=[path], require_flows=False)
    listed = folder / "schools.csv"
    columns = ["school_id"] if has_grades(file) else ["school_id", "grades"]
    table = pd.DataFrame([{"grades": "9-12", **school} for school in file.schools])[columns]
    table.to_csv(listed, index=False)
    if file.layout.role == "performance":
        return read_scenario(schools=[listed], performance=[path], require_flows=False)
    first, second, *_ = (school["school_id"] for school in file.schools)
    flows = pd.DataFrame([{"origin": second, "destination": first, "grade": 8, "year": "2022-23", "students": 50}])
    return read_scenario(schools=[listed], flows=flows, catchments=[path])


def has_grades(file: PublishedFile) -> bool:
    """Whether a file tells the grades of its schools."""
    return not {"grades", "lowest_grade"}.isdisjoint(file.schools[0])


def compare(file: PublishedFile, scenario: Scenario) -> str:
    """Hold a Scenario against what the file says."""
    expected, found = dict(_expected(file)), dict(_found(file, scenario))
    if any(key not in expected or expected[key] != value for key, value in found.items()):
        return "wrong"
    return "right" if found == {key: value for key, value in expected.items() if value is not None} else "unread"


def _expected(file: PublishedFile) -> Iterator[tuple[tuple[object, ...], object]]:
    """What the file says: key to value; ``None`` for what must not be read."""
    for key, share in file.rates.items():
        yield key, None if share is None else round(share, 6)
    for school in file.schools:
        yield (school["school_id"], "listed"), True
        for name, cell in school.items():
            if name in _COLUMNS and file.layout.role == "schools":
                yield (school["school_id"], name), _COLUMNS[name](cell)
        if has_grades(file):
            yield (school["school_id"], "grades"), grade_mask(*file.spans[school["school_id"]])


def _found(file: PublishedFile, scenario: Scenario) -> Iterator[tuple[tuple[object, ...], object]]:
    """What was read, by the same keys."""
    told = {name for school in file.schools for name in school} | ({"grades"} if has_grades(file) else set())
    rates = scenario.rates
    if any(key[2] in RATES.values() for key in file.rates) or file.layout.role == "performance":
        graduation = rates[rates["measure"].isin(list(RATES.values())) & (rates["subgroup"] == "all") & rates["exact"].notna()]
        # A lone year in a heading may be a part of its name, so a rate without a year is not wrong there.
        of_heading = {fall for _, fall, _ in file.rates} if file.has_year_in_heading else {None}
        for row in graduation.itertuples():
            fall = next(iter(of_heading)) if pd.isna(row.year) else int(row.year)
            yield (row.school_id, fall, row.measure), round(float(row.exact), 6)
    listed = scenario.schools.index if file.layout.role != "catchments" else sorted(set(scenario.contiguity["school_id"]))
    for school_id in listed:
        yield (school_id, "listed"), True
    for school in scenario.schools.reset_index().itertuples():
        read = {
            "name": school.name,
            "grades": int(school.grades_offered) or None,
            "enrolment": school.enrolment_students,
            "district_id": school.district_id,
            "district_name": school.district_name,
            "status": school.status,
            "opened_year": school.opened_year,
            "virtual": school.virtual,
            "latitude": None if school.geometry is None else round(school.geometry.y, 4),
            "longitude": None if school.geometry is None else round(school.geometry.x, 4),
        }
        for name, value in read.items():
            is_told = name in told and (file.layout.role == "schools" or name == "grades")
            if is_told and value is not None and not pd.isna(value):
                yield (school.school_id, name), value


_COLUMNS: Mapping[str, Callable[[str], object]] = {
    "name": str,
    "enrolment": lambda cell: float(cell.replace(",", "")),
    "district_id": lambda cell: cell.lstrip("'"),
    "district_name": str,
    "status": lambda cell: "open" if cell in ("Active", "Open") else "closed",
    "opened_year": lambda cell: int(cell[:4]),
    "virtual": {"N": "not virtual", "F": "virtual"}.get,
    "latitude": lambda cell: round(float(cell), 4),
    "longitude": lambda cell: round(float(cell), 4),
}


def _other_order(file: PublishedFile, drawn: random.Random) -> PublishedFile:
    return file.ordered(drawn.sample(file.headings, len(file.headings)))


def _other_years(file: PublishedFile, drawn: random.Random) -> PublishedFile:
    return file.in_other_years(drawn.choice([-3, -1, 2]))


def _other_signs(file: PublishedFile, drawn: random.Random) -> PublishedFile:
    sign = drawn.choice(["_", ".", "-", "  "])
    return file.renamed(lambda heading: re.sub(r"[ _]+", sign, heading))


def _more_columns(file: PublishedFile, drawn: random.Random) -> PublishedFile:
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
