"""Files of states and districts whose layout is in the register: it says what their columns and records mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from clustering.errors import Problem
from clustering.readers.file_options import FileOptions, joined_options, split_joined
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.file_kinds import FILE_KINDS, NAMED_KINDS, PLAIN_KINDS
from clustering.readers.recognition.headings import is_known_heading
from clustering.readers.recognition.published_layouts import (
    ROLES,
    PublishedLayout,
    layouts_by_name,
    published_layouts,
    year_free_key,
)
from clustering.readers.recognition.years_in_headings import columns_with_year, may_have_years
from clustering.readers.reshape.chosen_rows import SEPARATOR, has_entry

Headings = Mapping[str, list[str]]
# States publish rates within four years and within more under the same headings, and say which in the name only.
_OTHER_LENGTH = re.compile(
    r"(?<![a-z0-9])(?:[35-7]|three|five|six|seven)[-_ ]?y(?:ea)?r(?:s|ly)?(?![a-z])", re.IGNORECASE
)
_FOUR_YEARS = frozenset({"graduation_rate", "graduates"})


def with_published_options(table: RawTable, role: str) -> RawTable:
    """
    Read a file as the state or district that publishes it means it, if its layout is in the register.

    Parameters
    ----------
    table
        A table of text.
    role
        What the file is used as.

    Returns
    -------
    told
        The same table with the options of its layout, under the user's own, and with the layout as its kind. A file
        that fits two layouts with different readings has an error instead. A file that has only some of the headings
        of a layout, or none of the records that the layout is about, comes back as it is. So does one whose name, or
        the name of its sheet, says that its rates are within five years.
    """
    chosen = table.options.kind
    if chosen in NAMED_KINDS or table.kind in FILE_KINDS or role not in ROLES:
        return table
    if chosen is None and all(is_known_heading(heading, role) for heading in table.headings):
        return table  # the usual file does not wait for the register
    headings: dict[str, list[str]] = {}
    for heading in table.headings:
        headings.setdefault(year_free_key(heading), []).append(heading)
    if chosen is not None:
        return _as_the_user_says(table, role, layouts_by_name()[chosen], headings)
    readings = _readings(table, role, headings)
    if not readings:
        return table
    (layout, options), *others = readings
    if any(other != options for _, other in others):
        names = " or ".join(f"kind={each.name}" for each, _ in readings)
        message = f"The headings are those of {len(readings)} published files that are read in different ways."
        remedy = f"Set {names}, or kind={PLAIN_KINDS.get(role, 'table')} for neither."
        return _with_problem(table, message, remedy, is_error=True)
    return _told(table, role, layout, options)


def _as_the_user_says(table: RawTable, role: str, layout: PublishedLayout, headings: Headings) -> RawTable:
    if lacking := [heading for key, heading in layout.keys.items() if key not in headings]:
        message = f"The file is not laid out as {layout.name}: it lacks {', '.join(lacking)[:300]}."
        return _with_problem(table, message, "Leave the option kind out.", is_error=True)
    return _told(table, role, layout, _options(table, layout, headings))


def _readings(table: RawTable, role: str, headings: Headings) -> list[tuple[PublishedLayout, FileOptions]]:
    """The layouts that a file fits, each with its options; a layout that asks for less than another gives way to it."""
    fitting = [each for each in published_layouts() if each.role == role and each.keys.keys() <= headings.keys()]
    fitting = [each for each in fitting if not any(each.keys.keys() < other.keys.keys() for other in fitting)]
    if _OTHER_LENGTH.search(f"{table.name} {table.container}"):
        fitting = [each for each in fitting if _FOUR_YEARS.isdisjoint(each.options.columns)]
    readings = [(each, _options(table, each, headings)) for each in fitting]
    return [(each, options) for each, options in readings if _has_records(table, options.rows)]


def _options(table: RawTable, layout: PublishedLayout, headings: Headings) -> FileOptions:
    """The options of a layout in the headings and entries of this file; what the file lacks is left out."""
    dated = {column.heading: column.template for column in columns_with_year(table.headings)}
    parts_of = {canonical: split_joined(named) for canonical, named in layout.options.columns.items()}
    columns = {
        canonical: "+".join(
            _heading(part, headings, dated if may_have_years(canonical, layout.role) else {}) for part in parts
        )
        for canonical, parts in parts_of.items()
        if all(year_free_key(part) in headings for part in parts)
    }
    rows = {}
    for named, entries in layout.options.rows.items():
        heading = headings[year_free_key(named)][0] if year_free_key(named) in headings else named
        rows[heading] = _there(table, heading, entries)
    return layout.options.with_changes(columns=columns, rows=rows)


def _heading(named: str, headings: Headings, dated: Mapping[str, str]) -> str:
    """Heading of the file for one of a layout, of several the latest; ``YEAR`` for its year if every year is read."""
    found = headings[year_free_key(named)]
    exact = next((each for each in found if each.lower() == named.lower() and each not in dated), None)
    latest = max(found)
    return exact or dated.get(latest, latest)


def _there(table: RawTable, heading: str, entries: str) -> str:
    """Of several spellings of an entry, the ones that the file has; all of them if it has none."""
    spellings = entries.split(SEPARATOR)
    if heading not in table.headings or len(spellings) == 1:
        return entries
    return SEPARATOR.join(each for each in spellings if has_entry(table, heading, each)) or entries


def _has_records(table: RawTable, rows: Mapping[str, str]) -> bool:
    """Whether each column that a layout chooses records by is there and has such an entry."""
    return all(
        heading in table.headings and any(has_entry(table, heading, each) for each in entries.split(SEPARATOR))
        for heading, entries in rows.items()
    )


def _told(table: RawTable, role: str, layout: PublishedLayout, options: FileOptions) -> RawTable:
    """The table with the options of its layout under the user's own, and a line that says so."""
    user = table.options
    taken = set(user.columns.values())
    free = {canonical: heading for canonical, heading in options.columns.items() if heading not in taken}
    joined = joined_options(options.with_changes(columns=free), user)
    message = f"The file is read as {layout.name} (headings seen at {layout.seen})."
    remedy = f"Nothing needs to be done. If it is another file, set kind={PLAIN_KINDS.get(role, 'table')}."
    told = replace(table, kind=layout.name, options=joined)
    return _with_problem(told, message, remedy, is_error=False)


def _with_problem(table: RawTable, message: str, remedy: str, *, is_error: bool) -> RawTable:
    problem = Problem(table=table.name, message=message, remedy=remedy, is_error=is_error)
    return replace(table, problems=(*table.problems, problem))
