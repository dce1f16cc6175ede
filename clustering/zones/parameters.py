"""Frozen parameters of a proposal, with defaults and the reasons for them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Container, Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, WrapValidator, model_validator

from clustering.errors import InputError, Problem
from clustering.identification.rules import parse_rule, rule_text
from clustering.identification.rules.parse import MAXIMUM_RULE_CHARACTERS
from clustering.model.columns import Level
from clustering.model.disclosure_setting import Disclosure
from clustering.model.parameter_model import ParameterModel, schema_of
from clustering.model.parameter_types import (
    CHOICE,
    ENTRIES_OR_ALL,
    GROUPS,
    LIST_LENGTH,
    MAXIMUM_TEXT_CHARACTERS,
    NUMBER,
    NUMBER_OR_NONE,
    SchoolIds,
    Text,
    TruthValue,
    lifted,
    without_truth_values,
)
from clustering.model.scenario import Scenario
from clustering.model.validation_errors import fault, shown_value, sound_text
from clustering.zones.school_groups import group_text, joined, split_group, whole_group

# Parameters that name schools.
LOCKS = ("force_in", "force_out", "keep_together", "merge_anchors")

ScoredBy = Literal["arrival", "moves"]
Method = Literal["exact", "greedy", "dominant feeder", "louvain", "leiden", "agglomerative"]


def _school_year(value: object, as_whole_number: Callable[[object], int]) -> int:
    """The fall of a school year, of our time; ``2022-23`` is 2022, and ``2021-23`` is no school year."""
    if isinstance(value, str) and (both := re.fullmatch(r"(\d{4})[-/](\d{2}|\d{4})", value.strip(), re.ASCII)):
        fall, spring = both.groups()
        value = fall if str(int(fall) + 1).endswith(spring) else value
    try:
        year = as_whole_number(without_truth_values(value))
    except ValueError:
        year = 0
    if not 1900 <= year <= 2200:
        raise fault("This is not a school year.", "Give the fall of the year, such as 2023.")
    return year


def _each_once(years: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(years))


def _readable_rule(text: str) -> str:
    parse_rule(text)
    return text


Fall = Annotated[
    int,
    Field(json_schema_extra={"minimum": 1900, "maximum": 2200}),
    WrapValidator(_school_year),
]
Group = Annotated[
    Text,
    AfterValidator(whole_group),
    BeforeValidator(group_text),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": MAXIMUM_TEXT_CHARACTERS},
                {"type": "array", "items": {"type": "string"}, "minItems": 2},
            ]
        }
    ),
]
Groups = Annotated[tuple[Group, ...], LIST_LENGTH, GROUPS]
RuleText = Annotated[
    str,
    BeforeValidator(rule_text),
    AfterValidator(_readable_rule),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": MAXIMUM_RULE_CHARACTERS},
                {"type": "object", "description": "The fields of a rule, as GET /rules/schema has them."},
            ]
        }
    ),
]
Weight = Annotated[float, Field(ge=0, le=1000), NUMBER]
Share = Annotated[float, Field(ge=0, le=1), NUMBER]
ZoneSize = Annotated[int, Field(ge=1, le=1000), NUMBER]


class ProposalParameters(ParameterModel):
    """What a state asks for. Every field can be set by name in Python, over HTTP and on the command line."""

    identification: RuleText = Field(
        default="graduation_rate<0.67",
        description="Which high schools are low-performing: a rule such as graduation_rate<0.67 (ESSA sec."
        " 1111(c)(4)(D)(i)(II): the school fails to graduate one third or more; <= and other thresholds are allowed);"
        " official:COLUMN=VALUE, the schools whose COLUMN in the schools or performance file reads VALUE; the name of"
        " a preset; or the fields of a rule. An official list wins over the rule.",
    )
    include_possible: TruthValue = Field(
        default=False,
        description="Also treat as anchors the high schools whose published rate is a range that straddles the"
        " threshold.",
    )
    years: Annotated[tuple[Fall, ...], LIST_LENGTH, AfterValidator(_each_once), ENTRIES_OR_ALL] = Field(
        default=(),
        description="Falls of the school years whose flows are averaged. Empty means every year in the file.",
    )
    score_by: Annotated[ScoredBy, CHOICE] = Field(
        default="arrival",
        description="Which promoted students count as retained. arrival: those whose whole way to the anchor lies in"
        " the Zone. moves: every promotion from one school of the Zone into another, whether or not the student reaches"
        " the anchor.",
    )
    leakage_weight: Weight = Field(
        default=0.25,
        description="Score lost per promoted student who leaves the Zone. At 0.25 a feeder earns its place when at"
        " least one in five of its promoted students are retained.",
        json_schema_extra={"unit": "per student"},
    )
    minimum_arrival_share: Share = Field(
        default=0.2,
        description="Least share of a feeder's promoted students who reach the anchor by way of schools of the Zone"
        " only. One in five is what pays at the default leakage_weight. A school that is forced in need not reach it.",
        json_schema_extra={"unit": "share of 1"},
    )
    need_weight: Weight = Field(
        default=0.0,
        description="Score gained per promoted student of a feeder, times its need: the share of its students who are"
        " not proficient, which is 1 less its published rate. 0 leaves the feeders' own performance out.",
        json_schema_extra={"unit": "per student"},
    )
    need_measure: Text = Field(
        default="proficiency",
        description="The published rate that measures need, such as proficiency_mathematics. proficiency means the mean"
        " of all proficiency rates in the files.",
    )
    need_rule: Annotated[RuleText | None, BeforeValidator(lifted)] = Field(
        default=None,
        description="A rule, written as identification, that measures need instead: 1 for a school of any grades that"
        " the rule identifies, 0 for one that it surely does not, and the mean of these for the others. None leaves it"
        " to need_measure.",
    )
    distance_weight: Annotated[float, Field(ge=0, le=1e6), NUMBER] = Field(
        default=0.0,
        description="Score lost per kilometre, as the crow flies, between a feeder and its anchor.",
        json_schema_extra={"unit": "students per km"},
    )
    travel_weight: Annotated[float, Field(ge=0, le=1e6), NUMBER] = Field(
        default=0.0,
        description="Score lost per minute of the travel times between a feeder and its anchor.",
        json_schema_extra={"unit": "students per minute"},
    )
    minimum_schools: ZoneSize = Field(
        default=3,
        description="Least number of schools in a Zone, anchor included. Mass Insight: at least three.",
        json_schema_extra={"unit": "schools"},
    )
    maximum_schools: ZoneSize = Field(
        default=12,
        description="Greatest number of schools in a Zone, anchor included. 20 of the 21 official feeder patterns of"
        " Philadelphia have at most 12; no operator of 2010 ran more than ten.",
        json_schema_extra={"unit": "schools"},
    )
    maximum_steps: Annotated[int, Field(ge=1, le=13), NUMBER] = Field(
        default=3,
        description="Promotions between a feeder and its anchor: 2 is elementary to middle to high; 3 leaves room for"
        " a primary or a ninth-grade school in between.",
        json_schema_extra={"unit": "promotions"},
    )
    minimum_link_share: Share = Field(
        default=0.10,
        description="A flow makes a school a candidate feeder only if it is at least this share of the sender's"
        " promoted students or of the receiver's entering students. Below a tenth, practice calls a destination"
        " minor.",
        json_schema_extra={"unit": "share of 1"},
    )
    maximum_enrolment_students: Annotated[float | None, Field(ge=0, le=1e9), NUMBER_OR_NONE] = Field(
        default=None,
        description="Most students enrolled in a Zone. None is no limit.",
        json_schema_extra={"unit": "students"},
    )
    maximum_distance_km: Annotated[float | None, Field(ge=0, le=20_038), NUMBER_OR_NONE] = Field(
        default=None,
        description="Farthest a feeder may lie from its anchor, as the crow flies. None is no limit.",
        json_schema_extra={"unit": "km"},
    )
    maximum_travel_minutes: Annotated[float | None, Field(ge=0, le=1440), NUMBER_OR_NONE] = Field(
        default=None,
        description="Longest way from a feeder to its anchor by the travel times. None is no limit.",
        json_schema_extra={"unit": "minutes"},
    )
    same_district: TruthValue = Field(default=False, description="Keep each Zone within its anchor's district.")
    contiguous: TruthValue = Field(
        default=False,
        description="Keep the catchments of each Zone in one piece: from every member a chain of touching or"
        " overlapping catchments of members leads to the anchor's.",
    )
    levels: Annotated[tuple[Annotated[Level, CHOICE], ...], LIST_LENGTH, ENTRIES_OR_ALL] = Field(
        default=(), description="Levels a feeder may have. Empty means all."
    )
    maximum_zones: Annotated[int | None, Field(ge=1, le=100_000), NUMBER_OR_NONE] = Field(
        default=None,
        description="Most Zones to propose: those of the anchors that add most to the score. None is no limit.",
        json_schema_extra={"unit": "Zones"},
    )
    force_in: SchoolIds = Field(default=(), description="Ids of schools that must belong to a Zone.")
    force_out: SchoolIds = Field(default=(), description="Ids of schools that must not belong to a Zone.")
    keep_together: Groups = Field(
        default=(),
        description="Groups of schools that belong to one Zone, all of them, or to none. A group is a list of ids, or"
        ' their text joined by +. An id that has a + itself stands in double quotes, as in CSV: "a+b"+c.',
    )
    merge_anchors: Groups = Field(
        default=(), description="Groups of anchors, written in the same way, that share one Zone."
    )
    merge_shared_share: Annotated[float | None, Field(ge=0, le=1), NUMBER_OR_NONE] = Field(
        default=None,
        description="Merge two anchors where at least this share of all students who enter one or the other comes from"
        " feeders with a candidate link to both. None: only merge_anchors merges.",
        json_schema_extra={"unit": "share of 1"},
    )
    shared_feeders: TruthValue = Field(
        default=False,
        description="A feeder may belong to several Zones, and counts in each. Otherwise a school is in one Zone at"
        " most.",
    )
    count_exits: TruthValue = Field(
        default=False,
        description="Count students who left (no destination) in the denominator of send shares and as leakage.",
    )
    suppressed_students: Annotated[float | None, Field(ge=1, le=9), NUMBER_OR_NONE] = Field(
        default=None,
        description="Students assumed in a suppressed cell of 1 to 9 students. None: as many as the protected table"
        " makes likely, in halves; with exact counts 5, the middle.",
        json_schema_extra={"unit": "students"},
    )
    check_suppressed: TruthValue = Field(
        default=True,
        description="Solve again with every count that is an interval, suppressed or rounded, at its least and at its"
        " greatest, and report which Zones change.",
    )
    disclosure: Annotated[Disclosure, CHOICE] = Field(
        default="protected",
        description="protected: before anything is computed counts of students become intervals, such as the suppressed"
        " 1 to 9 or 15 to 19, so that no output can reveal a small count. public: the same by the public"
        " policy, once something was released. exact: the counts as they are, for staff who may see them.",
    )
    method: Annotated[Method, CHOICE] = Field(
        default="exact",
        description="exact (optimal, with proof), or an alternative to compare with: greedy, dominant feeder (every"
        " school goes to the anchor that takes most of its students, the usual practice), or louvain, leiden or"
        " agglomerative (communities of the feeder graph).",
    )
    time_limit_s: Annotated[float, Field(ge=0.1, le=86_400), NUMBER] = Field(
        default=300.0,
        description="Time for all solving of the request, the check of suppressed or rounded counts included. The best"
        " audited answer so far is returned with its gap.",
        json_schema_extra={"unit": "seconds"},
    )

    @model_validator(mode="after")
    def _without_contradictions(self) -> Self:
        if problems := list(_contradictions(self)):
            raise InputError(problems)
        return self

    def together(self) -> tuple[tuple[str, ...], ...]:
        """Groups of ``keep_together``, those that have a school in common made one; each sorted."""
        return joined(self.keep_together)

    def assumed_students(self, base: Scenario) -> float:
        """Students that a suppressed cell of a base counts as: those of the request, else those of the base."""
        return base.likely_students if self.suppressed_students is None else self.suppressed_students

    def as_dict(self) -> dict[str, object]:
        """Plain values, in the order of the fields, ready for JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}


def parameter_schema(parameters: type[ParameterModel] | None = None) -> dict[str, Any]:
    """
    List the parameters of a request.

    Parameters
    ----------
    parameters
        Such as ``MatchParameters``; ``None`` is those of a proposal.

    Returns
    -------
    schema
        JSON Schema (draft 2020-12): ``properties`` has type, default, bounds, description and ``unit`` of each.
    """
    return copy.deepcopy(schema_of(parameters or ProposalParameters))


def unknown_schools(parameters: ProposalParameters, known: Container[str]) -> list[Problem]:
    """
    Find the schools of locks that are in no table.

    Parameters
    ----------
    parameters
        The request.
    known
        The ids there are.

    Returns
    -------
    problems
        One per name of a school, in the order of the fields.
    """
    named = {name: getattr(parameters, name) for name in LOCKS}
    for name in ("keep_together", "merge_anchors"):
        named[name] = [school for group in named[name] for school in split_group(group)]
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
    return Problem(
        table="parameters", column=sound_text(name), value=shown_value(value), message=message, remedy=remedy
    )


def _contradictions(parameters: ProposalParameters) -> Iterable[Problem]:
    """Every pair of fields that contradict each other."""
    least, most = parameters.minimum_schools, parameters.maximum_schools
    if least > most:
        remedy = f"Give at least minimum_schools ({least})."
        yield parameter_problem("maximum_schools", most, "It is below minimum_schools.", remedy)
    for school_id in sorted(set(parameters.force_in) & set(parameters.force_out)):
        remedy = "Name the school in one of the two only."
        yield parameter_problem("force_in", school_id, "The school is also in force_out.", remedy)
