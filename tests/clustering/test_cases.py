"""Which test shows that a kind of file which once went wrong is read rightly: a kind a row, each with a test of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.clustering.validation.test_odd_files import CORPUS

TESTS = Path(__file__).parent
# The kind; the odd files that stand for it; or the test beside the module, where it is no matter of reading alone.
ODD_FILES: Mapping[str, tuple[str, ...]] = {
    "rates with a column for each year": ("years 0.csv", "years turned 0.csv", "enrolment of years 0.csv"),
    "flows with a column for each year": ("columns of years 0.csv", "columns of bare years 0.csv"),
    "a rate of nobody": ("empty cohort.csv",),
    "a known heading in a row of data": ("known word in data.csv", "settled.csv"),
    "a share without a zero": ("value .61.csv",),
    "identifiers marked as text": ("mark of text 0.csv", "school text 0.csv"),
    "a rate under one per cent": ("under one per cent.csv",),
    "marks of suppression": ("hidden.csv", "all marks.csv", "mark NC named.csv"),
    "headings that are not known": ("likely.csv", "likely places.csv", "no known heading.csv"),
    "one strange grade": ("grades 6-8.csv", "strange grades 0.csv", "strange grades 1.csv"),
    "notes and totals below": ("total 1.csv", "note 1.csv", "totals below.csv"),
    "a total without identifier": ("total 0.csv",),
    "kinds of rate in rows": ("kinds of rate.csv", "unknown kinds.csv"),
    "an identifier in parts": ("in parts.csv", "in parts, once.csv", "parts of schools.csv"),
    "a matrix with a column that is no school": ("matrix, other.csv", "matrix, unknown.csv"),
    "the place in one column": ("place 0.csv", "place 2.csv", "points in objects.json"),
    "KML": ("placemarks.kml",),
    "latitude first": ("latitude first.geojson", "exchanged.csv"),
    "ArcGIS JSON": ("arcgis.json",),
    "zeros lost in part": ("uneven digits.csv", "fourteen digits.csv", "zeros of one end.csv"),
    "a state's own twelve digits": ("own twelve digits.csv",),
    "a title of one word": ("title of a known word.csv", "one word above.csv"),
    "levels that are no level": ("unknown level.csv",),
    "zeros lost in catchments": ("zeros of catchments.csv",),
    "areas that are no school": ("unassigned.csv",),
    "markup above the headings": ("markup.csv", "markup above.csv"),
    "school years of two words": ("year 3.csv",),
    "the reference system of a table": ("state plane named.csv", "crs.csv"),
}
TESTED_ELSEWHERE: Mapping[str, str] = {
    "a branch of another high school": "zones/test_arrival.py",
    "a choice school over two catchments": "ingest/test_choice_schools.py",
    "a reference system of ArcGIS": "readers/test_reference_systems.py",
    "a folder of files": "ingest/test_expand_sources.py",
    "a feeder table without counts": "flows/test_feeder_table.py",
    "plans by name, and rows of a plan twice": "analysis/plans/test_plans_by_name.py",
}


@pytest.mark.parametrize("kind", ODD_FILES)
def test_every_kind_has_an_odd_file(kind: str) -> None:
    assert set(ODD_FILES[kind]) <= {odd.name for odd in CORPUS}


@pytest.mark.parametrize("kind", TESTED_ELSEWHERE)
def test_every_other_kind_has_a_test(kind: str) -> None:
    assert (TESTS / TESTED_ELSEWHERE[kind]).is_file()
