"""The sentence that explains why a school may be the successor of another."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from clustering.flows.crosswalk.score_evidence import SAME_NAME, SAME_SITE_KM, SIMILAR_NAME


def explain_pairs(chosen: pd.DataFrame) -> pd.Series:
    """
    Say in a sentence what speaks for each pair, and what against it.

    Parameters
    ----------
    chosen
        ``EVIDENCE_COLUMNS``, with ``kind``, ``coexists``, ``is_other_level`` and ``same_district``.

    Returns
    -------
    explanation
        Text, on the same index.
    """
    sentences = [_sentence(row) for row in chosen.to_dict("records")]
    return pd.Series(sentences, index=chosen.index, dtype="str")


def _sentence(row: Mapping[Hashable, Any]) -> str:
    parts = [*_name(row), *_location(row), *_grades(row), *_years(row), *_students(row)]
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _name(row: Mapping[Hashable, Any]) -> list[str]:
    similarity = row["name_similarity"]
    if row["is_other_level"]:
        return ["the names say that the schools are of different levels"]
    if similarity >= SAME_NAME:
        return ["the same name"]
    return ["a similar name"] if similarity >= SIMILAR_NAME else ["another name"]


def _location(row: Mapping[Hashable, Any]) -> list[str]:
    parts = []
    if row["same_district"] == 0.0:
        parts.append("another district")
    if not pd.isna(row["distance_km"]):
        near = row["distance_km"] <= SAME_SITE_KM
        parts.append("at the same place" if near else f"{row['distance_km']:.1f} km away")
    return parts


def _grades(row: Mapping[Hashable, Any]) -> list[str]:
    if pd.isna(row["grades_overlap"]):
        return []
    if row["grades_overlap"] == 0:
        return ["no grade in common"]
    return ["the same grades" if row["grades_overlap"] == 1 else f"{row['grades_overlap']:.0%} of the grades in common"]


def _years(row: Mapping[Hashable, Any]) -> list[str]:
    last, first = row["old_last_year"], row["new_first_year"]
    if row["coexists"]:
        return ["it existed in the same years, so it can only have absorbed the old school"]
    if pd.isna(last):
        return []
    if pd.isna(first):
        return [f"the flows last have the old school in fall {last}, and do not have the new one"]
    return [f"the flows last have the old school in fall {last}, and first have the new one in fall {first}"]


def _students(row: Mapping[Hashable, Any]) -> list[str]:
    share = row["followed_share"]
    return [] if pd.isna(share) or share == 0 else [f"about {share:.0%} of its last students went there"]
