"""Tables of partners and preferences to a Register, or every problem of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from clustering.capacity.register.known_identifiers import (
    check_reach,
    check_targets,
    identifiers_of,
    locate_homes,
    warn_of_far_homes,
    with_district_identifiers,
)
from clustering.capacity.register.partner_checks import check_partners, is_lead
from clustering.capacity.register.partner_files import read_partner_file
from clustering.capacity.register.preference_files import (
    MAXIMUM_PREFERENCES,
    check_preferences,
    one_row_each,
    read_preference_file,
)
from clustering.capacity.register.register import Register
from clustering.capacity.register.register_rows import RegisterRows, join_files
from clustering.capacity.register.register_tables import type_capacities, type_partners, type_preferences
from clustering.capacity.register.unused_columns import warn_of_unused_columns
from clustering.errors import InputError, Problem, keep_examples
from clustering.ingest.given_options import check_option_names, merge_options
from clustering.ingest.open_files import Sources, as_sequence, open_files
from clustering.model.scenario import Scenario
from clustering.readers.file_options import Options
from clustering.readers.given_sources import named_sources
from clustering.readers.raw_table import Source
from clustering.readers.recognition.aliases import REQUIRED
from clustering.readers.recognition.headings import recognise_headings
from clustering.validation.findings import Findings

MAXIMUM_WARNINGS_OF_A_KIND = 100
MAXIMUM_PARTNERS = 10_000
_ROLES = ("partners", "preferences")
_LOOKS = {"partners": "a register of partners", "preferences": "a table of preferences"}


def read_register(
    partners: Sources,
    preferences: Sources = None,
    *,
    scenario: Scenario | None = None,
    options: Options | Iterable[str] | None = None,
    encoding: str | None = None,
) -> Register:
    """
    Read a state's register of Lead Partners and supporting partners.

    Parameters
    ----------
    partners
        One or more tables with a row per partner. Only its identifier is required; the columns, and the headings and
        words that are understood, are in docs/capacity.md. The rows of several tables are taken together.
    preferences
        One or more tables of what partners, districts and the state prefer and exclude: a partner, ``prefer`` or
        ``exclude``, and a district, a school or a level.
    scenario
        The schools that the register is for. Districts and schools that it does not have are warned of; districts may
        be written by name; a partner without coordinates is put in the middle of its home district's schools.
    options, encoding
        As for :func:`read_scenario`.

    Returns
    -------
    register
        Checked; what is doubtful is in ``warnings``, the first 100 of each kind and file.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    problems: list[Problem] = []
    given = {"partners": as_sequence(partners), "preferences": as_sequence(preferences)}
    files = _opened(given, options, encoding, problems)
    partner_rows = _read_each(files["partners"], read_partner_file)
    preference_rows = _read_each(files["preferences"], read_preference_file)
    # Partners of a file that cannot be read may be those that others name.
    is_complete = len(files["partners"]) == sum(source is not None for source in given["partners"])
    if partner_rows is not None and is_complete:
        partner_rows = _finish_partners(partner_rows, scenario)
        if preference_rows is not None:
            preference_rows = _finish_preferences(preference_rows, partner_rows, scenario)
    every = [findings for role in _ROLES for findings in files[role]]
    for findings in every:
        warn_of_unused_columns(findings)
    problems += [problem for findings in every for problem in findings.problems]
    errors = [problem for problem in problems if problem.is_error]
    if errors or partner_rows is None or partner_rows.rows.empty:
        raise InputError(errors or [_no_partners()])
    rows = partner_rows.rows
    return Register(
        partners=type_partners(rows),
        capacities=_capacities(rows),
        preferences=_preferences(preference_rows),
        files=tuple(findings.source_file(unused=findings.unused_headings()) for findings in every),
        warnings=keep_examples(problems, MAXIMUM_WARNINGS_OF_A_KIND),
        out_of_reach=tuple(sorted(rows.loc[rows["is_out_of_reach"], "partner_id"])),
    )


def _opened(
    sources: Mapping[str, Sequence[Source | None]],
    options: Options | Iterable[str] | None,
    encoding: str | None,
    problems: list[Problem],
) -> dict[str, list[Findings]]:
    """The files with all required columns, by role; what is wrong with the others is added to the problems."""
    file_options = merge_options(options, encoding)
    with named_sources(sources) as named:
        check_option_names(file_options, [source for of_role in named.values() for source in of_role], problems)
        inputs = open_files(named, file_options, problems)
    for findings in (each for role, of_role in inputs.files.items() if role not in _ROLES for each in of_role):
        message = f"The file was recognised as {findings.table.kind}, which is no part of a register."
        remedy = "Give a table with a row per partner, or say kind=register of Lead Partners."
        problems.append(Problem(table=findings.table.name, message=message, remedy=remedy))
    for membership in inputs.memberships:
        message = "The file was recognised as enrolment by grade, which is no part of a register."
        problems.append(
            Problem(table=membership.file.name, message=message, remedy="Give a table with a row per partner.")
        )
    most = {"partners": MAXIMUM_PARTNERS, "preferences": MAXIMUM_PREFERENCES}
    for findings in (each for role in _ROLES for each in inputs.files[role] if len(each.table) > most[role]):
        message = f"The file has {len(findings.table):,} rows, more than {most[findings.role]:,}."
        remedy = "Check that it is the register, with a row per partner or preference."
        problems.append(Problem(table=findings.table.name, message=message, remedy=remedy))
    swapped = _in_the_others_place(inputs.files)
    names = {each.table.name for of_role in swapped.values() for each in of_role}
    problems[:] = [each for each in problems if each.table not in names]  # of headings that the right role has
    problems += [_misplaced(findings, role) for role, of_role in swapped.items() for findings in of_role]
    return {
        role: [
            each
            for each in inputs.files[role]
            if each not in swapped[role] and set(REQUIRED[role]) <= set(each.headings) and len(each.table) <= most[role]
        ]
        for role in _ROLES
    }


def _in_the_others_place(files: Mapping[str, Sequence[Findings]]) -> dict[str, list[Findings]]:
    """Role to files that belong to the other role, which has all it requires and knows more of their headings."""
    found: dict[str, list[Findings]] = {}
    for role, other in (_ROLES, _ROLES[::-1]):
        found[role] = []
        for findings in files[role]:
            table = findings.table
            read = recognise_headings(
                table.headings,
                table=table.name,
                role=other,
                options=table.options,
                header_row=table.header_row,
                repeated=table.repeated,
            )
            if not read.problems and len(read.headings) > len(findings.headings):
                found[role].append(findings)
    return found


def _misplaced(findings: Findings, role: str) -> Problem:
    other = _ROLES[1 - _ROLES.index(role)]
    message = f"This looks like {_LOOKS[other]}, and it was given as {_LOOKS[role]}."
    return Problem(table=findings.table.name, message=message, remedy=f"Give it as {other}.")


def _read_each(files: Sequence[Findings], read: Callable[[Findings], pd.DataFrame]) -> RegisterRows | None:
    """Rows of all files of a role; ``None`` without a file."""
    return join_files([(findings, read(findings)) for findings in files]) if files else None


def _finish_partners(partners: RegisterRows, scenario: Scenario | None) -> RegisterRows:
    """Fill what a register leaves to the reader, and check partners against each other and the scenario."""
    rows = partners.rows
    has_position = rows["latitude"].notna()
    rows = rows.assign(
        is_out_of_reach=False,
        name=rows["name"].fillna(rows["partner_id"]),
        position_source=pd.Series("register", index=rows.index, dtype="str").where(has_position),
    )
    partners = RegisterRows(files=partners.files, rows=rows)
    check_partners(partners)
    listed = identifiers_of(scenario) if scenario is not None else None
    if listed is not None:
        partners = with_district_identifiers(partners, ("home_district", "reach_districts"), listed)
    partners = RegisterRows(files=partners.files, rows=_with_reach_of_units(partners.rows))
    if scenario is not None and listed is not None:
        nowhere = check_reach(partners, listed)
        partners = locate_homes(partners, scenario)
        is_out_of_reach = nowhere | warn_of_far_homes(partners, scenario)
        rows = partners.rows.assign(is_out_of_reach=is_out_of_reach)
        partners = RegisterRows(files=partners.files, rows=rows)
    _warn_of_unknown_distances(partners)
    return partners


def _warn_of_unknown_distances(partners: RegisterRows) -> None:
    rows = partners.rows
    partners.mark(
        is_lead(rows) & rows["reach_km"].notna() & rows["latitude"].isna(),
        "reach_km",
        message="The partner has no coordinates, so that no distance from its home is known.",
        remedy="Add its latitude and longitude, or its home_district.",
        is_error=False,
    )


def _with_reach_of_units(rows: pd.DataFrame) -> pd.DataFrame:
    """A district's own unit serves its district, unless the register says otherwise."""
    is_own = (rows["kind"] == "district unit") & rows["home_district"].notna()
    reach = [
        (home,) if own and not reach else reach
        for own, home, reach in zip(is_own, rows["home_district"], rows["reach_districts"], strict=True)
    ]
    return rows.assign(reach_districts=pd.Series(reach, index=rows.index, dtype="object"))


def _finish_preferences(preferences: RegisterRows, partners: RegisterRows, scenario: Scenario | None) -> RegisterRows:
    check_preferences(preferences, partners.rows)
    if scenario is None:
        return preferences
    listed = identifiers_of(scenario)
    preferences = with_district_identifiers(preferences, ("district_id",), listed)
    check_targets(preferences, listed)
    return preferences


def _capacities(rows: pd.DataFrame) -> pd.DataFrame:
    records = [
        {
            "partner_id": row["partner_id"],
            "fall": fall,
            "maximum_schools": low,
            "maximum_schools_low": low,
            "maximum_schools_high": row["capacities_high"][fall],
        }
        for row in rows.to_dict("records")
        for fall, low in row["capacities_low"].items()
    ]
    return type_capacities(records)


def _preferences(preferences: RegisterRows | None) -> pd.DataFrame:
    return type_preferences(() if preferences is None else one_row_each(preferences.rows))


def _no_partners() -> Problem:
    message = "The register has no partner."
    return Problem(table="partners", message=message, remedy="Give a table with a row per partner.")
