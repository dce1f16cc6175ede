"""The column of a file that has the identifiers of listed schools, though it was not recognised as one."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.raw_table import SAMPLED_RECORDS
from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.likely_columns import likely_headings
from clustering.readers.text.columns import from_arrow
from clustering.validation.findings import Findings

# 2 may be an identifier, and a region, a rank or the width of a line.
_LEAST_CHARACTERS = 3
_CALLED_CODE = re.compile(r"(.*_)?(id|code|cd|num|number|no|nbr|key)|.*(id|code)")
# Programs number the records themselves, often from 1, as some districts number their schools.
_OF_RECORDS = re.compile(r"(object|feature|record|row)_?(id|no|number)|o?fid|_?id_?1?|index|unnamed\w*")


def column_of_listed_schools(findings: Findings, school_ids: pa.StringArray, *, least: int = 1) -> str | None:
    """
    Find another column that has identifiers of listed schools.

    Parameters
    ----------
    findings
        A file of which the column of identifiers is missing, or names no listed school.
    school_ids
        Of the listed schools.
    least
        Number of different schools that the column has to name: a column of districts may hold a listed identifier too.

    Returns
    -------
    heading
        Of the column most of whose cells are listed; of several the one that names most schools, and among equals one
        whose heading is like that of an identifier. Numbers that a program gave the records do not count, and those of
        one or two digits only under a heading that says id, code or number.
    """
    unused = [heading for heading in findings.unused_headings() if heading in findings.table.encoded]
    likely = set(likely_headings("school_id", unused))
    best, most = None, (least - 1, True)
    for heading in unused:
        if _OF_RECORDS.fullmatch(heading_key(heading)):
            continue
        texts = from_arrow(findings.table.encoded[heading][:SAMPLED_RECORDS]).texts
        texts = texts.filter(pc.not_equal(texts, ""))
        listed = texts.filter(pc.is_in(texts, value_set=school_ids))
        named, longest = len(listed), pc.max(pc.utf8_length(listed)).as_py() or 0
        if longest < _LEAST_CHARACTERS and not _CALLED_CODE.fullmatch(heading_key(heading)):
            continue
        if 2 * named > len(texts) and (named, heading in likely) > most:
            best, most = heading, (named, heading in likely)
    return best
