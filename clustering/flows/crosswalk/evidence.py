"""What flows and grades say about an old and a new school: years, students who went on, partners and grades shared."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.model.grades import highest_grade

# Where they are shown, the flows are those of the protected base, so no small count can be worked out.
_SHARE_DIGITS = 2
_EMPTY_FOLLOWED = {"old_id": "str", "new_id": "str", "followed_share": "float64"}


def sightings(flows: pd.DataFrame) -> pd.DataFrame:
    """
    First and last fall in which the flows have students of each school.

    Parameters
    ----------
    flows
        ``origin``, ``destination``, ``year``; an origin is attended in the fall of ``year``, a destination in the next.

    Returns
    -------
    falls
        Index ``school_id``; ``first_year``, ``last_year`` (Int64).
    """
    ends = [
        pd.DataFrame({"school_id": flows["origin"], "fall": flows["year"]}),
        pd.DataFrame({"school_id": flows["destination"], "fall": flows["year"] + 1}),
    ]
    seen = pd.concat(ends, ignore_index=True).dropna().drop_duplicates().astype({"fall": "Int64"})
    falls = seen.groupby("school_id")["fall"]
    return pd.DataFrame({"first_year": falls.min(), "last_year": falls.max()})


def followed_shares(flows: pd.DataFrame, old: pd.DataFrame) -> pd.DataFrame:
    """
    Follow the last students of a school that ended, apart from those who had finished its highest grade.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` without ``kind``.
    old
        Index ``school_id``; ``grades_offered`` and ``last_year``, the last fall in which the flows know the school.

    Returns
    -------
    followed
        ``old_id``, ``new_id``, ``followed_share``: of the students of the last fall below the highest grade, those who
        left among them (of all grades where there is but one). Suppressed cells count with the middle of their
        interval.
    """
    last, highest = flows["origin"].map(old["last_year"]), flows["origin"].map(highest_grade(old["grades_offered"]))
    lowest = flows["grade"].groupby(flows["origin"]).transform("min")
    below = (flows["grade"] < highest) | (highest <= lowest) | highest.isna()
    moved = (flows["destination"] != flows["origin"]).fillna(True).astype("bool")
    ends = (flows["origin"].isin(old.index) & (flows["year"] == last) & moved & below).fillna(False).astype("bool")
    if not ends.any():
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _EMPTY_FOLLOWED.items()})
    students = _middle(flows[ends])
    origin, destination = flows.loc[ends, "origin"], flows.loc[ends, "destination"]
    counted = students.groupby([origin, destination]).sum()
    totals = students.groupby(origin).sum()
    shares = counted.div(totals.where(totals > 0), level=0).round(_SHARE_DIGITS).dropna()
    return shares.rename("followed_share").rename_axis(["old_id", "new_id"]).reset_index()


def flow_similarity(flows: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """
    Measure how similar the partners of two schools are, the schools with which each exchanges students.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` without ``kind``.
    pairs
        ``old_id``, ``new_id``.

    Returns
    -------
    similarity
        0 to 1, on the index of ``pairs``: sum over partners of the smaller of the two schools' shares, the mean of that
        for destinations and for origins; missing where one of them has no partner on either side.
    """
    moved = flows["destination"].notna() & (flows["destination"] != flows["origin"])
    concerned = pd.Index(pairs["old_id"]).union(pd.Index(pairs["new_id"])).unique()
    kept = flows[moved & (flows["origin"].isin(concerned) | flows["destination"].isin(concerned))]
    students = _middle(kept)
    sides = []
    for school, partner in (("origin", "destination"), ("destination", "origin")):
        counted = students.groupby([kept[school], kept[partner]]).sum()
        shares = counted / counted.groupby(level=0).transform("sum")
        table = shares.rename("share").rename_axis(["school_id", "partner"]).reset_index()
        sides.append(_shared(pairs, table[table["school_id"].isin(concerned)]))
    return pd.concat(sides, axis="columns").mean(axis="columns").round(_SHARE_DIGITS)


def _shared(pairs: pd.DataFrame, shares: pd.DataFrame) -> pd.Series:
    numbered = pairs[["old_id", "new_id"]].assign(pair=pairs.index)
    both = numbered.merge(shares.rename(columns={"school_id": "old_id", "share": "old_share"}), on="old_id").merge(
        shares.rename(columns={"school_id": "new_id", "share": "new_share"}), on=["new_id", "partner"]
    )
    common = both[["old_share", "new_share"]].min(axis="columns").groupby(both["pair"]).sum()
    has_partners = pairs["old_id"].isin(shares["school_id"]) & pairs["new_id"].isin(shares["school_id"])
    return common.reindex(pairs.index, fill_value=0.0).where(has_partners)


def _middle(flows: pd.DataFrame) -> pd.Series:
    return flows["students"].fillna((flows["students_low"] + flows["students_high"]) / 2)


def compare_grades(old_masks: pd.Series, new_masks: pd.Series) -> pd.DataFrame:
    """
    Compare two sets of grades.

    Parameters
    ----------
    old_masks, new_masks
        Bit masks on the same index; 0 or missing is unknown.

    Returns
    -------
    shares
        ``overlap``: grades in common, as a share of the grades that either offers; ``containment``: the same, as a
        share of the smaller set. Missing where a set is unknown.
    """
    old, new = (masks.fillna(0).to_numpy(dtype="int64") for masks in (old_masks, new_masks))
    known = (old != 0) & (new != 0)
    common = np.bitwise_count(old & new).astype("float64")
    smaller = np.minimum(np.bitwise_count(old), np.bitwise_count(new))
    counts = {"overlap": np.bitwise_count(old | new), "containment": smaller}
    shares = {name: np.where(known, common / np.where(known, count, 1), np.nan) for name, count in counts.items()}
    return pd.DataFrame(shares, index=old_masks.index)
