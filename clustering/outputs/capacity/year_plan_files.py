"""A multi-year plan as files: JSON, CSV, the state's picture and a map, the same bytes for the same plan."""

from __future__ import annotations

from pathlib import Path

from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.picture.documents import picture_document
from clustering.capacity.picture.draw_picture import state_picture
from clustering.capacity.plan_years.documents import year_plan_document
from clustering.capacity.plan_years.year_plan import YearPlan
from clustering.capacity.plan_years.years_to_reach_all import YearsToReachAll
from clustering.capacity.register.register import Register
from clustering.outputs.capacity.picture_page import draw_picture
from clustering.outputs.data_package import with_data_package
from clustering.outputs.files import json_bytes
from clustering.outputs.maps.capacity.zone_map import Geometry, draw_zone_map
from clustering.outputs.release_mark import marked_files
from clustering.outputs.tables import table_bytes
from clustering.outputs.write_files import write_files


def render_year_plan(
    plan: YearPlan,
    needs: ZoneNeeds,
    register: Register,
    *,
    title: str | None = None,
    geometry: Geometry | None = None,
    years_to_reach_all: YearsToReachAll | str | None = None,
) -> dict[str, bytes]:
    """
    Write a multi-year plan in every form.

    Parameters
    ----------
    plan
        As ``plan_years`` answers.
    needs, register
        That it is of.
    title
        Heading of the picture and the map.
    geometry
        As for :func:`~clustering.render_match`.
    years_to_reach_all
        As for :func:`~clustering.state_picture`.

    Returns
    -------
    contents
        File name to bytes, as :func:`write_year_plan` names them.

    Raises
    ------
    SolverError
        The plan is not of these needs: the sums of the picture differ.
    """
    picture = state_picture(needs, plan, register, years_to_reach_all=years_to_reach_all)
    contents = {
        "year_plan.json": json_bytes(year_plan_document(plan)),
        "picture.json": json_bytes(picture_document(picture)),
        "starts.csv": table_bytes(plan.starts, whole_numbers=True),
        "falls.csv": table_bytes(plan.years, whole_numbers=True),
        "partners_by_fall.csv": table_bytes(plan.partners, whole_numbers=True),
        "not_started.csv": table_bytes(plan.never_started, whole_numbers=True),
        "picture.html": draw_picture(picture, title=title).encode(),
        "map.html": draw_zone_map(needs, plan, register, title=title, geometry=geometry).encode(),
    }
    return marked_files(contents, needs.disclosure)


def write_year_plan(
    plan: YearPlan,
    needs: ZoneNeeds,
    register: Register,
    directory: str | Path,
    *,
    title: str | None = None,
    geometry: Geometry | None = None,
    years_to_reach_all: YearsToReachAll | str | None = None,
) -> tuple[Path, ...]:
    """
    Write a multi-year plan into a folder.

    Parameters
    ----------
    plan, needs, register
        As for :func:`render_year_plan`.
    directory
        Made if it does not exist; files of the same names are replaced.
    title, geometry, years_to_reach_all
        As for :func:`render_year_plan`.

    Returns
    -------
    paths
        ``year_plan.json``, ``picture.json``, ``starts.csv``, ``falls.csv``, ``partners_by_fall.csv``,
        ``not_started.csv``, ``picture.html`` (one page, without scripts), ``map.html`` and ``datapackage.json``;
        marked as for :func:`~clustering.write_proposal`.
    """
    contents = render_year_plan(
        plan, needs, register, title=title, geometry=geometry, years_to_reach_all=years_to_reach_all
    )
    described = with_data_package(contents, name="year_plan", title=title or "Lead Partners and Zones by year")
    return write_files(described, directory)
