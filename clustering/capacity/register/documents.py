"""A Register as a table and as a document, for screens, files and JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from clustering.capacity.register.duties import describe_duties, duty_states
from clustering.capacity.register.partner_checks import is_lead
from clustering.capacity.register.plain_tables import plain_partners, plain_rows
from clustering.capacity.register.register import Register
from clustering.capacity.register.register_tables import COST_COLUMNS, DUTIES, LIST_COLUMNS
from clustering.errors import problem_kinds
from clustering.model.records import kind_documents, problem_documents, table_records
from clustering.model.release import software_version

# The number of the document's shape. Raise it when a key is added, renamed or dropped: stored documents keep theirs.
REGISTER_FORMAT = 3


def partners_table(register: Register) -> pd.DataFrame:
    """
    Write the partners as a flat table.

    Parameters
    ----------
    register
        Any.

    Returns
    -------
    table
        One row per partner, by ``partner_id``: the columns of ``register.partners`` as read, lists with ``; `` between
        their entries, a cost of nothing as ``none``; ``maximum_schools_2027`` and so on for each year that the register
        names; for each duty a column such as ``accountability_state``, as :func:`describe_duties` finds it;
        ``schools_free`` (maximum less the schools of today, missing where either is unknown); ``missing_for_match``
        (sentences; blank if nothing stands in the way of every match). :func:`read_register` reads it back.
    """
    table = register.partners.copy()
    for name in LIST_COLUMNS:
        table[name] = table[name].map("; ".join).astype("str").replace("", None)
    for name in (each for each in COST_COLUMNS if (table[each] == 0).any()):
        table[name] = table[name].astype("object").mask(table[name] == 0, "none")  # 0 itself is refused as a mistake
    years = register.capacities.pivot_table(index="partner_id", columns="fall", values="maximum_schools")
    for fall in years.columns:
        table[f"maximum_schools_{fall}"] = _year_texts(register, int(fall)).reindex(table.index)
    for duty, states in duty_states(register).items():
        table[f"{duty}_state"] = states
    table["schools_free"] = (table["maximum_schools"] - table["schools_now"]).clip(lower=0)
    missing = describe_missing(register)
    table["missing_for_match"] = missing.map(" ".join).astype("str").replace("", None)
    return table.rename_axis("partner_id").reset_index()


def describe_missing(register: Register) -> pd.Series:
    """
    Say what keeps each partner from every match, whatever the Zone.

    Parameters
    ----------
    register
        Any.

    Returns
    -------
    missing
        Index ``partner_id``; a tuple of sentences, empty where nothing does. Reach is judged if the register was read
        with the schools that it is for. Approval and duties are judged as a match does by default: partners that the
        state has not approved, or with a duty that is missing, are not matched.
    """
    partners = register.partners
    lead, states = is_lead(partners), duty_states(register)
    has_year = partners.index.isin(register.capacities["partner_id"])
    most = register.capacities.groupby("partner_id")["maximum_schools"].max().reindex(partners.index)
    most = most.where(most >= partners["maximum_schools"].fillna(0), partners["maximum_schools"])
    unknown_most = partners["maximum_schools"].isna() & ~has_year
    obstacles = {
        "A supporting partner runs no Zones.": ~lead,
        "The register does not say how many schools it can run.": lead & unknown_most,
        "The register does not say how many schools it runs now.": lead & partners["schools_now"].isna(),
        "It runs as many schools as it can.": lead & (most <= partners["schools_now"]),
        "It reaches no school of the schools files.": pd.Series(
            partners.index.isin(register.out_of_reach), partners.index
        ),
        "The state has not approved it.": lead & (partners["approval"] == "not approved"),
        **{f"Its duty of {duty.replace('_', ' ')} is missing.": lead & (states[duty] == "missing") for duty in DUTIES},
    }
    sentences = [
        tuple(sentence for sentence, holds in obstacles.items() if holds.loc[partner_id])
        for partner_id in partners.index
    ]
    return pd.Series(sentences, index=partners.index, dtype="object")


def register_document(register: Register) -> dict[str, Any]:
    """
    Write a Register as plain values, ready for JSON.

    Parameters
    ----------
    register
        Any.

    Returns
    -------
    document
        ``partners`` (as in ``register.partners``, with ``missing_for_match``), ``capacities``, ``preferences``,
        ``duties`` (:func:`describe_duties`), ``counts`` (of partners by kind and approval, of preferences, and of
        schools: run now, at most, free), ``warnings`` and ``warning_kinds``, ``files`` with their hashes,
        ``content_sha256`` and ``software_version``. A register holds no counts of students.
    """
    missing = describe_missing(register)
    partners = plain_partners(register.partners.assign(missing_for_match=missing))
    duties = describe_duties(register)
    return {
        "counts": _counts(register, can_match=~missing.map(bool)),
        "partners": [_with_lists(partner) for partner in partners],
        "capacities": plain_rows(register.capacities),
        "preferences": plain_rows(register.preferences),
        "duties": [_with_lists(row) for row in table_records(duties)],
        "warnings": problem_documents(register.warnings),
        "warning_kinds": kind_documents(problem_kinds(register.warnings)),
        "files": [{**asdict(file), "unused_columns": list(file.unused_columns)} for file in register.files],
        "content_sha256": register.content_sha256,
        "software_version": software_version(),
    }


def _with_lists(row: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def _counts(register: Register, *, can_match: pd.Series) -> dict[str, Any]:
    """Partners by kind and approval, and the schools of Lead Partners; sums leave out what is unknown."""
    partners = register.partners
    lead = partners[is_lead(partners)]
    free = (lead["maximum_schools"] - lead["schools_now"]).clip(lower=0)
    return {
        "partners": len(partners),
        "lead_partners": len(lead),
        "lead_partners_without_obstacle": int(can_match.reindex(lead.index).sum()),
        "by_kind": {str(kind): int(count) for kind, count in partners["kind"].value_counts().sort_index().items()},
        "by_approval": {str(each): int(count) for each, count in lead["approval"].value_counts().sort_index().items()},
        "preferences": int((register.preferences["choice"] == "prefer").sum()),
        "exclusions": int((register.preferences["choice"] == "exclude").sum()),
        "schools_now": int(lead["schools_now"].sum()),
        "maximum_schools": int(lead["maximum_schools"].sum()),
        "schools_free": int(free.sum()),
        "schools_free_without_obstacle": int(free[can_match.reindex(lead.index)].sum()),
        "lead_partners_with_unknown_capacity": int(free.isna().sum()),
    }


def _year_texts(register: Register, fall: int) -> pd.Series:
    """The maximum of a year as a register writes it: ``8``, or ``8-10`` where it is a range."""
    rows = register.capacities[register.capacities["fall"] == fall].set_index("partner_id")
    texts = [
        f"{row['maximum_schools_low']:.0f}"
        if row["maximum_schools_low"] == row["maximum_schools_high"]
        else f"{row['maximum_schools_low']:.0f}-{row['maximum_schools_high']:.0f}"
        for row in rows.to_dict("records")
    ]
    return pd.Series(texts, index=rows.index, dtype="str")
