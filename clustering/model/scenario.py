"""The inputs of everything: a Scenario and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from clustering.model.columns import CATCHMENT_WAY_COLUMNS, ESTIMATE_COLUMNS, PATH_COLUMNS, RESIDENT_COLUMNS
from clustering.model.ingest_report import IngestReport

Certainty = Literal["certain", "possible", "no", "unknown"]


def no_paths() -> pd.DataFrame:
    """Paths without a row (``columns.PATH_COLUMNS``): no file tells any."""
    types = {name: "float64" if name.startswith("students") else "str" for name in PATH_COLUMNS}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def no_residents() -> pd.DataFrame:
    """Residents without a row (``columns.RESIDENT_COLUMNS``): no file says where they enrol."""
    types = {"origin": "str", "destination": "str", "grade": "Int64", "year": "Int64"}
    return pd.DataFrame({name: pd.Series(dtype=types.get(name, "float64")) for name in RESIDENT_COLUMNS})


def no_estimates() -> pd.DataFrame:
    """Estimates without a row (``columns.ESTIMATE_COLUMNS``): the flows are compared with none."""
    return pd.DataFrame(
        {name: pd.Series(dtype="float64" if name == "students" else "str") for name in ESTIMATE_COLUMNS}
    )


def no_catchment_ways() -> pd.DataFrame:
    """Ways over two promotions without a row (``columns.CATCHMENT_WAY_COLUMNS``): no catchments tell any."""
    types = {"grade": "int64", "final_grade": "int64", "part": "float64", "rest": "float64", "is_near": "bool"}
    return pd.DataFrame({name: pd.Series(dtype=types.get(name, "str")) for name in CATCHMENT_WAY_COLUMNS})


@dataclass(frozen=True, kw_only=True, eq=False)
class Scenario:
    """
    Validated inputs; the columns of each table are in ``clustering.model.columns``.

    Parameters
    ----------
    schools
        Index ``school_id`` (text, sorted), EPSG:4326.
    flows
        Students by origin, destination, grade and year, with their kind.
    performance
        Index ``school_id``; graduation rates as intervals, and the columns of official lists.
    rates
        Every published rate, long (see ``columns``); empty where no file gives any.
    grade_enrolment
        ``school_id``, ``year``, ``grade``, ``students``; empty where no file gives any.
    travel_times
        Minutes by origin and destination; empty where no file gives any.
    contiguity
        Schools whose catchments touch or overlap; empty without catchments.
    paths
        Students by origin, the school after it and the one after that; empty where no file tells them.
    residents
        Students by the school in whose attendance area they live and the school they attend; empty where no file says
        it. They are no promotions: only capture reads them.
    estimates
        What estimates from published files send from school to school, where counted flows are compared with them.
    catchment_ways
        Where the students live who go one of the ways over two counted promotions, as far as catchments tell. Which
        flows there are decides what is in it, and no count of students does.
    report
        How the files were read; nothing in it depends on a count of students (``report_with_counts`` adds what does).
    protections
        How the bases of the audiences are made, by ``protected`` or ``public``; empty where nothing was chosen yet.
    pooled_years
        Falls of the school years that are added up in ``flows`` and ``residents``, which then have no years; empty
        where nothing was added up.
    likely_students
        Students that a suppressed cell counts as where a request names no number; of a protected base, what it makes
        likely.
    kept
        What was worked out of the scenario once, and is no part of it.
    content_sha256
        Hash of schools, flows and performance, and of each of the other tables where it has rows; equal
        inputs have equal hashes, whatever their row order.
    """

    schools: gpd.GeoDataFrame
    flows: pd.DataFrame
    performance: pd.DataFrame
    rates: pd.DataFrame
    grade_enrolment: pd.DataFrame
    travel_times: pd.DataFrame
    contiguity: pd.DataFrame
    report: IngestReport
    content_sha256: str
    paths: pd.DataFrame = field(default_factory=no_paths)
    residents: pd.DataFrame = field(default_factory=no_residents)
    estimates: pd.DataFrame = field(default_factory=no_estimates)
    catchment_ways: pd.DataFrame = field(default_factory=no_catchment_ways)
    protections: Mapping[str, Any] = field(default_factory=dict)
    pooled_years: tuple[int, ...] = ()
    likely_students: float = 5.0
    kept: dict[str, Any] = field(init=False, repr=False, default_factory=dict)

    @property
    def flow_years(self) -> tuple[int, ...]:
        """Falls of all school years that the flows have, or that are added up in them; sorted."""
        return self.pooled_years or tuple(sorted(int(year) for year in self.flows["year"].dropna().unique()))

    def other_tables(self) -> tuple[pd.DataFrame, ...]:
        """The tables beside schools, flows and performance, in the order in which ``content_sha256`` has them."""
        pairs = (self.travel_times, self.contiguity, self.rates, self.paths, self.residents)
        return (*pairs, self.estimates, self.catchment_ways)
