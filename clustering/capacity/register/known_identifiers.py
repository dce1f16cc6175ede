"""Districts and schools that a register names, compared with those of the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from clustering.capacity.register.lost_zeros import find_lost_zeros
from clustering.capacity.register.partner_checks import is_lead
from clustering.capacity.register.register_rows import RegisterRows
from clustering.model.scenario import Scenario
from clustering.model.sphere import chord_of, unit_vectors, unit_vectors_of

_ZEROS = "An identifier of a district has lost its leading zeros, here or in the schools files."
_WRITE_DISTRICTS = "Write district identifiers, or names, as the schools files have them; or blank for every district."
_NO_DISTRICTS = "The schools files do not say to which district a school belongs."
_WRITE_ZEROS = "Format the column as text and write the zeros back, or export the file again."


@dataclass(frozen=True, kw_only=True)
class KnownIdentifiers:
    """
    What the schools files list.

    Parameters
    ----------
    district_ids, school_ids
        Identifiers.
    district_by_name
        Name of a district in small letters to its identifier, where only one has it.
    """

    district_ids: frozenset[str]
    school_ids: frozenset[str]
    district_by_name: Mapping[str, str]

    def district(self, text: str) -> str:
        """The identifier of a district that may be written by its name; the text itself if it is neither."""
        return text if text in self.district_ids else self.district_by_name.get(text.casefold(), text)


def identifiers_of(scenario: Scenario) -> KnownIdentifiers:
    """Districts and schools of a scenario."""
    named = scenario.schools[["district_id", "district_name"]].dropna().drop_duplicates()
    names = named["district_name"].str.casefold()
    unique = ~names.duplicated(keep=False)
    return KnownIdentifiers(
        district_ids=frozenset(scenario.schools["district_id"].dropna()),
        school_ids=frozenset(scenario.schools.index),
        district_by_name=dict(zip(names[unique], named.loc[unique, "district_id"], strict=True)),
    )


def with_district_identifiers(rows: RegisterRows, columns: tuple[str, ...], listed: KnownIdentifiers) -> RegisterRows:
    """Put identifiers in place of names of districts in lists, and in a column of one district each."""
    translated = {}
    for column in columns:
        values = rows.rows[column]
        if column == "home_district":
            translated[column] = values.map(listed.district, na_action="ignore").astype("str")
        else:
            translated[column] = values.map(lambda entries: tuple(sorted({listed.district(each) for each in entries})))
    return RegisterRows(files=rows.files, rows=rows.rows.assign(**translated))


def check_reach(partners: RegisterRows, listed: KnownIdentifiers) -> pd.Series:
    """
    Compare districts of partners with the scenario.

    An unknown district is a warning: a register may serve more districts than the files at hand. If no Lead Partner
    reaches any district that is known, no Zone could have a partner, and that is an error.

    Parameters
    ----------
    partners
        Rows with ``home_district`` and ``reach_districts``, those of units filled in; problems are added.
    listed
        What the schools files list.

    Returns
    -------
    nowhere
        Boolean, by the index of the rows: whether a Lead Partner reaches no district that is known.
    """
    rows, known = partners.rows, listed.district_ids
    if not known:
        partners.mark(
            is_lead(rows) & rows["reach_districts"].map(bool),
            "reach_districts",
            message=f"{_NO_DISTRICTS} This partner names districts, and whether it reaches a Zone is not checked.",
            remedy="Add the district of each school to the schools files, or leave the cell blank.",
            is_error=False,
        )
        return pd.Series(False, index=rows.index)
    lists = RegisterRows(files=partners.files, rows=rows.assign(home_district=rows["home_district"].map(_as_list)))
    for column in ("home_district", "reach_districts"):
        lists.mark_lists(column, lambda each: _has_lost_zeros(each, known), message=_ZEROS, remedy=_WRITE_ZEROS)
        lists.mark_lists(
            column,
            lambda each: each not in known and not _has_lost_zeros(each, known),
            message="The schools files have no such district.",
            remedy=_WRITE_DISTRICTS,
            is_error=False,
        )
    nowhere = is_lead(rows) & rows["reach_districts"].map(lambda entries: bool(entries) and not known & set(entries))
    is_everything = bool((nowhere | ~is_lead(rows)).all())
    partners.mark(
        nowhere,
        "reach_districts",
        message="None of the districts that this partner reaches is in the schools files"
        + (", nor of any other partner: no Zone could have one." if is_everything else ": it will not be matched."),
        remedy=_WRITE_DISTRICTS,
        is_error=is_everything,
    )
    return nowhere


def check_targets(preferences: RegisterRows, listed: KnownIdentifiers) -> None:
    """Compare districts and schools of preferences with the scenario, as :func:`check_reach` does."""
    for column, known, noun in (
        ("district_id", listed.district_ids, "district"),
        ("school_id", listed.school_ids, "school"),
    ):
        named = {each for entries in preferences.rows[column] for each in entries}
        if not known:
            preferences.mark(
                preferences.rows[column].map(bool),
                column,
                message=f"{_NO_DISTRICTS} This row changes nothing.",
                remedy="Add the district of each school to the schools files, or name schools.",
                is_error=False,
            )
            continue
        is_other_kind = bool(named) and not named & known
        preferences.mark_lists(
            column,
            lambda each, known=known: _has_lost_zeros(each, known),  # type: ignore[misc]
            message=_ZEROS.replace("district", noun),
            remedy=_WRITE_ZEROS,
        )
        preferences.mark_lists(
            column,
            lambda each, known=known: each not in known and not _has_lost_zeros(each, known),  # type: ignore[misc]
            message=f"The schools files have no {noun} of the preferences."
            if is_other_kind
            else f"The schools files have no such {noun}: this preference or exclusion changes nothing.",
            remedy=f"Write {noun} identifiers as the schools files have them.",
            is_error=is_other_kind,
        )


def locate_homes(partners: RegisterRows, scenario: Scenario) -> RegisterRows:
    """
    Give Lead Partners without coordinates the middle of the open schools of their home district, and say so.

    Parameters
    ----------
    partners
        Rows with ``latitude``, ``longitude`` and ``home_district``.
    scenario
        The schools.

    Returns
    -------
    partners
        With ``position_source``: ``register``, ``schools of the home district``, or missing.
    """
    rows = partners.rows
    middles = _middles(scenario)
    needs = rows["latitude"].isna() & rows["home_district"].isin(middles.index) & (rows["kind"] != "supporting partner")
    partners.mark(
        needs,
        "home_district",
        message="The register has no coordinates of this partner; the middle of its home district's schools is taken.",
        remedy="Add latitude and longitude of its home if distances matter.",
        is_error=False,
    )
    positions = middles.reindex(rows["home_district"]).set_axis(rows.index)
    located = rows.assign(
        latitude=rows["latitude"].where(~needs, positions["latitude"]),
        longitude=rows["longitude"].where(~needs, positions["longitude"]),
        position_source=rows["position_source"].mask(needs, "schools of the home district"),
    )
    return RegisterRows(files=partners.files, rows=located)


def warn_of_far_homes(partners: RegisterRows, scenario: Scenario) -> pd.Series:
    """Find Lead Partners with a reach in kilometres within which no school lies, and warn: a sign may be missing."""
    rows, points = partners.rows, scenario.schools.geometry.dropna()
    is_limited = is_lead(rows) & rows["reach_km"].notna() & rows["latitude"].notna()
    limited = rows[is_limited]
    if limited.empty or points.empty:
        return pd.Series(False, index=rows.index)
    homes = unit_vectors_of(np.radians(limited["longitude"].to_numpy()), np.radians(limited["latitude"].to_numpy()))
    nearest = KDTree(unit_vectors(points)).query(homes)[0]
    reach = np.array([chord_of(distance_km) for distance_km in limited["reach_km"]])
    far = pd.Series(nearest > reach, index=limited.index).reindex(rows.index, fill_value=False)
    partners.mark(
        far,
        "reach_km",
        message="No school lies within this distance of the partner's home: it will not be matched.",
        remedy="Check latitude and longitude, signs included, and the distance.",
        is_error=False,
    )
    return far


def _middles(scenario: Scenario) -> pd.DataFrame:
    """Middle of the open schools of each district, on the sphere: right across the antimeridian too."""
    schools = scenario.schools
    usable = (schools["status"] != "closed") & schools.geometry.notna() & schools["district_id"].notna()
    points = schools.loc[usable.fillna(True)]
    vectors = pd.DataFrame(unit_vectors(points.geometry), columns=["x", "y", "z"], index=points.index)
    mean = vectors.groupby(points["district_id"]).mean()
    flat = np.hypot(mean["x"], mean["y"])
    return pd.DataFrame(
        {
            "latitude": np.degrees(np.arctan2(mean["z"], flat)).round(6),
            "longitude": np.degrees(np.arctan2(mean["y"], mean["x"])).round(6),
        }
    )


def _as_list(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else ()


def _has_lost_zeros(text: str, known: frozenset[str]) -> bool:
    return text not in known and find_lost_zeros(text, known) is not None
