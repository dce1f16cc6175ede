"""Frozen parameters of a proposal, with defaults and the reasons for them."""

from __future__ import annotations

import csv
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from networkx.utils import UnionFind

from clustering.errors import InputError, Problem
from clustering.identification.rules import parse_rule
from clustering.model.columns import LEVELS
from clustering.model.disclosure_setting import Disclosure

MAXIMUM_SHOWN_CHARACTERS = 200

Method = Literal["exact", "greedy", "dominant feeder", "louvain", "leiden", "agglomerative"]


@dataclass(frozen=True, kw_only=True)
class ProposalParameters:
    """
    What a state asks for. Every field can be set by name over HTTP and on the command line.

    Parameters
    ----------
    identification
        Which high schools are low-performing: a rule as :func:`~clustering.parse_rule` reads it.
        ``graduation_rate<0.67`` (ESSA sec. 1111(c)(4)(D)(i)(II): fails to graduate one third or more; ``<=`` and other
        thresholds are allowed); ``official:COLUMN=VALUE``: the schools whose COLUMN in the schools or performance file
        reads VALUE; the name of a preset; or a rule as JSON or TOML. An official list wins over the rule.
    include_possible
        Also treat as anchors the high schools whose published rate is a range that straddles the threshold.
    years
        Falls of the school years whose flows are averaged; empty means every year in the file.
    leakage_weight
        Score lost per promoted student who leaves the Zone. At 0.25 a feeder earns its place when at least one
        in five of its promoted students stays in the Zone.
    need_weight
        Score gained per promoted student of a feeder, times its need: the share of its students below the mark, which
        is 1 less its published rates. 0 leaves the feeders' own performance out.
    need_measure
        The published rate that tells need, such as ``proficiency_mathematics``; ``proficiency`` means the mean of
        all proficiency rates that the files have.
    need_rule
        A rule, written as ``identification``, that tells need instead: 1 for a school of any grades that it identifies,
        0 for one that it surely does not, and for others the mean of these. ``None`` leaves it to ``need_measure``.
    distance_weight, travel_weight
        Score lost per kilometre, great circle, or per minute of the travel times given, between a feeder and its
        anchor [students per kilometre, per minute].
    minimum_schools, maximum_schools
        Size of a Zone, anchor included. Mass Insight: at least three schools; no operator of 2010 ran more than ten.
    maximum_steps
        Promotions between a feeder and its anchor: 2 is elementary to middle to high; 3 leaves room for a primary
        or a ninth-grade school in between.
    minimum_link_share
        A flow makes a school a candidate feeder only if it is at least this share of the sender's promoted students
        or of the receiver's entering students [0 to 1]. Below a tenth, practice calls a destination minor.
    maximum_enrolment_students
        Most students enrolled in a Zone; ``None`` is no limit.
    maximum_distance_km
        Farthest a feeder may lie from its anchor, great circle; ``None`` is no limit.
    maximum_travel_minutes
        Longest way from a feeder to its anchor by the travel times given; ``None`` is no limit.
    same_district
        Keep each Zone within its anchor's district.
    contiguous
        Keep the catchments of each Zone in one piece: from every member a chain of touching or overlapping catchments
        of members leads to the anchor's.
    levels
        Levels a feeder may have (``columns.LEVELS``); empty means all.
    maximum_zones
        Most Zones to propose: those of the anchors that add most to the score. ``None`` is no limit.
    force_in, force_out
        School ids that must, or must not, belong to a Zone.
    keep_together
        Groups of school ids joined by ``+`` that belong to one Zone, all of them, or to none. An id that has a ``+``
        itself stands in double quotes, as in CSV: ``"a+b"+c``.
    merge_anchors
        Groups of anchors, written in the same way, that share one Zone.
    merge_shared_share
        Anchors are merged, two by two, where at least this share of all students who enter one or the other comes from
        feeders with a candidate link to both [0 to 1]; ``None`` merges none but those of ``merge_anchors``.
    shared_feeders
        A feeder may belong to several Zones, and counts in each. Otherwise a school is in one Zone at most.
    count_exits
        Count students who left (no destination) in the denominator of send shares and as leakage.
    suppressed_students
        Students assumed in a suppressed cell of 1 to 9 students; 5 is the middle.
    check_suppressed
        Solve again with every suppressed cell at its least and at its greatest, and report which Zones change.
    disclosure
        ``protected``: flows of 1 to 9 students count as suppressed and others are rounded to tens before anything
        is computed, so that no output can reveal a small count. ``exact``: the counts as they are, for staff who
        may see them.
    method
        ``exact`` (optimal, with proof), or an alternative to compare with: ``greedy``, ``dominant feeder`` (every
        school to the anchor that takes most of its students, the usual practice), ``louvain``, ``leiden`` or
        ``agglomerative`` (communities of the feeder graph).
    time_limit_s
        Seconds for all solving of the request, the check of suppressed cells included; the best audited answer so far
        is returned with its gap.
    """

    identification: str = "graduation_rate<0.67"
    include_possible: bool = False
    years: tuple[int, ...] = ()
    leakage_weight: float = 0.25
    need_weight: float = 0.0
    need_measure: str = "proficiency"
    need_rule: str | None = None
    distance_weight: float = 0.0
    travel_weight: float = 0.0
    minimum_schools: int = 3
    maximum_schools: int = 10
    maximum_steps: int = 3
    minimum_link_share: float = 0.10
    maximum_enrolment_students: float | None = None
    maximum_distance_km: float | None = None
    maximum_travel_minutes: float | None = None
    same_district: bool = False
    contiguous: bool = False
    levels: tuple[str, ...] = ()
    maximum_zones: int | None = None
    force_in: tuple[str, ...] = ()
    force_out: tuple[str, ...] = ()
    keep_together: tuple[str, ...] = ()
    merge_anchors: tuple[str, ...] = ()
    merge_shared_share: float | None = None
    shared_feeders: bool = False
    count_exits: bool = False
    suppressed_students: float = 5.0
    check_suppressed: bool = True
    disclosure: Disclosure = "protected"
    method: Method = "exact"
    time_limit_s: float = 300.0

    def __post_init__(self) -> None:
        problems = [*_out_of_range(self), *_at_odds(self), *_unreadable(self)]
        if problems:
            raise InputError(problems)

    def together(self) -> tuple[tuple[str, ...], ...]:
        """Groups of ``keep_together``, those that have a school in common made one; each sorted."""
        return joined(self.keep_together)

    def as_dict(self) -> dict[str, object]:
        """Plain values, in the order of the fields, ready for JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def joined(groups: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of ids written with ``+``, those that have an id in common made one; sorted, and sorted within."""
    sets: UnionFind = UnionFind()
    for group in groups:
        sets.union(*split_group(group))
    return tuple(sorted(tuple(sorted(found)) for found in sets.to_sets()))


def split_group(group: str) -> tuple[str, ...]:
    """Ids of a group written with ``+``, those in double quotes as they are; ValueError if a quote does not close."""
    try:
        (parts,) = csv.reader([group], delimiter="+", skipinitialspace=True, strict=True)
    except csv.Error:
        raise ValueError('an id in double quotes ends with a quote, before the next +: "a+b"+c') from None
    return tuple(part.strip() for part in parts if part.strip())


def join_group(school_ids: Iterable[str]) -> str:
    """Write a group with ``+``, ids in double quotes where :func:`split_group` would otherwise part or change them."""
    return "+".join(
        '"{}"'.format(each.replace('"', '""')) if set(each) & {"+", ",", '"'} else each for each in school_ids
    )


def unknown_schools(locks: Mapping[str, Iterable[str]], known: Container[str]) -> list[Problem]:
    """
    Find the schools of locks that are in no table.

    Parameters
    ----------
    locks
        Any parameters by name; those that do not name schools are passed over, as are groups that cannot be read.
    known
        The ids there are.

    Returns
    -------
    problems
        One per name of a school, in the order of the fields.
    """
    named = {name: list(locks.get(name, ())) for name in ("force_in", "force_out")}
    for name in ("keep_together", "merge_anchors"):
        groups = [group for group in locks.get(name, ()) if not _fault_of_group(group)]
        named[name] = [school for group in groups for school in split_group(group)]
    return [
        parameter_problem(
            name,
            school_id,
            "There is no school with this identifier.",
            "Write the identifier as the schools file has it, leading zeros included; in double quotes where it has a"
            " comma or a +.",
        )
        for name, schools in named.items()
        for school_id in schools
        if school_id not in known
    ]


def parameter_problem(name: str, value: object, message: str, remedy: str) -> Problem:
    """A problem of one parameter, its value cut to what can be shown."""
    shown = None if value is None else str(value)[:MAXIMUM_SHOWN_CHARACTERS]
    name = name[:MAXIMUM_SHOWN_CHARACTERS]
    return Problem(table="parameters", column=name, value=shown, message=message, remedy=remedy)


def _out_of_range(given: ProposalParameters) -> Iterable[Problem]:
    """Every number outside its range."""
    bounds: dict[str, tuple[float, float]] = {
        "leakage_weight": (0, 1000),
        "minimum_schools": (1, 1000),
        "maximum_schools": (1, 1000),
        "maximum_steps": (1, 13),
        "minimum_link_share": (0, 1),
        "maximum_enrolment_students": (0, 1e9),
        "need_weight": (0, 1000),
        "distance_weight": (0, 1e6),
        "travel_weight": (0, 1e6),
        "maximum_distance_km": (0, 20_038),
        "maximum_travel_minutes": (0, 1440),
        "maximum_zones": (1, 100_000),
        "merge_shared_share": (0, 1),
        "suppressed_students": (1, 9),
        "time_limit_s": (0.1, 86_400),
    }
    for name, (low, high) in bounds.items():
        value = getattr(given, name)
        if value is not None and not low <= value <= high:  # also catches NaN
            remedy = f"Give a number from {low:,g} to {high:,g}."
            yield parameter_problem(name, value, "The value is out of range.", remedy)


def _at_odds(given: ProposalParameters) -> Iterable[Problem]:
    """Every pair of fields that contradict each other."""
    if given.minimum_schools > given.maximum_schools:
        remedy = f"Give at least minimum_schools ({given.minimum_schools})."
        yield parameter_problem("maximum_schools", given.maximum_schools, "It is below minimum_schools.", remedy)
    for school_id in sorted(set(given.force_in) & set(given.force_out)):
        remedy = "Name the school in one of the two only."
        yield parameter_problem("force_in", school_id, "The school is also in force_out.", remedy)


def _unreadable(given: ProposalParameters) -> Iterable[Problem]:
    """Every field that cannot be understood."""
    for field in ("keep_together", "merge_anchors"):
        for group in getattr(given, field):
            if fault := _fault_of_group(group):
                remedy = "Write two or more school ids with + between them, or give a list of them for each group"
                yield parameter_problem(field, group, "This is no group of schools.", f"{remedy}; {fault}.")
    for level in given.levels:
        if level not in LEVELS:
            yield parameter_problem("levels", level, "There is no such level.", f"Levels: {', '.join(LEVELS)}.")
    for field in ("identification", "need_rule"):
        text = getattr(given, field)
        try:
            parse_rule(text) if text is not None else None
        except InputError as error:
            yield from (_of_parameter(field, problem) for problem in error.problems)
    for year in given.years:
        if not 1900 <= year <= 2200:
            yield parameter_problem(
                "years", year, "This is not a school year.", "Give the fall of the year, such as 2023."
            )


def _of_parameter(field: str, problem: Problem) -> Problem:
    """The problem of a field of a rule, told as one of the parameter that has the rule."""
    inner = "" if problem.column in (None, "identification") else f".{problem.column}"
    return replace(problem, table="parameters", column=f"{field}{inner}")


def _fault_of_group(group: object) -> str | None:
    """What keeps a text from being a group of schools."""
    if not isinstance(group, str):
        return "in Python each group is one text"
    try:
        is_group = len(set(split_group(group))) > 1
    except ValueError as error:
        return str(error)
    return None if is_group else 'an id that has a + stands in double quotes, "a+b"+c'
