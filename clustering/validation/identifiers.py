"""School identifiers: faults such as lost leading zeros or numbers rounded by a spreadsheet."""

from __future__ import annotations

import re

import numpy as np
import pyarrow.compute as pc

from clustering.readers.text.columns import numpy_of
from clustering.validation.findings import Findings
from clustering.validation.overlong_cells import is_longer

MAXIMUM_IDENTIFIER_CHARACTERS = 64
# What a spreadsheet makes of an identifier that it takes for a number: 1.00005E+11, 100005.0.
SPREADSHEET_NUMBER = r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+|[0-9]+\.0"
# Control characters, invisible characters, and those that change the direction of writing.
_INVISIBLE = r"[\x{0}-\x{1f}\x{7f}-\x{9f}\x{ad}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}]"


def mark_bad_identifiers(findings: Findings, canonical: str, *, blank_is_error: bool = True) -> None:
    """
    Note identifiers that cannot be what the agency assigned.

    These are blank where one is required, changed by a spreadsheet (``1.00005E+11``), too long, with control
    characters, or, under a heading of NCES, eleven digits instead of twelve.
    """
    ids = findings.texts(canonical).texts
    if blank_is_error:
        findings.mark_texts(
            numpy_of(pc.equal(ids, "")),
            canonical,
            message="The school identifier is missing.",
            remedy="Add the identifier of the school to every record.",
        )
    findings.mark_texts(
        is_short_nces(findings, canonical),
        canonical,
        message="The identifier has lost its leading zero: NCES school identifiers have 12 digits.",
        remedy="Set identifier_digits=12; or format the column as text and write the zero back.",
    )
    overlong = is_longer(ids, MAXIMUM_IDENTIFIER_CHARACTERS)
    # Most identifiers are only digits, and no pattern below matches those.
    not_digits = pc.invert(pc.ascii_is_decimal(ids))
    if not overlong.any() and not pc.any(not_digits).as_py():
        return
    findings.mark_texts(
        numpy_of(pc.match_substring_regex(ids, f"^({SPREADSHEET_NUMBER})$")),
        canonical,
        message="A spreadsheet has turned the identifier into a number.",
        remedy="Write all of its digits in a column formatted as text, or export the file again from its source.",
    )
    findings.mark_texts(
        overlong | numpy_of(pc.match_substring_regex(ids, _INVISIBLE)),
        canonical,
        message=f"The identifier is longer than {MAXIMUM_IDENTIFIER_CHARACTERS} characters or has control characters.",
        remedy="Write it in plain characters, or set"
        f" columns.{canonical}=HEADING if another column has the identifiers.",
    )


def is_short_nces(findings: Findings, canonical: str) -> np.ndarray:
    """Whether each distinct text is under a heading of NCES and one digit too short."""
    ids = findings.texts(canonical).texts
    if not re.search("nces", findings.headings.get(canonical, canonical), re.IGNORECASE):
        return np.zeros(len(ids), dtype=bool)
    return numpy_of(pc.and_(pc.equal(pc.binary_length(ids), 11), pc.ascii_is_decimal(ids)))
