"""What a file of each role holds, looked at without any other file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from clustering.errors import InputError, Problem
from clustering.ingest.enrolment import add_enrolment
from clustering.ingest.feeder_steps import divide_feeder_tables
from clustering.ingest.open_files import InputFiles
from clustering.ingest.report import likely_lists
from clustering.model.plain_text import plain_text, school_year_text
from clustering.readers.text.columns import arrow_texts
from clustering.validation.catchments.catchments import validate_catchments
from clustering.validation.catchments.population import validate_population
from clustering.validation.crosswalk.crosswalk import validate_crosswalk
from clustering.validation.findings import Findings
from clustering.validation.flows.feeder_table import validate_feeder_tables
from clustering.validation.flows.flows import ListedSchools, validate_flow_file
from clustering.validation.flows.matrix import unpivot
from clustering.validation.rates.performance import Performance, validate_performance
from clustering.validation.schools.grade_columns import read_grade_columns
from clustering.validation.schools.schools import validate_schools
from clustering.validation.travel_times import validate_travel_times

_NO_IDS = pa.array([], type=pa.string())


@dataclass(frozen=True, kw_only=True)
class Contents:
    """
    What one file holds.

    Parameters
    ----------
    school_ids
        Identifiers of the schools that it names, each once, sorted.
    years, groups
        As in :class:`~clustering.model.file_checks.FileCheck`.
    facts
        Numbers by name.
    shapes
        Places or areas, EPSG:4326.
    ratings
        Rates and columns that may be official lists; ``None`` for a file that has neither.
    lists
        Of these columns the likely ones, with their entries.
    """

    school_ids: pa.StringArray = field(default_factory=lambda: _NO_IDS)
    years: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    facts: Mapping[str, int] = field(default_factory=dict)
    shapes: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))
    ratings: pd.DataFrame | None = None
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def extent(self) -> tuple[float, ...] | None:
        """West, south, east, north in degrees, to five digits; ``None`` without places."""
        bounds = shapely.total_bounds(self.shapes) if len(self.shapes) else np.full(4, np.nan)
        return None if np.isnan(bounds).any() else tuple(round(float(bound), 5) for bound in bounds)


def contents_of(role: str, inputs: InputFiles, problems: list[Problem]) -> Contents:
    """
    Read what a file of a role holds.

    Parameters
    ----------
    role
        Of the file.
    inputs
        The opened file; what is wrong with its cells is added to its findings.
    problems
        Errors that end the reading are added.

    Returns
    -------
    contents
        Without facts for roles whose readers need other files.
    """
    files = [findings for of_role in inputs.files.values() for findings in of_role]
    try:
        if inputs.memberships and not files:
            return _of_memberships(inputs)
        return _READERS.get(role, _of_others)(files, inputs)
    except InputError as error:
        found = {problem for findings in files for problem in findings.problems}
        problems += [problem for problem in error.problems if problem not in found]
        return Contents()


def _of_schools(files: Sequence[Findings], inputs: InputFiles) -> Contents:
    table = validate_schools(files)
    enrolment = add_enrolment(table, inputs.memberships, [read_grade_columns(findings) for findings in files])
    performance = validate_performance(files, table.index)
    facts = {
        "schools": len(table),
        "schools_with_grades": int((enrolment.schools["grades_offered"] != 0).sum()),
        "schools_with_coordinates": int(table.geometry.notna().sum()),
        "schools_with_enrolment": int(enrolment.schools["enrolment_students"].notna().sum()),
        **_facts_of_rates(performance),
    }
    return Contents(
        school_ids=arrow_texts(table.index),
        years=_years_of_rates(performance, files),
        groups=_groups(performance),
        facts=facts,
        shapes=_shapes(table),
        ratings=performance.table,
        lists=likely_lists(performance.table, len(table)),
    )


def _of_memberships(inputs: InputFiles) -> Contents:
    tables = [(each.enrolment.index, each.grade_enrolment["school_id"]) for each in inputs.memberships]
    ids = sorted({str(each) for index, column in tables for each in (*index, *column.unique())})
    years = sorted(
        {int(year) for each in inputs.memberships for year in each.grade_enrolment["year"].dropna().unique()}
    )
    return Contents(
        school_ids=arrow_texts(ids),
        years=tuple(map(school_year_text, years)),
        facts={"schools": len(ids), "schools_with_enrolment": len(ids)},
    )


def _of_performance(files: Sequence[Findings], _inputs: InputFiles) -> Contents:
    ids = _texts(files, "school_id")
    performance = validate_performance(files, pd.Index(ids.to_pylist(), name="school_id", dtype="str"))
    return Contents(
        school_ids=ids,
        years=_years_of_rates(performance, files),
        groups=_groups(performance),
        facts={"schools": len(ids), **_facts_of_rates(performance)},
        ratings=performance.table,
        lists=likely_lists(performance.table, len(ids)),
    )


def _of_feeder_tables(inputs: InputFiles) -> Contents:
    inputs.files.setdefault("schools", [])
    divide_feeder_tables(inputs)
    files = inputs.files["feeder_table"]
    ids = _sorted([_texts(files, "origin"), _texts(files, "destination")])
    feeders = validate_feeder_tables(files, ListedSchools(ids, np.zeros(len(ids), dtype="int64")))
    return Contents(school_ids=ids, facts={"schools": len(ids), "feeder_links": 0 if feeders is None else len(feeders)})


def _of_flows(files: Sequence[Findings], inputs: InputFiles) -> Contents:
    if inputs.files.get("feeder_table"):
        return _of_feeder_tables(inputs)
    if not all({"origin"} <= findings.headings.keys() for findings in files):
        return Contents()
    nobody = ListedSchools(_NO_IDS, np.empty(0, dtype="int64"))
    ids = _sorted([validate_flow_file(_copy(findings), nobody).named() for findings in files])
    listed = ListedSchools(ids, np.zeros(len(ids), dtype="int64"))
    cells = [validate_flow_file(findings, listed) for findings in files]
    years = sorted({int(year) for each in cells for year in np.unique(each.year) if year > 0})
    # Cells of those who left are there only where anybody left, which is told to nobody.
    facts = {"schools": len(ids), "cells_between_schools": sum(int((each.destination >= 0).sum()) for each in cells)}
    return Contents(school_ids=ids, years=tuple(map(school_year_text, years)), facts=facts)


def _of_travel_times(files: Sequence[Findings], _inputs: InputFiles) -> Contents:
    long = [unpivot(_copy(findings)) for findings in files]
    ids = _sorted([_texts(long, "origin"), _texts(long, "destination")])
    pairs = validate_travel_times(files, ids)
    return Contents(school_ids=ids, facts={"schools": len(ids), "pairs_with_travel_times": len(pairs)})


def _of_catchments(files: Sequence[Findings], _inputs: InputFiles) -> Contents:
    if any(findings.table.geometry is None for findings in files):
        return Contents()
    catchments = validate_catchments(files)
    ids = _sorted([arrow_texts(catchments["school_id"]).drop_null()])
    levels = {
        f"polygons_{level}": int((catchments["level"] == level).sum()) for level in ("elementary", "middle", "high")
    }
    told = {name: count for name, count in levels.items() if count}
    facts = {"schools": len(ids), "polygons": len(catchments), **told}
    return Contents(school_ids=ids, facts=facts, shapes=_shapes(catchments))


def _of_population(files: Sequence[Findings], _inputs: InputFiles) -> Contents:
    points = validate_population(files)
    return Contents(facts={"points": len(points)}, shapes=_shapes(points))


def _of_crosswalk(files: Sequence[Findings], _inputs: InputFiles) -> Contents:
    new, old = (_texts(files, name) for name in ("new_id", "old_id"))
    known = pd.Index(_sorted([new, old]).to_pylist(), dtype="str")
    rows = validate_crosswalk(files, pd.Index(new.to_pylist(), dtype="str"), flow_ids=known)
    confirmed = int(rows["confirmed"].eq(True).sum()) if "confirmed" in rows else 0
    return Contents(school_ids=new, facts={"rows": len(rows), "rows_confirmed": confirmed})


def _of_others(files: Sequence[Findings], _inputs: InputFiles) -> Contents:
    return Contents(school_ids=_texts(files, "school_id"))


_READERS: Mapping[str, Callable[[Sequence[Findings], InputFiles], Contents]] = {
    "schools": _of_schools,
    "membership": _of_schools,
    "performance": _of_performance,
    "flows": _of_flows,
    "travel_times": _of_travel_times,
    "catchments": _of_catchments,
    "population": _of_population,
    "crosswalk": _of_crosswalk,
}


def _copy(findings: Findings) -> Findings:
    """The same file, to be read without a trace."""
    return replace(findings, problems=[], headings=dict(findings.headings), _set_aside={}, _looked_up={}, _replaced={})


def _texts(files: Sequence[Findings], canonical: str) -> pa.StringArray:
    """Entries of a column of some files, each once, sorted, without blank ones."""
    return _sorted([findings.texts(canonical).texts for findings in files])


def _sorted(parts: Sequence[pa.StringArray]) -> pa.StringArray:
    texts = pc.unique(pa.concat_arrays([_NO_IDS, *parts]))
    texts = texts.filter(pc.not_equal(texts, ""))
    return texts.take(pc.sort_indices(texts))


def _facts_of_rates(performance: Performance) -> dict[str, int]:
    rates = performance.rates
    is_known = rates["status"].isin(["exact", "range"])
    is_graduation = (rates["measure"] == "graduation_4year") & (rates["subgroup"] == "all")
    return {
        "schools_with_graduation_rates": int(rates.loc[is_known & is_graduation, "school_id"].nunique()),
        "published_rates": int(is_known.sum()),
    }


def _years_of_rates(performance: Performance, files: Sequence[Findings]) -> tuple[str, ...]:
    years = {school_year_text(int(year)) for year in performance.rates["year"].dropna().unique()}
    of_headings = {year for findings in files for columns in findings.by_year.values() for year in columns}
    return tuple(sorted(years or of_headings))


def _groups(performance: Performance) -> tuple[str, ...]:
    return tuple(sorted(map(plain_text, performance.rates["subgroup"].astype("str").unique())))


def _shapes(table: gpd.GeoDataFrame) -> np.ndarray:
    shapes = table.geometry.to_numpy()
    return np.asarray(shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)])
