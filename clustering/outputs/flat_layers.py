"""
A proposal and the schools of a dataset as layers: flat tables with a geometry, for map programs and spreadsheets.

Map programs sort, filter and colour by columns. So every measure is a column of its own, of one type, and what is
missing or withheld is missing there, never a word among numbers.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clustering.model.columns import GEOGRAPHIC_CRS, LEVELS, LINK_COLUMNS
from clustering.model.disclosure_setting import MARK_FIELD
from clustering.model.grades import format_grades
from clustering.model.scenario import Scenario
from clustering.outputs.column_descriptions import ColumnDescription, describe_column
from clustering.outputs.escaping import FORMULA_STARTS
from clustering.outputs.release_mark import MARK_TEXT, is_marked
from clustering.zones.documents import COORDINATE_DIGITS, proposal_document
from clustering.zones.proposal import Member, Proposal, ZoneMetrics

# The file of a proposal (``render_proposal``) that each part of its layers is read from.
LAYER_FILES = ("zones.geojson", "schools.geojson", "links.csv")
_MARK = ColumnDescription(type="string", meaning="says that the counts are exact", unit="")
_TYPES = {"string": "object", "number": "float64", "integer": "Int64", "boolean": "boolean"}
_ZONE_NAMES = ("zone_id", "name", "anchor_id", "flow_basis")
_ZONE_CHECKS = ("changes_at_low", "changes_at_high")
_OF_SCHOOLS = ("district_id", "district_name", "grades", "status", "enrolment_students", "feeder_pattern")
_DATASET_COLUMNS = ("school_type", "title1_status", "virtual", "opened_year")
# The columns of each layer, in their order. With exact counts ``not_for_release`` stands before them.
LAYER_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "zones": (
            *_ZONE_NAMES,
            *(each.name for each in fields(ZoneMetrics)),
            *(f"arrival_share_{level.replace('-', '_')}" for level in LEVELS),
            *_ZONE_CHECKS,
        ),
        "zone-schools": ("zone_id", "zone_name", "anchor_id", *(each.name for each in fields(Member)), *_OF_SCHOOLS),
        "links": (*LINK_COLUMNS, "zone_id", "flow_basis", "is_suppressed"),
        "schools": (
            *("school_id", "name", "district_id", "district_name", "level", "grades", "status", "enrolment_students"),
            *_DATASET_COLUMNS,
        ),
    }
)


@dataclass(frozen=True, kw_only=True, eq=False)
class FlatLayer:
    """
    A flat table with a geometry.

    Parameters
    ----------
    name
        ``zones``, ``zone-schools``, ``links`` or ``schools``.
    title
        What it is, in a few words.
    table
        Index ``feature_id`` (unique texts that stay the same), columns of one type each and ``geometry`` (longitude and
        latitude in WGS 84, rings wound as RFC 7946 wants it); missing is missing.
    """

    name: str
    title: str
    table: gpd.GeoDataFrame

    @property
    def fields(self) -> dict[str, ColumnDescription]:
        """What each column holds, without the geometry."""
        mark = {MARK_FIELD: _MARK} if self.is_exact else {}
        return {**mark, **layer_fields(self.name)}

    @property
    def is_exact(self) -> bool:
        """Whether it holds exact counts of students and is not for release."""
        return MARK_FIELD in self.table.columns


def layer_fields(name: str) -> dict[str, ColumnDescription]:
    """
    Say what the columns of a layer hold.

    Parameters
    ----------
    name
        ``zones``, ``zone-schools``, ``links`` or ``schools``.

    Returns
    -------
    fields
        Column to its type, meaning and unit, in the order of the columns.
    """
    return {column: describe_column(column, table=name) for column in LAYER_COLUMNS[name]}


def zones_table(proposal: Proposal) -> pd.DataFrame:
    """
    Write the Zones as a flat table.

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.

    Returns
    -------
    table
        A row per Zone in the order of the Proposal: ``zone_id``, ``name``, ``anchor_id``, ``flow_basis``, every field
        of :class:`~clustering.ZoneMetrics`, ``arrival_share_LEVEL`` for each level of feeders (with ``_`` for ``-``),
        ``changes_at_low`` and ``changes_at_high``.
    """
    return _zone_rows(proposal_document(proposal)["zones"])


def proposal_layers(contents: Mapping[str, bytes]) -> dict[str, FlatLayer]:
    """
    Make the layers of a Proposal from its files, so that both have the same numbers.

    Parameters
    ----------
    contents
        ``zones.geojson``, ``schools.geojson`` and ``links.csv`` as :func:`~clustering.render_proposal` writes them;
        with exact counts they have their mark inside, and so has every row of the layers.

    Returns
    -------
    layers
        ``zones`` (outlines), ``zone-schools`` (points, a row per school and Zone) and ``links`` (lines between schools,
        a row per origin and destination), by name.
    """
    zones = json.loads(contents["zones.geojson"])["features"]
    schools = _school_rows(json.loads(contents["schools.geojson"])["features"])
    tables = {
        "zones": ("Zones", _with_outlines(zones)),
        "zone-schools": ("Schools of the Zones", _member_points(zones, schools)),
        "links": ("Feeder links", _link_lines(contents["links.csv"], schools)),
    }
    is_exact = is_marked(contents["zones.geojson"])
    return {name: _layer(name, title, table, is_exact=is_exact) for name, (title, table) in tables.items()}


def schools_layer(scenario: Scenario) -> FlatLayer:
    """
    Make the layer of the schools of a scenario: what is published of them, no count but their enrolment.

    Parameters
    ----------
    scenario
        As ``read_scenario`` answers.

    Returns
    -------
    layer
        ``schools``: a point per school, ``school_id`` first.
    """
    schools = scenario.schools
    first = pd.DataFrame({name: schools[name] for name in ("name", "district_id", "district_name", "level")})
    masks = schools["grades_offered"]
    first["grades"] = masks.map({mask: format_grades(mask) for mask in masks.unique()})
    more = schools.reindex(columns=["status", "enrolment_students", *_DATASET_COLUMNS])
    table = first.join(pd.DataFrame(more)).rename_axis("school_id").reset_index()
    ends = np.column_stack([schools.geometry.x, schools.geometry.y]).round(COORDINATE_DIGITS)
    located = gpd.GeoDataFrame(table, geometry=_points(ends), crs=GEOGRAPHIC_CRS)
    return _layer("schools", "Schools", located.set_index(table["school_id"].rename("feature_id")), is_exact=False)


def _layer(name: str, title: str, table: gpd.GeoDataFrame, *, is_exact: bool) -> FlatLayer:
    """Give every column its one type, and with exact counts every row its mark."""
    mark = {MARK_FIELD: np.full(len(table), MARK_TEXT, dtype=object)} if is_exact else {}
    columns = {str(column): _typed(values, name) for column, values in table.drop(columns="geometry").items()}
    geometry = shapely.orient_polygons(np.asarray(table.geometry.array, dtype=object))
    typed = gpd.GeoDataFrame({**mark, **columns}, geometry=geometry, crs=GEOGRAPHIC_CRS, index=table.index)
    return FlatLayer(name=name, title=title, table=typed)


def _typed(values: pd.Series, table: str) -> pd.Series:
    kind = _TYPES.get(describe_column(str(values.name), table=table).type, "object")
    typed: pd.Series = values.astype(pd.api.types.pandas_dtype(kind))
    return typed.where(typed.notna(), None) if kind == "object" else typed


def _zone_rows(zones: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A row per Zone of a document."""
    rows = []
    for zone in zones:
        shares = {each["level"]: each["arrival_share"] for each in zone["arrival_by_level"]}
        rows.append(
            {name: zone.get(name) for name in _ZONE_NAMES}
            | dict(zone["metrics"])
            | {f"arrival_share_{level.replace('-', '_')}": shares.get(level) for level in LEVELS}
            | {name: zone.get(name) for name in _ZONE_CHECKS}
        )
    table = pd.DataFrame(rows, columns=list(LAYER_COLUMNS["zones"]))
    return table.assign(**{str(name): _typed(column, "zones") for name, column in table.items()})


def _with_outlines(features: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    table = _zone_rows(feature["properties"] for feature in features)
    geometry = [None if each["geometry"] is None else shapely.geometry.shape(each["geometry"]) for each in features]
    identified = table.set_index(pd.Index([each["id"] for each in features], name="feature_id", dtype=object))
    return gpd.GeoDataFrame(identified, geometry=geometry, crs=GEOGRAPHIC_CRS)


def _school_rows(features: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """The schools by their identifiers, with their points."""
    table = pd.DataFrame([each["properties"] for each in features], columns=["school_id", *_OF_SCHOOLS])
    ends = [each["geometry"]["coordinates"] if each["geometry"] else (np.nan, np.nan) for each in features]
    points = _points(np.asarray(ends, dtype=float).reshape(-1, 2))
    return gpd.GeoDataFrame(table, geometry=points, crs=GEOGRAPHIC_CRS).set_index("school_id")


def _points(coordinates: np.ndarray) -> np.ndarray:
    """Points of longitudes and latitudes; ``None`` where one is missing."""
    points = np.full(len(coordinates), None, dtype=object)
    is_located = np.isfinite(coordinates).all(axis=1)
    points[is_located] = shapely.points(coordinates[is_located])
    return points


def _member_points(features: list[dict[str, Any]], schools: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A row per school and Zone: what the Zone says of it, then what the school is."""
    zones = [feature["properties"] for feature in features]
    rows = [
        {"zone_id": zone["zone_id"], "zone_name": zone["name"], "anchor_id": zone["anchor_id"], **member}
        for zone in zones
        for member in zone["members"]
    ]
    own = [name for name in LAYER_COLUMNS["zone-schools"] if name not in _OF_SCHOOLS]
    table = pd.DataFrame(rows, columns=own)
    more = schools[list(_OF_SCHOOLS)].reindex(table["school_id"])
    joined = table.join(pd.DataFrame(more).reset_index(drop=True))
    points = schools.geometry.reindex(table["school_id"]).to_numpy()
    return _identified(joined, points, "zone_id", "school_id")


def _link_lines(data: bytes, schools: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A row per link with a line between its schools, where both have coordinates."""
    texts = dict.fromkeys(("origin", "destination", "zone_id", "flow_basis", MARK_FIELD), "str")
    links = pd.read_csv(io.BytesIO(data), dtype=texts, keep_default_na=False, na_values=[""]).drop(
        columns=MARK_FIELD, errors="ignore"
    )
    for name in ("origin", "destination"):
        links[name] = _without_apostrophes(links[name], schools.index)
    links["is_suppressed"] = links["students_low"] < links["students_high"]
    starts, ends = (schools.geometry.reindex(links[name]).to_numpy() for name in ("origin", "destination"))
    is_located = ~(shapely.is_missing(starts) | shapely.is_missing(ends))
    lines = np.full(len(links), None, dtype=object)
    pairs = np.stack([shapely.get_coordinates(each[is_located]) for each in (starts, ends)], axis=1)
    lines[is_located] = shapely.linestrings(pairs)
    return _identified(links, lines, "origin", "destination")


def _without_apostrophes(names: pd.Series, known: pd.Index) -> pd.Series:
    """The identifiers as they were before the table was made safe for spreadsheets."""
    bare = names.str.removeprefix("'")
    is_escaped = names.str.startswith("'") & bare.str.startswith(FORMULA_STARTS) & ~names.isin(known)
    return names.where(~is_escaped, bare)


def _identified(table: pd.DataFrame, geometry: np.ndarray, *names: str) -> gpd.GeoDataFrame:
    """The rows by two identifiers with ``~`` between them, which stays one even if they hold that sign."""
    first, second = (
        table[name].astype(object).str.replace("%", "%25", regex=False).str.replace("~", "%7E", regex=False)
        for name in names
    )
    index = pd.Index(first + "~" + second, name="feature_id", dtype=object)
    return gpd.GeoDataFrame(table.set_index(index), geometry=geometry, crs=GEOGRAPHIC_CRS)
