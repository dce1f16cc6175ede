"""A table of Zones and schools to their needs, or every problem of it at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from clustering.capacity.need.given_table.cells import read_counts, read_levels, read_shares
from clustering.capacity.need.given_table.zones import find_zone_anchors, tabulate_zones
from clustering.capacity.need.need_notes import describe_disclosure, describe_unknown
from clustering.capacity.need.school_counts import count_below, protect_counts
from clustering.capacity.need.variants import ZoneVariant, build_variants, levels_of
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.errors import problem_kinds
from clustering.ingest.open_one_file import ReadOptions, open_one_file, refuse_errors
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.release import software_release
from clustering.readers.raw_table import Source
from clustering.validation.findings import Findings
from clustering.validation.schools.school_file import read_school_file


def read_zone_needs(
    source: Source,
    *,
    options: ReadOptions | None = None,
    encoding: str | None = None,
    disclosure: Disclosure = "protected",
    first_fall: int | None = None,
) -> ZoneNeeds:
    """
    Read Zones and what their schools need, for a program or a state without flows.

    Parameters
    ----------
    source
        A table with a school identifier and a Zone (any label) in each row; a row without a Zone is set aside. Of each
        school, as far as it is known: ``name``, ``grades`` or ``level`` (elementary, middle, high), ``district_id``,
        ``district_name``, ``students``, ``students_below`` or ``share_proficient``, ``graduation_rate``, ``latitude``
        and ``longitude``. The anchor of a Zone is marked (``role`` reads ``anchor``, or ``anchor`` reads yes), or is
        the Zone's only school with high grades. Several may be marked.
    options, encoding
        As for :func:`~clustering.read_scenario`.
    disclosure
        ``protected``: small counts become intervals and counts below the mark tens, as for a proposal. ``exact``: for
        staff who may see them.
    first_fall
        The first school year in which a partner can start; a table of Zones tells none.

    Returns
    -------
    needs
        Of Zones as the table has them: no smaller variants and no parts, which rest on flows.

    Raises
    ------
    InputError
        With every problem: schools that stand twice, cells that cannot be read, Zones whose anchor is not clear.
    """
    exact = is_exact(disclosure)
    findings = open_one_file(source, "zone_needs", options, encoding)
    table = _read_records(findings)
    anchors = find_zone_anchors(findings, table)
    refuse_errors(findings)
    schools = _school_table(table[table["is_used"]], disclosure)
    zones = tabulate_zones(table[table["is_used"]], anchors)
    members = table[table["is_used"]].groupby("zone")["school_id"].agg(sorted)
    variants = build_variants(
        [
            ZoneVariant(variant_id=zone, zone_id=zone, variant="as proposed", school_ids=tuple(members[zone]))
            for zone in zones.index
        ],
        schools,
        disclosure,
    )
    return ZoneNeeds(
        zones=zones,
        variants=variants,
        schools=schools,
        disclosure=disclosure,
        first_fall=first_fall,
        provenance=_provenance(findings, disclosure, with_hash=exact),
        notes=(
            "Zones as given in a table; nothing was chosen and no flows were looked at.",
            *describe_disclosure(disclosure),
            *describe_unknown(variants, zones),
            *_describe_warnings(findings),
        ),
    )


def _read_records(findings: Findings) -> pd.DataFrame:
    """A row per record, with all its cells read; problems are added to the findings."""
    zone = findings.column("zone").str.strip()
    findings.set_aside(zone == "", "The school is in no Zone.")
    if not findings.kept().any():
        findings.note("No row of the table has a Zone.", "Write a label of its Zone beside each school.", is_error=True)
    part = read_school_file(findings)
    columns = {name: values.to_pandas() for name, values in part.columns.items()}
    used = pd.DataFrame({name: values.to_numpy() for name, values in columns.items()}, index=part.records)
    records = used.reindex(range(len(findings.table)))
    masks = records["grades_offered"].fillna(0).astype("int64")
    below, proficient = read_counts(findings, "students_below"), read_shares(findings, "share_proficient")
    rate = read_shares(findings, "graduation_rate")
    students = read_counts(findings, "students")
    table = pd.DataFrame(
        {
            "school_id": findings.column("school_id"),
            "zone": zone,
            "level": read_levels(findings, masks),
            "is_used": findings.kept(),
            **{name: records[name] for name in ("name", "district_id", "district_name")},
            **{name: records.get(name, np.nan) for name in ("latitude", "longitude")},
            **{f"rate_{name}": rate[name] for name in ("low", "middle", "high")},
            **{str(name): students[name] for name in students},
        }
    )
    table["name"] = table["name"].astype("str").fillna(table["school_id"])
    table = table.join(_students_below(students["students"], below, proficient))
    _check_parts(findings, table)
    return table


def _students_below(students: pd.Series, below: pd.DataFrame, proficient: pd.DataFrame) -> pd.DataFrame:
    """Counts below the mark: as the file gives them, or else enrolment times 1 less the share proficient."""
    shares = pd.DataFrame(
        {"share": 1 - proficient["middle"], "share_low": 1 - proficient["high"], "share_high": 1 - proficient["low"]}
    )
    estimated = count_below(students, shares)
    given = below["students_low"].notna()
    counted = below.rename(columns=lambda name: name.replace("students", "students_below"))
    return counted.assign(students_below_spread=0.0).where(given, estimated, axis=0)[list(estimated)]


def _check_parts(findings: Findings, table: pd.DataFrame) -> None:
    findings.mark(
        table["is_used"] & (table["students_below_low"] > table["students_high"]),
        "students_below",
        message="More students are below the mark than the school has.",
        remedy="Correct one of the two numbers.",
    )


def _school_table(used: pd.DataFrame, disclosure: Disclosure) -> pd.DataFrame:
    """The schools as ``ZoneNeeds.schools`` has them."""
    indexed = used.set_index("school_id").sort_index()
    counts = protect_counts(indexed[[name for name in indexed if str(name).startswith("students")]], disclosure)
    table = indexed[["name", "level", "district_id", "district_name"]].astype("str").where(lambda each: each.notna())
    table["district_id"] = table["district_id"].fillna(table["district_name"])
    table["levels"] = levels_of(indexed["level"])
    return table.join(indexed[["latitude", "longitude"]].astype("float64")).join(counts).rename_axis("school_id")


def _provenance(findings: Findings, disclosure: Disclosure, *, with_hash: bool) -> dict[str, Any]:
    file = findings.source_file(unused=())
    hashed = {"sha256": file.sha256} if with_hash else {}  # a hash of exact counts would let a guess be tested
    return {
        "software": software_release(),
        "files": [{"role": file.role, "name": file.name, "rows": file.rows_read, **hashed}],
        "disclosure": disclosure,
    }


def _describe_warnings(findings: Findings) -> list[str]:
    return [
        f"Warning when the table was read ({kind.count:,} times): {kind.message}"
        for kind in sorted(problem_kinds(findings.problems), key=lambda each: each.message)
    ]
