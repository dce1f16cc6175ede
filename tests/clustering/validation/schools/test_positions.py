"""Where the schools of a file are: columns exchanged, projected, or contradicted by the geometry."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from clustering.errors import Problem
from clustering.model.exchanged_coordinates import are_exchanged, lack_minus
from clustering.readers.file_options import FileOptions
from clustering.readers.read_table import read_table
from clustering.readers.recognition.headings import recognise_headings
from clustering.readers.reshape.located_records import locate_records
from clustering.validation.findings import Findings
from clustering.validation.schools.positions import read_positions

IDS = ["0001", "0002", "0003"]


def positions(frame: pd.DataFrame, **columns: str) -> tuple[dict[str, pa.Array], list[Problem]]:
    table = read_table(frame, options=FileOptions(columns=columns))
    found = recognise_headings(table.headings, table="a", role="schools", options=table.options)
    findings = Findings(table=table, role="schools", headings=found.headings)
    return read_positions(findings), findings.problems


def test_exchanged_columns_are_one_error_whose_remedy_works() -> None:
    frame = pd.DataFrame({"school_id": IDS, "lat": [-71.1, -71.2, 0], "lon": [42.1, 42.2, 0]})
    _, (problem,) = positions(frame)
    assert problem.is_error
    assert "exchanged" in problem.message
    assert problem.remedy == "Set schools:columns.latitude=lon and schools:columns.longitude=lat."
    found, problems = positions(frame, latitude="lon", longitude="lat")
    assert found["latitude"].to_pylist() == [42.1, 42.2, None]
    assert [each.is_error for each in problems] == [False]  # the school at 0, 0


def test_one_exchanged_row_is_named() -> None:
    _, (problem,) = positions(pd.DataFrame({"school_id": IDS, "lat": [42, -71.1, 42], "lon": [-71, 42.1, -71]}))
    assert (problem.row, problem.is_error) == (3, False)
    _, (problem,) = positions(pd.DataFrame({"school_id": IDS, "lat": [38, -98.1, 38], "lon": [-98, 38.1, -98]}))
    assert (problem.row, problem.is_error) == (3, True)


def test_no_place_of_the_united_states_is_exchanged() -> None:
    # Maine, Guam, Samoa, Alaska on both sides of the 180th meridian, and nowhere.
    longitude, latitude = np.array([-67, 144.8, -170.7, -179, 179, np.nan]), np.array([45, 13.4, -14.3, 52, 52, 45])
    assert not are_exchanged(longitude, latitude).any()
    assert are_exchanged(latitude, longitude).tolist() == [True, False, True, True, False, False]


def test_projected_columns_are_one_error_that_asks_for_the_system() -> None:
    frame = pd.DataFrame({"school_id": IDS, "x": [984_250, 985_000, None], "y": [200_000, 210_000, None]})
    _, (problem,) = positions(frame)
    assert problem.is_error
    assert "x from 984,250 to 985,000, y from 200,000 to 210,000" in problem.message
    assert "crs=EPSG:NUMBER" in problem.remedy
    placed = gpd.GeoDataFrame(frame, geometry=[shapely.Point(-74, 40)] * 3, crs=4326)
    found, (problem,) = positions(placed)
    assert not problem.is_error
    assert found["longitude"].to_pylist() == [-74, -74, -74]


def test_a_geometry_that_contradicts_the_columns_is_warned_of_with_the_distance() -> None:
    points = [shapely.Point(-71, 42), shapely.Point(-71, 43), shapely.Point(-71, 42.001)]
    frame = gpd.GeoDataFrame({"school_id": IDS, "lat": [42, 42, 42], "lon": [-71, -71, -71]}, geometry=points, crs=4326)
    found, (problem,) = positions(frame)
    assert not problem.is_error
    # A degree of a great circle of the mean radius, 6,371.0088 km.
    assert "For 1 schools" in problem.message
    assert "at most 111.2 km (row 3)" in problem.message
    assert found["latitude"].to_pylist() == [42, 42, 42]


def test_longitudes_without_their_minus_are_an_error_and_the_option_puts_it_back() -> None:
    frame = pd.DataFrame({"school_id": IDS, "lat": [40.05, 40.04, 0], "lon": [91.15, 91.08, 0]})
    _, (problem,) = positions(frame)
    assert problem.is_error
    assert problem.remedy.startswith("Set schools:crs=+proj=longlat +datum=WGS84 +axis=wnu;")
    table = read_table(frame, options=FileOptions(crs="+proj=longlat +datum=WGS84 +axis=wnu"))
    assert locate_records(table, "schools").column("lon").series().tolist() == ["-91.15", "-91.08", ""]


def test_schools_east_of_greenwich_lack_no_minus() -> None:
    # Guam, Saipan, Okinawa, Seoul, Bavaria, the western Aleutians.
    longitude, latitude = (
        np.array([144.8, 145.7, 127.8, 127.0, 11.9, 179.1]),
        np.array([13.4, 15.2, 26.3, 37.0, 49.7, 52]),
    )
    assert not lack_minus(longitude, latitude)
    # Without their sign: Puerto Rico, Boston, Seattle, Honolulu, Anchorage.
    assert lack_minus(np.array([66.1, 71.1, 122.3, 157.9, 149.9]), np.array([18.4, 42.3, 47.6, 21.3, 61.2]))


def test_degrees_in_minutes_and_seconds_are_read() -> None:
    frame = pd.DataFrame(
        {
            "school_id": IDS,
            "lat": ["40\u00b003'00\"N", "40 02 24", "40.5"],
            "lon": ["91\u00b009'00\"W", "-91 04 48", "91.25 W"],
        }
    )
    found, problems = positions(frame)
    assert problems == []
    assert np.allclose(found["latitude"], [40.05, 40.04, 40.5])
    assert np.allclose(found["longitude"], [-91.15, -91.08, -91.25])


def test_an_empty_point_is_no_place() -> None:
    points = [shapely.Point(-71, 42), shapely.Point(), shapely.Polygon()]
    found, (_, *others) = positions(gpd.GeoDataFrame({"school_id": IDS}, geometry=points, crs=4326))
    assert found["longitude"].to_pylist() == [-71, None, None]
    assert [problem.row for problem in others] == [3, 4]
