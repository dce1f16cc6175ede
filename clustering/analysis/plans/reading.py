"""A table of schools and their Zones to a Plan, or every problem of it at once."""

from __future__ import annotations

from collections.abc import Mapping

from clustering.analysis.plans.anchors import choose_anchors
from clustering.analysis.plans.feeder_zones import zones_of_feeders
from clustering.analysis.plans.plan import Plan
from clustering.analysis.plans.rows import check_rows
from clustering.identification import flagged_schools, identify_high_schools
from clustering.identification.rules import parse_rule
from clustering.ingest.open_files import Sources
from clustering.ingest.open_one_file import ReadOptions, open_one_file, refuse_errors
from clustering.model.scenario import Scenario
from clustering.readers.feeder_tables import ROLE as FEEDER_TABLE
from clustering.readers.raw_table import Source
from clustering.readers.text.columns import arrow_texts
from clustering.zones.parameters import ProposalParameters


def read_plan(
    source: Source,
    scenario: Scenario,
    parameters: ProposalParameters | Mapping[str, object] | None = None,
    *,
    name_matches: Sources = None,
    options: ReadOptions | None = None,
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
        Several marked in one Zone are merged anchors. A cell may name several Zones, separated by ``;``. Or a feeder
        table, with a school and the school that it feeds in each row: then the Zone of each low-performing high
        school holds the schools that the table sends to it, directly or through others.
    scenario
        The schools that the plan may name.
    parameters
        ``identification`` and ``include_possible`` tell which high schools are low-performing; with ``shared_feeders``
        a feeder may stand in several Zones.
    name_matches
        Which school is meant by each name, for a plan without identifiers: the rows of :func:`propose_name_matches`
        that you have confirmed.
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
    parameters = ProposalParameters.given(parameters)
    decisions = identify_high_schools(scenario, parse_rule(parameters.identification), disclosure=parameters.disclosure)
    identified = flagged_schools(decisions, include_possible=parameters.include_possible)
    names = (
        scenario.schools.reset_index()[["school_id", "name", "district_id", "district_name"]].fillna("").astype("str")
    )
    findings = open_one_file(source, "plan", options, encoding, name_matches=name_matches, schools=names)
    shared = parameters.shared_feeders
    if findings.role == FEEDER_TABLE:
        zones = zones_of_feeders(
            findings, scenario.schools, high_schools=decisions.index, identified=identified, shared_feeders=shared
        )
        refuse_errors(findings)
        return Plan(
            membership=zones.membership,
            file=findings.source_file(unused=findings.unused_headings()),
            warnings=(*findings.problems, *zones.warnings),
        )
    rows = check_rows(findings, arrow_texts(scenario.schools.index), shared_feeders=shared)
    anchors = choose_anchors(findings, rows, decisions.index, identified, shared_feeders=shared)
    refuse_errors(findings)
    leading = {zone: group[0] for zone, group in anchors.items()}
    members = rows[rows["is_used"]].assign(anchor=lambda used: used["zone"].map(leading))
    feeders = members[members["school"] != members["anchor"]].groupby("anchor")["school"].agg(sorted)
    return Plan(
        membership={anchor: tuple(feeders.get(anchor, ())) for anchor in sorted(leading.values())},
        file=findings.source_file(unused=findings.unused_headings()),
        warnings=tuple(findings.problems),
        merged={group[0]: group for group in sorted(anchors.values()) if len(group) > 1},
    )
