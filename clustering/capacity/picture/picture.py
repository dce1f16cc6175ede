"""The parts of a state's picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from clustering.model.disclosure_setting import Disclosure

PictureKind = Literal["match", "year plan"]


@dataclass(frozen=True, kw_only=True, eq=False)
class StatePicture:
    """
    Need against capacity, in tables that add up.

    Counts of students are sums over schools: 1 to 9 students that are protected count by the middle of their interval,
    schools of which nothing is known are left out and counted in ``_unknown_count``.

    Parameters
    ----------
    kind
        ``match`` (one year) or ``year plan``.
    headlines
        What a commissioner needs to know, a sentence each.
    totals
        Index ``part``: ``all``, ``served``, ``unserved``. ``zones`` (served: with a partner, perhaps for a smaller
        variant), ``schools``, ``students``, ``students_below``, each of the last two with ``_unknown_count`` (of how
        many schools it is unknown).
    districts
        A row per district of the Zones, by id, the schools without one last: ``district_id``, ``district_name``
        (missing allowed), ``zones`` (with a school there), ``zones_served``, ``schools``, ``schools_served``,
        ``students``, ``students_served``, ``students_below``, ``students_below_served``. All but the Zones add up to
        the totals.
    levels
        A row for ``elementary``, ``middle``, ``high``: ``level``, ``schools``, ``schools_served``, ``students``,
        ``students_served``, ``students_below``, ``students_below_served``. A K-8 school counts in two of them.
    partners
        A row per partner that runs Zones, the most schools first: ``partner_id``, ``name``, ``kind``, ``zones``,
        ``schools``, ``students``, ``share_of_served_schools`` [0 to 1], ``schools_free`` (that it can take on in the
        first fall; missing where unknown), ``cost_dollars``.
    falls
        A row per school year: ``fall`` (Int64, missing if no file tells a year), ``zones``, ``schools``, ``students``
        in service, ``zones_leaving`` and ``schools_leaving`` (whose first fall without their partner it is),
        ``cost_dollars``, ``cumulative_cost_dollars`` (from the first fall to this one), ``budget_dollars`` (missing
        without a limit), ``schools_free`` (that all partners of the register together can take on, as far as known),
        ``schools_eligible`` (of these, what partners can take on that may run a Zone here: by approval, duties, reach,
        levels, exclusions and locks).
    started
        A row per Zone or part of a Zone with a partner, the earliest start first: ``zone_id``, ``name``,
        ``variant_id``, ``partner_id``, ``partner_name``, ``start_fall`` (Int64, missing if no file tells a year),
        ``schools`` (that are run), ``schools_of_zone`` (all that the Zone has), ``students`` (of the schools that are
        run; missing where unknown).
    unserved
        A row per Zone without a partner, the most students first: ``zone_id``, ``name``, ``schools``, ``students``,
        ``students_below``, ``anchor_rate`` (each missing where unknown), ``reason``.
    planning_is_free
        Whether the costs leave out years of planning, because the request gives no cost for them.
    years_to_reach_all
        When every Zone could be reached under stated growth, as a sentence; ``None`` where it was not asked.
    disclosure
        How the counts were protected.
    provenance
        Of the needs and of the answer.
    notes
        Sentences to be read with the numbers.
    """

    kind: PictureKind
    headlines: tuple[str, ...]
    totals: pd.DataFrame
    districts: pd.DataFrame
    levels: pd.DataFrame
    partners: pd.DataFrame
    falls: pd.DataFrame
    started: pd.DataFrame
    unserved: pd.DataFrame
    planning_is_free: bool
    years_to_reach_all: str | None
    disclosure: Disclosure
    provenance: Mapping[str, Any]
    notes: tuple[str, ...]
