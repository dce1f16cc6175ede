"""Schools whose catchments touch or overlap; a request may limit Zones to contiguous schools."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.errors import Problem
from clustering.ingest.named_schools import name_schools
from clustering.model.columns import CONTIGUITY_COLUMNS
from clustering.model.ingest_report import FlowBasis
from clustering.validation.polygons import equal_area_crs

# Catchments count as touching up to this distance. Borders are drawn along either side of a street, 15 to 18 m wide in
# the United States, or digitised twice, each time within about 8 m. Philadelphia's layers of 2015 have the same
# neighbours for any tolerance from 15 to 50 m, and more from 100 m.
TOLERANCE_METRES = 20.0
# An edge is straight in longitude and latitude, and bent once projected: unless it is divided, a corner that lies on a
# neighbour's long edge drifts off it, by 26 m in the middle of 40 km. At 0.05 degrees that is below 1 m.
LONGEST_EDGE_DEGREES = 0.05
# Corners of a buffer are this many chords to a quarter of a circle: between two corners, it reaches 18 m at least.
QUADRANT_SEGMENTS = 2
MAXIMUM_NAMED = 20


def catchment_contiguity(catchments: gpd.GeoDataFrame | None, school_ids: pd.Index) -> pd.DataFrame:
    """
    Find the schools whose catchments touch or overlap, with ``libpysal.graph``.

    Parameters
    ----------
    catchments
        As ``validate_catchments`` returns them, EPSG:4326; ``None`` if there are none. All polygons of a school are its
        catchment, of whatever level: an elementary catchment is contiguous with the middle school's catchment around
        it. Polygons of open enrolment are left out, since they say nothing about where students live.
    school_ids
        The listed schools; catchments of others are left out.

    Returns
    -------
    contiguity
        ``columns.CONTIGUITY_COLUMNS``: every pair both ways, sorted, and an island with ``neighbour_id`` missing.
        Catchments that meet in a corner touch, and so do those up to 20 m apart, in Lambert's azimuthal equal-area
        projection centred on the data.
    """
    if catchments is None:
        return pd.DataFrame(columns=list(CONTIGUITY_COLUMNS), dtype="str")
    used = catchments[~catchments["is_open_enrolment"] & catchments["school_id"].isin(school_ids)]
    used = used[~(used.geometry.isna() | used.geometry.is_empty)].reset_index(drop=True)
    if used.empty:
        return pd.DataFrame(columns=list(CONTIGUITY_COLUMNS), dtype="str")
    # The import is slow, for it loads database drivers: only users with catchments should wait for it.
    from libpysal.graph import Graph  # noqa: PLC0415

    polygons = used.geometry.segmentize(LONGEST_EDGE_DEGREES).to_crs(equal_area_crs(used.geometry))
    graph = Graph.build_fuzzy_contiguity(polygons, buffer=TOLERANCE_METRES / 2, quad_segs=QUADRANT_SEGMENTS)
    schools = pd.Series(pd.Categorical(used["school_id"]))
    names, codes = schools.cat.categories, schools.cat.codes.to_numpy()
    ends = [codes[graph.adjacency.index.get_level_values(level)] for level in ("focal", "neighbor")]
    pairs = pd.DataFrame(dict(zip(CONTIGUITY_COLUMNS, ends, strict=True)))
    # A polygon of its own is no neighbour; libpysal has an isolated polygon as its own neighbour besides.
    pairs = pairs[pairs["school_id"] != pairs["neighbour_id"]].drop_duplicates()
    alone = np.setdiff1d(codes, pairs["school_id"])
    islands = pd.DataFrame({"school_id": alone, "neighbour_id": -1})
    pairs = pd.concat([pairs, islands]).sort_values(list(CONTIGUITY_COLUMNS), ignore_index=True)
    texts = {name: pd.Categorical.from_codes(pairs[name].to_numpy(), names) for name in CONTIGUITY_COLUMNS}
    return pd.DataFrame(texts).astype("str")


def warn_of_contiguity(
    catchments: gpd.GeoDataFrame, contiguity: pd.DataFrame, names: pd.Series, basis: FlowBasis
) -> Iterable[Problem]:
    """
    Warn of catchments that touch no other, and of those that say nothing about contiguity.

    Parameters
    ----------
    catchments, contiguity
        See :func:`catchment_contiguity`.
    names
        Names of the listed schools, index ``school_id``.
    basis
        What the flows rest on. If they are estimated, the estimate has already warned of unusable catchments.
    """
    islands = contiguity.loc[contiguity["neighbour_id"].isna(), "school_id"]
    yield from _warning(
        islands,
        names,
        f"Schools whose catchment touches no other within {TOLERANCE_METRES:.0f} m",
        "They cannot share a contiguous Zone with another school. Check that the file of their neighbours is there,"
        " of the same year and coordinate reference system.",
    )
    if basis.is_estimated:
        return
    yield from _warning(
        catchments.loc[~catchments["school_id"].isin(names.index), "school_id"].unique(),
        names,
        "Catchments of schools that the schools files do not list",
        "Check that the files use the same identifiers and are of the same years.",
    )
    yield from _warning(
        catchments.loc[catchments["is_open_enrolment"], "school_id"].unique(),
        names,
        "Catchments of open enrolment, which say nothing about contiguity",
        "Nothing needs to be done if anyone may enrol there.",
    )


def _warning(school_ids: Iterable[str], names: pd.Series, what: str, remedy: str) -> Iterable[Problem]:
    """One warning about all of these schools, the first of them listed by name and identifier."""
    ids = sorted(str(school) for school in school_ids)
    if ids:
        message = f"{what} ({len(ids):,}): {name_schools(ids, names, most=MAXIMUM_NAMED)}."
        yield Problem(table="catchments", message=message, remedy=remedy, is_error=False)
