"""A warning of catchments of one level that overlap."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from clustering.validation.crossings import cross_too_often
from clustering.validation.findings import Findings
from clustering.validation.polygons import equal_area_crs, valid_polygons

# A smaller share of a level's area is a difference in drawing, not an area that schools share.
MINIMUM_OVERLAP_SHARE = 0.001
MAXIMUM_NAMED_PAIRS = 5


def warn_of_overlaps(findings: Findings, layer: gpd.GeoDataFrame) -> None:
    """
    Warn of overlaps: within one level of one file, every point should belong to one school for every grade.

    Parameters
    ----------
    findings
        Of the file; the warnings are added to it. They are the same whatever the order of the records.
    layer
        ``catchments.CATCHMENT_COLUMNS`` of one file: valid polygons in EPSG:4326.
    """
    closed = layer[~layer["is_open_enrolment"]]
    for level, group in closed.groupby(closed["level"].fillna("no level"), sort=True):
        flat = _projected(group)
        shapes, ids, grades = (flat[name].to_numpy() for name in ("geometry", "school_id", "grades_offered"))
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
            continue
        pieces = shapely.intersection(shapes[first], shapes[second])
        areas, whole = shapely.area(pieces), shapely.area(shapes)
        if areas.sum() <= MINIMUM_OVERLAP_SHARE * whole.sum():
            continue
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


def _projected(group: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Valid polygons in an equal-area projection [metre], by school and then by polygon."""
    geometry = group.geometry
    order = np.lexsort(
        [group["grades_offered"].to_numpy(), shapely.to_wkb(geometry.to_numpy()), group["school_id"].to_numpy("object")]
    )
    flat = group.to_crs(equal_area_crs(geometry)).iloc[order]
    return flat.set_geometry(gpd.GeoSeries(valid_polygons(flat.geometry.to_numpy()), index=flat.index, crs=flat.crs))
