"""The table of variants: which schools each has, and the sums over them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from clustering.capacity.need.school_counts import COUNTS, add_up
from clustering.errors import InputError, Problem
from clustering.model.columns import Level
from clustering.model.disclosure_setting import Disclosure

VariantKind = Literal["as proposed", "smaller", "part"]
COUNT_COLUMNS = tuple(f"{name}{ending}" for name in COUNTS for ending in ("", "_low", "_high", "_unknown_count"))
LEVELS_SERVED = ("elementary", "middle", "high")
# A school of several levels counts in each: K-8 is elementary and middle.
_LEVELS_OF: dict[Level, tuple[str, ...]] = {
    "elementary": ("elementary",),
    "elementary-middle": ("elementary", "middle"),
    "middle": ("middle",),
    "middle-high": ("middle", "high"),
    "high": ("high",),
    "all-grades": ("elementary", "middle", "high"),
    "other": (),
}


@dataclass(frozen=True, kw_only=True)
class ZoneVariant:
    """
    A set of schools of one Zone that one partner could run.

    Parameters
    ----------
    variant_id, zone_id
        Of the variant, and of its Zone.
    variant
        ``as proposed``, ``smaller`` or ``part``.
    school_ids
        Sorted.
    """

    variant_id: str
    zone_id: str
    variant: VariantKind
    school_ids: tuple[str, ...]


def levels_of(levels: pd.Series) -> pd.Series:
    """Levels served by schools of each level of the scenario: sorted tuples."""
    served = {level: tuple(sorted(each)) for level, each in _LEVELS_OF.items()}
    return pd.Series([served[level] for level in levels], index=levels.index, dtype="object")


def build_variants(variants: Sequence[ZoneVariant], schools: pd.DataFrame, disclosure: Disclosure) -> pd.DataFrame:
    """
    Build the table of variants.

    Parameters
    ----------
    variants
        Of all Zones.
    schools
        Index ``school_id``: ``district_id`` (missing allowed), ``levels`` (tuples) and the counts of
        ``school_counts.count_school_needs``.
    disclosure
        As the counts were protected.

    Returns
    -------
    table
        As ``ZoneNeeds.variants`` says, and for each count with ``_unknown_count``: of how many schools it is unknown.

    Raises
    ------
    InputError
        Two variants have one id: the names of the Zones are too much alike.
    """
    ordered = sorted(variants, key=lambda each: each.variant_id)
    _refuse_repeated_ids(ordered)
    district, levels = schools["district_id"].to_dict(), schools["levels"].to_dict()
    table = pd.DataFrame(
        {
            "zone_id": pd.Series([each.zone_id for each in ordered], dtype="str"),
            "variant": pd.Series([each.variant for each in ordered], dtype="str"),
            "school_count": pd.Series([len(each.school_ids) for each in ordered], dtype="int64"),
            "school_ids": pd.Series([each.school_ids for each in ordered], dtype="object"),
            "district_ids": pd.Series(
                [
                    tuple(sorted({name for school in each.school_ids if isinstance(name := district[school], str)}))
                    for each in ordered
                ],
                dtype="object",
            ),
            "levels": pd.Series(
                [tuple(sorted({level for school in each.school_ids for level in levels[school]})) for each in ordered],
                dtype="object",
            ),
        }
    )
    sums = add_up(schools, [each.school_ids for each in ordered], disclosure)[list(COUNT_COLUMNS)]
    table = table.join(sums)
    return table.set_index(pd.Index([each.variant_id for each in ordered], name="variant_id", dtype="str"))


def _refuse_repeated_ids(ordered: Sequence[ZoneVariant]) -> None:
    ids = [each.variant_id for each in ordered]
    problems = [
        Problem(
            table="Zones",
            column="zone_id",
            value=first,
            message="This id stands for two variants of Zones.",
            remedy="Give the Zones labels that do not end in a slash and a number.",
        )
        for first, second in itertools.pairwise(ids)
        if first == second
    ]
    if problems:
        raise InputError(problems)
