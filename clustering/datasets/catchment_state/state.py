"""What a generated state with catchments consists of."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd


@dataclass(frozen=True, kw_only=True)
class CatchmentState:
    """
    A fictional state: the tables that an agency would hold, and the true paths of its students.

    Every identifier is text with a leading zero.

    Parameters
    ----------
    schools
        ``school_id``, ``name``, ``district_id``, ``district_name``, ``latitude``, ``longitude`` [degrees],
        ``lowest_grade``, ``highest_grade``, ``school_type``, ``magnet`` (``Yes``, ``No``), ``enrolment`` [students].
    membership
        Students by school and grade in the newest fall, in CCD's wide form.
    catchments
        ``school_id``, ``name``, ``level``, ``lowest_grade``, ``highest_grade``, ``open_enrolment`` (1, 0) and
        ``geometry`` (EPSG:4326); catchments of all levels, one row each.
    population
        ``latitude``, ``longitude`` [degrees], ``children``: students who live in each block in the newest fall.
    performance
        ``school_id``, ``graduation_rate`` [per cent], ``cohort`` [students], ``designation`` (``CSI`` or blank).
    promotions
        ``school_year``, ``origin``, ``destination`` (missing for those who left), ``grade``, ``next_grade``,
        ``students``: all students promoted out of a school's last grade.
    records
        ``student_id``, ``school_year``, ``school_id``, ``grade``: a row for each student and year.
    paths
        The truth: ``origin``, ``via``, ``destination``, ``students``. Of the students promoted out of a school in the
        years of ``promotions``, those who reach a high school, and the school in between. ``via`` is missing if they go
        there at once, ``destination`` if they leave the state's schools on the way.
    homes
        The truth of every block of ``population``, in its order: ``elementary``, ``middle`` and ``high``, the schools
        of the catchments in which it lies.
    command
        The call that makes the same state again.
    """

    schools: pd.DataFrame
    membership: pd.DataFrame
    catchments: gpd.GeoDataFrame
    population: pd.DataFrame
    performance: pd.DataFrame
    promotions: pd.DataFrame
    records: pd.DataFrame
    paths: pd.DataFrame
    homes: pd.DataFrame
    command: str
