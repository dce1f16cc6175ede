"""What some Zones of a generated state were allowed and promised, as an agency keeps it in a spreadsheet: invented."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from clustering.datasets.schools import NEWEST_FALL, NUMBER

CONDITION_COLUMNS = (
    *("anchor_id", "condition", "title", "area", "state", "holder", "document", "asked_on", "agreed_on"),
    *("in_force_from", "until", "note", "partner", "partner_id", "contract_starts_on", "contract_ends_on"),
)
_MOST_ZONES = 12
# Below the federal two thirds, so that the school is low-performing whatever band its rate is published in.
_LOW_PER_CENT, _LEAST_COHORT, _MAY_BE_LOW_PER_CENT = 64, 61, 72
_LEAST_OF_MEAN = 0.6
_FIRST_ASKED = date(NEWEST_FALL + 1, 1, 8)
_BEGINS = date(NEWEST_FALL + 1, 8, 1)
_ENDS = (date(NEWEST_FALL + 6, 6, 30), date(NEWEST_FALL + 4, 6, 30), date(NEWEST_FALL + 3, 6, 30))
_AGREEMENT = "Agreement of district, union and department"
# The required items of the checklist from Delaware's Partnership Zone, and who holds each.
_ITEMS = (
    ("people-hiring-and-transfer-limits", "District and union"),
    ("people-choice-of-transfers", "District and union"),
    ("people-incentives", "District and union"),
    ("people-school-leadership", "District"),
    ("money-follows-the-student", "District"),
    ("time-calendar", "District"),
    ("time-schedule-and-day", "District and union"),
    ("program-curriculum-and-instruction", "District"),
    ("governance-shared", "District and department"),
    ("accountability-for-autonomy", "Department"),
    ("contract-memorandum", "District and department"),
)
_OWN = {"title": "Late buses", "area": "money", "state": "asked", "holder": "District"}


def draw_conditions(
    schools: pd.DataFrame, graduation: pd.DataFrame, partners: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """
    Draw the conditions of the Zones around the high schools with the lowest rates.

    Parameters
    ----------
    schools
        See ``schools.generate_schools``; with ``ncessch``.
    graduation
        See ``graduation.draw_graduation``.
    partners
        ``lead_partners.PARTNER_COLUMNS``.
    rng
        Source of chance.

    Returns
    -------
    conditions
        :data:`CONDITION_COLUMNS`, all text, a row per anchor and condition, by the items of the checklist from
        Delaware's Partnership Zone. The first Zone has all that is required and a contract; of each further one less is
        settled. Without a row if no school's rate is low enough.
    """
    anchors = _lowest(schools, graduation)
    able = partners[(partners["kind"] != "supporting partner") & (partners["approval"] == "pre-qualified")]
    rows = [
        row
        for number, anchor in enumerate(anchors)
        for row in _rows_of_zone(number, anchor, able.iloc[number % len(able)] if len(able) else None, rng)
    ]
    blank = dict.fromkeys(CONDITION_COLUMNS, "")
    return pd.DataFrame([blank | row for row in rows], columns=list(CONDITION_COLUMNS), dtype="str")


def _lowest(schools: pd.DataFrame, graduation: pd.DataFrame) -> list[str]:
    """
    Identifiers of open regular high schools with low rates, the lowest first.

    Where a district has several, they may compete for feeders, and then not each gets a Zone: the largest counts. A
    school that is much smaller than the district's others has too few feeders for a Zone, and is left out.
    """
    kinds = [NUMBER[name] for name in ("high", "senior high", "middle and high")]
    of_rated = schools.loc[graduation.index]
    is_open = (of_rated["closed"] > NEWEST_FALL) & (of_rated["opened"] < NEWEST_FALL) & of_rated["kind"].isin(kinds)
    is_low = (graduation["per_cent"] <= _LOW_PER_CENT) & (graduation["cohort"] >= _LEAST_COHORT)
    rivals = graduation["cohort"].where(is_open & (graduation["per_cent"] < _MAY_BE_LOW_PER_CENT))
    is_largest = graduation["cohort"] == rivals.groupby(of_rated["leaid"]).transform("max")
    mean = graduation["cohort"].where(is_open).groupby(of_rated["leaid"]).transform("mean")
    is_large = is_largest & (graduation["cohort"] >= _LEAST_OF_MEAN * mean)
    taken = graduation[is_low & is_open & is_large & ~of_rated["is_charter"]]
    lowest = taken.sort_values("per_cent", kind="stable").index[:_MOST_ZONES]
    return [str(each) for each in schools.loc[lowest, "ncessch"]]


def _rows_of_zone(
    number: int, anchor: str, partner: pd.Series | None, rng: np.random.Generator
) -> list[dict[str, str]]:
    """Rows of one Zone: the further down it stands in the list, the fewer of its conditions are settled."""
    settled = max(0, len(_ITEMS) - 3 * number) if number else len(_ITEMS)
    asked = _FIRST_ASKED + timedelta(days=7 * int(rng.integers(0, 12)))
    agreed = asked + timedelta(days=7 * int(rng.integers(8, 20)))
    rows = []
    for position, (item, holder) in enumerate(_ITEMS[: settled + 3]):
        row = {"anchor_id": anchor, "condition": item, "holder": holder, "asked_on": asked.isoformat()}
        if position < settled:
            in_force = {"in_force_from": _BEGINS.isoformat(), "until": _ENDS[position % len(_ENDS)].isoformat()}
            row |= {"state": "in force" if number < 2 else "agreed", "agreed_on": agreed.isoformat()} | in_force
            row["document"] = _AGREEMENT
        else:
            row |= {"state": "negotiating" if position == settled else "asked"}
        rows.append(row)
    if number % 3 == 1:
        rows.append({"anchor_id": anchor, "asked_on": asked.isoformat(), "note": "The schools asked for it", **_OWN})
    if number < 2 and partner is not None:
        contract = {"contract_starts_on": _BEGINS.isoformat(), "contract_ends_on": _ENDS[0].isoformat()}
        rows[0] |= {"partner": partner["name"], "partner_id": partner["partner_id"], **contract}
    return rows
