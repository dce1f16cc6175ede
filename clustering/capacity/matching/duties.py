"""Whether a partner's four duties are what a request asks for."""

from __future__ import annotations

import pandas as pd

from clustering.capacity.matching.parameters import DutiesRequired
from clustering.capacity.register.register import DUTIES

_ACCEPTED: dict[DutiesRequired, tuple[str, ...]] = {
    "met": ("met",),
    "met or promised": ("met", "promised"),
    "not missing": ("met", "promised", "unknown"),
    "any": ("met", "promised", "unknown", "missing"),
}


def lacking_duties(states: pd.DataFrame, required: DutiesRequired) -> pd.Series:
    """
    List the duties of each partner that are not what a request asks for.

    Parameters
    ----------
    states
        As :func:`~clustering.capacity.register.duties.duty_states` answers.
    required
        What is asked.

    Returns
    -------
    lacking
        Index ``partner_id``; tuple of ``DUTIES``.
    """
    lacks = ~states.isin(_ACCEPTED[required])
    names = pd.Index(DUTIES)
    return pd.Series([tuple(names[row]) for row in lacks.to_numpy()], index=lacks.index, dtype="object")
