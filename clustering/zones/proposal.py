"""
The parts of a Proposal: Anchor, Member, LevelArrival, Zone, Solution.

A part is added here only: the JSON document, the GeoJSON and the tables write the fields of these classes in their
order (see ``zones.documents``). Metadata of a field says where it does not go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import pandas as pd
from shapely import Geometry

from clustering.model.ingest_report import FlowBasis
from clustering.model.scenario import Certainty
from clustering.zones.parameters import ProposalParameters

# Metadata of fields: where each goes (see ``zones.documents``). Every field goes into the document but for these.
NOT_IN_DOCUMENT: Mapping[str, bool] = {"is_in_document": False}
# Parts of a Proposal that stand beside the features of its GeoJSON too.
BESIDE_FEATURES: Mapping[str, bool] = {"is_beside_features": True}


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """
    The decision about one high school that is, or may be, low-performing.

    Parameters
    ----------
    school_id, name
        The high school.
    certainty
        ``certain`` or ``possible``; high schools decided ``no`` or ``unknown`` are counted, not listed.
    source
        ``official`` or ``computed``.
    explanation
        The numbers behind the decision, as a sentence.
    zone_id
        The Zone proposed for it, or ``None``.
    reason_without_zone
        Why there is none; ``None`` where there is one.
    """

    school_id: str
    name: str
    certainty: Certainty
    source: Literal["official", "computed"]
    explanation: str
    zone_id: str | None
    reason_without_zone: str | None


@dataclass(frozen=True, kw_only=True)
class ZoneMetrics:
    """
    Numbers of one Zone; shares run from 0 to 1, ``None`` where the denominator is 0 or unknown.

    Parameters
    ----------
    school_count
        Schools, anchor included.
    enrolment_students
        Students enrolled; ``None`` if no member's enrolment is known.
    enrolment_missing_count
        Members whose enrolment is unknown.
    promoted_students
        Students promoted out of the Zone's feeders, per year.
    retained_students
        Those of them whose whole way to the anchor lies in the Zone; with ``score_by=moves``, those whose next school
        does.
    retention
        ``retained_students / promoted_students``.
    leakage
        ``1 - retention``.
    leaked_to_other_zones_students, leaked_to_other_schools_students, leaked_to_unlisted_students, exit_students
        Where those who leave at once go. Exits are part of leakage only if ``count_exits`` is set.
    leaked_to_unknown_students
        Those of whom an estimate does not know the next school.
    leaked_further_on_students
        Those whose next school is in the Zone, but who leave it on their way to the anchor.
    entering_students
        Students who enter the anchor from other schools, per year.
    entering_from_feeders_students
        Those of them who come from the Zone's feeders.
    entering_from_other_zones_students, entering_from_other_schools_students, entering_from_unlisted_students
        Those who come from feeders of other Zones, from other listed schools, and from schools that the schools files
        do not list.
    entry_grade_students
        Students in the grade, from 4 on, that most promotions into the anchor enter, whether or not it is known which
        school they came from, but for those who went up inside it; by the flows or else by published enrolment.
        ``None`` if no file tells.
    coverage
        ``entering_from_feeders_students / entering_students``.
    retention_low, retention_high, coverage_low, coverage_high
        How far the two shares can be off: every cell that is an interval, suppressed or rounded, at whichever end
        lowers, or raises, the share most.
    suppressed_share
        Share of the retained students on whose way a count is, wholly or in part, suppressed; ``None`` if none are
        retained.
    membership_bonus_students
        What the feeders' need, distance and travel time add to the score; 0 unless these have a weight.
    score
        ``retained - leakage_weight * leaked + membership_bonus`` [students per year].
    """

    school_count: int
    enrolment_students: float | None
    enrolment_missing_count: int
    promoted_students: float
    retained_students: float
    retention: float | None
    leakage: float | None
    leaked_to_other_zones_students: float
    leaked_to_other_schools_students: float
    leaked_to_unlisted_students: float
    leaked_to_unknown_students: float
    leaked_further_on_students: float
    exit_students: float
    entering_students: float
    entering_from_feeders_students: float
    entering_from_other_zones_students: float
    entering_from_other_schools_students: float
    entering_from_unlisted_students: float
    entry_grade_students: float | None
    coverage: float | None
    retention_low: float | None
    retention_high: float | None
    coverage_low: float | None
    coverage_high: float | None
    suppressed_share: float | None
    membership_bonus_students: float
    score: float


@dataclass(frozen=True, kw_only=True)
class LevelArrival:
    """
    How many students of the feeders of one level arrive.

    Parameters
    ----------
    level
        Of the feeders.
    school_count
        Feeders of that level.
    promoted_students
        Students whom they promote, per year.
    arriving_students
        Those of them whose whole way to the anchor lies in the Zone.
    arrival_share
        The second over the first [0 to 1]; ``None`` if none are promoted.
    """

    level: str
    school_count: int
    promoted_students: float
    arriving_students: float
    arrival_share: float | None


@dataclass(frozen=True, kw_only=True)
class Member:
    """
    One school of a Zone and why it is there.

    Parameters
    ----------
    school_id, name, level, role
        ``role`` is ``anchor`` or ``feeder``.
    reason
        The sentence an analyst needs.
    steps
        Promotions to the anchor inside the Zone; 0 for the anchor, ``None`` if none lead there (only in a plan).
    promoted_students
        Students whom it promotes out of its final grade, per year; ``None`` for the anchor, as the next five.
    kept_share
        Share of them whose next school is in the Zone.
    arriving_students
        Those of them whose whole way to the anchor lies in the Zone.
    arrival_share
        ``arriving_students / promoted_students``.
    arrival_basis
        How it is known where they go after the next school: ``direct`` if all who arrive go straight into the anchor,
        ``student records`` or ``catchments`` that tell the path, or ``chained shares``: the send shares of the next
        school, whoever its students were before. Several are joined by ``and``; ``None`` if nobody arrives.
    exit_students
        Students who left out of its final grade without a destination, per year; among the promoted ones only if
        ``count_exits`` is set.
    distance_km
        Great circle to the anchor; ``None`` without coordinates.
    """

    school_id: str
    name: str
    level: str
    role: Literal["anchor", "feeder"]
    reason: str
    steps: int | None
    promoted_students: float | None
    kept_share: float | None
    arriving_students: float | None
    arrival_share: float | None
    arrival_basis: str | None
    exit_students: float | None
    distance_km: float | None


@dataclass(frozen=True, kw_only=True)
class Zone:
    """
    A low-performing high school and the feeders proposed to go with it.

    Parameters
    ----------
    zone_id
        ``zone-`` and the anchor's ``school_id``.
    name
        The anchor's name and ``Zone``.
    anchor_id
        The high school.
    flow_basis
        Method of the flows (see ``FlowBasis.method``).
    metrics
        See :class:`ZoneMetrics`.
    arrival_by_level
        How many students of its feeders arrive, by the level of the feeders; in the order of ``columns.LEVELS``.
    changes_at_low, changes_at_high
        Whether its membership changes with suppressed or rounded counts at their least, at their greatest; ``None`` if
        not checked.
    members
        The anchor first, then feeders by steps and id.
    outline
        Hull drawn 600 m around the members, longitude and latitude; ``None`` if no member has coordinates.
        For drawing only: not an attendance boundary.
    """

    zone_id: str
    name: str
    anchor_id: str
    flow_basis: str
    metrics: ZoneMetrics
    arrival_by_level: tuple[LevelArrival, ...]
    changes_at_low: bool | None
    changes_at_high: bool | None
    members: tuple[Member, ...]
    outline: Geometry | None = field(metadata=NOT_IN_DOCUMENT)


@dataclass(frozen=True, kw_only=True)
class Solution:
    """
    How good the Zones are, and what proves it.

    Parameters
    ----------
    method
        See ``ProposalParameters.method``; ``plan`` for a plan that somebody drew up.
    status
        ``optimal`` (proved), ``time limit`` (best found), ``heuristic`` (no bound) or ``given`` (nothing was chosen).
    score
        Sum over the Zones [students per year].
    bound
        No answer scores more; ``None`` for a heuristic or a plan.
    gap
        ``(bound - score) / max(1, abs(bound))``; ``None`` for a heuristic or a plan.
    """

    method: str
    status: Literal["optimal", "time limit", "heuristic", "given"]
    score: float
    bound: float | None
    gap: float | None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """
    The answer to a request, ready to be shown: nothing in it is more exact than its disclosure setting allows.

    Parameters
    ----------
    parameters
        The request.
    solution
        Status, score and gap.
    decision_counts
        High schools by certainty: ``certain``, ``possible``, ``no``, ``unknown``; and those that the rule leaves out,
        ``excluded``.
    zones
        Sorted by ``zone_id``.
    anchors
        Every high school decided ``certain`` or ``possible``, sorted by id, with its Zone or the reason for none.
    notes
        Sentences to be read with the numbers: units, denominators, what suppressed cells count as, how many Zones
        change at either end of the interval.
    provenance
        Software version, hashes and names of the input files, years used.
    basis
        What the flows rest on: counted students or an estimate.
    schools
        The scenario's schools (EPSG:4326, index ``school_id``) with ``school_table.SCHOOL_COLUMNS``: ``role``
        (``anchor``, ``feeder``, ``outside``), ``zone_id`` (missing outside), ``reason`` (text, missing outside),
        ``feeder_pattern`` (``straight``, ``split``, ``scattered``; missing where a school feeds none),
        ``dominant_destinations`` and ``dominant_feeders`` (ids separated by ``"; "``).
    links
        Feeder edges (``columns.LINK_COLUMNS``) and ``zone_id`` where both ends are in one Zone.
    """

    parameters: ProposalParameters = field(metadata=BESIDE_FEATURES)
    solution: Solution = field(metadata=BESIDE_FEATURES)
    decision_counts: Mapping[str, int]
    zones: tuple[Zone, ...]
    anchors: tuple[Anchor, ...] = field(metadata=BESIDE_FEATURES)
    notes: tuple[str, ...] = field(metadata=BESIDE_FEATURES)
    provenance: Mapping[str, Any] = field(metadata=BESIDE_FEATURES)
    basis: FlowBasis = field(metadata={**BESIDE_FEATURES, "document_name": "flow_basis"})
    schools: gpd.GeoDataFrame = field(metadata=NOT_IN_DOCUMENT)
    links: pd.DataFrame = field(metadata=NOT_IN_DOCUMENT)
