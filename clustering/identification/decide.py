"""A rule put to a scenario, school by school."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clustering.config import Disclosure
from clustering.disclosure import MINIMUM_CELL_STUDENTS, ROUNDING_STUDENTS, protected_base
from clustering.errors import InputError
from clustering.identification.answers import ANSWERS, EXCLUDED, NO, POSSIBLE, UNKNOWN, Answered, answer_cells
from clustering.identification.coded import (
    KNOWN,
    MISSING,
    NO_CELL,
    REASONS,
    UNSTATED,
    Cells,
    CodedRates,
    code_rates,
)
from clustering.identification.decided import ExclusionEffect, Identification
from clustering.identification.official import apply_list
from clustering.identification.scope import KNOWN_OUT, UNKNOWN_IF_IN, Scope, build_scope
from clustering.model import Scenario
from clustering.rules import Criterion, Rule, read_rule, write_rule
from clustering.rules.schema import rule_problem



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
        ``protected``: rates of 1 to 9 students count as suppressed, and sizes of cohorts are told to the nearest ten.

    Returns
    -------
    identification
        An answer for every school that offers a grade of the rule, with the numbers behind it.

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
    Put several rules to the same schools; what they share is worked out once.

    Parameters
    ----------
    scenario, year, disclosure
        As for :func:`identify_schools`.
    rules
        In any order.

    Returns
    -------
    identifications
        In the order of the rules.

    Raises
    ------
    InputError
        As :func:`identify_schools`.
    """
    base = protected_base(scenario, disclosure)
    coded = code_rates(base.rates, base.schools.index)
    read = [rule if isinstance(rule, Rule) else read_rule(rule) for rule in rules]
    return [identify_coded(base, coded, rule, year=year, disclosure=disclosure) for rule in read]


def identify_coded(
    base: Scenario, coded: CodedRates, rule: Rule, *, year: int | None, disclosure: Disclosure
) -> Identification:
    """
    Put a rule to rates that are coded already.

    Parameters
    ----------
    base
        Protected, unless exact counts are asked for.
    coded
        Its rates.
    rule, year, disclosure
        As for :func:`identify_schools`.

    Returns
    -------
    identification
        As :func:`identify_schools` answers.
    """
    _check_year(coded, rule, year)
    years = [coded.latest_year(each.measures) if year is None else year for each in rule.criteria]
    newest = max((each for each in years if each is not None and each != UNSTATED), default=None)
    scope = build_scope(base.schools, rule, newest)
    judged = [
        _judge(coded, criterion, fall, scope) for criterion, fall in zip(rule.criteria, years, strict=True)
    ]
    table = _decisions(base, coded, rule, judged, scope)
    effects = _effects(table, rule)
    certainty = np.where(table["excluded_because"].isna(), table["computed_certainty"], "excluded")
    table["certainty"] = pd.array(certainty, dtype="str")
    table["identified"] &= certainty != "excluded"
    table = apply_list(table, base.performance, rule)
    if disclosure == "protected":
        students = table["students"].where(table["students"] >= MINIMUM_CELL_STUDENTS)
        table["students"] = (students / ROUNDING_STUDENTS).round() * ROUNDING_STUDENTS
    table["students"] = table["students"].astype("Int64")
    return Identification(
        rule=rule,
        year=newest,
        decisions=table,
        exclusions=effects,
        cuts=tuple(each.answered.cut for each in judged),
        notes=tuple(_notes(coded, scope, judged)),
        provenance={
            "rule": write_rule(rule),
            "year": newest,
            "files": [{"role": file.role, "name": file.name} for file in base.report.files],
            "disclosure": disclosure,
        },
    )


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """
    One criterion put to every school.

    Parameters
    ----------
    criterion
        The criterion.
    answered
        Its cells.
    answer
        For every school of the scenario.
    place
        The cell that decides, or -1.
    membership
        Whether the school is of the criterion's population.
    middle
        Whether a possible answer would be yes by the middle of a range.
    """

    criterion: Criterion
    answered: Answered
    answer: np.ndarray
    place: np.ndarray
    membership: np.ndarray
    middle: np.ndarray


def _judge(coded: CodedRates, criterion: Criterion, year: int | None, scope: Scope) -> _Judged:
    answered = answer_cells(coded, criterion, year, scope)
    cells, count = answered.cells, len(scope.schools)
    # A group without a rate is no group of the school; all students without one are a school without a rate.
    counts = (cells.group == 0) | (cells.state != MISSING)
    order = np.flatnonzero(counts)
    order = order[np.lexsort((cells.high[order], cells.group[order] != 0, -answered.answer[order], cells.school[order]))]
    of_school = cells.school[order]
    is_first = np.concatenate([[True], np.diff(of_school) != 0]) if len(order) else np.empty(0, dtype=bool)
    place = np.full(count, -1)
    place[of_school[is_first]] = order[is_first]
    answer = np.full(count, UNKNOWN)
    answer[of_school[is_first]] = answered.answer[order[is_first]]
    middle = np.zeros(count, dtype=bool)
    is_middle = answered.middle & (answered.answer >= POSSIBLE)
    middle[cells.school[is_middle]] = True
    membership = scope.members(criterion.population)
    answer = np.where((membership == UNKNOWN_IF_IN) & (answer > NO), UNKNOWN, answer)
    answer = np.where(membership == KNOWN_OUT, NO, answer)
    return _Judged(
        criterion=criterion, answered=answered, answer=answer, place=place, membership=membership, middle=middle
    )


def _decisions(
    base: Scenario, coded: CodedRates, rule: Rule, judged: Sequence[_Judged], scope: Scope
) -> pd.DataFrame:
    """A row per school decided, with the numbers of the criterion that decides."""
    shown = np.flatnonzero(scope.is_decided)
    answers = np.array([each.answer[shown] for each in judged])
    # Of several criteria the one with the greatest answer decides; of equal ones the first with a rate.
    has_cell = np.array([each.place[shown] >= 0 for each in judged])
    decisive = (answers * 2 + has_cell).argmax(axis=0)
    answer = answers[decisive, np.arange(len(shown))]
    middle = np.array([each.middle[shown] & (each.answer[shown] == POSSIBLE) for each in judged]).any(axis=0)
    parts = [
        _numbers(base, coded, each, np.flatnonzero(decisive == number), shown, number)
        for number, each in enumerate(judged)
    ]
    table = pd.concat(parts).sort_index()
    certain = answer == len(ANSWERS) - 1
    identified = {"certain": certain, "possible": answer >= POSSIBLE, "midpoint": certain | middle}[rule.range_policy]
    table["computed_certainty"] = pd.array(np.array(ANSWERS, dtype=object)[answer], dtype="str")
    table["identified"] = identified
    table["source"] = pd.array(["computed"] * len(table), dtype="str")
    because = scope.excluded_because[shown]
    table["excluded_because"] = pd.array(np.where(because == "", None, because), dtype="str")
    table["list_entry"] = pd.array([None] * len(table), dtype="str")
    table["name"] = base.schools["name"].to_numpy()[shown]
    table.index = base.schools.index.take(shown)
    return table[_COLUMNS]


_COLUMNS = [
    *("name", "identified", "source", "low", "high", "text", "first_year", "last_year", "students", "subgroup"),
    *("measure", "cut_low", "cut_high", "criterion", "computed_certainty", "list_entry", "excluded_because", "reason"),
]


def _numbers(
    base: Scenario, coded: CodedRates, judged: _Judged, rows: np.ndarray, shown: np.ndarray, number: int
) -> pd.DataFrame:
    """The cell that decides for some schools, in columns; index: their places among those shown."""
    place = judged.place[shown[rows]]
    has_cell = place >= 0
    all_cells = judged.answered.cells
    cells = (all_cells if len(all_cells) else NO_CELL).take(np.where(has_cell, place, 0))
    cut, threshold = judged.answered.cut, judged.criterion.threshold
    known = has_cell & (cells.state == KNOWN)
    table = pd.DataFrame(
        {
            "criterion": number,
            "low": np.where(known, cells.low, np.nan),
            "high": np.where(known, cells.high, np.nan),
            "students": np.where(has_cell, cells.students, np.nan),
            "cut_low": np.float64(np.nan if (low := threshold if cut is None else cut.low) is None else low),
            "cut_high": np.float64(np.nan if (high := threshold if cut is None else cut.high) is None else high),
        },
        index=rows,
    )
    for name in ("first_year", "last_year"):
        years = np.where(has_cell, getattr(cells, name), UNSTATED)
        table[name] = pd.array(years, dtype="Int64")
        table[name] = table[name].mask(years == UNSTATED)
    texts = base.rates["text"].array.take(np.where(has_cell & (cells.row >= 0), cells.row, -1), allow_fill=True)
    table["text"] = pd.array(texts, dtype="str")
    groups = np.array(coded.groups, dtype=object)[cells.group]
    table["subgroup"] = pd.array(np.where(has_cell, groups, None), dtype="str")
    table["measure"] = pd.array(["+".join(judged.criterion.measures)] * len(rows), dtype="str")
    table["reason"] = pd.array(_reasons(judged, shown[rows], place, cells), dtype="str")
    return table


def _reasons(judged: _Judged, schools: np.ndarray, place: np.ndarray, cells: Cells) -> np.ndarray:
    """Why an answer is not plain, in a few words; ``None`` where it is."""
    membership, answer = judged.membership[schools], judged.answer[schools]
    has_cell = place >= 0
    is_small = has_cell & np.append(judged.answered.is_small, False)[place]
    is_known = has_cell & (cells.state == KNOWN)
    is_unsure = (membership == UNKNOWN_IF_IN) & (answer == UNKNOWN)
    words = np.array(REASONS, dtype=object)[np.where(has_cell, cells.state, MISSING)]
    return np.select(
        [membership == KNOWN_OUT, is_unsure & is_known, is_small, is_known & (answer == UNKNOWN)],
        ["not of the population", "population unknown", "few students", "cohort unknown"],
        default=words,
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


def _check_year(coded: CodedRates, rule: Rule, year: int | None) -> None:
    """Refuse a year of which no criterion has a rate, unless an official list decides."""
    measures = {measure for criterion in rule.criteria for measure in criterion.measures}
    if year is None or rule.official is not None:
        return
    known = sorted({int(fall) for measure in sorted(measures) for fall in _years_of(coded, measure)})
    if year not in known:
        told = ", ".join(map(str, known)) or "none"
        message = f"No rate of {', '.join(sorted(measures))} is of the school year that begins in {year}."
        raise InputError([rule_problem("year", year, message, f"Falls there are: {told}.")])


def _years_of(coded: CodedRates, measure: str) -> np.ndarray:
    cells = coded.select((measure,), ("any",), None)
    return np.unique(cells.last_year[cells.last_year != UNSTATED])


def _notes(coded: CodedRates, scope: Scope, judged: Sequence[_Judged]) -> Iterator[str]:
    """What to know about an answer as a whole."""
    ungraded = scope.schools["grades_offered"].to_numpy() == 0
    rated = np.zeros(len(ungraded), dtype=bool)
    rated[coded.cells.school] = True
    if count := int((ungraded & rated & ~scope.is_decided).sum()):
        yield f"{count:,} schools with rates are not decided: the files do not say which grades they offer."
    unsure = np.logical_or.reduce([each.membership == UNKNOWN_IF_IN for each in judged])
    if count := int((unsure & scope.is_decided).sum()):
        yield f"Of {count:,} schools the files do not say the Title I status, which the rule asks for."
    for each in judged:
        if (cut := each.answered.cut) is not None and cut.unknown_schools:
            yield (
                f"The lowest are told among {cut.ranked_schools:,} schools; of {cut.unknown_schools:,} others the files do"
                " not say whether they belong to these."
            )


def years_with_rates(coded: CodedRates, rule: Rule) -> set[int]:
    """Falls of which every measure of some criterion of a rule has a rate."""
    found: set[int] = set()
    for criterion in rule.criteria:
        found |= set.intersection(*({int(fall) for fall in _years_of(coded, each)} for each in criterion.measures))
    return found


