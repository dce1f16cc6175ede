"""Identifiers that cannot be what an agency assigned."""

from __future__ import annotations

import re

import pyarrow.compute as pc

from clustering.io.text_columns import numpy_of
from clustering.validate.findings import Findings
from clustering.validate.overlong_cells import is_longer

MAXIMUM_IDENTIFIER_CHARACTERS = 64
# Control characters, and those that are not seen or turn the direction of writing.
_INVISIBLE = r"[\x{0}-\x{1f}\x{7f}-\x{9f}\x{ad}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}]"


def mark_bad_identifiers(findings: Findings, canonical: str, *, blank_is_error: bool = True) -> None:
    """
    Note identifiers that cannot be what the agency assigned.

    Blank where one is required, mangled by a spreadsheet (``1.00005E+11``), too long, with control characters, or,
    under a heading of NCES, without the twelve digits that such an identifier has.
    """
    ids = findings.texts(canonical).texts
    if blank_is_error:
        findings.mark_texts(
            numpy_of(pc.equal(ids, "")),
            canonical,
            message="The school identifier is missing.",
            remedy="Give every record the identifier of its school.",
        )
    if re.search(r"ncessch|nces", findings.headings[canonical], re.IGNORECASE):
        findings.mark_texts(
            numpy_of(pc.and_(pc.equal(pc.binary_length(ids), 11), pc.ascii_is_decimal(ids))),
            canonical,
            message="The identifier has lost its leading zero: NCES school identifiers have 12 digits.",
            remedy="Format the column as text and write the zero back, or export the file again.",
        )
    overlong = is_longer(ids, MAXIMUM_IDENTIFIER_CHARACTERS)
    # Most identifiers are digits alone, of which no pattern below is made.
    strange = pc.invert(pc.ascii_is_decimal(ids))
    if not overlong.any() and not pc.any(strange).as_py():
        return
    findings.mark_texts(
        numpy_of(pc.match_substring_regex(ids, r"^(\d(\.\d+)?[eE]\+?\d+|\d+\.0)$")),
        canonical,
        message="A spreadsheet has turned the identifier into a number.",
        remedy="Format the column as text before saving, or export the file again from its source.",
    )
    findings.mark_texts(
        overlong | numpy_of(pc.match_substring_regex(ids, _INVISIBLE)),
        canonical,
        message=f"The identifier is longer than {MAXIMUM_IDENTIFIER_CHARACTERS} characters or has control characters.",
        remedy="Check that the right column holds the identifiers.",
    )
