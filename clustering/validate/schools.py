"""School files to one table of schools, joined by identifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from clustering.columns import GEOGRAPHIC_CRS, SCHOOL_COLUMNS
from clustering.errors import InputError
from clustering.escaping import plain_text
from clustering.grades import grade_mask, level_of, parse_grade, parse_grade_set
from clustering.io.headings import grade_columns
from clustering.io.text_columns import numpy_of
from clustering.io.values import parse_grades, parse_numbers, parse_unique
from clustering.validate.findings import Findings, mark_bad_identifiers, places_of

MAXIMUM_ENROLMENT_STUDENTS = 1_000_000
NO_IDENTIFIER = "The school has no identifier."
OTHER_SITE = "Another site of a school; merged into its first record."
_NOT_REPORTED = (-1, -2, -3, -9)
_UNSEEN = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"
_MERGED = ("name", "district_id", "district_name", "status", "grades_offered", "enrolment_students")
# Two files may round a place differently; beyond a kilometre they mean different places.
_SAME_PLACE_DEGREES = 0.01


@dataclass(frozen=True, kw_only=True)
class SchoolPart:
    """
    What one file says of its schools.

    Parameters
    ----------
    findings
        The file.
    ids
        Identifiers of the records used.
    records
        Their places in the file.
    said
        Canonical column to values, missing where the file does not say; ``latitude`` and ``longitude`` among them.
    """

    findings: Findings
    ids: pa.StringArray
    records: np.ndarray
    said: dict[str, pa.Array]


def validate_schools(files: Sequence[Findings]) -> gpd.GeoDataFrame:
    """
    Judge school files and join them on ``school_id``.

    Parameters
    ----------
    files
        One per file, in the order given; problems are added to each. Where two files give the same cell, the first
        one counts, and what they disagree on is a warning.

    Returns
    -------
    schools
        ``columns.SCHOOL_COLUMNS``, EPSG:4326, index ``school_id`` sorted.

    Raises
    ------
    InputError
        No record has an identifier.
    """
    parts = [_validate_file(findings) for findings in files]
    ids = pc.unique(pa.concat_arrays([part.ids for part in parts]))
    if not len(ids):
        files[0].note("No record has a school identifier.", "Say which column holds it.", is_error=True)
        raise InputError([problem for findings in files for problem in findings.problems if problem.is_error])
    ids = ids.take(pc.sort_indices(ids))
    places = [pa.array(places_of(ids, part.ids)) for part in parts]
    joined = {name: _first_known(parts, places, name) for name in (*_MERGED, "latitude", "longitude")}
    if len(parts) > 1:
        _warn_unmatched(parts)
        _warn_disagreements(parts)
    if not any({"latitude", "longitude"} <= set(part.said) for part in parts):
        files[0].note(
            "No file has coordinates: nothing can be drawn on the map.",
            "Add latitude and longitude, or a file of geocodes such as EDGE.",
        )
    return _table(ids, joined)


def _table(ids: pa.StringArray, joined: dict[str, pa.Array]) -> gpd.GeoDataFrame:
    masks = numpy_of(joined["grades_offered"].fill_null(0)).astype("int64")
    distinct, codes = np.unique(masks, return_inverse=True)
    levels = pa.array([level_of(int(mask)) for mask in distinct], type=pa.string()).take(pa.array(codes))
    columns = {
        **{name: pd.array(joined[name].cast(pa.string()), dtype="str") for name in _MERGED[1:4]},
        "name": pd.array(pc.coalesce(joined["name"], ids), dtype="str"),
        "grades_offered": masks,
        "level": pd.array(levels, dtype="str"),
        "enrolment_students": numpy_of(joined["enrolment_students"]).astype("float64"),
    }
    longitude, latitude = (numpy_of(joined[name]).astype("float64") for name in ("longitude", "latitude"))
    points = shapely.points(longitude, latitude)
    points[np.isnan(longitude) | np.isnan(latitude)] = None
    index = pd.Index(pd.array(ids, dtype="str"), name="school_id")
    frame = pd.DataFrame(columns, index=index)
    return gpd.GeoDataFrame(frame, geometry=points, crs=GEOGRAPHIC_CRS)[list(SCHOOL_COLUMNS)]


def _first_known(parts: Sequence[SchoolPart], places: Sequence[pa.Array], name: str) -> pa.Array:
    """What the first file that says something says, school by school."""
    known = [
        part.said[name].take(pc.if_else(pc.equal(place, -1), pa.scalar(None, place.type), place))
        for part, place in zip(parts, places, strict=True)
        if name in part.said
    ]
    if not known:
        return pa.nulls(len(places[0]), pa.float64() if name not in _MERGED[:4] else pa.string())
    return pc.coalesce(*known) if len(known) > 1 else known[0]


def _validate_file(findings: Findings) -> SchoolPart:
    mark_bad_identifiers(findings, "school_id", blank_is_error=False)
    ids = findings.texts("school_id")
    blank = ids.is_blank()
    findings.mark(
        blank,
        "school_id",
        message="The school has no identifier; its record is set aside.",
        remedy="Give every record the identifier of its school, if it is to be used.",
        is_error=False,
    )
    findings.set_aside(blank, NO_IDENTIFIER)
    repeats = _repeats(findings, blank)
    values = {
        **{name: _text(findings, name) for name in ("name", "district_id", "district_name")},
        "status": _status(findings),
        "grades_offered": _grades_offered(findings),
        "enrolment_students": pa.array(_enrolment(findings), from_pandas=True),
        **_coordinates(findings),
    }
    if repeats.any():
        values = _merged(values, ids.codes)
        findings.set_aside(repeats, OTHER_SITE)
    records = np.flatnonzero(findings.kept())
    used = pa.array(records)
    taken = {name: value.take(used) for name, value in values.items()}
    return SchoolPart(
        findings=findings, ids=ids.texts.take(pa.array(ids.codes).take(used)), records=records, said=taken
    )


def _repeats(findings: Findings, blank: np.ndarray) -> np.ndarray:
    """Mark the records to be merged into an earlier one of the same school; unless the user says so, an error."""
    ids = findings.texts("school_id")
    counts = np.bincount(ids.codes, minlength=len(ids.texts))
    repeated = (counts > 1)[ids.codes] & ~blank
    later = np.ones(len(repeated), dtype=bool)
    later[np.unique(ids.codes, return_index=True)[1]] = False
    later &= repeated
    policy = findings.table.options.repeated
    if policy is None:
        findings.mark(
            repeated,
            "school_id",
            message="The identifier stands more than once.",
            remedy="Keep one record per school, or say repeated=merge if they are sites of one, or repeated=first.",
        )
    elif later.any():
        message = f"{int(later.sum()):,} records stand behind another of the same school ({policy})."
        findings.note(message, "Keep one record per school.", column=findings.headings["school_id"])
    if policy == "first":
        findings.set_aside(later, "An earlier record of the same school counts.")
    return later & (policy == "merge")


def _merged(values: dict[str, pa.Array], codes: np.ndarray) -> dict[str, pa.Array]:
    """Give the first record of each school the grades of all, and their enrolment together."""
    table = pd.DataFrame({"grades": numpy_of(values["grades_offered"].fill_null(0)).astype("int64")})
    masks = table["grades"].groupby(codes).transform(lambda each: np.bitwise_or.reduce(each.to_numpy()))
    enrolment = pd.Series(numpy_of(values["enrolment_students"].cast(pa.float64())))
    students = enrolment.groupby(codes).transform(lambda each: each.sum(min_count=1))
    grades = masks.to_numpy()
    return values | {
        "grades_offered": pa.array(grades, mask=grades == 0),
        "enrolment_students": pa.array(students.to_numpy(), from_pandas=True),
    }


def _text(findings: Findings, canonical: str) -> pa.Array:
    """Text without what cannot be seen; missing where blank."""
    column = findings.texts(canonical)
    texts = column.texts
    if not pc.all(pc.ascii_is_printable(texts)).as_py():
        unseen = numpy_of(pc.match_substring_regex(texts, _UNSEEN))
        shown = texts.to_pylist()
        for place in np.flatnonzero(unseen):
            shown[place] = plain_text(shown[place]).strip()
        texts = pa.array(shown, type=pa.string())
    known = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    return known.take(pa.array(column.codes))


def _status(findings: Findings) -> pa.Array:
    column = findings.texts("status")
    lower = column.distinct().str.lower()
    closed = lower.str.contains("clos|inactive|future") | lower.isin(["2", "6", "7"])
    said = pd.Series(np.where(closed, "closed", "open"), dtype="str").where(lower != "")
    return pa.array(said, type=pa.string(), from_pandas=True).take(pa.array(column.codes))


def _coordinates(findings: Findings) -> dict[str, pa.Array]:
    if not {"latitude", "longitude"} & set(findings.headings):
        return _coordinates_of_geometry(findings)
    numbers: dict[str, np.ndarray] = {}
    for canonical, limit in (("latitude", 90), ("longitude", 180)):
        column = findings.texts(canonical)
        values, bad = parse_numbers(column.distinct())
        findings.mark_texts(
            bad,
            canonical,
            message=f"The {canonical} is not a number.",
            remedy="Give decimal degrees, such as 38.8977, or leave the cell blank.",
        )
        findings.mark_texts(
            values.abs() > limit,
            canonical,
            message=f"The {canonical} lies outside -{limit} to {limit} degrees.",
            remedy="Give decimal degrees in WGS 84; projected coordinates must be converted first.",
        )
        numbers[canonical] = column.spread(values)
    latitude, longitude = numbers["latitude"], numbers["longitude"]
    unusable = ((latitude == 0) & (longitude == 0)) | np.isnan(latitude) | np.isnan(longitude)
    return _located(findings, latitude, longitude, unusable)


def _coordinates_of_geometry(findings: Findings) -> dict[str, pa.Array]:
    geometry = findings.table.geometry
    if geometry is None:
        return {}
    other = (shapely.get_type_id(geometry) != shapely.GeometryType.POINT) & ~shapely.is_missing(geometry)
    message = "The geometry is no point; its centre is taken for the place of the school."
    findings.mark(other, "geometry", message=message, remedy="Give a point per school.", is_error=False)
    points = geometry.copy()
    points[other] = shapely.centroid(geometry[other])
    longitude, latitude = shapely.get_x(points), shapely.get_y(points)
    return _located(findings, latitude, longitude, np.isnan(longitude) | np.isnan(latitude))


def _located(
    findings: Findings, latitude: np.ndarray, longitude: np.ndarray, unusable: np.ndarray
) -> dict[str, pa.Array]:
    findings.mark(
        unusable & findings.kept(),
        "latitude",
        message="The school has no usable coordinates and will not be on the map.",
        remedy="Add latitude and longitude if the school is to be drawn or distances matter.",
        is_error=False,
    )
    return {
        "latitude": pa.array(np.where(unusable, np.nan, latitude), from_pandas=True),
        "longitude": pa.array(np.where(unusable, np.nan, longitude), from_pandas=True),
    }


def _grades_offered(findings: Findings) -> pa.Array:
    """Bit masks, from CCD's yes/no columns, else from a list, else from lowest and highest grade; missing if unsaid."""
    masks = np.zeros(len(findings.table), dtype="int64")
    for heading, label in grade_columns(findings.table.headings).items():
        try:
            grade = parse_grade(label)
        except ValueError:  # a column of some other meaning
            continue
        if grade is not None:
            column = findings.table.column(heading)
            offered = column.distinct().str.lower().isin(["yes", "y", "1", "true"])
            masks |= column.spread(offered.to_numpy(dtype="int64")) * grade_mask(grade, grade)
    grades = findings.texts("grades")
    listed, bad = parse_unique(grades.distinct(), parse_grade_set)
    findings.mark_texts(
        bad, "grades", message="The grades cannot be read.", remedy="Write them like PK-5 or 9 10 11 12."
    )
    masks = np.where(masks != 0, masks, grades.spread(listed.fillna(0).to_numpy(dtype="int64")))
    masks = np.where(masks != 0, masks, _masks_of_spans(findings))
    return pa.array(masks, mask=masks == 0)


def _masks_of_spans(findings: Findings) -> np.ndarray:
    missing = 99
    ends = []
    for canonical in ("lowest_grade", "highest_grade"):
        column = findings.texts(canonical)
        grades, bad = parse_grades(column.distinct())
        remedy = "Write PK, KG, 1 to 13, UG or AE."
        findings.mark_texts(bad, canonical, message="This is not a grade.", remedy=remedy)
        ends.append(column.spread(grades.fillna(missing).to_numpy(dtype="int64")))
    lowest, highest = ends
    known = (lowest != missing) & (highest != missing)
    findings.mark(
        known & (lowest > highest),
        "lowest_grade",
        message="The lowest grade is above the highest.",
        remedy="Put the two grades in order.",
    )
    # Bits from the lowest to the highest grade, as in grades.grade_mask.
    spans = (np.int64(1) << np.clip(highest + 3, 0, 40)) - (np.int64(1) << np.clip(lowest + 2, 0, 40))
    return np.where(known & (lowest <= highest), spans, 0)


def _enrolment(findings: Findings) -> np.ndarray:
    column = findings.texts("enrolment")
    students, bad = parse_numbers(column.distinct())
    not_reported = students.isin(_NOT_REPORTED)
    findings.mark_texts(
        bad | ((students < 0) & ~not_reported) | (students > MAXIMUM_ENROLMENT_STUDENTS),
        "enrolment",
        message="The enrolment is not a number of students.",
        remedy="Give a whole number, or leave the cell blank where it is not known.",
    )
    return column.spread(students.mask((students < 0) | (students > MAXIMUM_ENROLMENT_STUDENTS)))


def _warn_unmatched(parts: Sequence[SchoolPart]) -> None:
    for part in parts:
        alone = np.ones(len(part.ids), dtype=bool)
        for other in parts:
            if other is not part:
                alone &= places_of(part.ids, other.ids) < 0
        rows = np.zeros(len(part.findings.table), dtype=bool)
        rows[part.records[alone]] = True
        part.findings.mark(
            rows,
            "school_id",
            message="The school is in none of the other school files.",
            remedy="Check that the files are of the same year; the school is kept with what this file says of it.",
            is_error=False,
        )


def _warn_disagreements(parts: Sequence[SchoolPart]) -> None:
    """Warn, in each file, of cells that contradict the first file that has them."""
    for number, part in enumerate(parts):
        for name in ("district_id", "status", "grades_offered", "enrolment_students", "latitude", "longitude"):
            first = next((other for other in parts[:number] if name in other.said), None)
            if first is None or name not in part.said:
                continue
            theirs = pa.array(places_of(part.ids, first.ids))
            theirs_say = first.said[name].take(pc.if_else(pc.equal(theirs, -1), pa.scalar(None, theirs.type), theirs))
            if name in ("latitude", "longitude"):
                differs = pc.greater(pc.abs(pc.subtract(theirs_say, part.said[name])), _SAME_PLACE_DEGREES)
            else:
                differs = pc.not_equal(theirs_say, part.said[name])
            rows = np.zeros(len(part.findings.table), dtype=bool)
            rows[part.records[numpy_of(differs.fill_null(False))]] = True
            part.findings.mark(
                rows,
                {"grades_offered": "grades", "enrolment_students": "enrolment"}.get(name, name),
                message=f"The {name.split('_')[0]} differs from what {first.findings.table.name} says, which counts.",
                remedy="Check which of the two is right, and that the files are of the same year.",
                is_error=False,
            )
