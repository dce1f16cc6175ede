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
    accepted, rows = _ACCEPTED[required], states[list(DUTIES)].to_numpy("object").tolist()
    lacking = [tuple(duty for duty, state in zip(DUTIES, row, strict=True) if state not in accepted) for row in rows]
    return pd.Series(lacking, index=states.index, dtype="object")
