"""What to know about an answer as a whole: what the files do not say, and which schools nobody decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from clustering.identification.evaluate_criterion import Judged
from clustering.identification.population import UNKNOWN_IF_IN, Scope
from clustering.identification.rate_arrays import CodedRates
from clustering.identification.rules import Criterion, Rule
from clustering.identification.rules.vocabulary import measures_told
from clustering.readers.published.edfacts_vocabulary import group_of_words

# What tells an exclusion that somebody asked for: a column of the schools table, and what it says.
_TRAITS = {
    "alternative": ("school_type", "the type"),
    "special education": ("school_type", "the type"),
    "career and technical": ("school_type", "the type"),
    "virtual": ("virtual", "whether they are virtual"),
}


def tell_notes(
    coded: CodedRates, scope: Scope, rule: Rule, judged: Sequence[Judged], year: int | None
) -> Iterator[str]:
    """
    Tell what stands behind the answers of a rule, or is missing there.

    Parameters
    ----------
    coded
        All rates.
    scope
        The schools.
    rule, judged
        The rule, and its criteria put to every school.
    year
        Fall of the newest rates tested; ``None`` if no file says it.

    Yields
    ------
    note
        A sentence.
    """
    yield from _notes_of_grades(coded, scope)
    yield from _notes_of_exclusions(scope, rule, year)
    unsure = np.logical_or.reduce([each.membership == UNKNOWN_IF_IN for each in judged])
    if count := int((unsure & scope.is_decided).sum()):
        yield f"Of {_schools(count)} the files do not say the Title I status, which the rule asks for."
    for each in judged:
        yield from _notes_of_rates(coded, each)
        for cut in each.answered.cuts[-1:]:
            if cut.unknown_schools:
                yield (
                    f"The lowest are told among {_schools(cut.ranked_schools)}; of {cut.unknown_schools:,} others the"
                    " files do not say whether they belong to these."
                )


def _schools(count: int) -> str:
    return "one school" if count == 1 else f"{count:,} schools"


def _notes_of_grades(coded: CodedRates, scope: Scope) -> Iterator[str]:
    """Schools that have rates, and are not decided."""
    ungraded = scope.schools["grades_offered"].to_numpy() == 0
    rated, graduates = np.zeros(len(ungraded), dtype=bool), np.zeros(len(ungraded), dtype=bool)
    rated[coded.rated_schools] = True
    graduates[coded.graduating_schools] = True
    if count := int((ungraded & rated & ~scope.is_decided).sum()):
        yield (
            f"{_schools(count).capitalize()} with rates not decided: the files do not say which grades they offer. Add"
            ' a directory of schools, or decide schools of all grades with grades = "all".'
        )
    if count := int((~ungraded & graduates & ~scope.is_decided).sum()):
        yield f"{_schools(count).capitalize()} with a graduation rate not decided: they offer no grade of the rule."


def _notes_of_exclusions(scope: Scope, rule: Rule, year: int | None) -> Iterator[str]:
    """Exclusions that rest on what the files do not say, of all schools or of some."""
    decided = scope.schools[scope.is_decided]
    for column, what in dict.fromkeys(_TRAITS[name] for name in rule.exclude if name in _TRAITS):
        names = " or ".join(name for name in rule.exclude if name in _TRAITS and _TRAITS[name][0] == column)
        unknown = int(decided[column].isna().sum())
        if len(decided) and unknown == len(decided):
            yield f"No file says of schools {what}: none can be left out as {names}."
        elif unknown:
            yield f"Of {_schools(unknown)} the files do not say {what}: none of these is left out as {names}."
    # A directory says the year of new schools only, so one that says it of any says of the others that they are not.
    if "new" in rule.exclude and (year is None or scope.schools["opened_year"].isna().all()):
        missing = "when schools opened" if year is not None else "of which year rates are"
        yield f"No file says {missing}: none can be left out as new."


def _notes_of_rates(coded: CodedRates, judged: Judged) -> Iterator[str]:
    """Measures and groups of which the files have no rate at all."""
    criterion: Criterion = judged.criterion
    for measure in criterion.measures:
        if not coded.years_with_rates((measure,), ("any",)):
            yield f"The files have no {measures_told(measure)} of any school."
    if judged.lacks_groups:
        yield (
            f"The files have no {measures_told('+'.join(criterion.measures))} of any group of students, which the rule"
            " asks for besides all students: where all students do not meet it, the answer is unknown."
        )
    known = {name.casefold() for name in coded.groups}
    for name in criterion.subgroups:
        if name not in ("any", "groups") and group_of_words(name).casefold() not in known:
            told = ", ".join(coded.groups[1:21]) or "none"
            yield f"The files have no rates of the group {name}; groups there are: {told}."
