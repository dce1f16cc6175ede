"""Whether a partner's four duties are what a request asks for."""

from __future__ import annotations

import pandas as pd

from clustering.capacity.matching.parameters import DutiesRequired
from clustering.capacity.register.register import DUTIES, Register

_ACCEPTED: dict[DutiesRequired, tuple[str, ...]] = {
    "met": ("met",),
    "met or promised": ("met", "promised"),
    "not missing": ("met", "promised", "unknown"),
    "any": ("met", "promised", "unknown", "missing"),
}


def duty_states(register: Register) -> pd.DataFrame:
    """
    Look up the state of each partner's duties.

    Parameters
    ----------
    register
        The partners.

    Returns
    -------
    states
        Index ``partner_id``, a column for each of ``DUTIES``.
    """
    return register.partners[list(DUTIES)]


def lacking_duties(register: Register, required: DutiesRequired) -> pd.Series:
    """
    List the duties of each partner that are not what a request asks for.

    Parameters
    ----------
    register
        The partners.
    required
        What is asked.

    Returns
    -------
    lacking
        Index ``partner_id``; tuple of ``DUTIES``.
    """
    lacks = ~duty_states(register).isin(_ACCEPTED[required])
    names = pd.Index(DUTIES)
    return pd.Series([tuple(names[row]) for row in lacks.to_numpy()], index=lacks.index, dtype="object")
