"""Values of schools, districts and Zones as they stand on a day, and as they stood before."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

VALUE_DIGITS = 4
STANDING_COLUMNS = (
    *("value", "least", "greatest", "raters", "date", "previous", "change"),
    *("basis", "schools", "assessed_schools", "schools_with_gap"),
)
_SUBJECT = ["subject_kind", "subject_id", "indicator_id"]


def standing_values(rows: pd.DataFrame, on: str) -> pd.DataFrame:
    """
    Work out what raters say of each subject and indicator on a day.

    Parameters
    ----------
    rows
        Assessments of one set.
    on
        The day, as 2024-03-01; later assessments do not count.

    Returns
    -------
    values
        Index ``subject_kind``, ``subject_id``, ``indicator_id``: ``value`` (mean of the newest value of each rater),
        ``least`` and ``greatest`` of these, ``raters`` (how many), ``date`` (the newest), ``previous`` (the value as it
        stood on the day before that date; missing if there was none) and ``change`` since then.
    """
    known = rows[rows["date"] <= on]
    values = _newest(known)
    newest = known.groupby(_SUBJECT)["date"].transform("max")
    before = _newest(known[known["date"] < newest])
    values["previous"] = before["value"].reindex(values.index)
    values["change"] = (values["value"] - values["previous"]).round(VALUE_DIGITS) + 0.0
    return values


def _newest(rows: pd.DataFrame) -> pd.DataFrame:
    """Newest value of each rater, joined over the raters."""
    by_rater = rows.sort_values([*_SUBJECT, "rater", "date"]).drop_duplicates([*_SUBJECT, "rater"], keep="last")
    grouped = by_rater.groupby(_SUBJECT)
    return pd.DataFrame(
        {
            "value": grouped["value"].mean().round(VALUE_DIGITS),
            "least": grouped["value"].min(),
            "greatest": grouped["value"].max(),
            "raters": grouped["rater"].nunique().astype("int64"),
            "date": grouped["date"].max(),
        }
    )


def zone_values(values: pd.DataFrame, zone_schools: Mapping[str, tuple[str, ...]], *, gap_to: float) -> pd.DataFrame:
    """
    Join the values of schools into those of their Zones.

    Parameters
    ----------
    values
        As :func:`standing_values` returns them.
    zone_schools
        Zone to its schools.
    gap_to
        A value up to here is a gap.

    Returns
    -------
    joined
        Index as of ``values``, kind ``zone``. Where raters assessed the Zone itself, that counts (``basis``
        ``assessed itself``). Else ``value`` is the mean of its assessed schools, each counted once (``basis`` ``mean of
        schools``); ``least`` and ``greatest`` are the weakest and the strongest school; ``previous`` and ``change``
        are means over the schools that have both; ``raters`` is missing, since some may rate several schools.
        ``schools``, ``assessed_schools`` and ``schools_with_gap`` count.
    """
    pairs = pd.DataFrame(
        [(zone, school) for zone, schools in zone_schools.items() for school in schools], columns=["zone", "subject_id"]
    )
    of_kind = values.reset_index()
    schools = pairs.merge(of_kind[of_kind["subject_kind"] == "school"], on="subject_id")
    schools["before"] = schools["previous"].where(schools["change"].notna())
    schools["is_gap"] = schools["value"] <= gap_to
    grouped = schools.groupby(["zone", "indicator_id"])
    joined = pd.DataFrame(
        {
            "value": grouped["value"].mean().round(VALUE_DIGITS),
            "least": grouped["value"].min(),
            "greatest": grouped["value"].max(),
            "date": grouped["date"].max(),
            "previous": grouped["before"].mean().round(VALUE_DIGITS),
            "change": grouped["change"].mean().round(VALUE_DIGITS) + 0.0,
            "basis": "mean of schools",
            "assessed_schools": grouped["subject_id"].nunique(),
            "schools_with_gap": grouped["is_gap"].sum(),
        }
    )
    joined.index = pd.MultiIndex.from_tuples(
        [("zone", zone, indicator) for zone, indicator in joined.index], names=_SUBJECT
    )
    itself = values[values.index.get_level_values("subject_kind") == "zone"].assign(basis="assessed itself")
    itself = itself[itself.index.get_level_values("subject_id").isin(list(zone_schools))]
    both = pd.concat([itself, joined[~joined.index.isin(itself.index)]])
    counts = joined[["assessed_schools", "schools_with_gap"]].reindex(both.index).fillna(0).astype("int64")
    sizes = {zone: len(schools) for zone, schools in zone_schools.items()}
    both[["assessed_schools", "schools_with_gap"]] = counts
    return both.assign(schools=both.index.get_level_values("subject_id").map(sizes).astype("int64")).sort_index()


def every_indicator(values: pd.DataFrame, subjects: pd.DataFrame, indicator_ids: list[str]) -> pd.DataFrame:
    """
    Add a row for every indicator of every subject, assessed or not.

    Parameters
    ----------
    values
        Index ``subject_kind``, ``subject_id``, ``indicator_id``.
    subjects
        ``subject_kind``, ``subject_id``, in the order wanted.
    indicator_ids
        In the order of the set.

    Returns
    -------
    rows
        The index as columns, then ``STANDING_COLUMNS``; missing where not assessed.
    """
    keys = subjects.merge(pd.DataFrame({"indicator_id": indicator_ids}), how="cross")
    found = values.reindex(pd.MultiIndex.from_frame(keys[_SUBJECT])).reset_index()
    for name in STANDING_COLUMNS:
        if name not in found:
            found[name] = np.nan
    for name in ("raters", "schools", "assessed_schools", "schools_with_gap"):
        found[name] = found[name].astype("Int64")
    found["raters"] = found["raters"].mask(found["value"].isna(), 0)
    found["basis"] = found["basis"].astype("object").where(found["basis"].notna(), None)
    return found[[*_SUBJECT, *STANDING_COLUMNS]]
