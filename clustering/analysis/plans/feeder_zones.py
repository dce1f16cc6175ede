"""The Zones of a feeder table: each low-performing high school with the schools that the table sends to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from clustering.errors import Problem
from clustering.flows.feeder_table import divide_students, notes_on_shares
from clustering.model.grades import highest_grade
from clustering.validation.findings import Findings
from clustering.validation.flows.feeder_table import validate_feeder_tables
from clustering.validation.flows.flows import listed_schools
from clustering.zones.audit import Membership

_DIGITS = 9  # shares that differ by less are equal
_MAXIMUM_NAMED = 5
_OTHER_ZONES = "Nothing needs to be done. To draw other Zones, give a plan with a school and its Zone in each row."


@dataclass(frozen=True, kw_only=True)
class ZonesOfFeeders:
    """
    The Zones of a feeder table.

    Parameters
    ----------
    membership
        Anchor to the schools of its Zone, both sorted.
    warnings
        Pairs that the grades do not allow, how students are divided, and in which Zone split feeders are.
    """

    membership: Membership
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class _Arrivals:
    """
    The shares of each school's students who arrive, inside one Zone all the way, at the ends of the table's chains.

    Parameters
    ----------
    shares
        School to the ends whose Zones it is in, with the share.
    divided
        Split feeders with all ends that they could be with.
    """

    shares: dict[str, dict[str, float]]
    divided: dict[str, dict[str, float]] = field(default_factory=dict)


def zones_of_feeders(
    findings: Findings,
    schools: pd.DataFrame,
    *,
    high_schools: Collection[str],
    identified: Collection[str],
    shared_feeders: bool,
) -> ZonesOfFeeders:
    """
    Read the Zones that a feeder table draws.

    Parameters
    ----------
    findings
        A table with a record for each school and next school; problems are added. Of several years the latest counts.
    schools
        The listed schools, with ``grades_offered``.
    high_schools, identified
        Identifiers of the open high schools, and of those that are low-performing. If the table leads to none of the
        latter, every high school at which a chain ends has a Zone.
    shared_feeders
        Whether a split feeder is in the Zone of every anchor that its students arrive at.

    Returns
    -------
    zones
        A school is in the Zone of the high school, low-performing or not, at which the greatest share of its students
        arrives inside the Zone, as ``docs/model.md`` defines arrival; equal shares go to a low-performing high school,
        and then to the first identifier. A school whose students mostly arrive elsewhere is in no Zone.
    """
    feeders = validate_feeder_tables([findings], listed_schools(schools["grades_offered"]))
    if feeders is None or feeders.empty:
        message = "No row of the feeder table names two schools that follow each other."
        findings.note(message, "Check its columns of schools and next schools.", is_error=True)
        return ZonesOfFeeders(membership={}, warnings=())
    latest = feeders["year"].max()
    divided = divide_students(feeders[feeders["year"].isna() | (feeders["year"] == latest)], schools)
    shares = _shares_of_pairs(divided.shared, schools)
    named = shares.keys() | {school for of_school in shares.values() for school in of_school}
    low_performing = frozenset(named.intersection(identified))
    anchors = low_performing or frozenset(named.intersection(high_schools)) - shares.keys()
    if not anchors:
        message = "The feeder table leads to no open high school of the schools files."
        findings.note(message, "Check the grades of its schools in the schools files.", is_error=True)
    arrivals = _arrivals(shares, schools, anchors, shared_feeders=shared_feeders)
    members: dict[str, list[str]] = {anchor: [] for anchor in anchors}
    for school, ends in arrivals.shares.items():
        for end in ends.keys() & anchors - {school}:
            members[end].append(school)
    warnings = [
        *_notes_on_years(feeders["year"], latest),
        *notes_on_shares(divided.shared),
        *_notes_on_zones(arrivals, anchors, low_performing, shared_feeders=shared_feeders),
    ]
    return ZonesOfFeeders(
        membership={anchor: tuple(sorted(members[anchor])) for anchor in sorted(anchors)},
        warnings=(
            *(replace(warning, table=findings.table.name) for warning in divided.warnings),
            *(
                Problem(
                    table=findings.table.name,
                    message=message,
                    remedy=_OTHER_ZONES,
                    is_error=False,
                )
                for message in warnings
            ),
        ),
    )


def _shares_of_pairs(shared: pd.DataFrame, schools: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Share of each school's students who go to each next school; those that end in no higher grade are left out."""
    last_grades = highest_grade(schools["grades_offered"].astype("int64"))
    goes_up = shared["destination"].map(last_grades) > shared["origin"].map(last_grades)
    rows = shared[goes_up.fillna(value=True) & shared["destination"].notna()]  # missing: a school that is not listed
    totals = shared.groupby("origin")["share"].sum()  # one for each last grade of the school
    shares: dict[str, dict[str, float]] = {}
    pairs = rows.groupby(["origin", "destination"])["share"].sum().reset_index()
    for origin, destination, share in pairs.itertuples(index=False):
        shares.setdefault(origin, {})[destination] = float(share / totals[origin])
    return shares


def _arrivals(
    shares: Mapping[str, Mapping[str, float]], schools: pd.DataFrame, anchors: frozenset[str], *, shared_feeders: bool
) -> _Arrivals:
    """
    Let each school, from the highest grades down, join the end of a chain at which most of its students arrive.

    A next school ends in a higher grade than the school itself, so its own arrivals are known.
    """
    found = _Arrivals({anchor: {anchor: 1.0} for anchor in anchors})
    last_grades = highest_grade(schools["grades_offered"].astype("int64"))
    for school in sorted(shares.keys() - anchors, key=lambda each: (-last_grades[each], each)):
        reached: dict[str, float] = {}
        for destination, share in shares[school].items():
            for end, arriving in found.shares.get(destination, {destination: 1.0}).items():
                reached[end] = reached.get(end, 0.0) + share * arriving
        possible = {end: round(share, _DIGITS) for end, share in reached.items() if share > 0}
        if len(possible) > 1:
            found.divided[school] = possible
        if not shared_feeders and possible:
            best = min(possible, key=lambda end: (-possible[end], end not in anchors, end))
            possible = {best: possible[best]}
        found.shares[school] = possible
    return found


def _notes_on_years(years: pd.Series, latest: int) -> Iterator[str]:
    if (earlier := int((years < latest).fillna(value=False).sum())) > 0:
        yield f"Only the latest school year of the table counts; {earlier:,} pairs of earlier years are left out."


def _notes_on_zones(
    arrivals: _Arrivals, anchors: frozenset[str], low_performing: frozenset[str], *, shared_feeders: bool
) -> Iterator[str]:
    """Say whose Zones these are, and where split feeders and schools without a Zone went."""
    if not low_performing and anchors:
        yield "The feeder table leads to no low-performing high school: each high school at which it ends has a Zone."
    split = {school: ends for school, ends in arrivals.divided.items() if not anchors.isdisjoint(ends)}
    if split:
        rule = (
            "in the Zones of all anchors at which some of their students arrive"
            if shared_feeders
            else "in the Zone of the high school at which most of their students arrive, and of equals in that of a"
            " low-performing one, or of the first identifier"
        )
        shown = [
            f"{school} ({', '.join(f'{end} {share:.0%}' for end, share in sorted(ends.items()))})"
            for school, ends in sorted(split.items())[:_MAXIMUM_NAMED]
        ]
        more = ", ..." if len(split) > _MAXIMUM_NAMED else ""
        yield f"Split feeders ({len(split):,}) are {rule}: {', '.join(shown)}{more}."
    outside = [school for school, ends in arrivals.shares.items() if anchors.isdisjoint(ends)]
    if outside:
        yield (
            f"Of the schools of the table {len(outside):,} are in no Zone, since most of their students arrive at no"
            f" {'low-performing ' if low_performing else ''}high school."
        )
