"""The parts of a rule that says which schools are low-performing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clustering.model.grades import HIGH_SCHOOL_GRADES

FEDERAL_THRESHOLD = 0.67

Population = Literal["all", "title1", "title1_eligible", "title1_eligible_without_program", "not_title1"]
Average = Literal["latest", "mean", "pooled", "every", "any"]
BelowMinimum = Literal["exclude", "pool_years", "flag"]
RangePolicy = Literal["certain", "possible", "midpoint"]
Exclusion = Literal["closed", "alternative", "special education", "career and technical", "virtual", "new"]


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """
    One test of a rule: a number of each school against a threshold, or its place among the lowest.

    Parameters
    ----------
    population
        The schools it holds for: ``all``, ``title1`` (they run a Title I program), ``title1_eligible`` (with a program
        or without), ``title1_eligible_without_program`` or ``not_title1`` (no program).
    measures
        One of ``columns.MEASURES``; of several, the mean of the same year.
    subgroups
        ``("all",)`` all students; ``("any",)`` all students or any group of them; ``("groups",)`` any group, all
        students apart; or groups by EDFacts' code or the words published. One that meets the test is enough.
    years
        Falls looked at, the year of the question and those before it. ``None``, with ``latest`` only: however old.
    minimum_years
        Years of these that must have a rate; ``None`` means all of them, of ``latest`` and ``any`` one.
        A year without data (2019-20, say) is a gap: the years before it do not move up.
    average
        ``latest`` of the years, ``mean`` of their rates, ``pooled`` (sum of graduates / sum of cohorts), or the test
        passed in ``every`` one or in ``any`` one of them.
    or_equal
        Whether the threshold itself is low-performing (``<=``).
    threshold
        Share, 0 to 1, or points of an index; ``None`` for a rule of the lowest.
    bottom_share, bottom_count
        The lowest share [0 to 1] of the schools, rounded up, or so many schools, whichever is more.
    cut_population, cut_grades
        The schools among which the lowest are told, whatever population is tested; ``None``: the same population, and
        all grades.
    include_ties
        Whether schools that tie at the cut all belong to the lowest, or none of them.
    decimals
        Decimals of the per cent (of points, the number) to which a rate is rounded, halves up, before it is tested.
    minimum_students
        Least size of the cohort for the test to hold; ``None`` is none.
    below_minimum
        What happens below it: the rate is passed over (``exclude``), pooled with years before it until there are
        enough, for three years at most (``pool_years``), or tested and marked (``flag``).
    """

    population: Population = "all"
    measures: tuple[str, ...] = ("graduation_4year",)
    subgroups: tuple[str, ...] = ("all",)
    years: int | None = 1
    minimum_years: int | None = None
    average: Average = "latest"
    or_equal: bool = False
    threshold: float | None = None
    bottom_share: float | None = None
    bottom_count: int | None = None
    cut_population: Population | None = None
    cut_grades: tuple[int, ...] | None = None
    include_ties: bool = True
    decimals: int | None = None
    minimum_students: int | None = None
    below_minimum: BelowMinimum = "exclude"


@dataclass(frozen=True, kw_only=True)
class ExitRule:
    """
    When an identified school leaves.

    Parameters
    ----------
    threshold
        The number it must reach [share or points]; ``None``: it no longer meets the rule by which it entered.
    or_equal
        Whether the threshold itself is enough.
    minimum_gain_of_gap
        Least gain since the year it entered, as a share of the distance to 100 per cent it then had [0 to 1].
    every_year
        Whether it may leave in any year, or in the years of entry only.
    """

    threshold: float | None = None
    or_equal: bool = True
    minimum_gain_of_gap: float | None = None
    every_year: bool = True


@dataclass(frozen=True, kw_only=True)
class OfficialList:
    """
    A list that wins over what is computed.

    Parameters
    ----------
    column
        Its column in the schools or performance files.
    entries
        Entries that stand for low-performing, compared without regard to case.
    """

    column: str
    entries: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """
    Which schools are low-performing.

    Parameters
    ----------
    id, title, source
        What it is called and where it comes from.
    criteria
        A school that meets one of them is low-performing.
    grades
        Only schools that offer one of these grades are decided; empty means all schools. Not a label of level: K-12
        and 7-12 schools are high schools as well.
    exclude
        Schools left out, and out of the number of which a share is the lowest: by type, virtual ones, ``new`` ones and
        ``closed`` ones. A school of unknown type is kept.
    minimum_years_open
        A school is ``new`` if it opened fewer than so many years before the year of the question.
    range_policy
        Which schools of published ranges count as identified: only those that are ``certain``, those that are
        ``possible`` as well, or of these the ones whose ``midpoint`` meets the test. The answer itself stays
        ``possible``.
    official
        A list that wins over the criteria, or ``None``.
    entry_every_years
        Years between one identification and the next.
    exit
        When a school leaves.
    """

    id: str = "own"
    title: str = "A rule of one's own"
    source: str = ""
    criteria: tuple[Criterion, ...] = (Criterion(threshold=FEDERAL_THRESHOLD, years=None),)
    grades: tuple[int, ...] = HIGH_SCHOOL_GRADES
    exclude: tuple[Exclusion, ...] = ("closed",)
    minimum_years_open: int = 2
    range_policy: RangePolicy = "certain"
    official: OfficialList | None = None
    entry_every_years: int = 1
    exit: ExitRule = ExitRule()
