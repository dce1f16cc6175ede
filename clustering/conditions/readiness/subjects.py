"""Who or what each row of a file of assessments is about: a school, a district or a Zone."""

from __future__ import annotations

import pandas as pd

from clustering.model.scenario import Scenario
from clustering.validation.findings import Findings
from clustering.validation.identifiers import MAXIMUM_IDENTIFIER_CHARACTERS, SPREADSHEET_NUMBER

_KINDS = {
    **dict.fromkeys(("school", "schools", "campus", "building"), "school"),
    **dict.fromkeys(("district", "districts", "lea", "local education agency"), "district"),
    **dict.fromkeys(("zone", "zones", "cluster"), "zone"),
}
_BY_COLUMN = (("zone", "zone"), ("district_id", "district"), ("school_id", "school"))  # the last that is given counts


def subjects_of(findings: Findings, scenario: Scenario | None) -> pd.DataFrame:
    """
    Find the subject of every record.

    Parameters
    ----------
    findings
        The file; problems are added, and records of schools and districts that the scenario lacks are set aside.
    scenario
        Whose schools and districts may be assessed; ``None`` leaves identifiers unchecked.

    Returns
    -------
    subjects
        ``subject_kind`` and ``subject_id``, one row per record; blank where the record does not say it.
    """
    subjects = pd.DataFrame({"subject_kind": "", "subject_id": ""}, index=range(len(findings.table)))
    column = pd.Series("subject_id", index=subjects.index)
    for canonical, kind in _BY_COLUMN:
        given = findings.column(canonical)
        subjects.loc[given != "", "subject_kind"] = kind
        subjects["subject_id"] = given.where(given != "", subjects["subject_id"])
        column = column.mask(given != "", canonical)
    named, words = findings.column("subject_id"), findings.column("subject_kind")
    kinds = words.str.lower().map(_KINDS).fillna("")
    subjects["subject_id"] = named.where(named != "", subjects["subject_id"])
    subjects["subject_kind"] = kinds.where((named != "") | (kinds != ""), subjects["subject_kind"])
    column = column.mask(named != "", "subject_id")
    findings.mark(
        (words != "") & (kinds == ""),
        "subject_kind",
        message="This is no kind of subject.",
        remedy="Write school, district or zone.",
    )
    findings.mark(
        (subjects["subject_id"] == "") & findings.kept(),
        "subject_id",
        message="The row does not say who or what is assessed.",
        remedy="Give a column school_id, district_id or zone_id, or the columns subject_kind and subject_id.",
    )
    findings.mark(
        (subjects["subject_kind"] == "") & (subjects["subject_id"] != "") & (words == ""),
        "subject_id",
        message="The row does not say whether a school, a district or a Zone is assessed.",
        remedy="Add a column subject_kind with school, district or zone.",
    )
    _check_identifiers(findings, subjects, column)
    if scenario is not None:
        _check_listed(findings, subjects, column, scenario)
    return subjects


def _check_identifiers(findings: Findings, subjects: pd.DataFrame, column: pd.Series) -> None:
    """Note identifiers that a spreadsheet has changed, or that are none."""
    ids = subjects["subject_id"]
    is_number = ids.str.fullmatch(SPREADSHEET_NUMBER).to_numpy(dtype=bool)
    is_strange = (ids.str.len() > MAXIMUM_IDENTIFIER_CHARACTERS) | ids.map(
        lambda text: bool(text) and not text.isprintable()
    )
    for canonical in sorted(set(column)):
        here = column == canonical
        findings.mark(
            here & is_number,
            canonical,
            message="A spreadsheet has turned the identifier into a number.",
            remedy="Write all of its digits in a column formatted as text, or export the file again from its source.",
        )
        findings.mark(
            here & is_strange,
            canonical,
            message=f"The identifier has more than {MAXIMUM_IDENTIFIER_CHARACTERS} characters, or control characters.",
            remedy=f"Write it in up to {MAXIMUM_IDENTIFIER_CHARACTERS} plain characters.",
        )


def _check_listed(findings: Findings, subjects: pd.DataFrame, column: pd.Series, scenario: Scenario) -> None:
    """Note schools and districts that the scenario lacks; those that lack only zeros are errors."""
    known = {
        "school": set(scenario.schools.index),
        "district": set(scenario.schools["district_id"].dropna()),
    }
    for kind, ids in known.items():
        of_kind = (subjects["subject_kind"] == kind) & (subjects["subject_id"] != "")
        unlisted = of_kind & ~subjects["subject_id"].isin(ids)
        lacks_zeros = unlisted & subjects["subject_id"].map(
            lambda text, ids=ids: any("0" * zeros + text in ids for zeros in (1, 2, 3))
        )
        for canonical in sorted(set(column)):
            here = column == canonical
            findings.mark(
                here & lacks_zeros,
                canonical,
                message=f"The identifier has lost its leading zero: the schools file has the {kind} with one.",
                remedy="Format the column as text and write the zeros back, or export the file again.",
            )
            first = here & unlisted & ~lacks_zeros & ~subjects["subject_id"].duplicated()
            findings.mark(
                first,
                canonical,
                message=f"The {kind} is not in the schools files; its rows are set aside.",
                remedy=f"Check the identifier, or add the {kind}.",
                is_error=False,
            )
        findings.set_aside(unlisted, f"The {kind} is not in the schools files.")
