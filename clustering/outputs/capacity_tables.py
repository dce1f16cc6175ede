"""Further answers about a match as flat tables: the best matches, and what one more would bring."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from clustering.capacity.matching.best_matches import TIME_RAN_OUT
from clustering.capacity.matching.match import Match

_COLUMNS = "rank zones_served need_served need_loss preferences_met cost_dollars status ties_status gap changes".split()


def best_matches_table(matches: Sequence[Match]) -> pd.DataFrame:
    """
    Write the best matches as a flat table.

    Parameters
    ----------
    matches
        As ``find_best_matches`` answers.

    Returns
    -------
    table
        One row per match: ``rank`` (from 1), ``zones_served``, ``need_served``, ``need_loss`` (less than the best),
        ``preferences_met``, ``cost_dollars`` of a year, ``status``, ``ties_status`` and ``gap`` (how far it is proved
        to be the next best), ``changes`` (Zones whose partner or variant is not that of the best match, in words;
        missing for the best).
    """
    rows = [
        (
            rank,
            match.solution.zones_served,
            match.solution.need_served,
            matches[0].solution.need_served - match.solution.need_served,
            match.solution.preferences_met,
            match.solution.cost_dollars,
            match.solution.status,
            match.solution.ties_status,
            match.solution.gap,
            "; ".join(_changes(matches[0], match)) or None,
        )
        for rank, match in enumerate(matches, start=1)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS).astype(dict.fromkeys(["status", "ties_status", "changes"], "str"))


def describe_best_matches(matches: Sequence[Match], count: int) -> str | None:
    """
    Say why there are fewer best matches than were asked for.

    Parameters
    ----------
    matches
        As ``find_best_matches`` answers.
    count
        How many were asked for.

    Returns
    -------
    sentence
        ``None`` if there are as many.
    """
    if len(matches) >= count:
        return None
    if TIME_RAN_OUT in matches[-1].notes:
        return f"{len(matches)} of {count} matches were found before time ran out. There may be more."
    return f"There are no more than {len(matches)} matches that differ enough."


def one_more_table(changes: pd.DataFrame) -> pd.DataFrame:
    """
    Write what one more would bring as a flat table.

    Parameters
    ----------
    changes
        As ``measure_one_more`` answers.

    Returns
    -------
    table
        The same rows and columns; the ids and the names of Zones separated by ``"; "``, missing where there are none.
        Needs and dollars are whole numbers where all of a column are.
    """
    zones = ("zones_gained", "zones_lost", "zone_names_gained", "zone_names_lost")
    joined = {name: changes[name].map(lambda each: "; ".join(each) or None).astype("str") for name in zones}
    numbers = {name: _whole(changes[name]) for name in ("need_gained", "need_served", "cost_dollars")}
    return changes.assign(**joined, **numbers)


def _whole(numbers: pd.Series) -> pd.Series:
    """The same as int64, if that loses nothing."""
    return numbers.astype("int64") if (numbers % 1 == 0).all() else numbers


def _changes(best: Match, other: Match) -> list[str]:
    names = {**_zone_names(best), **_zone_names(other)}
    before, after = _partners_by_zone(best), _partners_by_zone(other)
    return [
        f"{names[zone]} ({zone}): {after.get(zone, 'no partner')} instead of {before.get(zone, 'no partner')}"
        for zone in sorted(before.keys() | after.keys())
        if before.get(zone) != after.get(zone)
    ]


def _zone_names(match: Match) -> dict[str, str]:
    return {
        str(zone): str(name) for zone, name in zip(match.matches["zone_id"], match.matches["zone_name"], strict=True)
    }


def _partners_by_zone(match: Match) -> dict[str, str]:
    """The partner of each Zone; with the variant, where the Zone is not served as proposed."""
    partners: dict[str, list[str]] = {}
    for row in match.matches.to_dict("records"):
        what = "" if row["variant"] == "as proposed" else f" (variant {row['variant_id']})"
        partners.setdefault(str(row["zone_id"]), []).append(f"{row['partner_name']}{what}")
    return {zone: " and ".join(sorted(each)) for zone, each in partners.items()}
