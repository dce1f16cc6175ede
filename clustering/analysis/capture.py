"""Capture: the share of the residents of a school's attendance area who enrol there, and where the others go."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from clustering.analysis.arguments import number_problems, refuse
from clustering.errors import InputError, Problem
from clustering.model.arguments import of_type
from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.scenario import Scenario
from clustering.zones.feeder_graph import read_students
from clustering.zones.feeder_sums import refuse_single_years
from clustering.zones.parameters import ProposalParameters
from clustering.zones.protection_choice import protect

MAXIMUM_DESTINATIONS = 20
_ENDS = ("students", "students_low", "students_high")


def measure_capture(
    scenario: Scenario, parameters: ProposalParameters | Mapping[str, object] | None = None, *, destinations: int = 3
) -> pd.DataFrame:
    """
    Measure how many residents of each school's attendance area enrol in it.

    Parameters
    ----------
    scenario
        Its ``residents``: files of flows that were recognised as residence-to-attended tables, in which the origin is
        the school in whose attendance area students live and the destination the school they attend.
    parameters
        ``years``, ``disclosure`` and ``suppressed_students`` count: computed on the protected table, unless the request
        is for exact counts.
    destinations
        Other schools to name for each, 1 to 20.

    Returns
    -------
    table
        A row per listed school with residents, sorted: ``school_id``, ``name``, ``level``; ``residents``,
        ``enrolled_there``, ``go_elsewhere`` and ``come_from_elsewhere`` (enrolled there, and residents elsewhere), each
        with ``_low`` and ``_high`` [students per year, mean of the years used]; ``capture_share`` = enrolled there /
        residents [0 to 1], with ``_low`` and ``_high``; ``other_schools`` (schools that residents attend elsewhere) and
        ``top_destinations`` (those with most of them, with students, separated by ``"; "``).

        Every row of such a table counts, in all grades, whatever other files of flows there are. The true number is
        anywhere between the two ends.

    Raises
    ------
    InputError
        No file of flows is such a table, no row is of the years asked for, the base adds up these and other years, or
        ``destinations`` is out of range.

    References
    ----------
    .. [1] Capture rate, or "student capture rate", as school facility planners report it: residents of an attendance
       area who enrol there / residents.
    """
    of_type("scenario", scenario, Scenario, "the Scenario that read_scenario answers")
    parameters = ProposalParameters.given(parameters)
    refuse(number_problems("destinations", destinations, 1, MAXIMUM_DESTINATIONS))
    rows = _residents(scenario, protect(scenario, parameters.disclosure), parameters)
    listed = rows["origin"].isin(scenario.schools.index)
    stays = rows["origin"] == rows["destination"]
    parts = {
        "residents": rows[listed].groupby("origin"),
        "enrolled_there": rows[listed & stays].groupby("origin"),
        "go_elsewhere": rows[listed & ~stays].groupby("origin"),
        "come_from_elsewhere": rows[~stays].groupby("destination"),
    }
    schools = pd.Index(sorted(rows.loc[listed, "origin"].unique()), dtype="str", name="school_id")
    sums = {name: groups[list(_ENDS)].sum().reindex(schools, fill_value=0.0) for name, groups in parts.items()}
    table = scenario.schools.loc[schools, ["name", "level"]].reset_index()
    for name, ends in sums.items():
        for end in _ENDS:
            table[f"{name}{end.removeprefix('students')}"] = ends[end].round(STUDENT_DIGITS).to_numpy()
    named = _name_destinations(rows[listed & ~stays], scenario.schools["name"], destinations).reindex(schools)
    named["other_schools"] = named["other_schools"].fillna(0).astype("int64")
    shares = _capture_shares(sums["enrolled_there"], sums["go_elsewhere"])
    joined: pd.DataFrame = pd.concat(
        [table, *(part.reset_index(drop=True) for part in (shares, named))], axis="columns"
    )
    return joined


def _residents(scenario: Scenario, base: Scenario, parameters: ProposalParameters) -> pd.DataFrame:
    """``origin``, ``destination`` and students per year of the rows that say where residents enrol."""
    residents = base.residents
    if residents.empty:
        is_counted = base.report.basis.method == "recorded"
        raise _no_residents(
            "The flows are promotions: they do not say where residents enrol."
            if is_counted
            else "The flows are an estimate, or there are none: nobody's residence was counted."
        )
    # They may be of other years than the promotions.
    present = sorted(scenario.residents["year"].dropna().unique().tolist())
    pooled = present if residents["year"].isna().all() else []
    if pooled:
        refuse_single_years(parameters.years, pooled)
    elif parameters.years:
        residents = residents[residents["year"].isin(parameters.years)]
    if residents.empty:
        raise _no_residents("No row of these years says where residents enrol.")
    years = max(1, len(pooled) or residents["year"].nunique())
    low, high = (residents[f"students_{end}"].to_numpy(dtype="float64") for end in ("low", "high"))
    students = read_students(residents, parameters.assumed_students(base))
    ends = {"students": students / years, "students_low": low / years, "students_high": high / years}
    rows = residents[["origin", "destination"]].assign(**ends)
    return rows.groupby(["origin", "destination"], dropna=False, as_index=False)[list(_ENDS)].sum()


def _no_residents(message: str) -> InputError:
    remedy = (
        "Read a residence-to-attended table as flows, in a file of its own: origin is the school in whose attendance"
        " area students live, destination the school they attend, grade and next_grade their one grade."
    )
    return InputError([Problem(table="flows", message=message, remedy=remedy)])


def _capture_shares(there: pd.DataFrame, elsewhere: pd.DataFrame) -> pd.DataFrame:
    """Share of residents who enrol in their own school, with the ends that the intervals leave open."""
    pairs = {
        "capture_share": (there["students"], elsewhere["students"]),
        "capture_share_low": (there["students_low"], elsewhere["students_high"]),
        "capture_share_high": (there["students_high"], elsewhere["students_low"]),
    }
    shares = {name: own / (own + others).where(own + others > 0) for name, (own, others) in pairs.items()}
    # Where there may be nobody on one side and there is nobody on the other, whoever there is decides.
    shares["capture_share_low"] = shares["capture_share_low"].mask(
        shares["capture_share_low"].isna() & (there["students_high"] > 0), 1.0
    )
    shares["capture_share_high"] = shares["capture_share_high"].mask(
        shares["capture_share_high"].isna() & (elsewhere["students_high"] > 0), 0.0
    )
    return pd.DataFrame(shares).round(SHARE_DIGITS)


def _name_destinations(rows: pd.DataFrame, names: pd.Series, most: int) -> pd.DataFrame:
    """``other_schools`` and ``top_destinations`` of each school; index ``school_id``."""
    ordered = rows.sort_values(["origin", "students", "destination"], ascending=[True, False, True])
    ids = ordered["destination"]
    labels = (ids.map(names).fillna(ids) + " (" + ids + ")").fillna("no school given")
    low = np.floor(ordered["students_low"]).map("{:,.0f}".format)
    high = np.ceil(ordered["students_high"]).map("{:,.0f}".format)
    counts = low.where(low == high, low + " to " + high)
    texts = (labels + " " + counts).groupby(ordered["origin"]).agg(lambda each: "; ".join(each[:most]))
    return pd.DataFrame({"other_schools": ids.groupby(ordered["origin"]).count(), "top_destinations": texts})
