"""The first of many schools, named as people know them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

MAXIMUM_NAME_CHARACTERS = 100


def name_schools(school_ids: Sequence[str], names: pd.Series, *, most: int) -> str:
    """
    Name the first schools of a list.

    Parameters
    ----------
    school_ids
        In the order in which they are named.
    names
        Names of the listed schools, index ``school_id``; an id stands for a name that is unknown.
    most
        Schools to name.

    Returns
    -------
    text
        ``Oak Middle (0007), Elm Middle (0008), ...``.
    """
    shown = school_ids[:most]
    labels = [f"{str(names[each])[:MAXIMUM_NAME_CHARACTERS]} ({each})" if each in names else each for each in shown]
    return ", ".join(labels) + (", ..." if len(school_ids) > most else "")
