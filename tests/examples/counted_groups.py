"""Counted rates of groups, drawn: all students, and their parts by sex, race, need, language, disability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.validation.rates.published_rates import no_rates

NEEDY, OTHERS = "ECD", "Not economically disadvantaged"
RACES = ("MAS", "MBL", "MHI", "MWH")
SETS = (("M", "F"), RACES, (NEEDY, OTHERS))
SMALL_GROUPS = ("LEP", "CWD")
YEARS_TO_GRADUATE = ("graduation_4year", "graduation_5year")


@dataclass(frozen=True)
class Group:
    """Students of a group, and those of them who graduated."""

    students: int
    graduates: int


Cohort = dict[str, Group]  # group of students to its counts


def draw_cohort(generator: np.random.Generator, students: int) -> Cohort:
    """Draw a cohort and its groups; parts of a set add up to all students."""
    graduates = int(generator.binomial(students, generator.choice([0.03, 0.3, 0.66, 0.85, 0.97])))
    cohort = {"all": Group(students, graduates)}
    for names in SETS:
        shares = generator.dirichlet(np.full(len(names), 1.5))
        passed = generator.multinomial(graduates, shares)
        others = generator.multinomial(students - graduates, shares)
        cohort |= {
            name: Group(int(some + rest), int(some)) for name, some, rest in zip(names, passed, others, strict=True)
        }
    for name in SMALL_GROUPS:
        share = generator.choice([0.08, 0.2, 0.95])
        some, rest = generator.binomial(graduates, share), generator.binomial(students - graduates, share)
        cohort[name] = Group(int(some + rest), int(some))
    return cohort


def a_year_later(generator: np.random.Generator, cohort: Cohort) -> Cohort:
    """The same cohort after one more year, in which a few more of all students graduated; without its groups."""
    every = cohort["all"]
    more = int(generator.binomial(every.students - every.graduates, 0.3))
    return {"all": Group(every.students, every.graduates + more)}


def rates_of(cohorts: dict[tuple[str, int, str], Cohort], *, left_out: frozenset[str] = frozenset()) -> pd.DataFrame:
    """The table of rates that is read from a file of these counts: by school, fall and measure, but for some groups."""
    rows = [
        {
            "school_id": school,
            "year": year,
            "measure": measure,
            "subgroup": name,
            "grade": "all",
            "cohort_students": group.students,
            "cohort_at_most": group.students,
            "exact": group.graduates / group.students,
            "text": f"{group.graduates} of {group.students}",
        }
        for (school, year, measure), cohort in cohorts.items()
        for name, group in cohort.items()
        if group.students and name not in left_out
    ]
    table = pd.DataFrame(rows).assign(status="exact")
    empty = no_rates().drop(columns="record", errors="ignore")
    table = table.assign(low=table["exact"], high=table["exact"])[list(empty.columns)].astype(empty.dtypes.to_dict())
    return table.sort_values(["school_id", "year", "measure", "subgroup", "grade"], ignore_index=True)


def draw_cohorts(seed: int, schools: int, *, sizes: tuple[int, int] = (12, 420)) -> dict[tuple[str, int, str], Cohort]:
    """Cohorts of two falls of some schools, after four years, and after five for every third school."""
    generator = np.random.default_rng(seed)
    found = {}
    for number in range(1, schools + 1):
        for fall in (2020, 2021):
            students = int(np.exp(generator.uniform(*np.log(sizes))))
            found[f"{number:02d}", fall, YEARS_TO_GRADUATE[0]] = draw_cohort(generator, students)
            if number % 3 == 0:
                later = a_year_later(generator, found[f"{number:02d}", fall, YEARS_TO_GRADUATE[0]])
                found[f"{number:02d}", fall + 1, YEARS_TO_GRADUATE[1]] = later
    return found
