"""School files to one table of schools, joined by identifier."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from sklearn.neighbors import BallTree

from clustering.columns import GEOGRAPHIC_CRS, SCHOOL_COLUMNS
from clustering.escaping import plain_text
from clustering.grades import grade_mask, level_of, parse_grade, parse_grade_set
from clustering.io.headings import grade_columns
from clustering.io.values import parse_grades, parse_numbers, parse_unique
from clustering.validate.findings import Findings, is_listed, mark_bad_identifiers

MAXIMUM_ENROLMENT_STUDENTS = 1_000_000
EARTH_RADIUS_KM = 6371.0088
_NOT_REPORTED = (-1, -2, -3, -9)


def validate_schools(files: Sequence[Findings]) -> gpd.GeoDataFrame:
    """
    Judge school files and join them on ``school_id``.

    Parameters
    ----------
    files
        One per file, in the order given; problems are added to each. Where two files give the same cell, the first
        one counts.

    Returns
    -------
    schools
        ``columns.SCHOOL_COLUMNS``, EPSG:4326, index ``school_id`` sorted.
    """
    parts = [_validate_file(findings) for findings in files]
    joined = pd.concat(parts).groupby(level="school_id", sort=True).first()
    if len(files) > 1:
        _warn_unmatched(files, parts)
    if not any({"latitude", "longitude"} <= set(findings.headings) for findings in files):
        files[0].note(
            "No file has coordinates: nothing can be drawn on the map.",
            "Add latitude and longitude, or a file of geocodes such as EDGE.",
        )
    joined["grades_offered"] = joined["grades_offered"].fillna(0).astype("int64")
    levels = {mask: level_of(mask) for mask in joined["grades_offered"].unique()}
    joined["level"] = joined["grades_offered"].map(levels).astype("str")
    unnamed = joined["name"].isna()
    joined["name"] = joined["name"].where(~unnamed, joined.index.to_series().astype("str"))
    points = gpd.points_from_xy(joined["longitude"], joined["latitude"])
    located = (joined["longitude"].notna() & joined["latitude"].notna()).to_numpy()
    geometry = gpd.GeoSeries(np.where(located, points, None), index=joined.index, crs=GEOGRAPHIC_CRS)
    schools = gpd.GeoDataFrame(joined, geometry=geometry, crs=GEOGRAPHIC_CRS)
    return schools[list(SCHOOL_COLUMNS)]


def count_co_located(schools: gpd.GeoDataFrame, *, within_km: float = 0.05) -> int:
    """
    Count the schools that stand, great circle, within a distance of another: one campus, or a geocoder's default.

    Parameters
    ----------
    schools
        EPSG:4326; schools without coordinates are left out.
    within_km
        Kilometres.

    Returns
    -------
    count
        Schools with at least one neighbour.
    """
    points = schools.geometry.dropna()
    if points.empty:
        return 0
    places = np.radians(np.column_stack([points.y, points.x]))
    neighbours = BallTree(places, metric="haversine").query_radius(places, within_km / EARTH_RADIUS_KM, count_only=True)
    return int((neighbours > 1).sum())


def _validate_file(findings: Findings) -> pd.DataFrame:
    mark_bad_identifiers(findings, "school_id")
    ids = findings.column("school_id")
    findings.mark(
        ids.duplicated(keep=False) & (ids != ""),
        "school_id",
        message="The identifier stands more than once.",
        remedy="Keep one record per school.",
    )
    latitude, longitude = _coordinates(findings)
    table = pd.DataFrame(
        {
            "name": _text(findings, "name"),
            "district_id": _text(findings, "district_id"),
            "district_name": _text(findings, "district_name"),
            "status": _status(findings.column("status")),
            "grades_offered": _grades_offered(findings),
            "enrolment_students": _enrolment(findings),
            "latitude": latitude,
            "longitude": longitude,
        }
    )
    return table.set_index(pd.Index(ids, name="school_id"))


def _text(findings: Findings, canonical: str) -> pd.Series:
    cells = findings.column(canonical)
    shown = {cell: plain_text(cell).strip() for cell in cells.unique()}
    return cells.map(shown).where(cells != "").astype("str")


def _status(cells: pd.Series) -> pd.Series:
    lower = cells.str.lower()
    closed = lower.str.contains("clos|inactive|future") | lower.isin(["2", "6", "7"])
    return pd.Series(np.where(closed, "closed", "open"), index=cells.index, dtype="str").where(cells != "")


def _coordinates(findings: Findings) -> tuple[pd.Series, pd.Series]:
    numbers: dict[str, pd.Series] = {}
    for canonical, limit in (("latitude", 90), ("longitude", 180)):
        values, bad = parse_numbers(findings.column(canonical))
        findings.mark(
            bad,
            canonical,
            message=f"The {canonical} is not a number.",
            remedy="Give decimal degrees, such as 38.8977, or leave the cell blank.",
        )
        findings.mark(
            values.abs() > limit,
            canonical,
            message=f"The {canonical} lies outside -{limit} to {limit} degrees.",
            remedy="Give decimal degrees in WGS 84; projected coordinates must be converted first.",
        )
        numbers[canonical] = values
    unset = (numbers["latitude"] == 0) & (numbers["longitude"] == 0)
    incomplete = numbers["latitude"].isna() ^ numbers["longitude"].isna()
    if {"latitude", "longitude"} & set(findings.headings):
        findings.mark(
            unset | incomplete | (numbers["latitude"].isna() & numbers["longitude"].isna()),
            "latitude",
            message="The school has no usable coordinates and will not be on the map.",
            remedy="Add latitude and longitude if the school is to be drawn or distances matter.",
            is_error=False,
        )
    missing = unset | incomplete
    return numbers["latitude"].mask(missing), numbers["longitude"].mask(missing)


def _grades_offered(findings: Findings) -> pd.Series:
    """Bit masks, from CCD's yes/no columns, else from a list, else from lowest and highest grade; missing if unsaid."""
    flags = grade_columns(findings.table)
    masks = pd.Series(0, index=findings.table.cells.index, dtype="int64")
    for heading, label in flags.items():
        try:
            grade = parse_grade(label)
        except ValueError:  # a column of some other meaning
            continue
        if grade is not None:
            offered = findings.table.cells[heading].str.lower().isin(["yes", "y", "1", "true"])
            masks |= offered.astype("int64") * grade_mask(grade, grade)
    listed, bad = parse_unique(findings.column("grades"), parse_grade_set)
    findings.mark(bad, "grades", message="The grades cannot be read.", remedy="Write them like PK-5 or 9 10 11 12.")
    masks = masks.where(masks != 0, listed.fillna(0).astype("int64"))
    lowest, highest = (_grade_column(findings, name) for name in ("lowest_grade", "highest_grade"))
    findings.mark(
        (lowest > highest).fillna(False),
        "lowest_grade",
        message="The lowest grade is above the highest.",
        remedy="Put the two grades in order.",
    )
    spans = pd.DataFrame({"low": lowest, "high": highest}).dropna()
    ranges = {pair: grade_mask(*pair) for pair in spans.itertuples(index=False, name=None)}
    from_span = pd.Series([ranges[pair] for pair in spans.itertuples(index=False, name=None)], index=spans.index)
    masks = masks.where(masks != 0, from_span.reindex(masks.index).fillna(0).astype("int64"))
    return masks.where(masks != 0).astype("Int64")


def _grade_column(findings: Findings, canonical: str) -> pd.Series:
    grades, bad = parse_grades(findings.column(canonical))
    findings.mark(bad, canonical, message="This is not a grade.", remedy="Write PK, KG, 1 to 13, UG or AE.")
    return grades


def _enrolment(findings: Findings) -> pd.Series:
    students, bad = parse_numbers(findings.column("enrolment"))
    not_reported = students.isin(_NOT_REPORTED)
    findings.mark(
        bad | ((students < 0) & ~not_reported) | (students > MAXIMUM_ENROLMENT_STUDENTS),
        "enrolment",
        message="The enrolment is not a number of students.",
        remedy="Give a whole number, or leave the cell blank where it is not known.",
    )
    return students.mask((students < 0) | (students > MAXIMUM_ENROLMENT_STUDENTS))


def _warn_unmatched(files: Sequence[Findings], parts: Sequence[pd.DataFrame]) -> None:
    for findings, part in zip(files, parts, strict=True):
        ids = findings.column("school_id")
        alone = ~pd.concat([is_listed(ids, other.index) for other in parts if other is not part], axis="columns").any(
            axis=1
        )
        findings.mark(
            alone,
            "school_id",
            message="The school is in none of the other school files.",
            remedy="Check that the files are of the same year; the school is kept with what this file says of it.",
            is_error=False,
        )
