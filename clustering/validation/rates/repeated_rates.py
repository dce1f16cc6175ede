"""Several rates of one school, year, measure, group and grade: the same ones count once, others are an error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from clustering.errors import Problem
from clustering.readers.published.edfacts_vocabulary import ALL_STUDENTS, group_of_words, is_all_students
from clustering.validation.findings import Findings
from clustering.validation.repeated_identifiers import joining_option
from clustering.validation.repeated_records import MAXIMUM_ENTRIES, NO_ENTRY, Choices, leave_out_same, telling_choices

RATE_KEY = ["school_id", "year", "measure", "subgroup", "grade"]
_CONTENT = ["low", "high", "exact", "status", "text", "cohort_students"]
_CAN_TELL = ("year", "subgroup", "rate_kind")


def without_repeats(
    findings: Findings, rates: pd.DataFrame, of_school: np.ndarray, known: pa.StringArray
) -> pd.DataFrame:
    """
    Leave one rate of each school, year, measure, group and grade.

    Parameters
    ----------
    findings
        A file of rates; problems are added, and records that are the same as earlier ones are set aside.
    rates
        ``RATE_KEY``, ``record`` and what each rate is.
    of_school
        Whether each record is of a listed school.
    known
        Identifiers of the listed schools.

    Returns
    -------
    rates
        Rows that are the same in every column count once, and so do rates that are the same. Where a column tells all
        students from groups of them, the row of all students keeps its group. Other rates that repeat are an error,
        which names the columns that tell them apart.
    """
    repeats = _repeats(rates, of_school)
    if not len(repeats):
        return rates
    same = leave_out_same(findings, _marked(findings, repeats))
    rates = _with_groups(findings, rates[~same[rates["record"].to_numpy()]], of_school)
    again = rates.duplicated([*RATE_KEY, *_CONTENT]) & of_school[rates["record"].to_numpy()]
    if again.any():
        first = findings.table.row_of(int(rates.loc[again, "record"].iloc[0]))
        count = int(again.sum())
        message = f"Rates that repeat an equal one of the same school count once ({count:,}, the first in row {first})."
        findings.note(message, "Nothing needs to be done: they are the same rate.")
        rates = rates[~again]
    if not len(_repeats(rates, of_school)):
        return rates
    of_listed = rates[of_school[rates["record"].to_numpy()]]
    numbers = of_listed.groupby(RATE_KEY, dropna=False, sort=False).ngroup()
    of_records = numbers.groupby(of_listed["record"]).min()
    groups = np.full(len(findings.table), -1)
    groups[of_records.index.to_numpy()] = of_records.to_numpy()
    message = "The rate of this school, year, group and grade appears more than once."
    note_repeated_records(findings, groups, message, known)
    return rates[~rates.duplicated(RATE_KEY)]


def _repeats(rates: pd.DataFrame, of_school: np.ndarray) -> pd.DataFrame:
    of_listed: pd.DataFrame = rates[of_school[rates["record"].to_numpy()]]
    return of_listed.loc[of_listed.duplicated(RATE_KEY, keep=False)]


def _marked(findings: Findings, rates: pd.DataFrame) -> np.ndarray:
    marked = np.zeros(len(findings.table), dtype=bool)
    marked[rates["record"].to_numpy()] = True
    return marked


def _with_groups(findings: Findings, rates: pd.DataFrame, of_school: np.ndarray) -> pd.DataFrame:
    """Take a column that has all students, and groups of them, for groups, where rates repeat."""
    for heading in findings.table.headings:
        repeats = _repeats(rates, of_school)
        if not len(repeats):
            break
        if heading in findings.headings.values() or not findings.table.has_few_texts(heading, MAXIMUM_ENTRIES):
            continue
        column = findings.table.column(heading)
        is_total = np.array([is_all_students(text) for text in column.distinct()])
        if not is_total.any() or is_total.all():
            continue
        of_rates = column.spread(is_total)[repeats["record"].to_numpy()]
        has_total = pd.Series(of_rates, index=repeats.index).groupby([repeats[name] for name in RATE_KEY], dropna=False)
        parts = repeats[has_total.transform("any").to_numpy() & ~of_rates]
        if len(parts):
            groups = np.array([group_of_words(text) for text in column.distinct()], dtype=object)
            words = column.spread(groups)[parts["record"].to_numpy()]
            joined = parts["subgroup"].where(parts["subgroup"] != ALL_STUDENTS, "") + "; " + words
            others = rates["subgroup"].where(~rates.index.isin(parts.index))
            rates = rates.assign(subgroup=others.fillna(joined.str.strip("; ")))
            findings.headings[f"subgroup ({heading})"] = heading
    return rates


def note_repeated_records(findings: Findings, groups: np.ndarray, message: str, known: pa.StringArray) -> None:
    """
    Note records of which it is not clear which one counts.

    Parameters
    ----------
    findings
        A file of rates; one error is added if columns tell the records apart, else one for each record.
    groups
        For each record a number that it shares with those it repeats; -1 for records that do not matter.
    message
        What is said of each record.
    known
        Identifiers of the listed schools.
    """
    left_out = {heading for name, heading in findings.headings.items() if name.split(" (")[0] not in _CAN_TELL}
    repeated = pd.Series(groups).duplicated(keep=False).to_numpy() & (groups >= 0)
    if not repeated.any():
        return

    def is_settled(ids: pa.StringArray) -> bool:
        """Whether nothing is repeated once the identifiers are these."""
        of_records = pd.DataFrame({"group": groups, "id": ids.to_numpy(zero_copy_only=False)})[repeated]
        return not of_records.duplicated().any()

    if option := joining_option(findings, repeated, is_settled=is_settled, known=known):
        findings.mark(repeated, "school_id", message=message, remedy=f"If they are different schools, set {option}.")
        return
    choices = telling_choices(findings, groups, left_out=left_out)
    if not choices.is_enough or not choices.choices:
        findings.mark(repeated, "school_id", message=message, remedy=_remedy(choices))
        return
    row = findings.table.row_of(int(np.flatnonzero(repeated)[0]))
    message = f"There are several records for one school ({int(repeated.sum()):,} in all, the first in row {row})."
    findings.problems.append(
        Problem(
            table=findings.table.name,
            row=row,
            column=choices.choices[0].heading,
            message=f"{message} They differ in {choices.columns}.",
            remedy=_remedy_of_choices(choices),
        )
    )


def _remedy_of_choices(choices: Choices) -> str:
    if any(each.entry == NO_ENTRY for each in choices.choices):
        return f"Set {choices.options}, with the entry that means graduated, to read only these records."
    return f"Set {choices.options} to read only these records, or choose another entry."


def _remedy(choices: Choices) -> str:
    if not choices.choices:
        return "Keep one record."
    return f"Keep one record. {choices.options} would choose some of them, but not all."
