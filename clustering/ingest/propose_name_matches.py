"""Proposals of which school is meant, for files that name schools in words and have no identifiers."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.flows.crosswalk.match_names import match_names
from clustering.ingest.expand_sources import expand_sources
from clustering.ingest.feeder_steps import divide_feeder_tables
from clustering.ingest.files_of_names import find_names, listed_names
from clustering.ingest.given_options import check_option_names, merge_options
from clustering.ingest.open_files import Sources, as_sequence, open_files
from clustering.readers.file_options import Options
from clustering.readers.given_sources import named_sources

NAME_MATCH_TABLE = (
    *("file", "district_name", "school_name", "school_id", "matched_name", "matched_district", "score", "evidence"),
    "confirmed",
)


def propose_name_matches(
    *,
    schools: Sources,
    flows: Sources = None,
    performance: Sources = None,
    catchments: Sources = None,
    travel_times: Sources = None,
    plan: Sources = None,
    confirm_exact: bool = False,
    options: Options | Iterable[str] | None = None,
    encoding: str | None = None,
) -> pd.DataFrame:
    """
    Propose schools for the names in files without identifiers.

    Parameters
    ----------
    schools
        Files with identifiers and names, and with the districts where names repeat. Further schools files may have
        names alone.
    flows, performance, catchments, travel_times, plan
        Files of which some have names only. Others are left alone.
    confirm_exact
        Write ``yes`` under ``confirmed`` where the name is that of one school exactly, in its district if the file
        names districts. Without it nothing is confirmed.
    options, encoding
        As for :func:`read_scenario`.

    Returns
    -------
    matches
        ``file``, ``district_name``, ``school_name`` (as the file has them), ``school_id``, ``matched_name``,
        ``matched_district``, ``score`` (0 to 1), ``evidence``, ``confirmed``: for each name at most three rows, the
        best first. Write ``yes`` where a row is right, and give the table to :func:`read_scenario` as
        ``name_matches``.

    Raises
    ------
    InputError
        A file cannot be read, the schools files have no names, or every file has identifiers.
    """
    problems: list[Problem] = []
    given = {
        "schools": as_sequence(schools),
        "flows": as_sequence(flows),
        "performance": as_sequence(performance),
        "catchments": as_sequence(catchments),
        "travel_times": as_sequence(travel_times),
        "plan": as_sequence(plan),
    }
    file_options = merge_options(options, encoding)
    with named_sources(expand_sources(given, problems).sources) as sources:
        check_option_names(file_options, [source for of_role in sources.values() for source in of_role], problems)
        inputs = open_files(sources, file_options, problems)
    divide_feeder_tables(inputs)
    found, listed = find_names(inputs), listed_names(inputs.files["schools"])
    expected = [names.problem for names in found]
    if errors := [problem for problem in problems if problem not in expected]:
        raise InputError(errors)
    if listed.empty or not found:
        message = "Every file has identifiers: there are no names to match."
        remedy = "Give the files to propose or check as they are."
        if listed.empty:
            message, remedy = "No schools file has identifiers and names.", "Add a schools file that has both."
        raise InputError([Problem(table="files", message=message, remedy=remedy)])
    parts = []
    for file in dict.fromkeys(names.findings.table.name for names in found):
        pairs = pd.concat([names.pairs() for names in found if names.findings.table.name == file])
        pairs = pairs.drop_duplicates().query("school_name != ''").sort_values([*pairs.columns])
        parts.append(match_names(pairs, listed).assign(file=file))
    matches = pd.concat(parts, ignore_index=True)
    confirmed = matches["is_exact"].map({True: "yes", False: ""}) if confirm_exact else ""
    return matches.assign(confirmed=confirmed)[list(NAME_MATCH_TABLE)]
