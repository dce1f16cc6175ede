"""Sentences about an identification as a whole: what the files do not say, and which schools were not decided."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from clustering.identification.evaluate_criterion import CriterionResult
from clustering.identification.population import UNKNOWN_IF_IN, RulePopulation
from clustering.identification.rate_arrays import RateArrays
from clustering.identification.rules import Rule
from clustering.identification.rules.vocabulary import name_measures
from clustering.model.ingest_report import SourceFile
from clustering.readers.published.edfacts_vocabulary import group_of_words
from clustering.validation.rates.state_rates import STATE_MEASURES

# The column of the schools table that each exclusion rests on, and what that column says.
_TYPE, _VIRTUAL = ("school_type", "the type of"), ("virtual", "whether instruction is virtual at")
_BASIS_OF_EXCLUSION = {
    "alternative": _TYPE,
    "special education": _TYPE,
    "career and technical": _TYPE,
    "virtual": _VIRTUAL,
}
_MOST_GROUPS_NAMED = 20


def write_notes(
    rate_arrays: RateArrays,
    population: RulePopulation,
    rule: Rule,
    results: Sequence[CriterionResult],
    *,
    year: int | None,
    files: Sequence[SourceFile] = (),
) -> Iterator[str]:
    """
    Write what a reader must know about the decisions of a rule.

    Parameters
    ----------
    rate_arrays
        All rates.
    population
        The schools.
    rule, results
        The rule, and the result of each of its criteria.
    year
        Fall of the newest rates tested; ``None`` if no file says it.
    files
        How the files were read: they may have columns that look like rates and were not used.

    Yields
    ------
    note
        A sentence.
    """
    yield from _notes_on_grades(rate_arrays, population)
    yield from _notes_on_exclusions(population, rule, year)
    unsure = np.logical_or.reduce([each.membership == UNKNOWN_IF_IN for each in results])
    if count := int((unsure & population.is_decided).sum()):
        yield f"The files do not say the Title I status of {_schools(count)}, which the rule needs."
    yield from _notes_on_rounding(rate_arrays, rule)
    for each in results:
        yield from _notes_on_rates(rate_arrays, each, files)
        for cutoff in each.cell_results.cutoffs[-1:]:
            if cutoff.unknown_schools:
                yield (
                    f"The lowest were found among {_schools(cutoff.ranked_schools)}. The files do not say whether"
                    f" {_schools(cutoff.unknown_schools, 'other school')} should be among these."
                )


def _schools(count: int, noun: str = "school") -> str:
    return f"one {noun}" if count == 1 else f"{count:,} {noun}s"


def _notes_on_grades(rate_arrays: RateArrays, population: RulePopulation) -> Iterator[str]:
    """Schools that have rates, and are not decided."""
    ungraded = population.schools["grades_offered"].to_numpy() == 0
    rated, graduates = np.zeros(len(ungraded), dtype=bool), np.zeros(len(ungraded), dtype=bool)
    rated[rate_arrays.rated_schools] = True
    graduates[rate_arrays.graduating_schools] = True
    if count := int((ungraded & rated & ~population.is_decided).sum()):
        yield (
            f"Not decided: {_schools(count)} with rates, because the files do not say which grades the school offers."
            ' Add a directory of schools, or decide schools of all grades with grades = "all".'
        )
    if count := int((~ungraded & graduates & ~population.is_decided).sum()):
        yield f"Not decided: {_schools(count)} with a graduation rate but without any grade of the rule."


def _notes_on_exclusions(population: RulePopulation, rule: Rule, year: int | None) -> Iterator[str]:
    """Exclusions that rest on what the files do not say about some or all schools."""
    decided = population.schools[population.is_decided]
    bases = [_BASIS_OF_EXCLUSION[name] for name in rule.exclude if name in _BASIS_OF_EXCLUSION]
    for basis in dict.fromkeys(bases):
        column, what = basis
        names = " or ".join(name for name in rule.exclude if _BASIS_OF_EXCLUSION.get(name) == basis)
        unknown = int(decided[column].isna().sum())
        if len(decided) and unknown == len(decided):
            yield f"No file says {what} any school, so the rule cannot leave out any as {names}."
        elif unknown:
            kept = "it is" if unknown == 1 else "they are"
            yield f"The files do not say {what} {_schools(unknown)}, so {kept} not left out as {names}."
    # A directory gives the year only for new schools: if it gives one for any school, the others are not new.
    if "new" in rule.exclude and (year is None or population.schools["opened_year"].isna().all()):
        missing = "when schools opened" if year is not None else "which year the rates are for"
        yield f"No file says {missing}, so the rule cannot leave out any as new."


def _notes_on_rounding(rate_arrays: RateArrays, rule: Rule) -> Iterator[str]:
    """Measures of which the files give rounded rates, where the rule compares the rates that these stand for."""
    measures = [name for each in rule.criteria if each.compared_rate == "underlying" for name in each.measures]
    for measure in dict.fromkeys(measures):
        half = 100 * rate_arrays.coarsest_half.get(measure, 0.0)
        if half:
            decimals = round(-math.log10(2 * half))
            unit = {0: "whole per cents", 1: "1 decimal of a per cent"}.get(
                decimals, f"{decimals} decimals of a per cent"
            )
            ends = " to ".join(f"{67 + side * half:.8g}%" for side in (-1, 1))
            yield f"The files round the {name_measures(measure)} to {unit}: {67:.{decimals}f}% stands for {ends}."


def _notes_on_rates(rate_arrays: RateArrays, result: CriterionResult, files: Sequence[SourceFile]) -> Iterator[str]:
    """Measures and groups for which the files have no rate at all."""
    criterion = result.criterion
    for measure in criterion.measures:
        if not rate_arrays.years_with_rates((measure,), ("any",)):
            yield _note_without_rates(measure, files)
    if result.lacks_groups:
        yield (
            "The rule also tests groups of students, and the files have no"
            f" {name_measures('+'.join(criterion.measures))} of any group. A school whose students as a whole do not"
            " meet the rule is unknown."
        )
    known = {name.casefold() for name in rate_arrays.groups}
    for name in criterion.subgroups:
        if name not in ("any", "groups") and group_of_words(name).casefold() not in known:
            groups = ", ".join(rate_arrays.groups[1 : _MOST_GROUPS_NAMED + 1]) or "none"
            yield f"The files have no rates of the group {name}. They have these groups: {groups}."


def _note_without_rates(measure: str, files: Sequence[SourceFile]) -> str:
    """What to say of a measure that was read for no school: the files have none, or a column was not recognised."""
    canonical = next((name for name, each in STATE_MEASURES.items() if each == measure), measure)
    likely = [
        (file.name, heading) for file in files for heading, name in file.likely_columns.items() if name == canonical
    ]
    if not likely:
        return f"The files have no {name_measures(measure)} of any school."
    name, heading = likely[0]
    return (
        f"No {name_measures(measure)} of any school was recognised. The column {heading} of {name} looks like one: set"
        f" columns.{canonical}={heading} to use it."
    )
