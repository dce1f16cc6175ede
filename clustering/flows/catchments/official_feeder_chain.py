"""The feeder rights that a district publishes with its catchments: for every polygon, the school of each grade."""

from __future__ import annotations

import re
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.model.columns import GEOGRAPHIC_CRS
from clustering.model.grades import parse_grade
from clustering.validation.polygons import equal_area_crs, valid_polygons

_GRADE_HEADING = re.compile(r"GR_ID_(\w+)", re.IGNORECASE)


def official_chain_flows(catchments: pd.DataFrame, geometry: Sequence[object] | np.ndarray) -> pd.DataFrame:
    """
    Read the official chain: the school of a polygon's pupils in each grade, and the one they have a right to next.

    Parameters
    ----------
    catchments
        Cells of a layer, one row per polygon, with ``GR_ID_K``, ``GR_ID_01`` ... ``GR_ID_12``: identifiers of schools.
        A blank is no school; the steps into it and out of it are left out.
    geometry
        Polygons in EPSG:4326, one per row.

    Returns
    -------
    chain
        One row per step from one school to another, sorted:

        - ``origin``, ``destination``, ``grade``, ``next_grade`` (int64);
        - ``polygons``: how many take this step;
        - ``area_share``: their area, as a share of all that leave the origin after this grade [0 to 1];
        - ``students``: the same share, as the students of one cohort, so that it can be compared with estimated flows.

    Raises
    ------
    InputError
        Fewer than two columns give the school of a grade.
    """
    headings = _grade_headings(catchments)
    areas = _areas(geometry)
    steps = pd.concat(
        pd.DataFrame(
            {
                "origin": catchments[headings[grade]].astype("str").to_numpy(),
                "destination": catchments[headings[grade + 1]].astype("str").to_numpy(),
                "grade": grade,
                "next_grade": grade + 1,
                "area": areas,
            }
        )
        for grade in headings
        if grade + 1 in headings
    )
    is_step = (steps["origin"] != steps["destination"]) & (steps["origin"] != "") & (steps["destination"] != "")
    keys = ["origin", "destination", "grade", "next_grade"]
    chain = steps[is_step].groupby(keys)["area"].agg(polygons="size", area="sum").reset_index()
    share = chain["area"] / chain.groupby(["origin", "grade"])["area"].transform("sum")
    return chain.drop(columns="area").assign(area_share=share, students=share)


def official_chain_paths(catchments: pd.DataFrame, geometry: Sequence[object] | np.ndarray) -> pd.DataFrame:
    """
    Read from the official chain where pupils have a right to go after the next school.

    Parameters
    ----------
    catchments, geometry
        As for :func:`official_chain_flows`.

    Returns
    -------
    shares
        ``origin``, ``via``, ``destination``, ``share``: of the area of the polygons that lead from origin to via, the
        part that leads on to the destination [0 to 1]; they add up to 1 for each origin and via. Polygons that name no
        school after via are left out.

    Raises
    ------
    InputError
        Fewer than two columns give the school of a grade.
    """
    headings = _grade_headings(catchments)
    areas = _areas(geometry)
    schools = {grade: catchments[heading].astype("str").to_numpy() for grade, heading in headings.items()}
    nowhere = np.full(len(catchments), "", dtype=object)
    after = {grade: nowhere for grade in schools if grade + 1 not in schools}
    for grade in sorted(schools, reverse=True):
        if grade + 1 in schools:
            after[grade] = np.where(schools[grade + 1] == schools[grade], after[grade + 1], schools[grade + 1])
    ways = pd.concat(
        pd.DataFrame(
            {"origin": schools[grade], "via": schools[grade + 1], "destination": after[grade + 1], "area": areas}
        )
        for grade in schools
        if grade + 1 in schools
    )
    ends = ["origin", "via", "destination"]
    is_way = (ways["origin"] != ways["via"]) & (ways[ends] != "").all(axis="columns")
    chain = ways[is_way].groupby(ends)["area"].sum().reset_index()
    share = chain["area"] / chain.groupby(ends[:2])["area"].transform("sum")
    return chain[ends].assign(share=share)


def _areas(geometry: Sequence[object] | np.ndarray) -> np.ndarray:
    """Area of each polygon [square metres]."""
    geographic = gpd.GeoSeries(np.asarray(geometry, dtype=object), crs=GEOGRAPHIC_CRS)
    projected = geographic.to_crs(equal_area_crs(geographic)).to_numpy()
    areas: np.ndarray = gpd.GeoSeries(valid_polygons(projected)).area.to_numpy()
    return areas


def _grade_headings(catchments: pd.DataFrame) -> dict[int, str]:
    """Grade to heading, in the order of grades."""
    found: dict[int, str] = {}
    for heading in catchments.columns:
        match = _GRADE_HEADING.fullmatch(str(heading))
        grade = parse_grade(match.group(1)) if match else None
        if grade is not None:
            found[grade] = str(heading)
    if len(found) < 2:
        message = "The layer does not say the school of each grade."
        remedy = "Give the layer with the columns GR_ID_K, GR_ID_01 ... GR_ID_12."
        raise InputError([Problem(table="catchments", message=message, remedy=remedy)])
    return dict(sorted(found.items()))
