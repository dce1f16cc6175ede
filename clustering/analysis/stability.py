"""How certain each school's Zone is: in how many single years, and in how many resampled flows, it is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from clustering.analysis.arguments import number_problems, planner_of, refuse
from clustering.analysis.resampling import resample_tables
from clustering.errors import InfeasibleError
from clustering.model.arguments import of_type
from clustering.model.columns import SHARE_DIGITS
from clustering.model.scenario import Scenario
from clustering.zones.anchor_selection import AnchorSelection
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.parameters import ProposalParameters
from clustering.zones.parts import work_out
from clustering.zones.planner import ZonePlanner
from clustering.zones.progress import Progress, part_of
from clustering.zones.request import ZoneRequest, anchors_of
from clustering.zones.solving import Solved, solve_tables

MAXIMUM_RESAMPLES = 1_000

# Schools of the Zone of every anchor that has one, the anchor among them.
_Zones = Mapping[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class _Variants:
    """The answer, and what it would be otherwise."""

    answer: _Zones
    at_low: _Zones
    at_high: _Zones
    years: Sequence[_Zones]
    resamples: Sequence[_Zones]


def measure_stability(
    planner: ZonePlanner | Scenario,
    parameters: ProposalParameters | Mapping[str, object] | None = None,
    *,
    resamples: int = 50,
    seed: int = 0,
    by_year: bool = True,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """
    Solve a request again for single years, for resampled flows and for both ends of suppressed or rounded counts.

    The resampled flows are a parametric bootstrap (Efron and Tibshirani 1993, section 6.5) of the table that the
    request is computed on: every link, and the rest of each school's promoted, entering and leaving students, is drawn
    from a Poisson law around its value. It tells how much hangs on which students happened to move, if each moved by
    themselves and the year were drawn again. It does not tell of what changes from year to year, of families that move
    together (then the truth varies more), of errors in the files, or of estimated flows that are off.

    Parameters
    ----------
    planner
        Of the scenario; or the scenario itself.
    parameters
        The request; the defaults where nothing is given.
    resamples
        Flows to draw, 0 to 1,000.
    seed
        The same seed gives the same table, whatever the order of rows in the files.
    by_year
        Whether to solve every school year of the request alone, where there are several.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    table
        A row per anchor and school that is in its Zone in the answer or in any of the variants, sorted; the row of an
        anchor itself tells of the Zone as such. ``anchor_id``, ``school_id``, ``is_in_answer``; ``share_of_years`` and
        ``share_of_resamples`` in which the school is in the Zone [0 to 1; missing where there are none];
        ``is_in_at_low`` and ``is_in_at_high``, with every suppressed or rounded count at its least and at its greatest;
        and, the same in all rows of an anchor, ``zone_similarity_of_years`` and ``zone_similarity_of_resamples``: the
        mean Jaccard similarity of the Zone's schools with those of the answer, schools in both / schools in either [0
        to 1; 0 for a variant without the Zone; missing where the answer has none]. The anchors are those of the request
        in every variant; a variant in which the locks cannot be kept has no Zones.

    Raises
    ------
    InputError
        The parameters do not fit the inputs, or the number of resamples or the seed is out of range.
    InfeasibleError
        Locks contradict the limits.
    SolverError
        The solver failed, or an answer did not pass the audit.
    """
    planner, parameters = planner_of(planner), ProposalParameters.given(parameters)
    of_type("by_year", by_year, bool, "True or False")
    refuse([*number_problems("resamples", resamples, 0, MAXIMUM_RESAMPLES), *number_problems("seed", seed, 0, None)])
    report = progress or (lambda stage, fraction: None)
    selection = planner.select_anchors(parameters)
    variants = _solve(planner, selection, resamples=resamples, seed=seed, by_year=by_year, report=report)
    return _as_table(variants)


def _solve(
    planner: ZonePlanner,
    selection: AnchorSelection,
    *,
    resamples: int,
    seed: int,
    by_year: bool,
    report: Progress,
) -> _Variants:
    parameters = selection.request.parameters
    report("Solving", 0.0)
    # Looked up in the planner's cache where the same was proposed before; so are both ends.
    solved = planner.solve(selection)
    at_low = _zones_or_none(partial(planner.solve, selection, "low"))
    at_high = _zones_or_none(partial(planner.solve, selection, "high"))
    is_pooled = bool(planner.protect(parameters).pooled_years)
    years = solved.tables.years if by_year and len(solved.tables.years) > 1 and not is_pooled else ()
    of_years = [replace(selection.request, parameters=parameters.with_changes(years=(year,))) for year in years]
    graphs = [planner.build_graph(request.parameters) for request in of_years]
    alone = work_out(
        _solve_years,
        len(years),
        lambda numbers: (selection, [(graphs[number], of_years[number]) for number in numbers]),
        executor=planner.executor,
        report=part_of(report, "Solving single years", 0.1, 0.3),
    )
    drawn = work_out(
        _solve_resamples,
        resamples,
        lambda numbers: (numbers, seed, solved.tables, selection),
        executor=planner.executor,
        report=part_of(report, "Solving resampled flows", 0.3, 1.0),
    )
    return _Variants(answer=_zones(solved), at_low=at_low, at_high=at_high, years=alone, resamples=drawn)


def _solve_years(selection: AnchorSelection, years: Iterable[tuple[FeederTables, ZoneRequest]]) -> Iterator[_Zones]:
    for tables, request in years:
        yield _zones_or_none(partial(solve_tables, tables, replace(selection, request=request)))


def _solve_resamples(numbers: range, seed: int, tables: FeederTables, selection: AnchorSelection) -> Iterator[_Zones]:
    count_exits = selection.request.parameters.count_exits
    drawn = resample_tables(tables, count_exits=count_exits, resamples=numbers.stop, seed=seed, first=numbers.start)
    for each in drawn:
        # No two draws are alike: nothing is kept of them.
        yield _zones_or_none(partial(solve_tables, each, selection))


def _zones_or_none(solve: Callable[[], Solved]) -> _Zones:
    try:
        return _zones(solve())
    except InfeasibleError:
        return {}


def _zones(solved: Solved) -> _Zones:
    """Schools by anchor; merged anchors have the same Zone each."""
    return {
        each: frozenset((anchor, *feeders))
        for anchor, feeders in solved.solution.membership.items()
        for each in anchors_of(solved.request, anchor)
    }


def _as_table(variants: _Variants) -> pd.DataFrame:
    everything = [variants.answer, variants.at_low, variants.at_high, *variants.years, *variants.resamples]
    pairs = sorted({(anchor, school) for zones in everything for anchor in zones for school in zones[anchor]})
    table = pd.DataFrame(pairs, columns=["anchor_id", "school_id"], dtype="str")
    for name, zones in (
        ("is_in_answer", variants.answer),
        ("is_in_at_low", variants.at_low),
        ("is_in_at_high", variants.at_high),
    ):
        table[name] = pd.Series([school in zones.get(anchor, ()) for anchor, school in pairs], dtype="bool")
    for name, several in (("years", variants.years), ("resamples", variants.resamples)):
        shares = [_mean([school in zones.get(anchor, ()) for zones in several]) for anchor, school in pairs]
        similar = {
            anchor: _mean([_jaccard(schools, zones.get(anchor, frozenset())) for zones in several])
            for anchor, schools in variants.answer.items()
        }
        table[f"share_of_{name}"] = pd.Series(shares, dtype="float64")
        table[f"zone_similarity_of_{name}"] = table["anchor_id"].map(similar).astype("float64")
    columns = ["anchor_id", "school_id", "is_in_answer", "share_of_years", "share_of_resamples"]
    columns += ["is_in_at_low", "is_in_at_high", "zone_similarity_of_years", "zone_similarity_of_resamples"]
    return table[columns]


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), SHARE_DIGITS) if values else float("nan")


def _jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / len(first | second)
