"""The sentences to be read with the numbers of a Proposal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from clustering.disclosure.protected_base import protection_of
from clustering.disclosure.protection import guarantee
from clustering.model.disclosure_setting import is_exact
from clustering.model.ingest_report import ChoiceSchool, FlowBasis
from clustering.model.scenario import Scenario
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW
from clustering.zones.parameters import ProposalParameters
from clustering.zones.suppressed_ends import Changes

_SCHOOLS_NAMED = 5
# What a method does beyond that, a sentence each.
_METHODS: dict[str, str] = {
    "single years": "",
    "pooled years": " The school years {years} are added up: none of them can be had alone.",
    "coarser grades": " The school years {years}, and the grades of each pair of schools, are added up.",
    "cell-key noise": " The school years {years} are added up, and counts up to a few more than the minimum are noisy:"
    " the same count always has the same noise.",
}
_FOUND = "found to be no neighbourhood school"


def write_notes(
    base: Scenario,
    decisions: pd.DataFrame,
    changes: Changes | None,
    *,
    zone_count: int,
    facts: tuple[str, ...],
    parameters: ProposalParameters,
) -> tuple[str, ...]:
    """
    Write the notes.

    Parameters
    ----------
    base
        The scenario computed on.
    decisions
        See ``identification.identify_high_schools``.
    changes
        ``None`` if suppressed or rounded counts were not checked.
    zone_count
        Zones proposed.
    facts
        What limits keep out, and which anchors were merged because they share feeders, a sentence each.
    parameters
        The request.

    Returns
    -------
    notes
        One or two sentences each.
    """
    years = [year for year in base.flow_years if not parameters.years or year in parameters.years]
    span = "the school years beginning in " + ", ".join(map(str, years)) if years else "the year of the file"
    exits = "and those who left" if parameters.count_exits else "without those who left"
    notes = [
        *base.report.alarms,
        *_notes_on_the_basis(base.report.basis),
        *_notes_on_the_input(base, decisions),
        f"Student counts are yearly averages over {span}.",
        (
            "Promoted students are those who moved up out of a school's final grade into another school,"
            f" {exits}; shares of a school's promoted students are shares of these."
        ),
        _note_on_suppressed(base, parameters),
    ]
    notes.extend(facts)
    kind = "suppressed or rounded" if parameters.disclosure != "exact" else "suppressed"
    if changes is not None and not changes.is_complete:
        notes.append(
            f"Time ran out before it was known whether Zones change with {kind} counts at their least or greatest:"
            " allow more time with time_limit_s."
        )
    elif changes is not None and (zone_count or changes.added_at_low or changes.added_at_high):
        notes.append(
            f"With every {kind} count at its least, {len(changes.at_low)} of {zone_count} Zones have other members"
            f" or cannot be formed{_added(changes.added_at_low)}; at its greatest, {len(changes.at_high)} of"
            f" {zone_count}{_added(changes.added_at_high)}."
        )
    if base.report.basis.is_estimated:
        notes.append("Estimated flows are not counts of students: they are neither suppressed nor rounded.")
    elif not is_exact(parameters.disclosure):
        notes.extend(_notes_on_the_protection(base, parameters))
    else:
        notes.append("Exact counts: not for publication. Small numbers of students may be recognisable.")
    return tuple(notes)


def _note_on_suppressed(base: Scenario, parameters: ProposalParameters) -> str:
    """How many cells are suppressed, as how many students they count, and who says so."""
    feeding = base.flows.loc[base.flows["kind"] == "feeding", "students"]
    hidden = int(feeding.isna().sum())
    hidden_of_all = f"{hidden:,} of {len(feeding):,} feeding cells are suppressed"
    assumed = parameters.assumed_students(base)
    if is_exact(parameters.disclosure) or base.report.basis.is_estimated:
        return f"{hidden_of_all} (usually 1 to 9 students) and count as {assumed:g}."
    most = protection_of(base, parameters.disclosure).policy.minimum_students - 1
    # Where a policy suppresses other counts than 1 to 9, the one that lies at the same position among them.
    position = (assumed - SUPPRESSED_LOW) / (SUPPRESSED_HIGH - SUPPRESSED_LOW)
    is_likely = parameters.suppressed_students is None
    source = ", which the sizes of grades and the other counts make likely" if is_likely else ""
    return f"{hidden_of_all} (1 to {most} students) and count as {1 + position * (most - 1):.3g}{source}."


def _notes_on_the_protection(base: Scenario, parameters: ProposalParameters) -> Iterator[str]:
    """By which policy and method the base is made, and what it guarantees."""
    protection = protection_of(base, parameters.disclosure)
    policy = protection.policy
    least = policy.minimum_students
    how = _METHODS[protection.method].format(years=", ".join(map(str, base.pooled_years)))
    yield (
        f"Protected by the policy {policy.name} (method: {protection.method}): before anything is computed, counts of"
        f" students become intervals. Those below {least} are suppressed; others count as the middle of a class such as"
        f" {least} to {least + policy.rounding_students - 1}, or are shown where that reveals no small one.{how}"
    )
    yield f"What that guarantees: {guarantee(policy)}."


def _notes_on_the_basis(basis: FlowBasis) -> list[str]:
    """Say first of all if the flows are an estimate, how it was made and how far off it is."""
    if not basis.is_estimated:
        return []
    return [f"ESTIMATED FLOWS. {basis.statement}", *basis.details]


def _notes_on_the_input(base: Scenario, decisions: pd.DataFrame) -> list[str]:
    """Say what the files lack for the request, and the warnings when they were read."""
    notes = []
    if len(decisions) and (decisions["certainty"] == "unknown").all():
        lists = ", ".join(base.report.facts.get("official_list_columns", {})) or "none"
        notes.append(
            f"No high school can be identified: none of the {len(decisions):,} has a graduation rate. Add a performance"
            " file, or name an official list with identification=official:COLUMN=VALUE (columns that look like one:"
            f" {lists})."
        )
    choice = base.report.basis.choice_schools
    named = [each for each in choice if each.kind == "named by the user"]
    found = [each for each in choice if each.kind != "named by the user"]
    if base.report.basis.is_estimated:
        left_out = [each for each in found if each.is_excluded]
        notes += _note_on_choice("The estimate sends no students to", left_out, _FOUND, base)
        notes += _note_on_choice("The estimate sends no students to", named, "named in exclude_receivers", base)
    else:
        notes += _note_on_choice("Counted flows stay as they are, also those into", found, _FOUND, base)
    noted = {each.statement for each in choice if each.is_excluded or not base.report.basis.is_estimated}
    counts = {message: count for message, count in base.report.warning_counts.items() if message not in noted}
    if counts:
        most = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:5]
        label = " ".join(f"{message} ({count:,})" for message, count in most)
        notes.append(f"Warnings when the files were read, with how often: {label}")
    return notes


def _note_on_choice(what: str, schools: Sequence[ChoiceSchool], which: str, base: Scenario) -> list[str]:
    """A sentence that names choice schools, the first of them by name."""
    if not schools:
        return []
    ids = sorted(each.school_id for each in schools)
    first = ", ".join(f"{base.schools['name'][school]} ({school})" for school in ids[:_SCHOOLS_NAMED])
    more = ", ..." if len(ids) > _SCHOOLS_NAMED else ""
    why = " The report of the files says why." if which == _FOUND else ""
    plural = "" if len(ids) == 1 else "s"
    which = f"{which}{plural}" if which == _FOUND else which
    return [f"{what} {len(ids):,} school{plural} {which}: {first}{more}.{why}"]


def _added(count: int) -> str:
    return "" if count == 0 else f" and {count} more anchor{'' if count == 1 else 's'} would have one"
