"""What partners, districts and the state say of each other, as counts for every variant and partner."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from clustering.capacity.need.variants import levels_of
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register


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
        district, the school and the level. A school of several levels has each of them: K-8 is elementary and middle.
        One that names no partner holds for every partner.

    Returns
    -------
    fitting
        One row per statement and variant that it fits: ``row`` (position of the variant), ``statement`` (position in
        ``register.preferences``), ``partner_id`` (missing: every partner), ``choice``.
    """
    statements, schools = register.preferences, needs.schools
    about = {"district_id": schools["district_id"], "school_id": schools.index}
    fits = _fits_level(schools, statements)
    for name, values in about.items():
        codes, _ = pd.factorize(np.concatenate([values.to_numpy("object"), statements[name].to_numpy("object")]))
        had, named = codes[: len(schools)], codes[len(schools) :]
        fits &= (named < 0) | (had[:, None] == named)
    row, statement = (_held_schools(variants, schools.index) @ csr_array(fits, dtype="int64")).nonzero()
    return pd.DataFrame(
        {
            "row": row.astype("int64"),
            "statement": statement.astype("int64"),
            "partner_id": statements["partner_id"].to_numpy()[statement],
            "choice": statements["choice"].to_numpy()[statement],
        }
    )


def _fits_level(schools: pd.DataFrame, statements: pd.DataFrame) -> np.ndarray:
    """Which statements name no level, or one that the school has: schools (rows) and statements (columns)."""
    fits = np.broadcast_to(statements["level"].isna().to_numpy()[None, :], (len(schools), len(statements))).copy()
    levels_held = levels_of(schools["level"])
    for level in statements["level"].dropna().unique():
        has_level = levels_held.map(lambda held, level=level: level in held).to_numpy(dtype=bool)
        fits |= has_level[:, None] & (statements["level"] == level).fillna(False).to_numpy(dtype=bool)[None, :]
    return fits


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
    shape = len(variants), len(register.partners)
    counts = StatementCounts(prefer=np.zeros(shape, dtype="int64"), exclude=np.zeros(shape, dtype="int64"))
    if register.preferences.empty:
        return counts
    fitting = fitting_statements(needs, variants, register)
    column = register.partners.index.get_indexer(pd.Index(fitting["partner_id"]))
    for choice, matrix in zip(("prefer", "exclude"), counts, strict=True):
        is_choice = (fitting["choice"] == choice).to_numpy()
        is_for_all = is_choice & fitting["partner_id"].isna().to_numpy()
        is_for_one = is_choice & (column >= 0)
        np.add.at(matrix, (fitting["row"].to_numpy("int64")[is_for_one], column[is_for_one]), 1)
        np.add.at(matrix, fitting["row"].to_numpy("int64")[is_for_all], 1)
    return counts


def _held_schools(variants: pd.DataFrame, school_ids: pd.Index) -> csr_array:
    """Variants (rows) and the schools (columns) that they hold: 1."""
    held = variants["school_ids"].to_list()
    row = np.repeat(np.arange(len(held)), [len(schools) for schools in held])
    column = school_ids.get_indexer(pd.Index([school for schools in held for school in schools], dtype="object"))
    is_known = column >= 0
    return csr_array(
        (np.ones(is_known.sum(), dtype="int64"), (row[is_known], column[is_known])), shape=(len(held), len(school_ids))
    )
