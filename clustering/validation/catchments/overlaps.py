"""A warning of catchments of one level that overlap."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clustering.validation.crossings import cross_too_often
from clustering.validation.findings import Findings
from clustering.validation.polygons import equal_area_crs, valid_polygons

# A smaller share of a level's area is a difference in drawing, not an area that schools share.
MINIMUM_OVERLAP_SHARE = 0.001
MAXIMUM_NAMED_PAIRS = 5


def warn_of_overlaps(files: Sequence[Findings], numbers: np.ndarray, catchments: gpd.GeoDataFrame) -> None:
    """
    Warn of overlaps: within one level of one file, every point should belong to one school for every grade.

    Parameters
    ----------
    files
        The warnings are added to each. They are the same whatever the order of its records.
    numbers
        Position in ``files`` of each catchment's file.
    catchments
        ``catchments.CATCHMENT_COLUMNS``: valid polygons in EPSG:4326.
    """
    is_closed = ~catchments["is_open_enrolment"].to_numpy()
    if not is_closed.any():
        return
    closed = catchments[is_closed]
    # All files at once: to set up a projection takes longer than to project a small file.
    shapes = valid_polygons(closed.geometry.to_crs(equal_area_crs(closed.geometry)).to_numpy())
    written = shapely.to_wkb(closed.geometry.to_numpy())
    ids, grades = closed["school_id"].to_numpy("object"), closed["grades_offered"].to_numpy()
    levels = closed["level"].fillna("no level").to_numpy("object")
    for (number, level), found in pd.Series(range(len(closed))).groupby([numbers[is_closed], levels], sort=True):
        records = found.to_numpy()
        # By school and then by polygon.
        records = records[np.lexsort([grades[records], written[records], ids[records]])]
        _warn_of_group(files[number], level, shapes[records], ids[records], grades[records])


def _warn_of_group(findings: Findings, level: str, shapes: np.ndarray, ids: np.ndarray, grades: np.ndarray) -> None:
    """Warn of overlaps among polygons of one level of one file, in an equal-area projection [metre]."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    may_clash = (grades[first] & grades[second]) != 0
    may_clash |= (grades[first] == 0) | (grades[second] == 0)
    clashing = (first < second) & (ids[first] != ids[second]) & may_clash
    first, second = first[clashing], second[clashing]
    if cross_too_often(shapes, first, second):
        findings.note(
            f"Whether catchments overlap was not measured ({level}): their borders cross too often.",
            "Look at the file on a map. Borders of catchments should follow one another, not cross.",
        )
        return
    pieces = shapely.intersection(shapes[first], shapes[second])
    areas, whole = shapely.area(pieces), shapely.area(shapes)
    if areas.sum() <= MINIMUM_OVERLAP_SHARE * whole.sum():
        return
    share = shapely.area(shapely.disjoint_subset_union_all(pieces))
    share /= shapely.area(shapely.disjoint_subset_union_all(shapes))
    # Neighbours that only touch, or whose border is drawn twice, are no overlap to be looked at.
    overlaps = areas > MINIMUM_OVERLAP_SHARE * np.minimum(whole[first], whole[second])
    largest_first = np.lexsort([second, first, -areas])
    worst = [pair for pair in largest_first if overlaps[pair]][:MAXIMUM_NAMED_PAIRS]
    listed = "; ".join(f"{ids[first[pair]]} and {ids[second[pair]]}" for pair in worst)
    named = f"most of all {listed}" if worst else "each of them a little"
    findings.note(
        f"Catchments of different schools overlap on {share:.1%} of the area ({level}), {named}.",
        "Check that the file is of one level and one year; a shared area counts for each of its schools.",
    )
