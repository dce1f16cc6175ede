"""Flows estimated where none are counted; where some are, the estimates that they are compared with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.flows.catchments.capture import CaptureRule
from clustering.flows.catchments.estimate import CatchmentEstimate, estimate_catchment_flows
from clustering.flows.catchments.paths import divide_by_shares
from clustering.flows.catchments.recorded_paths import ways_of_recorded_flows
from clustering.flows.catchments.student_shares import EnrolmentSources
from clustering.flows.choice_schools import (
    choice_schools_without_catchments,
    describe_left_out,
    tells_nothing_of_leavers,
)
from clustering.flows.comparison import compare_flows, comparison_documents
from clustering.flows.counted_entrants import choice_schools_beside_counts
from clustering.ingest.estimate_notes import (
    MEASURED_BY_CATCHMENTS,
    MEASURED_BY_GRAVITY,
    describe_official_chain,
    explain_unknown,
    warn_of_options_without_effect,
)
from clustering.ingest.flow_sources import ScenarioFlows
from clustering.model.columns import ESTIMATE_COLUMNS
from clustering.model.grades import LAST_FEEDING_GRADE, highest_grade
from clustering.model.ingest_report import ChoiceSchool, FlowBasis
from clustering.model.scenario import no_estimates, no_paths
from clustering.validation.flows.flow_cells import add_up, cells_of_table
from clustering.validation.flows.flows import build_flows, listed_schools

if TYPE_CHECKING:
    from clustering.flows.gravity.estimate import GravityEstimate

COMPARED_CATCHMENTS = (
    "The flows are counted; the catchments are compared with them, and tell which schools are contiguous."
)
BY_CATCHMENTS = "No students were counted: the flows are estimated from the overlap of attendance catchments."
BY_GRAVITY = "No students were counted: the flows are estimated from distance and places (a gravity model)."


@dataclass(frozen=True, kw_only=True)
class OfficialChain:
    """
    The feeder chain that a district publishes with its catchments.

    Parameters
    ----------
    flows, paths
        As ``official_chain_flows`` and ``official_chain_paths`` read them.
    """

    flows: pd.DataFrame
    paths: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class EstimateSources:
    """
    What an estimate can rest on.

    Parameters
    ----------
    schools
        The schools table.
    grade_enrolment
        ``school_id``, ``year``, ``grade``, ``students``; may be empty.
    catchments, population
        Validated layers, or ``None``.
    chain
        The feeder chain that the district publishes, or ``None``; an estimate from catchments is compared with it, and
        the ways over two promotions that it names count instead of estimated ones.
    travel_times
        ``columns.TRAVEL_TIME_COLUMNS``; may be empty.
    exclude_receivers
        Schools that an estimate leaves out as receivers; see ``flows.choice_schools``.
    capture
        Whether an estimate looks at the places of schools; see ``flows.catchments.capture``.
    """

    schools: gpd.GeoDataFrame
    grade_enrolment: pd.DataFrame
    catchments: gpd.GeoDataFrame | None
    population: gpd.GeoDataFrame | None
    chain: OfficialChain | None
    travel_times: pd.DataFrame
    exclude_receivers: tuple[str, ...]
    capture: CaptureRule = "places"

    def by_catchments(self, catchments: gpd.GeoDataFrame) -> CatchmentEstimate:
        """Estimate flows from the overlap of catchments."""
        return estimate_catchment_flows(
            catchments,
            self.schools,
            population=self.population,
            grade_enrolment=self._grade_enrolment(),
            exclude_receivers=self.exclude_receivers,
            capture=self.capture,
        )

    def by_gravity(self) -> GravityEstimate:
        """Estimate flows by distance and places."""
        from clustering.flows.gravity.estimate import estimate_gravity_flows  # noqa: PLC0415 (slow to load: SciPy)

        return estimate_gravity_flows(
            self.schools,
            grade_enrolment=self._grade_enrolment(),
            travel_times=self.travel_times,
            excluded_receivers=[school.school_id for school in self.choice_schools() if school.is_excluded],
        )

    def choice_schools(self) -> tuple[ChoiceSchool, ...]:
        """Schools that are no neighbourhood schools by their type, or that the user leaves out, without catchments."""
        return choice_schools_without_catchments(self.schools, self.exclude_receivers)

    def enrolment(self) -> EnrolmentSources:
        """Where numbers of students and of places come from."""
        return EnrolmentSources(schools=self.schools, grade_enrolment=self._grade_enrolment(), year=None)

    def _grade_enrolment(self) -> pd.DataFrame | None:
        return None if self.grade_enrolment.empty else self.grade_enrolment


def estimate_flows(sources: EstimateSources) -> ScenarioFlows:
    """
    Estimate flows from catchments or, without any, by a gravity model.

    Parameters
    ----------
    sources
        What the estimate can rest on.

    Returns
    -------
    scenario_flows
        Basis ``catchments`` or ``gravity``, with warnings about what the estimate leaves open.

    Raises
    ------
    InputError
        No flow can be estimated from the files.
    """
    schools = sources.schools
    if sources.catchments is not None:
        by_overlap = sources.by_catchments(sources.catchments)
        rows, paths, warnings = by_overlap.flows, by_overlap.paths, list(by_overlap.warnings)
        basis = FlowBasis(
            method="catchments",
            statement=BY_CATCHMENTS,
            details=(MEASURED_BY_CATCHMENTS, *by_overlap.notes),
            choice_schools=by_overlap.choice_schools,
        )
        causes, remainder = _causes_by_catchments(by_overlap, sources.catchments)
        if sources.chain is not None:
            comparisons = {"official chain": compare_flows(rows, sources.chain.flows, schools["level"])}
            sentence = describe_official_chain(comparisons["official chain"], rows)
            basis = replace(basis, comparison=comparison_documents(comparisons), details=(*basis.details, sentence))
            paths = _official_first(
                paths, divide_by_shares(rows, sources.chain.paths, captured=by_overlap.capture.of_schools())
            )
    else:
        by_distance = sources.by_gravity()
        choice = sources.choice_schools()
        rows, paths, warnings = by_distance.flows, no_paths(), []
        details = (MEASURED_BY_GRAVITY, *by_distance.notes, *describe_left_out(choice))
        causes, remainder = _causes_by_gravity(by_distance)
        basis = FlowBasis(method="gravity", statement=BY_GRAVITY, details=details, choice_schools=choice)
    return flows_of_estimate(rows, basis, schools, warnings=warnings, paths=paths, causes=causes, remainder=remainder)


def flows_of_estimate(
    rows: pd.DataFrame,
    basis: FlowBasis,
    schools: gpd.GeoDataFrame,
    *,
    warnings: Sequence[Problem],
    paths: pd.DataFrame,
    causes: _Causes,
    remainder: str,
) -> ScenarioFlows:
    """
    Put estimated flows into the form of a scenario.

    Parameters
    ----------
    rows
        ``columns.FLOW_COLUMNS`` without ``kind``.
    basis
        What they rest on; a sentence on the schools of which nothing is known is added.
    schools
        The schools table.
    warnings, paths
        See :class:`ScenarioFlows`.
    causes, remainder
        Why nothing is known of a school; see :func:`explain_unknown`.

    Raises
    ------
    InputError
        No flow can be estimated from the files.
    """
    if rows["destination"].isna().all():
        message = "No flow can be estimated: no school's final grade leads into another school of these files."
        remedy = "Add schools of another level, with their grades and coordinates, or catchments of a second level."
        raise InputError([Problem(table="files", message=message, remedy=remedy)])
    listed = listed_schools(schools["grades_offered"])
    cells = add_up([cells_of_table(rows)])
    flows = build_flows(cells, listed.masks_of(cells.ids))
    # Nobody leaves in an estimate: a missing destination is a school that no file tells.
    flows = flows.assign(kind=flows["kind"].mask(flows["kind"] == "exit", "unknown destination"))
    unknown = schools_of_unknown_promotions(schools, flows)
    basis = replace(basis, details=(*basis.details, *explain_unknown(unknown, schools, causes, remainder)))
    return ScenarioFlows(flows=flows, basis=basis, unknown_promotions=unknown, warnings=tuple(warnings), paths=paths)


def schools_of_unknown_promotions(schools: pd.DataFrame, flows: pd.DataFrame) -> tuple[str, ...]:
    """
    Find the schools of which an estimate does not know where their students go on.

    Parameters
    ----------
    schools
        ``grades_offered``, ``status``, index ``school_id``.
    flows
        The estimate, with ``origin``.

    Returns
    -------
    school_ids
        Schools without any estimated promotion, sorted, but for those that are closed and those whose last grade is 12
        or above: nobody is promoted from there. Schools of unknown grades are among them.
    """
    leads_on = (highest_grade(schools["grades_offered"]) <= LAST_FEEDING_GRADE).fillna(value=True)
    is_open = (schools["status"] != "closed").fillna(value=True)
    is_unknown = leads_on & is_open & ~schools.index.isin(flows["origin"])
    return tuple(sorted(str(school) for school in schools.index[is_unknown.to_numpy(dtype=bool)]))


_Causes = tuple[tuple[str, Collection[str]], ...]


def _causes_by_catchments(estimate: CatchmentEstimate, catchments: gpd.GeoDataFrame) -> tuple[_Causes, str]:
    """Why no promotion out of a school is estimated from catchments, and what else may be the reason."""
    coverage = estimate.coverage
    silent = [school.school_id for school in estimate.choice_schools if tells_nothing_of_leavers(school)]
    placeless = set(coverage.loc[coverage["receivers"] > 0, "origin"]) - set(estimate.flows["origin"])
    causes = (
        ("the catchment says nothing, for it is no neighbourhood school", silent),
        ("nobody is taken to find a place in the school of the address", placeless),
        ("the catchment meets none of a school that students enter at the next grade", set(coverage["origin"])),
        ("the catchment serves none of the school's grades or cannot be used", set(catchments["school_id"])),
    )
    return causes, "no catchment tells it"


def _causes_by_gravity(estimate: GravityEstimate) -> tuple[_Causes, str]:
    """Why no promotion out of a school is estimated by distance, and what else may be the reason."""
    causes = (
        ("the files give no coordinates", estimate.schools_without_coordinates),
        ("no school that students enter at the next grade is near", estimate.schools_without_receivers),
    )
    return causes, "nobody is enrolled in the last grade, or no cohort is known"


def _official_first(estimated: pd.DataFrame, official: pd.DataFrame) -> pd.DataFrame:
    """Paths of the official chain, and estimated ones for the pairs of schools that it does not name."""
    pairs = [pd.MultiIndex.from_frame(paths[["origin", "via"]]) for paths in (estimated, official)]
    both = pd.concat([estimated[~pairs[0].isin(pairs[1])], official])
    return both.sort_values(["origin", "via", "destination"], ignore_index=True)


def compare_estimates(scenario_flows: ScenarioFlows, sources: EstimateSources, *, estimate: bool) -> ScenarioFlows:
    """
    Make the estimates that counted flows are compared with, where the user has catchments or requests an estimate.

    Parameters
    ----------
    scenario_flows
        Counted flows; which there are counts, and no number of students does.
    sources
        What the estimates can rest on.
    estimate
        Whether to compare a gravity model.

    Returns
    -------
    scenario_flows
        The same flows, choice schools and all, with the estimates and the ways over two promotions that catchments
        tell. The basis carries the choice schools that types and catchments tell; ``described_base`` compares.
    """
    choice: tuple[ChoiceSchool, ...] = ()
    estimates, ways = [scenario_flows.estimates], scenario_flows.catchment_ways
    if sources.catchments is not None:
        by_overlap = sources.by_catchments(sources.catchments)
        estimates.append(estimate_by_pair("catchments", by_overlap.flows))
        choice = by_overlap.choice_schools
        excluded = [school.school_id for school in choice if school.is_excluded]
        ways = ways_of_recorded_flows(scenario_flows.flows, by_overlap.ground, excluded=excluded)
    if estimate:
        estimates.append(estimate_by_pair("gravity", sources.by_gravity().flows))
    made = pd.concat([each for each in estimates if len(each)]) if any(map(len, estimates)) else no_estimates()
    without_effect = warn_of_options_without_effect(
        sources.exclude_receivers,
        sources.capture,
        compared=["catchments"] * (sources.catchments is not None) + ["gravity"] * estimate,
    )
    note = (COMPARED_CATCHMENTS,) if sources.catchments is not None else ()
    basis = replace(
        scenario_flows.basis,
        details=(*scenario_flows.basis.details, *note),
        choice_schools=choice_schools_beside_counts(scenario_flows.flows.head(0), sources.enrolment(), choice),
    )
    warnings = (*scenario_flows.warnings, *without_effect)
    estimates_by_pair = made.reset_index(drop=True)
    return replace(scenario_flows, basis=basis, estimates=estimates_by_pair, catchment_ways=ways, warnings=warnings)


def estimate_by_pair(method: str, flows: pd.DataFrame) -> pd.DataFrame:
    """
    Add up what an estimate sends from school to school.

    Parameters
    ----------
    method
        ``catchments``, ``feeder table`` or ``gravity``.
    flows
        The estimate: ``origin``, ``destination``, ``students``.

    Returns
    -------
    pairs
        ``columns.ESTIMATE_COLUMNS``.
    """
    pairs = flows.groupby(["origin", "destination"])["students"].sum().reset_index().assign(method=method)
    estimate: pd.DataFrame = pairs[list(ESTIMATE_COLUMNS)].astype(no_estimates().dtypes.to_dict())
    return estimate
