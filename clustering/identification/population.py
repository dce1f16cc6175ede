"""Which schools a rule decides, leaves out and ranks: by grades offered, by type, by Title I status."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.identification.rules.field_types import Exclusion, Population
from clustering.identification.rules.model import Criterion, Rule
from clustering.model.grades import grade_mask

KNOWN_OUT, UNKNOWN_IF_IN, KNOWN_IN = range(3)
_TITLE1_STATUSES: dict[str, tuple[str, ...]] = {
    "title1": ("title1",),
    "title1_eligible": ("title1", "title1 eligible"),
    "title1_eligible_without_program": ("title1 eligible",),
    "not_title1": ("title1 eligible", "not title1"),
}


@dataclass(frozen=True, kw_only=True)
class RulePopulation:
    """
    The schools of a scenario as a rule sees them; every array has a value per school.

    Parameters
    ----------
    schools
        ``Scenario.schools``.
    is_decided
        Offers a grade of the rule.
    exclusion
        Position in ``Rule.exclude`` of the reason why the rule leaves it out; -1 if it does not.
    """

    schools: pd.DataFrame
    is_decided: np.ndarray
    exclusion: np.ndarray

    def members(self, population: Population) -> np.ndarray:
        """Whether each school is of a population: ``KNOWN_IN``, ``KNOWN_OUT`` or ``UNKNOWN_IF_IN``."""
        if population == "all":
            return np.full(len(self.schools), KNOWN_IN)
        status = self.schools["title1_status"]
        known = np.where(status.isin(_TITLE1_STATUSES[population]), KNOWN_IN, KNOWN_OUT)
        return np.where(status.isna(), UNKNOWN_IF_IN, known)

    def ranked(self, criterion: Criterion) -> np.ndarray:
        """Whether each school is ranked, so that it can be among the lowest; excluded schools never are."""
        members = self.members(criterion.cut_population or criterion.population)
        is_out = self.exclusion >= 0
        if criterion.cut_grades is not None:
            is_out |= ~_offers(self.schools, criterion.cut_grades)
        return np.where(is_out, KNOWN_OUT, members)


def build_population(schools: pd.DataFrame, rule: Rule, year: int | None) -> RulePopulation:
    """
    Find the schools that a rule decides, and those it leaves out.

    Parameters
    ----------
    schools
        ``Scenario.schools``.
    rule
        The rule.
    year
        Fall of the newest rates; a school is new if it opened shortly before.

    Returns
    -------
    population
        All schools; those that the rule excludes are never ranked.
    """
    is_decided = _offers(schools, rule.grades) if rule.grades else np.ones(len(schools), dtype=bool)
    exclusion = np.full(len(schools), -1)
    for position, name in reversed(list(enumerate(rule.exclude))):
        exclusion[_is_excluded_as(name, schools, rule, year)] = position
    return RulePopulation(schools=schools, is_decided=is_decided, exclusion=exclusion)


def _offers(schools: pd.DataFrame, grades: tuple[int, ...]) -> np.ndarray:
    mask = sum(grade_mask(grade, grade) for grade in grades)
    return np.asarray((schools["grades_offered"].to_numpy(dtype="int64") & mask) != 0)


def _is_excluded_as(name: Exclusion, schools: pd.DataFrame, rule: Rule, year: int | None) -> np.ndarray:
    """Whether each school is known to be of a kind that a rule can exclude."""
    if name == "closed":
        return np.asarray((schools["status"] == "closed").fillna(value=False), dtype=bool)
    if name == "virtual":
        return np.asarray((schools["virtual"] == "virtual").fillna(value=False), dtype=bool)
    if name == "new":
        opened = schools["opened_year"].to_numpy(dtype="float64", na_value=np.nan)
        return np.asarray(opened > (np.inf if year is None else year - rule.minimum_years_open))
    return np.asarray((schools["school_type"] == name).fillna(value=False), dtype=bool)
