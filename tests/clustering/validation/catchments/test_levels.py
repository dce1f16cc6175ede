"""Levels of polygons: said by the user, by columns, by the name of the file."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from clustering.errors import InputError
from clustering.model.grades import parse_grade_set
from clustering.readers.file_options import FileOptions, parse_file_options
from clustering.readers.read_table import read_table
from clustering.validation.catchments.catchments import validate_catchments
from clustering.validation.findings import Findings


def layer(name: str = "boundaries.geojson", said: str | None = None, **columns: list[str]) -> Findings:
    """Two polygons side by side, of a file of this name, read with this option."""
    given = {"school_id": ["A", "B"], **columns}
    frame = gpd.GeoDataFrame(
        pd.DataFrame(given, dtype="str"), geometry=[box(-75, 40, -74.9, 40.1), box(-74.9, 40, -74.8, 40.1)], crs=4326
    )
    table = replace(read_table(frame), name=name, options=FileOptions(level=said))
    return Findings(table=table, role="catchments", headings={heading: heading for heading in given})


def levels_of(findings: Findings) -> list[str | None]:
    table = validate_catchments([findings])
    return [None if pd.isna(level) else str(level) for level in table["level"]]


def test_the_user_says_the_level_or_the_grades_of_all_polygons() -> None:
    assert levels_of(layer("elementary.geojson", "high", level=["1", "2"])) == ["high", "high"]
    by_grades = validate_catchments([layer(said="9-12", grades=["", "9-10"])])
    assert by_grades["level"].tolist() == ["high", "high"]
    assert by_grades["grades_offered"].tolist() == [parse_grade_set("9-12"), parse_grade_set("9-10")]
    (options,) = parse_file_options("level=K-5").values()
    assert options.level == "K-5"
    with pytest.raises(InputError, match="Give elementary, middle, high, or grades such as 9-12"):
        FileOptions(level="upper")


def test_the_name_of_the_file_says_it_and_a_warning_says_so() -> None:
    findings = layer("HS_2023.geojson")
    assert levels_of(findings) == ["high", "high"]
    (warning,) = findings.problems
    assert "By its name the file holds catchments of high schools" in warning.message
    assert "HS_2023.geojson:level=elementary, middle or high" in warning.remedy
    # A column of levels, and grades of another level, go before the name.
    assert levels_of(layer("HS_2023.geojson", level=["Middle", ""])) == ["middle", None]
    assert levels_of(layer("HS_2023.geojson", grades=["K-5", "6-8"])) == [None, None]
    assert levels_of(layer("middle and high.geojson")) == [None, None]


def test_unknown_words_are_no_error_beside_grades() -> None:
    findings = layer(level=["Combo", "Unknown"], grades=["K-8", "6-8"])
    assert levels_of(findings) == [None, None]
    (warning,) = findings.problems
    assert (warning.is_error, "Combo" in warning.message, "Unknown" in warning.message) == (False, True, False)
    alone = layer(level=["Combo", "Unknown"])
    validate_catchments([alone])
    (error,) = alone.problems
    assert (error.is_error, error.value) == (True, "Combo")
    assert "set boundaries.geojson:level=high" in error.remedy


def test_grades_count_where_a_level_contradicts_them() -> None:
    findings = layer(level=["high", "high"], grades=["K-5", "7-12"])
    assert levels_of(findings) == [None, "high"]
    (warning,) = findings.problems
    assert "contradicts the grades of 1 polygons (high with K-5)" in warning.message
