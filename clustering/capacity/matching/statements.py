"""What partners, districts and the state say of each other, as counts for every variant and partner."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from clustering.capacity.matching.variants import schools_of_variants
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register

_NAMED = ["district_id", "school_id", "level"]


class StatementCounts(NamedTuple):
    """Statements that fit, of variants (rows) and partners (columns): ``prefer`` and ``exclude``, int64."""

    prefer: np.ndarray
    exclude: np.ndarray


def fitting_statements(needs: ZoneNeeds, variants: pd.DataFrame, register: Register) -> pd.DataFrame:
    """
    Find which statements of the register fit which variants.

    Parameters
    ----------
    needs
        The schools.
    variants
        Those to look at.
    register
        Its ``preferences``. A statement fits a variant with at least one school that has everything it names: the
        district, the school and the level. One that names no partner holds for every partner.

    Returns
    -------
    fitting
        One row per statement and variant that it fits: ``row`` (position of the variant), ``statement`` (position in
        ``register.preferences``), ``partner_id`` (missing: every partner), ``choice``.
    """
    if register.preferences.empty:
        return pd.DataFrame({"row": [], "statement": [], "partner_id": [], "choice": []})
    said = register.preferences.reset_index(drop=True).rename_axis("statement").reset_index()
    schools = needs.schools[["district_id", "level"]].rename_axis("school_id").reset_index()
    held = schools_of_variants(variants).merge(schools, on="school_id", how="left")
    pattern = said[_NAMED].notna()
    found = []
    for _, group in said.groupby([pattern[name] for name in _NAMED], sort=True):
        keys = [name for name in _NAMED if group[name].notna().all()]
        if keys:
            pairs = group[["statement", *keys]].astype(dict.fromkeys(keys, "object"))
            found.append(pairs.merge(held.astype(dict.fromkeys(keys, "object")), on=keys)[["row", "statement"]])
    if not found:
        return pd.DataFrame({"row": [], "statement": [], "partner_id": [], "choice": []})
    fitting = pd.concat(found).drop_duplicates().sort_values(["row", "statement"])
    return fitting.merge(said[["statement", "partner_id", "choice"]], on="statement").reset_index(drop=True)


def count_statements(needs: ZoneNeeds, variants: pd.DataFrame, register: Register) -> StatementCounts:
    """
    Count the preferences and the exclusions that fit each variant and partner.

    Parameters
    ----------
    needs, variants, register
        As of :func:`fitting_statements`.

    Returns
    -------
    counts
        Of variants and partners, in their order.
    """
    fitting = fitting_statements(needs, variants, register)
    shape = len(variants), len(register.partners)
    counts = StatementCounts(prefer=np.zeros(shape, dtype="int64"), exclude=np.zeros(shape, dtype="int64"))
    column = register.partners.index.get_indexer(pd.Index(fitting["partner_id"]))
    for choice, matrix in zip(("prefer", "exclude"), counts, strict=True):
        is_choice = (fitting["choice"] == choice).to_numpy()
        is_for_all = is_choice & fitting["partner_id"].isna().to_numpy()
        is_for_one = is_choice & (column >= 0)
        np.add.at(matrix, (fitting["row"].to_numpy("int64")[is_for_one], column[is_for_one]), 1)
        np.add.at(matrix, fitting["row"].to_numpy("int64")[is_for_all], 1)
    return counts
