"""The Zones that need a partner, in the numbers that matching works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from clustering.model.disclosure_setting import Disclosure


@dataclass(frozen=True, kw_only=True, eq=False)
class ZoneNeeds:
    """
    Zones and the variants in which each may be served.

    Parameters
    ----------
    zones
        Index ``zone_id`` (text, sorted). ``name``; ``anchor_ids`` (tuple); ``latitude``, ``longitude`` of the first
        anchor [degrees, missing allowed]; ``anchor_rate`` (lowest graduation rate of its anchors [0 to 1], missing
        allowed), with ``anchor_rate_low`` and ``anchor_rate_high``.
    variants
        Index ``variant_id`` (text, sorted). ``zone_id``; ``variant`` (``as proposed``, ``smaller`` or ``part``);
        ``school_count``; ``school_ids``, ``district_ids``, ``levels`` (sorted tuples; levels of ``elementary``,
        ``middle``, ``high``); ``students`` (enrolment; missing where no school's is known), ``students_below``
        (students below the mark: enrolment times 1 less the share proficient; missing where unknown), both with
        ``_low`` and ``_high``, and with ``_unknown_count``: of how many schools it is unknown, so that they are left
        out of the sum. Every Zone has exactly one variant ``as proposed``, whose id is the Zone's.
    schools
        One row per school of any Zone; index ``school_id``, sorted. ``name``, ``level`` (``columns.LEVELS``),
        ``levels`` (as of variants), ``district_id``, ``district_name`` (missing allowed), ``latitude``, ``longitude``
        [degrees, missing allowed], ``students``, ``students_below`` (missing allowed), both with ``_low`` and
        ``_high``: the counts themselves are missing too where they are protected, and then lie between the ends.
    disclosure
        How the counts behind it were protected.
    first_fall
        The first school year after the newest data: when planning can start; ``None`` if no file tells a year.
    provenance
        Which data and parameters the numbers come from, as of the proposal.
    notes
        Sentences to be read with the numbers.
    """

    zones: pd.DataFrame
    variants: pd.DataFrame
    schools: pd.DataFrame
    disclosure: Disclosure
    first_fall: int | None
    provenance: Mapping[str, Any]
    notes: tuple[str, ...]
