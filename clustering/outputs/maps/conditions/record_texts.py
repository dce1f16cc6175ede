"""What the map of records says of each Zone: its stage, what is missing, its contract, and how it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from clustering.conditions.progress.evaluation import Progress
from clustering.conditions.readiness.evaluation import Readiness
from clustering.conditions.record.documents import records_table
from clustering.conditions.record.record import ZoneRecord
from clustering.model.records import table_records


@dataclass(frozen=True, kw_only=True)
class RecordTexts:
    """
    What is said of one Zone, unescaped.

    Parameters
    ----------
    row
        Its row of ``records_table``.
    missing, partner, ends_on, review_on
        In words.
    evidence
        Sentences on readiness and progress, where they are given.
    """

    row: Mapping[str, Any]
    missing: str
    partner: str
    ends_on: str
    review_on: str
    evidence: tuple[str, ...] = field(default=())

    def lines(self) -> tuple[str, ...]:
        """Everything but the name, a line for each thing."""
        by_exception = " by exception" if self.row["exception"] else ""
        return (
            f"{self.row['stage']}{by_exception}",
            f"missing for protected: {self.missing}",
            f"Lead Partner: {self.partner}",
            *([f"contract until {self.ends_on}"] if self.row["partner"] else []),
            *([f"next review on {self.review_on}"] if self.row["next_review_on"] else []),
            *self.evidence,
        )


def describe_records(
    records: Sequence[ZoneRecord], *, today: date, readiness: Readiness | None, progress: Progress | None
) -> list[RecordTexts]:
    """
    Say of every record what the map shows.

    Parameters
    ----------
    records
        Any number.
    today
        The day to tell it for.
    readiness, progress
        As ``evaluate_readiness`` and ``evaluate_progress`` answer, joined by ``zone_id``; ``None`` leaves them out.

    Returns
    -------
    texts
        One for each, in their order.
    """
    evidence = [*_readiness_of(readiness).items(), *_progress_of(progress).items()]
    sentences: dict[str, tuple[str, ...]] = {}
    for zone_id, found in evidence:
        sentences[zone_id] = (*sentences.get(zone_id, ()), *found)
    return [
        RecordTexts(
            row=row,
            missing="nothing" if not row["missing_count"] else f"{row['missing_count']}: {row['missing']}",
            partner=row["partner"] or "none yet",
            ends_on=row["contract_ends_on"] or ("no last day" if row["partner"] else "–"),
            review_on=row["next_review_on"] or "–",
            evidence=sentences.get(row["zone_id"], ()),
        )
        for row in table_records(records_table(records, today))
    ]


def _readiness_of(readiness: Readiness | None) -> dict[str, tuple[str, ...]]:
    if readiness is None:
        return {}
    zones = readiness.subjects[readiness.subjects["subject_kind"] == "zone"]
    return {str(row["subject_id"]): (_strengths_and_gaps(row, readiness.on),) for row in table_records(zones)}


def _strengths_and_gaps(row: Mapping[str, Any], day: str) -> str:
    strengths, gaps = _count(row["strengths"], "strength"), _count(row["gaps"], "gap")
    schools = f"{row['assessed_schools']} of {_count(row['schools'], 'school')} assessed"
    weakest = row["weakest_school"] or row["weakest_school_id"]
    most = f", most gaps in {weakest} ({row['weakest_gaps']})" if weakest else ""
    return f"readiness on {day}: {strengths}, {gaps}, {row['not_assessed']} not assessed, {schools}{most}"


def _progress_of(progress: Progress | None) -> dict[str, tuple[str, ...]]:
    """Whether each Zone works, never without the persistence beside."""
    if progress is None:
        return {}
    return {str(row["zone_id"]): (f"progress: {row['sentence']}",) for row in table_records(progress.summary)}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
