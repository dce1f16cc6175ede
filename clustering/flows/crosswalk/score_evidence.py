"""How strong the evidence for a pair of schools is, and which pairs make the proposal for an old school."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

SAME_NAME = 0.95
SIMILAR_NAME = 0.75
SAME_SITE_KM = 0.2  # two years' geocodes of one building differ by about as much
FAR_KM = 5.0
GRADES_FIT = 0.5
# A school whose grades are all offered by a larger one, as where two of a campus became one.
GRADES_WITHIN = 0.9
GRADES_OF_LARGER = 0.3
ONE_SCHOOL = 0.8  # a school with so many of the old one's grades is no part of it
MOST_STUDENTS = 0.5
SOME_STUDENTS = 0.2
PART_OF_STUDENTS = 0.15
PARTS_OF_STUDENTS = 0.6
STRENGTHS = ("strong", "fair", "weak", "none")
MAXIMUM_ALTERNATIVES = 3


def score_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """
    Score each pair, and leave out those without any evidence.

    Parameters
    ----------
    pairs
        ``old_id``, ``new_id``, ``name_similarity``, ``distance_km``, ``grades_overlap``, ``containment``,
        ``followed_share`` (numbers, missing allowed), ``same_district`` (1, 0 or missing); ``coexists``: the new school
        existed in the same years; ``is_after``: it begins after the old one ended; ``is_other_level`` and
        ``has_level``: the names say different levels, the same level; ``is_old_district_unknown``: only the new
        school's district is known, so that in a whole state a name without rival may still be another school's.

    Returns
    -------
    scored
        The pairs kept, best first for each old school, with ``score`` and ``strength``: ``strong``, ``fair``, ``weak``.

    Notes
    -----
    Strong needs two things that agree: the same name with the same place, or without a rival in its district; most of
    the students with a similar name or the same place; the same place with a similar name and years that follow each
    other; and grades that fit. A school of another level, or one that existed in the same years as the old one, is
    never strong.
    """
    evidence = _read_evidence(pairs)
    sound = ~evidence["conflict"] & ~pairs["coexists"]
    rivals = (evidence["same_name"] & sound).groupby(pairs["old_id"]).transform("sum")
    in_district = (evidence["same_name"] & sound & (pairs["same_district"] == 1.0)).groupby(pairs["old_id"])
    unique = (rivals == 1) | ((in_district.transform("sum") == 1) & (pairs["same_district"] == 1.0))
    near_enough = ~(pairs["distance_km"] > FAR_KM) & (pairs["same_district"] != 0.0) & ~pairs["is_old_district_unknown"]
    agreeing = evidence["same_name"] & (evidence["same_site"] | (unique & near_enough))
    agreeing |= evidence["most_followed"] & (evidence["similar"] | evidence["same_site"])
    agreeing |= evidence["same_site"] & evidence["similar"] & pairs["is_after"]
    strong = sound & agreeing & (evidence["grades_fit"] | (evidence["part_fits"] & evidence["most_followed"]))
    fair = sound & (evidence["same_name"] | (evidence["similar"] & evidence["grades_fit"]) | evidence["most_followed"])
    fair |= sound & evidence["same_site"] & evidence["grades_fit"]
    fair |= pairs["coexists"] & evidence["most_followed"] & ~evidence["conflict"]
    weak = evidence["some_followed"] | (~pairs["coexists"] & (evidence["similar"] | evidence["same_site"]))
    weak |= evidence["same_name"]
    strength = np.select([strong, fair, weak], list(STRENGTHS[:3]), default="none")
    score = pairs["name_similarity"] + pairs["followed_share"].fillna(0) + pairs["grades_overlap"].fillna(0)
    score += (1 - pairs["distance_km"] / SAME_SITE_KM).clip(lower=0).fillna(0) + 0.5 * (pairs["same_district"] == 1.0)
    scored = pairs.assign(strength=strength, score=score.round(6), order=[STRENGTHS.index(text) for text in strength])
    scored = scored[scored["strength"] != "none"]
    by = ["old_id", "order", "score", "new_id"]
    return scored.sort_values(by, ascending=[True, True, False, True]).drop(columns="order").reset_index(drop=True)


def _read_evidence(pairs: pd.DataFrame) -> pd.DataFrame:
    name, followed = pairs["name_similarity"], pairs["followed_share"].fillna(0)
    overlap, known = pairs["grades_overlap"], pairs["grades_overlap"].notna()
    return pd.DataFrame(
        {
            "same_name": name >= SAME_NAME,
            "similar": name >= SIMILAR_NAME,
            "same_site": pairs["distance_km"] <= SAME_SITE_KM,
            "grades_fit": _grades_fit(pairs) | (~known & ~pairs["is_other_level"] & pairs["has_level"]),
            "part_fits": pairs["containment"] >= GRADES_FIT,
            "conflict": (overlap == 0) | (pairs["is_other_level"] & ~(overlap >= GRADES_FIT)),
            "some_followed": followed >= SOME_STUDENTS,
            "most_followed": followed >= MOST_STUDENTS,
        }
    )


def _grades_fit(pairs: pd.DataFrame) -> pd.Series:
    within = (pairs["containment"] >= GRADES_WITHIN) & (pairs["grades_overlap"] >= GRADES_OF_LARGER)
    return (pairs["grades_overlap"] >= GRADES_FIT) | within


def choose_successors(scored: pd.DataFrame) -> pd.DataFrame:
    """
    Choose for each old school the pair, or the pairs of a split, that make the proposal.

    Parameters
    ----------
    scored
        As :func:`score_pairs` returns it, with ``new_grades`` (bit masks) and ``new_enrolment_students``.

    Returns
    -------
    chosen
        With ``rank`` (1 for the proposal, 2 and more for at most three alternatives) and ``share``; the shares of a
        split are those of the students who went on, else of the new schools' enrolment, else of equal size.
    """
    ranked = scored.assign(rank=scored.groupby("old_id").cumcount() + 1, share=1.0)
    can_be_part = (ranked["followed_share"] >= PART_OF_STUDENTS) | (ranked["distance_km"] <= SAME_SITE_KM)
    can_be_part |= ranked["name_similarity"] >= SAME_NAME
    has_parts = (can_be_part & ~ranked["coexists"]).groupby(ranked["old_id"]).transform("sum") > 1
    divided = [_choose(group) for _, group in ranked[has_parts].groupby("old_id", sort=True)]
    single = ranked[~has_parts & (ranked["rank"] <= MAXIMUM_ALTERNATIVES + 1)]
    return pd.concat([single, *divided]).sort_values(["old_id", "rank", "new_id"], ignore_index=True)


def _choose(group: pd.DataFrame) -> pd.DataFrame:
    split = _find_split(group)
    if split is None:
        return group[group["rank"] <= MAXIMUM_ALTERNATIVES + 1]
    shares = (split.weights / split.weights.sum()).round(4)
    shares.iloc[-1] = round(1 - shares.iloc[:-1].sum(), 4)
    parts = group.loc[split.weights.index].assign(rank=1, share=shares, strength=split.strength)
    others = group.drop(index=split.weights.index).head(MAXIMUM_ALTERNATIVES)
    return pd.concat([parts, others.assign(rank=np.arange(2, len(others) + 2), share=1.0)])


@dataclass(frozen=True, kw_only=True)
class _Split:
    """
    Several schools that together succeed an old one.

    Parameters
    ----------
    weights
        How the old school's students divide among them, on the rows of the pairs; any positive scale.
    strength
        Of the evidence for the split as a whole.
    """

    weights: pd.Series
    strength: str


def _find_split(group: pd.DataFrame) -> _Split | None:
    """Find the schools that together succeed an old one; ``None`` if one school does."""
    followed, sound = group["followed_share"].fillna(0), ~group["coexists"] & (group["grades_overlap"].fillna(1) > 0)
    by_students = group[sound & (followed >= PART_OF_STUDENTS)]
    if len(by_students) > 1 and followed[by_students.index].sum() >= PARTS_OF_STUDENTS:
        alike = (by_students["name_similarity"] >= SIMILAR_NAME) | (by_students["distance_km"] <= SAME_SITE_KM)
        return _Split(weights=by_students["followed_share"], strength="strong" if alike.all() else "fair")
    namesakes = group[sound & (group["name_similarity"] >= SAME_NAME) & (group["same_district"] != 0.0)]
    if (
        len(namesakes) > 1
        and are_apart(namesakes["new_grades"])
        and not (namesakes["grades_overlap"] > ONE_SCHOOL).any()
    ):
        return _Split(weights=_sizes(namesakes), strength="fair")
    is_whole = (group["name_similarity"] >= SAME_NAME) & _grades_fit(group) & sound
    if is_whole.any():
        return None
    at_site = group[sound & (group["distance_km"] <= SAME_SITE_KM) & group["is_after"] & (group["containment"] > 0)]
    return _Split(weights=_sizes(at_site), strength="fair") if len(at_site) > 1 else None


def _sizes(parts: pd.DataFrame) -> pd.Series:
    enrolment = parts["new_enrolment_students"]
    return enrolment if (enrolment > 0).all() else pd.Series(1.0, index=parts.index)


def classify_changes(chosen: pd.DataFrame) -> pd.Series:
    """
    Name what happened to each old school.

    Parameters
    ----------
    chosen
        As :func:`choose_successors` returns it.

    Returns
    -------
    kind
        ``split`` (``reconfigured`` where the parts have no grade in common), ``merged`` (several old schools have one
        proposed successor, or it existed in the same years as the old one), ``reconfigured`` (less than half of the
        grades in common, nor one's grades among the other's), ``renamed`` (no similar name), ``moved`` (another place,
        or the name without its place), else ``renumbered``.
    """
    is_best = chosen["rank"] == 1
    parts = chosen[is_best].groupby("old_id")["new_id"].size()
    by_grade = {old_id for old_id, group in chosen[is_best].groupby("old_id") if are_apart(group["new_grades"])}
    joined = chosen[is_best].groupby("new_id")["old_id"].nunique()
    is_part = is_best & (chosen["old_id"].map(parts) > 1)
    conditions = {
        "reconfigured": is_part & chosen["old_id"].isin(by_grade),
        "split": is_part,
        "merged": chosen["coexists"] | (is_best & (chosen["new_id"].map(joined) > 1)),
        "renamed": chosen["name_similarity"] < SIMILAR_NAME,
    }
    kinds = np.select(list(conditions.values()), list(conditions), default="renumbered")
    changes = pd.Series(kinds, index=chosen.index, dtype="str")
    single = changes == "renumbered"
    moved = (chosen["distance_km"] > SAME_SITE_KM) | (
        chosen["distance_km"].isna() & (chosen["name_similarity"] < SAME_NAME)
    )
    changes = changes.mask(single & moved, "moved")
    fits = _grades_fit(chosen) | chosen["grades_overlap"].isna()
    return changes.mask(single & ~fits, "reconfigured")


def are_apart(masks: pd.Series) -> bool:
    """Whether all sets of grades are known and no two have a grade in common."""
    values = masks.to_numpy(dtype="int64")
    return bool(
        (values != 0).all() and np.bitwise_count(values).sum() == np.bitwise_count(np.bitwise_or.reduce(values))
    )
