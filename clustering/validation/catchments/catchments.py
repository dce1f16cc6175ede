"""Layers of attendance catchments to one table of polygons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clustering.errors import Problem
from clustering.model.columns import GEOGRAPHIC_CRS
from clustering.model.grades import grade_mask, parse_grade_set
from clustering.model.plain_text import plain_text
from clustering.readers.text.values import parse_grades, parse_unique
from clustering.validation.catchments.examined_polygons import ExaminedPolygons, examine_polygons, mark_faults
from clustering.validation.catchments.levels import LAYERS, layer_of, polygon_levels
from clustering.validation.catchments.one_year import ask_for_one_year
from clustering.validation.catchments.overlaps import warn_of_overlaps
from clustering.validation.findings import Findings
from clustering.validation.identifiers import mark_bad_identifiers
from clustering.validation.unreadable_cells import Wording, note_unreadable

CATCHMENT_COLUMNS = ("school_id", "name", "grades_offered", "level", "is_open_enrolment", "geometry")

# Of a layer that names schools of several levels.
LAYER_HEADINGS = frozenset(f"{prefix}_{part}" for prefix in LAYERS for part in ("ID", "Name", "Grade"))
NO_IDENTIFIER = "The polygon names no school and is left out."
_NAME_ITS_SCHOOL = (
    "Nothing needs to be done if no school serves the area. Otherwise write the identifier of its school."
)
_YES, _NO = ("1", "1.0", "yes", "y", "true"), ("0", "0.0", "no", "n", "false", "", "-9")

_NO_GRADES = Wording(
    message="The grades cannot be read.",
    form="them like K-5 or 9 10 11 12.",
    outcome="The grades of the polygon count as not known.",
    is_mark=False,
    is_refused=False,
)
_NO_GRADE = Wording(
    message="This is not a grade.",
    form="PK, KG, 1 to 13, UG or AE.",
    outcome="The grades of the polygon count as not known.",
    is_mark=False,
    is_refused=False,
)


@dataclass(frozen=True, kw_only=True)
class LayerHeadings:
    """
    Canonical name to heading of a layer of catchments.

    Parameters
    ----------
    headings
        With ``school_id``, ``name`` and ``grades`` if the file names schools of several levels for each polygon.
    problems
        One if two levels repeat equally often.
    """

    headings: dict[str, str]
    problems: list[Problem]


def complete_layer_headings(headings: Mapping[str, str], cells: pd.DataFrame, *, table: str) -> LayerHeadings:
    """
    Find the headings of a layer that names an elementary, a middle and a high school for every polygon.

    The layer is about the schools that repeat least: each polygon of a layer of elementary catchments has an elementary
    school of its own, and shares its middle and high school with others.

    Parameters
    ----------
    headings
        Canonical name to heading, as far as recognised or set by the user. A ``school_id`` among them decides.
    cells
        The file's cells in ``LAYER_HEADINGS``, headings as columns: ``ES_ID``, ``ES_Name``, ``ES_Grade``, and the same
        with ``MS`` and ``HS``.
    table
        What problems call the file.

    Returns
    -------
    completed
        The headings, with a problem if the layer is ambiguous.
    """
    found = dict(headings)
    identifiers = [heading for heading in (f"{prefix}_ID" for prefix in LAYERS) if heading in cells.columns]
    if "school_id" not in found and identifiers:
        distinct = cells[identifiers].nunique().sort_values(ascending=False, kind="stable")
        if len(distinct) > 1 and distinct.iloc[0] == distinct.iloc[1]:
            problem = Problem(
                table=table,
                row=1,
                column=", ".join(identifiers),
                message="The layer may be of elementary, middle or high schools: two of these columns repeat equally.",
                remedy=f"Set which, for example columns.school_id={identifiers[0]}.",
            )
            return LayerHeadings(headings=found, problems=[problem])
        found["school_id"] = str(distinct.index[0])
    prefix = layer_of(found)
    if prefix is not None:
        for canonical, heading in (("name", f"{prefix}_Name"), ("grades", f"{prefix}_Grade")):
            if heading in cells.columns:
                found.setdefault(canonical, heading)
    return LayerHeadings(headings=found, problems=[])


def validate_catchments(files: Sequence[Findings]) -> gpd.GeoDataFrame:
    """
    Validate layers of catchments and put them together.

    Parameters
    ----------
    files
        One per layer, with ``table.geometry`` in EPSG:4326; problems are added to each. Headings that are read:
        ``school_id``, ``name``, ``grades`` or ``lowest_grade`` and ``highest_grade``, ``level``, ``open_enrolment``.

    Returns
    -------
    catchments
        One row per polygon of a school, in the order of the files, index 0, 1, 2 ...; EPSG:4326.

        - ``school_id``, ``name``;
        - ``grades_offered`` (int64): bit mask of the grades, see ``clustering.model.grades``; 0 is unknown;
        - ``level``: ``elementary``, ``middle``, ``high`` or missing: the level of the layer, whatever other grades its
          schools have;
        - ``is_open_enrolment``: anyone may enrol, so the polygon says nothing about where students go;
        - ``geometry``: valid polygons. A school may have several.
    """
    examined = examine_polygons(files)
    layers = [_validate_layer(*of_layer) for of_layer in zip(files, examined, strict=True)]
    columns = {name: pd.concat([layer[name] for layer in layers], ignore_index=True) for name in layers[0]}
    names = columns["name"]
    columns["name"] = names.map({name: plain_text(name).strip() for name in names.unique()})
    columns["name"] = columns["name"].where(names != "", columns["school_id"])
    polygons = np.concatenate([layer.polygons for layer in examined])
    joined = gpd.GeoDataFrame(columns, geometry=polygons, crs=GEOGRAPHIC_CRS)
    is_used = ~shapely.is_empty(polygons) & (columns["school_id"] != "").to_numpy()
    joined = joined.loc[is_used, list(CATCHMENT_COLUMNS)].reset_index(drop=True)
    numbers = np.repeat(np.arange(len(files)), [len(findings.table) for findings in files])
    warn_of_overlaps(files, numbers[is_used], joined)
    return joined


def _validate_layer(findings: Findings, examined: ExaminedPolygons) -> dict[str, pd.Series]:
    levels = polygon_levels(findings, _grades_offered(findings))
    blank = findings.texts("school_id").is_blank()
    mark_bad_identifiers(findings, "school_id", blank_is_error=2 * int(blank.sum()) > len(blank))
    findings.mark(blank, "school_id", message=NO_IDENTIFIER, remedy=_NAME_ITS_SCHOOL, is_error=False)
    findings.set_aside(blank, NO_IDENTIFIER)
    ask_for_one_year(findings)
    mark_faults(findings, examined)
    return {
        "school_id": findings.column("school_id"),
        "name": findings.column("name"),
        "grades_offered": levels.grades_offered,
        "level": levels.level,
        "is_open_enrolment": _open_enrolment(findings),
    }


def _grades_offered(findings: Findings) -> pd.Series:
    if not {"grades", "lowest_grade", "highest_grade"} & findings.headings.keys():
        return pd.Series(0, index=range(len(findings.table)), dtype="int64")
    masks = _spread(findings, "grades", *parse_unique(findings.values("grades"), parse_grade_set), _NO_GRADES)
    ends = {}
    for canonical in ("lowest_grade", "highest_grade"):
        ends[canonical] = _spread(findings, canonical, *parse_grades(findings.values(canonical)), _NO_GRADE)
    spans = pd.DataFrame(ends)
    backwards = (spans["lowest_grade"] > spans["highest_grade"]).fillna(False)
    findings.mark(
        backwards,
        "lowest_grade",
        message="The lowest grade is above the highest. The grades of the polygon count as not known.",
        remedy="Put the two grades in order.",
        is_error=False,
    )
    spans = spans.mask(backwards)
    pairs = pd.Series(list(spans.dropna().itertuples(index=False, name=None)), index=spans.dropna().index, dtype=object)
    from_span = pairs.map({pair: grade_mask(*pair) for pair in pairs.unique()}).reindex(spans.index)
    masks = masks.where((masks != 0).fillna(False), from_span.astype("Int64"))
    return masks.fillna(0).astype("int64")


def _spread(findings: Findings, canonical: str, values: pd.Series, bad: pd.Series, wording: Wording) -> pd.Series:
    """Values of the distinct texts, one per polygon; texts that cannot be read are noted."""
    note_unreadable(findings, canonical, bad, wording)
    return values.take(findings.texts(canonical).codes).reset_index(drop=True)


def _open_enrolment(findings: Findings) -> pd.Series:
    if "open_enrolment" not in findings.headings:
        return pd.Series(False, index=range(len(findings.table)))
    keys = findings.column("open_enrolment").astype("str").str.lower()
    is_open = keys.isin(_YES)
    findings.mark(
        ~is_open & ~keys.isin(_NO),
        "open_enrolment",
        message="The cell is neither yes nor no, so it is not clear whether enrolment is open.",
        remedy="Write 1 or 0, yes or no.",
    )
    return is_open
