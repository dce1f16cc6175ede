"""A table of schools and their Zones to a Plan, or every problem of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from clustering.analysis.plans.anchors import choose_anchors
from clustering.analysis.plans.plan import Plan
from clustering.analysis.plans.rows import check_rows
from clustering.errors import InputError, Problem
from clustering.identification import flagged_schools, identify_high_schools
from clustering.identification.rules import parse_rule
from clustering.ingest.open_files import check_option_names, merge_options, open_files
from clustering.model.scenario import Scenario
from clustering.readers.file_options import Options
from clustering.readers.raw_table import Source, name_of
from clustering.readers.text.columns import arrow_texts
from clustering.validation.findings import Findings
from clustering.zones.parameters import ProposalParameters
from clustering.zones.parse_parameters import request_of


def read_plan(
    source: Source,
    scenario: Scenario,
    parameters: ProposalParameters | Mapping[str, object] | None = None,
    *,
    options: Options | Iterable[str] | None = None,
    encoding: str | None = None,
) -> Plan:
    """
    Read a plan of Zones that somebody drew up, such as the ones of today or ``members.csv`` of a proposal.

    Parameters
    ----------
    source
        A table with a school identifier and a Zone (any label) in each row; a row without a Zone is a school outside
        all of them. The anchor of a Zone may be marked: ``role`` reads ``anchor``, or ``anchor`` reads yes or names
        the school. Where none is marked it is the Zone's only low-performing high school, or else its only high school.
        Several marked in one Zone are merged anchors. A cell may name several Zones, parted by ``;``.
    scenario
        The schools that the plan may name.
    parameters
        ``identification`` and ``include_possible`` tell which high schools are low-performing; with ``shared_feeders``
        a feeder may stand in several Zones.
    options, encoding
        As for :func:`read_scenario`.

    Returns
    -------
    plan
        Ready for :func:`evaluate_plan`.

    Raises
    ------
    InputError
        With every problem: schools that are not listed, that stand twice or in two Zones where these may not share
        them, and Zones whose anchor is not clear.
    """
    parameters = request_of(parameters)
    decisions = identify_high_schools(scenario, parse_rule(parameters.identification), disclosure=parameters.disclosure)
    identified = flagged_schools(decisions, include_possible=parameters.include_possible)
    findings = _opened(source, options, encoding)
    shared = parameters.shared_feeders
    rows = check_rows(findings, arrow_texts(scenario.schools.index), shared_feeders=shared)
    anchors = choose_anchors(findings, rows, decisions.index, identified, shared_feeders=shared)
    errors = [problem for problem in findings.problems if problem.is_error]
    if errors:
        raise InputError(errors)
    leading = {zone: group[0] for zone, group in anchors.items()}
    members = rows[rows["is_used"]].assign(anchor=lambda used: used["zone"].map(leading))
    feeders = members[members["school"] != members["anchor"]].groupby("anchor")["school"].agg(sorted)
    used = {*findings.headings.values()}
    return Plan(
        membership={anchor: tuple(feeders.get(anchor, ())) for anchor in sorted(leading.values())},
        file=findings.source_file(unused=[heading for heading in findings.table.headings if heading not in used]),
        warnings=tuple(findings.problems),
        merged={group[0]: group for group in sorted(anchors.values()) if len(group) > 1},
    )


def _opened(source: Source, options: Options | Iterable[str] | None, encoding: str | None) -> Findings:
    """Open the one file, with its required columns."""
    problems: list[Problem] = []
    file_options = merge_options(options, encoding)
    check_option_names(file_options, [source], problems)
    opened = open_files({"plan": [source]}, file_options, problems)
    if not problems and not opened.files["plan"]:
        message = "The file was recognised as something other than a plan of Zones."
        remedy = "Give a table with a school identifier and a Zone in each row, or say kind=plan of Zones."
        problems.append(Problem(table=name_of(source), message=message, remedy=remedy))
    if problems:
        raise InputError(problems)
    return opened.files["plan"][0]
