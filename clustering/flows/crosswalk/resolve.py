"""Which schools of today a school of a given fall has become, through any number of changes."""

from __future__ import annotations

import pandas as pd

_LOOKUP = ["school_id", "fall"]


def resolve_schools(lookups: pd.DataFrame, confirmed: pd.DataFrame) -> pd.DataFrame:
    """
    Follow schools through a crosswalk.

    A row holds for a school in the falls from its first to its last year. Behind a row with a last year the search goes
    on in the fall after it, since from then on the new identifier stands for the school; so identifiers that are used
    again, or that two schools exchange, are told apart.

    Parameters
    ----------
    lookups
        ``school_id`` and ``fall`` (Int64), once each; in a missing fall only rows without years hold.
    confirmed
        Confirmed rows of a crosswalk without faults (``validation.crosswalk.contradictions``).

    Returns
    -------
    resolved
        ``school_id``, ``fall``, ``successor``, ``share`` [0 to 1]: the shares of a school and fall add up to 1. Schools
        that no row holds for, and those closed without successor, are their own successors.
    """
    steps = _steps(confirmed)
    moving = lookups.assign(successor=lookups["school_id"], reached=lookups["fall"], share=1.0).reset_index(drop=True)
    columns = list(moving.columns)
    ends = [moving.iloc[:0]]
    while len(moving):
        following = _following(moving, steps)
        moved = moving.index.isin(following["position"])
        ends.append(moving[~moved])
        arrived = following["stays"]
        ends.append(following.loc[arrived, columns])
        moving = following.loc[~arrived, columns].reset_index(drop=True)
    found = pd.concat(ends, ignore_index=True)
    keys = [*_LOOKUP, "successor"]
    return found.groupby(keys, dropna=False, sort=True)["share"].sum().reset_index()


def _steps(confirmed: pd.DataFrame) -> pd.DataFrame:
    """Rows that lead somewhere, their shares scaled to add up to exactly 1."""
    span = ["old_id", "first_year", "last_year"]
    totals = confirmed.groupby(span, dropna=False)["share"].transform("sum")
    steps = confirmed.assign(share=confirmed["share"] / totals)
    is_closed = steps["new_id"].isna()
    steps["new_id"] = steps["new_id"].where(~is_closed, steps["old_id"])
    # A school that stays what it was, or closed, is not followed any further unless the row ends.
    steps["is_end"] = is_closed | ((steps["old_id"] == steps["new_id"]) & steps["last_year"].isna())
    return steps[[*span, "new_id", "share", "is_end"]]


def _following(moving: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """The rows that hold for each school in the fall reached, one step further."""
    pairs = moving.assign(position=moving.index).merge(
        steps.rename(columns={"share": "step_share"}), left_on="successor", right_on="old_id"
    )
    begun = pairs["first_year"].isna() | (pairs["first_year"] <= pairs["reached"]).fillna(False)
    lasting = pairs["last_year"].isna() | (pairs["last_year"] >= pairs["reached"]).fillna(False)
    pairs = pairs[(begun & lasting).astype("bool")]
    return pairs.assign(
        successor=pairs["new_id"],
        share=pairs["share"] * pairs["step_share"],
        reached=(pairs["last_year"] + 1).fillna(pairs["reached"]),
        stays=pairs["is_end"].astype("bool"),
    )
