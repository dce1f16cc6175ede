"""
Proposals for a crosswalk, each with its evidence, for a person to confirm.

A proposal has the columns of ``validation.crosswalk`` and these:

===================  =======  ====================================================================================
column               type     meaning
===================  =======  ====================================================================================
rank                 int64    1: the proposal (several rows where a school was split); 2 and more: alternatives
strength             str      ``strong``, ``fair``, ``weak``; ``none``: nothing found
old_name, new_name   str      missing where unknown
name_similarity      float64  0 to 1, see ``names.name_similarity``
distance_km          float64  missing without coordinates of both
grades_overlap       float64  grades in common, as a share of all that either offers; missing where unknown
old_last_year        Int64    last fall in which the flows have students of the old school
new_first_year       Int64    first fall in which they have students of the new one
followed_share       float64  share of the old school's last students who went on to the new one
flow_similarity      float64  how much alike the schools are that both exchange students with, 0 to 1
explanation          str      the evidence in a sentence
===================  =======  ====================================================================================
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.flows.crosswalk.candidate_pairs import distances_km, name_pairs, nearby_pairs
from clustering.flows.crosswalk.evidence import compare_grades, flow_similarity, followed_shares, sightings
from clustering.flows.crosswalk.explain import explain_pairs
from clustering.flows.crosswalk.names import is_other_level, parse_name
from clustering.flows.crosswalk.score_evidence import PART_OF_STUDENTS, choose_successors, classify_changes, score_pairs
from clustering.model.columns import FLOW_COLUMNS
from clustering.validation.crosswalk.crosswalk import CROSSWALK_COLUMNS

EVIDENCE_COLUMNS = (
    *("rank", "strength", "old_name", "new_name", "name_similarity", "distance_km", "grades_overlap"),
    *("old_last_year", "new_first_year", "followed_share", "flow_similarity", "explanation"),
)


def propose_crosswalk(
    unlisted: pd.DataFrame,
    schools: gpd.GeoDataFrame,
    *,
    earlier: gpd.GeoDataFrame | None = None,
    flows: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Propose which listed schools succeeded those that are no longer listed. Nothing is confirmed.

    Parameters
    ----------
    unlisted
        As ``find_unlisted`` returns it: index ``school_id``; ``name``, ``district_id``, ``grades_offered``.
    schools
        ``columns.SCHOOL_COLUMNS``, EPSG:4326, index ``school_id``.
    earlier
        A schools table of an earlier year, in which the unlisted schools have coordinates. A school that it shares with
        ``schools`` existed in the same years, so it is rarely the successor of one that is unlisted.
    flows
        ``columns.FLOW_COLUMNS`` without ``kind``.

    Returns
    -------
    proposals
        ``CROSSWALK_COLUMNS`` and ``EVIDENCE_COLUMNS``; every unlisted school at least once, sorted by it and by rank.
        Schools without any candidate are proposed as closed.
    """
    moves = None if flows is None else flows[list(FLOW_COLUMNS[:8])]
    old = _described(unlisted, earlier if earlier is not None else schools.iloc[:0], moves)
    new = _described(schools, schools, moves)
    scored = score_pairs(_compare(old, new, earlier=earlier, flows=moves))
    scored["new_grades"] = scored["new_id"].map(new["grades_offered"]).fillna(0).astype("int64")
    scored["new_enrolment_students"] = scored["new_id"].map(schools["enrolment_students"])
    chosen = choose_successors(scored)
    chosen["kind"] = classify_changes(chosen)
    chosen["flow_similarity"] = np.nan if moves is None else flow_similarity(moves, chosen)
    chosen["old_name"], chosen["new_name"] = chosen["old_id"].map(old["name"]), chosen["new_id"].map(new["name"])
    chosen["explanation"] = explain_pairs(chosen)
    return _with_closed(chosen, old)


def _described(schools: pd.DataFrame, located: gpd.GeoDataFrame, flows: pd.DataFrame | None) -> pd.DataFrame:
    """Name, grades, point, district, state and falls of each school; identifiers of NCES tell district and state."""
    table = pd.DataFrame(schools[["name", "district_id", "grades_offered"]])
    ids = table.index.to_series()
    is_federal = ids.str.fullmatch(r"\d{12}").astype("bool")
    table["geometry"] = located.geometry.reindex(table.index)
    table["district"] = table["district_id"].where(table["district_id"].notna(), ids.str[:7].where(is_federal))
    table["state"] = ids.str[:2].where(is_federal)
    falls = pd.DataFrame() if flows is None else sightings(flows)
    for name in ("first_year", "last_year"):
        table[name] = falls[name].reindex(table.index) if len(falls) else pd.Series(pd.NA, table.index, dtype="Int64")
    return table.drop(columns="district_id")


def _compare(
    old: pd.DataFrame, new: pd.DataFrame, *, earlier: gpd.GeoDataFrame | None, flows: pd.DataFrame | None
) -> pd.DataFrame:
    old_points, new_points = gpd.GeoSeries(old["geometry"]), gpd.GeoSeries(new["geometry"])
    followed = None if flows is None else followed_shares(flows, old)
    pairs = _candidate_pairs(old, new, old_points, new_points, followed)
    names = [{school: parse_name(text) for school, text in table["name"].dropna().items()} for table in (old, new)]
    parsed = [
        (names[0].get(one), names[1].get(other)) for one, other in zip(pairs["old_id"], pairs["new_id"], strict=True)
    ]
    known = [(one, other) if one and other else None for one, other in parsed]
    pairs["is_other_level"] = [pair is not None and is_other_level(*pair) for pair in known]
    pairs["has_level"] = [pair is not None and bool(pair[0].levels & pair[1].levels) for pair in known]
    pairs["distance_km"] = distances_km(pairs, old_points, new_points)
    masks = [pairs[end].map(table["grades_offered"]) for end, table in (("old_id", old), ("new_id", new))]
    pairs[["grades_overlap", "containment"]] = compare_grades(*masks)
    districts = [pairs[end].map(table["district"]) for end, table in (("old_id", old), ("new_id", new))]
    same = (districts[0] == districts[1]).astype("float64")
    pairs["is_old_district_unknown"] = districts[0].isna() & districts[1].notna()
    pairs["same_district"] = same.where(districts[0].notna() & districts[1].notna())
    pairs["old_last_year"], pairs["new_first_year"] = (
        pairs["old_id"].map(old["last_year"]),
        pairs["new_id"].map(new["first_year"]),
    )
    in_both = pd.Series(False, index=pairs.index) if earlier is None else pairs["new_id"].isin(earlier.index)
    pairs["coexists"] = in_both | (pairs["new_first_year"] <= pairs["old_last_year"]).fillna(False).astype("bool")
    begins_after = (pairs["new_first_year"] > pairs["old_last_year"]).fillna(False).astype("bool")
    pairs["is_after"] = ~pairs["coexists"] & (begins_after | (earlier is not None))
    return pairs


def _candidate_pairs(
    old: pd.DataFrame,
    new: pd.DataFrame,
    old_points: gpd.GeoSeries,
    new_points: gpd.GeoSeries,
    followed: pd.DataFrame | None,
) -> pd.DataFrame:
    named = name_pairs(old, new)
    found = [named[["old_id", "new_id"]], nearby_pairs(old_points, new_points)]
    if followed is not None:
        listed = followed["new_id"].isin(new.index) & (followed["followed_share"] >= PART_OF_STUDENTS)
        found.append(followed.loc[listed, ["old_id", "new_id"]])
    pairs = pd.concat(found).drop_duplicates().sort_values(["old_id", "new_id"], ignore_index=True)
    pairs = pairs.merge(named, on=["old_id", "new_id"], how="left").fillna({"name_similarity": 0.0})
    if followed is None:
        return pairs.assign(followed_share=np.nan)
    return pairs.merge(followed, on=["old_id", "new_id"], how="left")


def _with_closed(chosen: pd.DataFrame, old: pd.DataFrame) -> pd.DataFrame:
    """Add a row for each school that nothing was found for, and put the columns in order."""
    lost = old[~old.index.isin(chosen["old_id"])]
    closed = pd.DataFrame(
        {
            "old_id": lost.index,
            "share": 1.0,
            "kind": "closed",
            "rank": 1,
            "strength": "none",
            "old_name": lost["name"].to_numpy(),
            "old_last_year": lost["last_year"].to_numpy(),
            "explanation": "No listed school has a similar name, the same place or most of its last students.",
        }
    )
    columns = [*CROSSWALK_COLUMNS, *EVIDENCE_COLUMNS]
    rows = pd.concat([table for table in (chosen, closed) if len(table)] or [closed]).reindex(columns=columns)
    rows = rows.assign(confirmed=False).sort_values(["old_id", "rank", "new_id"], ignore_index=True)
    years = dict.fromkeys(("first_year", "last_year", "old_last_year", "new_first_year"), "Int64")
    numbers = dict.fromkeys(("share", "name_similarity", "distance_km", "grades_overlap"), "float64")
    numbers |= dict.fromkeys(("followed_share", "flow_similarity"), "float64")
    texts = dict.fromkeys(("old_id", "new_id", "kind", "strength", "old_name", "new_name", "explanation"), "str")
    return rows.astype({**years, **numbers, **texts, "rank": "int64", "confirmed": "bool"}).round(
        {"name_similarity": 2, "distance_km": 2, "grades_overlap": 2}
    )


def crosswalk_csv_table(proposals: pd.DataFrame) -> pd.DataFrame:
    """
    Make the table that a user edits in a spreadsheet and hands back.

    Parameters
    ----------
    proposals
        As :func:`propose_crosswalk` returns it.

    Returns
    -------
    table
        Text only, blank where missing: ``confirmed`` first (``no`` throughout until the user writes ``yes``), then the
        schools, the other columns of a crosswalk and the evidence.
    """
    first = ["confirmed", "old_id", "old_name", "new_id", "new_name", "share", "kind", "first_year", "last_year"]
    rest = [column for column in EVIDENCE_COLUMNS if column not in first]
    ordered = proposals[[*first, *rest]].assign(confirmed=np.where(proposals["confirmed"], "yes", "no"))
    return pd.DataFrame({name: _as_text(column) for name, column in ordered.items()})


def _as_text(column: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(column):
        return column.map("{:g}".format, na_action="ignore").astype("str").fillna("")
    return column.astype("str").where(column.notna(), "")
