"""
Headings in two rows: a heading of a group above the headings of its columns.

::

    School,,Graduation Rate,,        School,Graduation Rate,
    ID,Name,2022,2023          or    ,2022,2023

Above the further columns of a group the cell is blank, as merged cells are in a workbook, or repeats the heading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

_MAXIMUM_CHARACTERS = 80
_YEAR = re.compile(r"\(?(SY ?)?(19|20)\d\d([-/](\d\d|\d{4}))?\)?", re.IGNORECASE)
_NUMBER = re.compile(r"[\d.,%-]+")


def joined_headings(
    above: Sequence[str],
    below: Sequence[str],
    *,
    is_kept: Callable[[str], bool],
    is_known_heading: Callable[[str], bool],
) -> tuple[str, ...] | None:
    """
    Join two rows of headings.

    Parameters
    ----------
    above, below
        Cells of the two rows.
    is_kept
        Whether a heading of the lower row says enough without its group: a known one, or one that the user names.
    is_known_heading
        Whether a text is a known heading.

    Returns
    -------
    headings
        ``None`` if the rows are not a row of groups and one of headings, or if the lower row needs no groups.
    """
    if len(above) != len(below) or not _are_groups(above, below):
        return None
    groups = _groups(above, below)
    times = Counter(below)
    headings, is_needed = [], False
    for own, group, heading in zip(above, groups, below, strict=True):
        if not heading:
            headings.append(own)
            is_needed |= bool(own)
        elif not group or (times[heading] == 1 and is_kept(heading)):
            headings.append(heading)
        else:
            joined = f"{group} {heading}"
            headings.append(joined)
            is_year = any(map(_YEAR.fullmatch, (group, heading)))
            is_needed |= times[heading] > 1 or is_year or is_known_heading(joined)
    return tuple(headings) if is_needed else None


def _are_groups(above: Sequence[str], below: Sequence[str]) -> bool:
    """Whether the upper row has groups: short words, not a title in the first cell, with columns below them."""
    filled = [cell for cell in above if cell]
    if not filled or (len(filled) == 1 and above[0]):
        return False
    if any(len(cell) > _MAXIMUM_CHARACTERS or cell.endswith((".", ":")) or ": " in cell for cell in filled):
        return False
    if any(_is_data(cell) for cell in (*above, *below)):
        return False
    spans = [
        bool(heading) and bool(right) and (not next_own or next_own == own)
        for (own, next_own), (heading, right) in zip(pairwise(above), pairwise(below), strict=True)
    ]
    if not any(span and own for span, own in zip(spans, above, strict=False)):
        return False
    if all(below):
        return True
    # A lower row with gaps holds headings only where a group spans several columns: else it is a record.
    is_spanned = [
        (number < len(spans) and spans[number]) or (number > 0 and spans[number - 1]) for number in range(len(below))
    ]
    is_below_group = all(spanned for spanned, heading in zip(is_spanned, below, strict=True) if heading)
    return is_below_group and all(own for own, heading in zip(above, below, strict=True) if not heading)


def _groups(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """The group of each column: that of the last cell above, as long as the headings below are of one sort."""
    groups, group, is_year = [], "", False
    for own, heading in zip(above, below, strict=True):
        if own or not heading:
            group, is_year = own, _YEAR.fullmatch(heading) is not None
        elif is_year and not _YEAR.fullmatch(heading):
            group = ""
        groups.append(group)
    return groups


def _is_data(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None and _YEAR.fullmatch(cell) is None
