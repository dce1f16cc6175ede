"""Zeros in front of identifiers, lost in one of two files or in some rows of one; an option restores them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.text.columns import numpy_of
from clustering.readers.written_identifiers import IDENTIFIERS
from clustering.validation.findings import Findings, positions_of
from clustering.validation.identifiers import is_short_nces

SCHOOLS_LACK_ZEROS = "The schools file has this identifier without its leading zeros (reported once for each school)."
_BY_HAND = "format the column as text and write the zeros back, or export the file again."
# Shorter identifiers are as often plain numbers: 1 to 1,200.
_FEWEST_DIGITS_OF_A_KIND = 6
_MOST_ZEROS = 2


def mark_lost_zeros(findings: Findings, canonical: str, school_ids: pa.StringArray) -> np.ndarray:
    """
    Note identifiers that differ from a listed school's only by leading zeros, lost in this file or in the schools file.

    Parameters
    ----------
    findings
        The file; problems are added. If the schools file lacks the zeros, there is one for each identifier.
    canonical
        The column.
    school_ids
        Identifiers of the listed schools.

    Returns
    -------
    marked
        One per distinct text of the column.
    """
    column = findings.texts(canonical)
    is_listed = findings.positions(canonical, school_ids) >= 0
    if is_listed.all():
        return np.zeros(len(is_listed), dtype=bool)
    of_school = digits_with_zeros(column.texts, school_ids)
    digits = np.where(numpy_of(pc.ascii_is_decimal(column.texts)), numpy_of(pc.binary_length(column.texts)), 0)
    lacks = ~is_listed & (of_school > digits)
    has = ~is_listed & (of_school > 0) & (of_school < digits)
    findings.mark_texts(
        lacks & ~is_short_nces(findings, canonical),  # these have a problem already
        canonical,
        message="The identifier has lost its leading zero: the schools file has it with one.",
        remedy=_remedy(of_school[lacks], _listed_digits(findings, school_ids)),
    )
    findings.mark(
        column.spread(has) & column.is_first(),
        canonical,
        message=SCHOOLS_LACK_ZEROS,
        remedy=_remedy(digits[has], _listed_digits(findings, school_ids), of_schools=True),
    )
    return lacks | has


def digits_with_zeros(texts: pa.StringArray, school_ids: pa.StringArray) -> np.ndarray:
    """Digits of the listed identifier that each text equals but for zeros in front; 0 where there is none."""
    plain = school_ids.filter(pc.ascii_is_decimal(school_ids))
    bare = pc.if_else(pc.ascii_is_decimal(texts), pc.utf8_ltrim(texts, characters="0"), "")
    positions = positions_of(bare, pc.utf8_ltrim(plain, characters="0"))
    found = (positions >= 0) & numpy_of(pc.not_equal(bare, ""))
    digits = np.zeros(len(texts), dtype="int64")
    digits[found] = numpy_of(pc.binary_length(plain))[positions[found]]
    return digits


def _listed_digits(findings: Findings, school_ids: pa.StringArray) -> np.ndarray:
    """Digits of the identifiers of a file that are right, in whatever column; the option would change these too."""
    found = [np.empty(0, dtype="int64")]
    for canonical in IDENTIFIERS.get(findings.role, ()):
        if canonical in findings.headings:
            texts = findings.texts(canonical).texts
            texts = texts.filter(pc.and_(pc.ascii_is_decimal(texts), pc.is_in(texts, value_set=school_ids)))
            found.append(numpy_of(pc.binary_length(texts)).astype("int64"))
    return np.concatenate(found)


def _remedy(wanted: np.ndarray, other_digits: np.ndarray, *, of_schools: bool = False) -> str:
    """The option that restores the zeros, where one number of digits does so and changes no other identifier."""
    by_hand = _BY_HAND.replace("the column", "the column of the schools file", 1) if of_schools else _BY_HAND
    lengths = np.unique(wanted)
    if len(lengths) == 1 and not ((other_digits > 0) & (other_digits < lengths[0])).any():
        option = f"{'*:' if of_schools else ''}identifier_digits={lengths[0]}"
        return f"Set {option}{' for all files' if of_schools else ''}; or {by_hand}"
    return by_hand[0].upper() + by_hand[1:]


def warn_of_uneven_digits(findings: Findings, canonical: str) -> None:
    """
    Warn if some identifiers of a file seem to have lost zeros that others of the same kind never had.

    These are numbers of which most have the same digits and the others one or two fewer, while none of all the longest
    begins with a zero: a spreadsheet has taken it away.
    """
    texts = findings.texts(canonical).texts
    texts = texts.filter(pc.not_equal(texts, ""))
    if not len(texts) or not pc.all(pc.ascii_is_decimal(texts)).as_py():
        return
    digits = numpy_of(pc.binary_length(texts))
    longest = int(digits.max())
    shorter = digits < longest
    is_of_one_kind = longest >= _FEWEST_DIGITS_OF_A_KIND and bool((digits >= longest - _MOST_ZEROS).all())
    if not shorter.any() or not is_of_one_kind or is_short_nces(findings, canonical).any():
        return
    if pc.any(pc.starts_with(texts, "0")).as_py():
        return
    column = findings.texts(canonical)
    records = column.spread(numpy_of(pc.binary_length(column.texts)) < longest) & ~column.is_blank()
    first = int(np.flatnonzero(records)[0])
    fewest, kind = int(digits.min()), f"{int(digits.min())} to {longest}"
    kind = kind if fewest < longest - 1 else f"{fewest} and {longest}"
    findings.note(
        f"The identifiers have {kind} digits ({int(records.sum()):,} records have fewer than {longest}, the first is"
        f" {column.at(first)} in row {findings.table.row_of(first)}): zeros in front may be lost.",
        f"If they are, set identifier_digits={longest}. Otherwise nothing needs to be done.",
        column=findings.headings[canonical],
    )
