"""Schools that the flows or an earlier directory have, and the schools table does not."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.model.grades import LAST_GRADE, PRESCHOOL
from clustering.model.plain_text import plain_text
from clustering.readers.recognition.name_columns import name_columns
from clustering.validation.findings import Findings


def read_flow_names(files: Sequence[Findings]) -> pd.Series:
    """
    Gather the names that flow files give to their schools.

    Parameters
    ----------
    files
        Flow files with their headings recognised.

    Returns
    -------
    names
        Index ``school_id`` sorted; the name given most often, of equals the first in the alphabet.
    """
    parts = []
    for findings in files:
        for end, heading in name_columns(findings.table.headings, "flows").items():
            if heading not in findings.headings.values():
                texts = findings.table.cells[heading].astype("str")
                parts.append(pd.DataFrame({"school_id": findings.column(end).astype("str"), "name": texts}))
    if not parts:
        return pd.Series(dtype="str", index=pd.Index([], name="school_id", dtype="str"), name="name")
    counts = pd.concat(parts).query("school_id != '' and name != ''").groupby(["school_id", "name"]).size()
    ordered = (
        counts.rename("count").reset_index().sort_values(["school_id", "count", "name"], ascending=[True, False, True])
    )
    names = ordered.drop_duplicates("school_id").set_index("school_id")["name"]
    return names.map({name: " ".join(plain_text(name).split()) for name in names.unique()}).astype("str")


def find_unlisted(
    flows: pd.DataFrame | None,
    schools: gpd.GeoDataFrame,
    *,
    names: pd.Series | None = None,
    earlier: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """
    List the schools for which a crosswalk may be needed.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``, ``kind`` not needed.
    schools
        ``columns.SCHOOL_COLUMNS``, index ``school_id``.
    names
        Index ``school_id``, as :func:`read_flow_names` returns it.
    earlier
        A schools table of an earlier year.

    Returns
    -------
    unlisted
        Index ``school_id`` sorted; ``name`` (missing where no file gives one), ``district_id`` (missing allowed),
        ``grades_offered``: bit mask from the earlier table, else of the grades in which the flows have students.
    """
    ids = pd.Index([], dtype="str")
    if flows is not None:
        ids = ids.union(pd.Index(pd.concat([flows["origin"], flows["destination"]]).dropna().unique()))
    if earlier is not None:
        ids = ids.union(earlier.index)
    ids = ids.difference(schools.index).sort_values()
    table = pd.DataFrame(index=ids.rename("school_id"))
    unknown = pd.Series(pd.NA, index=ids, dtype="str")
    table["name"] = unknown if names is None else names.reindex(ids).astype("str")
    table["district_id"] = unknown
    table["grades_offered"] = 0 if flows is None else attended_grades(flows).reindex(ids, fill_value=0)
    if earlier is not None:
        known = earlier.reindex(ids)
        table["name"] = known["name"].where(known["name"].notna(), table["name"]).astype("str")
        table["district_id"] = known["district_id"].astype("str")
        offered = known["grades_offered"].fillna(0).astype("int64")
        table["grades_offered"] = offered.where(offered != 0, table["grades_offered"])
    return table.astype({"grades_offered": "int64"})


def attended_grades(flows: pd.DataFrame) -> pd.Series:
    """Bit mask of the grades in which the flows have students of each school (index ``school_id``)."""
    ends = [
        flows[["origin", "grade"]].set_axis(["school_id", "grade"], axis="columns"),
        flows[["destination", "next_grade"]].set_axis(["school_id", "grade"], axis="columns"),
    ]
    seen = pd.concat(ends).dropna().drop_duplicates()
    seen = seen[seen["grade"].between(PRESCHOOL, LAST_GRADE).astype("bool")]
    bits = np.left_shift(1, (seen["grade"] - PRESCHOOL).to_numpy(dtype="int64"))
    return pd.Series(bits, index=pd.Index(seen["school_id"], name="school_id")).groupby(level=0).sum()
