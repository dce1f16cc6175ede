"""Layers of catchments that hold several school years: the user is asked which is meant, so that none are mixed."""

from __future__ import annotations

import re

from clustering.readers.recognition.headings import heading_key
from clustering.readers.reshape.chosen_rows import as_typed
from clustering.validation.findings import Findings

_YEAR_HEADING = re.compile(r"(^|_)(school_?year|academic_?year|sch_?yr|sy|year|yr)(_|$)")
_OTHER_YEAR = re.compile(r"built|open|birth|creat|edit|updat|constr|renov|capacity")
_YEAR = re.compile(r"(?:SY|FY)? ?(?:19|20)\d\d(?:\s*[-/\u2013]\s*(?:\d\d)?\d\d)?(?:\.0)?", re.IGNORECASE)


def ask_for_one_year(findings: Findings) -> None:
    """
    Note an error if schools have polygons of several school years in one layer.

    Parameters
    ----------
    findings
        A layer. A column of years is told by its heading and its entries; the error names the option ``rows`` with the
        latest. Years in which no school repeats, such as those of a last change, are left alone.
    """
    ids = findings.texts("school_id")
    for heading in findings.unused_headings():
        key = heading_key(heading)
        if not _YEAR_HEADING.search(key) or _OTHER_YEAR.search(key):
            continue
        years = findings.table.column(heading)
        entries = sorted(text for text in years.texts.to_pylist() if text)
        if len(entries) < 2 or not all(map(_YEAR.fullmatch, entries)):
            continue
        known = years.series()[~ids.is_blank() & ~years.is_blank()].astype("str")
        years_of_school = known.groupby(ids.codes[known.index]).nunique()
        if 2 * int((years_of_school > 1).sum()) > len(years_of_school):
            message = f"The layer holds catchments of several years: {', '.join(entries[-5:])}."
            findings.note(message, f"Set {as_typed(heading)}={entries[-1]} to use one.", column=heading, is_error=True)
            return
