"""The rates of a Scenario taken back: every value stands in a column of its own, and nothing has to be recognised."""

from __future__ import annotations

import pandas as pd

from clustering.model.columns import MEASURES
from clustering.readers.published.edfacts import PublishedRates
from clustering.readers.recognition.headings import heading_key
from clustering.readers.text.columns import blank_column
from clustering.readers.text.values import parse_numbers, parse_school_year, parse_unique
from clustering.validation.findings import Findings

OWN_RATES = "Feeder Zones rates"
_STATUSES = ("exact", "range", "suppressed", "missing", "not applicable")
_TEXTS = {"measure": MEASURES, "subgroup": None, "grade": None, "status": _STATUSES}
_NUMBERS = ("low", "high", "exact", "cohort_students", "cohort_at_most")


def find_own_rates(findings: Findings) -> PublishedRates | None:
    """Tell which columns the rates of a Scenario are in; ``None`` for any other file."""
    if findings.table.kind != OWN_RATES:
        return None
    columns = {*_TEXTS, *_NUMBERS, "year", "text"}
    headings = {heading: key for heading in findings.table.headings if (key := heading_key(heading)) in columns}
    count = len(findings.table)
    rows = pd.DataFrame({"record": range(count), "measure": "", "subgroup": "", "year": ""})
    return PublishedRates(layout=OWN_RATES, rows=rows, headings=headings, set_aside=blank_column(count).categorical())


def read_own_rates(findings: Findings) -> pd.DataFrame:
    """
    Read the rates of a Scenario.

    Parameters
    ----------
    findings
        The file, with the headings of :func:`find_own_rates`; cells that cannot be read are added to its problems.

    Returns
    -------
    rates
        As ``published_rates.validate_rates`` answers; a bare year is a fall.
    """
    rates = pd.DataFrame({"record": range(len(findings.table))})
    for name, words in _TEXTS.items():
        texts = findings.texts(name)
        if words is not None:
            remedy = f"Write one of {', '.join(words)}."
            message = f"There is no such {name}."
            findings.mark_texts(~texts.distinct().isin(words), name, message=message, remedy=remedy)
        rates[name] = texts.series()
    for name in _NUMBERS:
        column = findings.texts(name)
        numbers, bad = parse_numbers(column.distinct())
        findings.mark_texts(bad, name, message="This is not a number.", remedy="Correct the cell, or leave it blank.")
        values = pd.Series(column.spread(numbers))
        rates[name] = values.round().astype("Int64") if name.startswith("cohort") else values
    years = findings.texts("year")
    found, bad = parse_unique(years.distinct(), parse_school_year)
    findings.mark_texts(bad, "year", message="This is not a school year.", remedy="Write it like 2022-23.")
    shown = findings.texts("text").series()
    return rates.assign(year=pd.array(found.array.take(years.codes), dtype="Int64"), text=shown.where(shown != ""))
