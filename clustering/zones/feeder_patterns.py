"""Patterns of feeders: straight, split or scattered, and each school's dominant destinations and feeders."""

from __future__ import annotations

import numpy as np
import pandas as pd


def describe_feeders(links: pd.DataFrame, *, minor_share: float = 0.10, straight_share: float = 0.75) -> pd.DataFrame:
    """
    Tell straight from split feeders, and name each school's dominant destination and feeder.

    Parameters
    ----------
    links
        ``columns.LINK_COLUMNS``.
    minor_share
        A destination below this send share is minor [0 to 1].
    straight_share
        A school that is not split is straight if one destination takes at least this much [0 to 1].

    Returns
    -------
    patterns
        Index ``school_id`` of every school with a link; ``pattern`` (``straight``, ``split``: two or more destinations
        that are not minor, ``scattered``; missing for schools that feed none), ``largest_send_share``,
        ``effective_destinations`` (1 / sum of squared shares), ``dominant_destinations`` and ``dominant_feeders``
        (tuples of ids: ties name all).
    """
    by_origin = links.groupby("origin", sort=True)
    largest = by_origin["send_share"].max()
    major = (links["send_share"] >= minor_share).groupby(links["origin"]).sum()
    pattern = np.select([major >= 2, largest >= straight_share], ["split", "straight"], default="scattered")
    patterns = pd.DataFrame(
        {
            "pattern": pd.Series(pattern, index=largest.index, dtype="str"),
            "largest_send_share": largest,
            "effective_destinations": 1 / (links["send_share"] ** 2).groupby(links["origin"]).sum(),
        }
    )
    for name, share, own, other in (
        ("dominant_destinations", "send_share", "origin", "destination"),
        ("dominant_feeders", "receive_share", "destination", "origin"),
    ):
        top = links[links[share] == links.groupby(own)[share].transform("max")].sort_values([own, other])
        names, starts = top[own].to_numpy(), np.flatnonzero(~top[own].duplicated().to_numpy())
        partners, ends = top[other].to_list(), np.append(starts, len(top))[1:]
        dominant = pd.Series(
            [tuple(partners[start:end]) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)],
            index=pd.Index(names[starts], dtype="str"),
            name=name,
            dtype="object",
        )
        patterns = patterns.join(dominant, how="outer")
    return patterns.rename_axis("school_id")
