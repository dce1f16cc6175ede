"""The parts of a rule that says which schools are low-performing."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from clustering.identification.rules.field_types import (
    RULE_LIST,
    Average,
    BelowMinimum,
    BottomCount,
    BottomShare,
    Citation,
    ComparedRate,
    Decimals,
    Entry,
    Exclusion,
    Grade,
    Heading,
    MinimumStudents,
    Name,
    Population,
    RangePolicy,
    RuleId,
    Share,
    Threshold,
    Title,
    Years,
    YearsOpen,
)
from clustering.model.columns import Measure
from clustering.model.grades import HIGH_SCHOOL_GRADES
from clustering.model.parameter_model import ParameterModel
from clustering.model.parameter_types import TruthValue
from clustering.model.validation_errors import Wording

FEDERAL_THRESHOLD = 0.67
RULE_WORDING = Wording(table="rule", noun="field", numbers_entries=True, describes_fields=True)


class _Part(ParameterModel):
    wording: ClassVar[Wording] = RULE_WORDING


class Criterion(_Part):
    """One test of a rule: a number of each school against a threshold, or its rank among the lowest."""

    population: Population = Field(
        default="all",
        description="The schools that are tested: all, title1 (they run a Title I program), title1_eligible (with a"
        " program or without), title1_eligible_without_program or not_title1 (no program).",
    )
    measures: Annotated[tuple[Measure, ...], Field(min_length=1), RULE_LIST] = Field(
        default=("graduation_4year",),
        description="A measure, or several: their mean in the same year.",
    )
    subgroups: Annotated[tuple[Name, ...], Field(min_length=1, max_length=50), RULE_LIST] = Field(
        default=("all",),
        description="all students; any: all students or any group of them; groups: any group, all students apart; or"
        " groups by EDFacts' code or the words published. One that meets the test is enough.",
    )
    years: Years | None = Field(
        default=1,
        description="School years looked at: the year of the question and those before it. None, with latest only:"
        " the newest rate, however old.",
    )
    minimum_years: Years | None = Field(
        default=None,
        description="Years of these that must have a rate. None means all of them, and of latest and any one. A year"
        " without data (2019-20, say) is a gap: the years before it do not move up.",
    )
    average: Average = Field(
        default="latest",
        description="What is tested: the latest of the years, the mean of their rates, the pooled rate (sum of"
        " graduates / sum of cohorts), or every or any one of the years by itself.",
    )
    or_equal: TruthValue = Field(default=False, description="Whether the threshold itself is low-performing (<=).")
    threshold: Threshold | None = Field(
        default=None, description="A share from 0 to 1, or points of an index. None for a rule of the lowest."
    )
    bottom_share: BottomShare | None = Field(
        default=None, description="The lowest share of the schools, from 0 to 1 and rounded up."
    )
    bottom_count: BottomCount | None = Field(
        default=None, description="How many of the lowest schools. With bottom_share, whichever is more."
    )
    cut_population: Population | None = Field(
        default=None,
        description="The schools among which the lowest are found, whatever population is tested. None: the same.",
    )
    cut_grades: Annotated[tuple[Grade, ...] | None, RULE_LIST] = Field(
        default=None, description="Only schools with one of these grades are among those. None: all grades."
    )
    include_ties: TruthValue = Field(
        default=True, description="Whether schools that tie at the cut all belong to the lowest, or none of them."
    )
    compared_rate: ComparedRate = Field(
        default="underlying",
        description="What is compared where a file publishes rounded rates: the underlying rate, of which only a range"
        " is known (67 in whole per cents is 66.5 to 67.5), or the published number as it stands.",
    )
    decimals: Decimals | None = Field(
        default=None,
        description="Decimals of the per cent (of points, of the number) to which a rate is rounded, halves up, before"
        " it is tested.",
    )
    minimum_students: MinimumStudents | None = Field(
        default=None, description="Least size of the cohort for the test to hold. None is no limit."
    )
    below_minimum: BelowMinimum = Field(
        default="exclude",
        description="What happens below it: the rate is passed over (exclude), pooled with years before it until there"
        " are enough, for three years at most (pool_years), or tested and marked (flag).",
    )


class ExitRule(_Part):
    """When an identified school leaves."""

    threshold: Threshold | None = Field(
        default=None,
        description="The number it must reach, a share or points. None: it no longer meets the rule by which it"
        " entered.",
    )
    or_equal: TruthValue = Field(default=True, description="Whether the threshold itself is enough.")
    minimum_gain_of_gap: Share | None = Field(
        default=None,
        description="Least gain since the year it entered, as a share of what it then lacked to 100 per cent.",
    )
    every_year: TruthValue = Field(
        default=True, description="Whether it may leave in any year, or in the years of entry only."
    )


class OfficialList(_Part):
    """A list that wins over what is computed."""

    column: Heading = Field(description="Its column in the schools or performance files.")
    entries: Annotated[tuple[Entry, ...], Field(min_length=1, max_length=50), RULE_LIST] = Field(
        description="Entries that stand for low-performing, compared without regard to case."
    )


class Rule(_Part):
    """Which schools are low-performing."""

    id: RuleId = Field(default="own", description="Its name in files and addresses.")
    title: Title = Field(default="A rule of one's own", description="What people call it.")
    source: Citation = Field(default="", description="Where it comes from.")
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=11), RULE_LIST] = Field(
        default=(Criterion(threshold=FEDERAL_THRESHOLD, years=None),),
        description="Its tests. A school that meets one of them is low-performing.",
    )
    grades: Annotated[tuple[Grade, ...], RULE_LIST] = Field(
        default=HIGH_SCHOOL_GRADES,
        description="Only schools that offer one of these grades are decided. Empty means all schools. This is no label"
        " of level: K-12 and 7-12 schools are high schools as well.",
    )
    exclude: Annotated[tuple[Exclusion, ...], RULE_LIST] = Field(
        default=("closed",),
        description="Schools left out, and out of the number of which a share is the lowest: by type, virtual ones, new"
        " ones and closed ones. A school of unknown type is kept.",
    )
    minimum_years_open: YearsOpen = Field(
        default=2,
        description="A school is new if it opened fewer than so many years before the year of the question.",
    )
    range_policy: RangePolicy = Field(
        default="certain",
        description="Which schools with published ranges count as identified: only those that are certain, those that"
        " are possible as well, or of these the ones whose midpoint meets the test. The answer itself stays possible.",
    )
    official: OfficialList | None = Field(default=None, description="A list that wins over the criteria.")
    entry_every_years: Years = Field(default=1, description="Years between one identification and the next.")
    exit: ExitRule = Field(default=ExitRule(), description="When a school leaves.")
