"""Ways over two promotions given to the schools of today, by the confirmed rows of a crosswalk."""

from __future__ import annotations

import pandas as pd

from clustering.flows.crosswalk.resolve import resolve_schools
from clustering.model.columns import PATH_COLUMNS

_WAY = list(PATH_COLUMNS[:3])
_COUNTS = ["students", "students_low", "students_high"]


def rename_paths(paths: pd.DataFrame, crosswalk: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    """
    Replace the origins and destinations of earlier years by the schools that succeeded them.

    Parameters
    ----------
    paths
        ``columns.PATH_COLUMNS``.
    crosswalk
        The columns of ``validation.crosswalk``, without faults. Rows that are not confirmed are never applied.
    flows
        ``columns.FLOW_COLUMNS``, to which the crosswalk was applied.

    Returns
    -------
    renamed
        One row per way, sorted. A path has no year: the last fall that the crosswalk has for a school counts. It has no
        grade either: the students of a divided school go, in proportion to the shares, to those of its successors that
        the flows lead from or to; to all where they lead to none. A way that returns to the school between is no
        promotion and is left out.
    """
    confirmed = crosswalk[crosswalk["confirmed"]]
    if paths.empty or confirmed.empty:
        return paths
    successors = _successors(confirmed)
    feeding = flows.loc[flows["kind"] == "feeding", ["origin", "destination"]].drop_duplicates()
    parts = paths.assign(row=range(len(paths)), weight=1.0)
    for end, other in (("origin", "via"), ("destination", "via")):
        parts = _divide(parts, end, successors, feeding if end == "origin" else feeding.iloc[:, ::-1], other)
    parts = parts[(parts["origin"] != parts["via"]) & (parts["destination"] != parts["via"]).fillna(value=True)]
    counted = parts.assign(**parts[_COUNTS].mul(parts["weight"], axis="index"), is_hidden=parts["students"].isna())
    grouped = counted.groupby([*_WAY, "basis"], dropna=False, sort=True)
    renamed = grouped[_COUNTS].sum().reset_index()
    renamed["students"] = renamed["students"].mask(grouped["is_hidden"].any().to_numpy())
    return renamed[list(PATH_COLUMNS)].astype(paths.dtypes.to_dict())


def _successors(confirmed: pd.DataFrame) -> pd.DataFrame:
    """``school_id``, ``successor``, ``share``: who counts as each old school in the last fall of its rows."""
    falls = confirmed["last_year"].fillna(confirmed["first_year"])
    last = falls.groupby(confirmed["old_id"]).max().astype("Int64")
    lookups = last.rename_axis("school_id").rename("fall").reset_index()
    return resolve_schools(lookups, confirmed)[["school_id", "successor", "share"]]


def _divide(parts: pd.DataFrame, end: str, successors: pd.DataFrame, links: pd.DataFrame, other: str) -> pd.DataFrame:
    """Each row once for each successor of the school at one end; ``links`` are the flows, that end first."""
    divided = parts.merge(successors.rename(columns={"school_id": end}), on=end, how="left")
    is_old = divided["successor"].notna()
    divided["successor"] = divided["successor"].where(is_old, divided[end])
    keys = pd.MultiIndex.from_frame(divided[["successor", other]])
    fits = pd.Series(keys.isin(pd.MultiIndex.from_frame(links)), index=divided.index)
    share = divided["share"].where(fits, 0.0)
    fitting = share.groupby([divided["row"], divided["origin"], divided["destination"]], dropna=False).transform("sum")
    weight = (share / fitting.where(fitting > 0)).fillna(divided["share"]).where(is_old, 1.0)
    divided = divided.assign(weight=divided["weight"] * weight, **{end: divided["successor"]})
    return divided[divided["weight"] > 0].drop(columns=["successor", "share"])
