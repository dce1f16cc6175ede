"""The evidence for a pair of schools in a sentence."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from clustering.flows.crosswalk.score_evidence import SAME_NAME, SAME_PLACE_KM, SIMILAR_NAME


def explain_pairs(chosen: pd.DataFrame) -> pd.Series:
    """
    Say in a sentence what speaks for each pair and what against it.

    Parameters
    ----------
    chosen
        The evidence columns of ``propose``, with ``kind``, ``is_beside``, ``is_other_level`` and ``same_district``.

    Returns
    -------
    explanation
        Text, on the same index.
    """
    sentences = [_sentence(row) for row in chosen.to_dict("records")]
    return pd.Series(sentences, index=chosen.index, dtype="str")


def _sentence(row: Mapping[Hashable, Any]) -> str:
    told = [*_name(row), *_place(row), *_grades(row), *_years(row), *_students(row)]
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def _name(row: Mapping[Hashable, Any]) -> list[str]:
    similarity = row["name_similarity"]
    if row["is_other_level"]:
        return ["the names say different levels"]
    if similarity >= SAME_NAME:
        return ["the same name"]
    return ["a similar name"] if similarity >= SIMILAR_NAME else ["another name"]


def _place(row: Mapping[Hashable, Any]) -> list[str]:
    told = []
    if row["same_district"] == 0.0:
        told.append("another district")
    if not pd.isna(row["distance_km"]):
        near = row["distance_km"] <= SAME_PLACE_KM
        told.append("at the same place" if near else f"{row['distance_km']:.1f} km away")
    return told


def _grades(row: Mapping[Hashable, Any]) -> list[str]:
    if pd.isna(row["grades_overlap"]):
        return []
    if row["grades_overlap"] == 0:
        return ["no grade in common"]
    return ["the same grades" if row["grades_overlap"] == 1 else f"{row['grades_overlap']:.0%} of the grades in common"]


def _years(row: Mapping[Hashable, Any]) -> list[str]:
    last, first = row["old_last_year"], row["new_first_year"]
    if row["is_beside"]:
        return ["it has lived in the same years, so it can only have taken the old school in"]
    if pd.isna(last):
        return []
    if pd.isna(first):
        return [f"the old school is last seen in fall {last}, and the new one not in these flows"]
    return [f"the old school is last seen in fall {last}, the new one first in fall {first}"]


def _students(row: Mapping[Hashable, Any]) -> list[str]:
    share = row["followed_share"]
    return [] if pd.isna(share) or share == 0 else [f"about {share:.0%} of its last students went there"]
