"""A rule put to a scenario: the whole way from its rates to a decision for every school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from clustering.disclosure.protected_base import rates_base
from clustering.errors import InputError
from clustering.identification.decision_table import SIZES, build_decisions
from clustering.identification.evaluate_criterion import evaluate_criterion
from clustering.identification.notes import write_notes
from clustering.identification.official_list import apply_list
from clustering.identification.population import build_population
from clustering.identification.rate_arrays import UNSTATED, RateArrays, build_rate_arrays
from clustering.identification.result import ExclusionEffect, Identification
from clustering.identification.rules import Rule, read_rule, write_rule
from clustering.identification.rules.checks import rule_problem
from clustering.model.disclosure_setting import Disclosure
from clustering.model.release import software_release
from clustering.model.scenario import Scenario


def identify_schools(
    scenario: Scenario,
    rule: Rule | str | dict[str, Any],
    *,
    year: int | None = None,
    disclosure: Disclosure = "protected",
) -> Identification:
    """
    Decide which schools are low-performing.

    Parameters
    ----------
    scenario
        Validated inputs.
    rule
        A rule, or what :func:`~clustering.read_rule` takes.
    year
        Fall of the last school year looked at; ``None``: the newest there is, for each criterion.
    disclosure
        ``protected``: rates of 1 to 9 students count as suppressed, other rates of known students are bands, and sizes
        of cohorts are classes.

    Returns
    -------
    identification
        A decision for every school that offers a grade of the rule, with the numbers behind it.

    Raises
    ------
    InputError
        The rule cannot be read, its official list is not in the files, or no rate is of the year.
    """
    (found,) = identify_by_rules(scenario, [rule], year=year, disclosure=disclosure)
    return found


def identify_by_rules(
    scenario: Scenario,
    rules: Sequence[Rule | str | dict[str, Any]],
    *,
    year: int | None = None,
    disclosure: Disclosure = "protected",
) -> list[Identification]:
    """
    Put several rules to the same schools; the rates are brought into arrays once.

    Parameters
    ----------
    scenario
        Validated inputs.
    rules
        In any order.
    year, disclosure
        As for :func:`identify_schools`.

    Returns
    -------
    identifications
        In the order of the rules.

    Raises
    ------
    InputError
        As :func:`identify_schools`.
    """
    base = rates_base(scenario, disclosure)
    rate_arrays = build_rate_arrays(base)
    read = [rule if isinstance(rule, Rule) else read_rule(rule) for rule in rules]
    for rule in read:
        check_year(rate_arrays, rule, year)
    return [identify_from_arrays(base, rate_arrays, rule, year=year, disclosure=disclosure) for rule in read]


def identify_from_arrays(
    base: Scenario, rate_arrays: RateArrays, rule: Rule, *, year: int | None, disclosure: Disclosure
) -> Identification:
    """
    Put a rule to rates that are in arrays already.

    Parameters
    ----------
    base
        Protected, unless the caller may see exact counts.
    rate_arrays
        Its rates.
    rule, year, disclosure
        As for :func:`identify_schools`.

    Returns
    -------
    identification
        As :func:`identify_schools` returns it.
    """
    years = [rate_arrays.latest_year(each.measures, each.subgroups) if year is None else year for each in rule.criteria]
    newest = max((each for each in years if each is not None and each != UNSTATED), default=None)
    population = build_population(base.schools, rule, newest)
    results = [
        evaluate_criterion(rate_arrays, criterion, fall, population)
        for criterion, fall in zip(rule.criteria, years, strict=True)
    ]
    table = build_decisions(base, rate_arrays, rule, results, population)
    table["certainty"] = table["computed_certainty"].mask(table["excluded_because"].notna(), "excluded")
    table["identified"] &= table["excluded_because"].isna()
    table = apply_list(table, base.performance, rule)
    effects = _effects(table[table["certainty"] == "excluded"], rule)
    table = table.astype(dict.fromkeys(SIZES, "Int64"))
    return Identification(
        rule=rule,
        year=newest,
        decisions=table,
        exclusions=effects,
        cutoffs=tuple(
            replace(cutoff, criterion=number)
            for number, each in enumerate(results)
            for cutoff in each.cell_results.cutoffs
        ),
        notes=tuple(write_notes(rate_arrays, population, rule, results, year=newest, files=base.report.files)),
        provenance={
            "software": software_release(),
            "rule": write_rule(rule),
            "year": newest,
            "files": [{"role": file.role, "name": file.name} for file in base.report.files],
            "tables_sha256": rate_arrays.tables_sha256,
            "disclosure": disclosure,
        },
    )


def _effects(table: pd.DataFrame, rule: Rule) -> tuple[ExclusionEffect, ...]:
    effects = []
    for reason in rule.exclude:
        of_reason = table.loc[(table["excluded_because"] == reason).fillna(value=False), "computed_certainty"]
        effects.append(
            ExclusionEffect(
                reason=reason,
                schools=len(of_reason),
                certain=int((of_reason == "certain").sum()),
                possible=int((of_reason == "possible").sum()),
            )
        )
    return tuple(effects)


def check_year(rate_arrays: RateArrays, rule: Rule, year: int | None) -> None:
    """Refuse a year without a rate for any criterion, unless an official list decides."""
    if year is None or rule.official is not None:
        return
    known = sorted(years_with_rates(rate_arrays, rule))
    if year not in known:
        measures = sorted({measure for criterion in rule.criteria for measure in criterion.measures})
        message = f"There is no rate of {', '.join(measures)} for the school year that begins in {year}."
        raise InputError(
            [
                rule_problem(
                    "year",
                    year,
                    message,
                    f"There are rates for the falls of: {', '.join(map(str, known)) or 'no year'}.",
                )
            ]
        )


def years_with_rates(rate_arrays: RateArrays, rule: Rule) -> set[int]:
    """Falls in which every measure of at least one criterion of a rule has a rate."""
    return {
        fall
        for criterion in rule.criteria
        for fall in rate_arrays.years_with_rates(criterion.measures, criterion.subgroups)
        if fall != UNSTATED
    }
