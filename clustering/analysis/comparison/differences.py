"""What differs between two proposals apart from their Zones, and whether their scores can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# They change how students are counted or scored; the others only what may be a Zone.
_SCORING = (
    "years",
    "score_by",
    "leakage_weight",
    "need_weight",
    "need_measure",
    "need_rule",
    "distance_weight",
    "travel_weight",
    "count_exits",
    "suppressed_students",
    "disclosure",
)
_OWN_NOTES = ("years", "disclosure")


@dataclass(frozen=True, kw_only=True)
class Differences:
    """
    What else differs between two proposals.

    Parameters
    ----------
    notes
        Sentences.
    is_score_comparable
        Whether both count and score students alike.
    """

    notes: tuple[str, ...]
    is_score_comparable: bool


def describe_differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> Differences:
    """
    Say in what inputs and parameters two proposals differ.

    Parameters
    ----------
    first, second
        Documents of the two (see ``documents.proposal_document``).

    Returns
    -------
    differences
        Those that forbid to compare scores first, then the others, then the notes of the proposals themselves.
    """
    against = list(_against_comparing(first, second))
    if against:
        against.append("So the scores cannot be compared, and differences of students may come from these alone.")
    others = _changed(first, second, scoring=False)
    if others:
        against.append(f"Other parameters differ, but students are scored alike: {others}.")
    software = [side["provenance"]["software"] for side in (first, second)]
    if software[0] != software[1]:
        against.append(f"They were computed by different versions: {software[0]} and {software[1]}.")
    return Differences(
        notes=(*against, *_own_notes(first, second)), is_score_comparable=not list(_against_comparing(first, second))
    )


def _against_comparing(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[str]:
    provenance = [side["provenance"] for side in (first, second)]
    disclosure = [each["disclosure"] for each in provenance]
    if disclosure[0] != disclosure[1]:
        yield f"The first has {disclosure[0]} counts of students, the second {disclosure[1]} ones."
    files = [_files(each) for each in provenance]
    hashes = [each["tables_sha256"] for each in provenance]
    # Exact and protected tables of the same files have different hashes.
    if files[0] != files[1] or (disclosure[0] == disclosure[1] and hashes[0] != hashes[1]):
        yield f"They rest on different inputs: the first on {files[0]}, the second on {files[1]}."
    years = [", ".join(map(str, each["school_years"])) or "no year" for each in provenance]
    if years[0] != years[1]:
        yield f"They average different school years: the first {years[0]}, the second {years[1]}."
    basis = [each["flow_basis"] for each in provenance]
    if basis[0] != basis[1]:
        yield f"Their flows have different bases: {basis[0]} and {basis[1]}."
    if changed := _changed(first, second, scoring=True):
        yield f"They count or score students differently: {changed}."


def _files(provenance: Mapping[str, Any]) -> str:
    """Files of a proposal in sorted order, a plan left out: it says which Zones, not what schools and flows are."""
    files = sorted(
        (file for file in provenance["files"] if file["role"] != "plan"),
        key=lambda file: (file["role"], file["name"], file["rows"] or 0),
    )
    return ", ".join(
        f"{file['name']}" + ("" if file["rows"] is None else f" ({file['rows']:,} rows)") for file in files
    )


def _changed(first: Mapping[str, Any], second: Mapping[str, Any], *, scoring: bool) -> str:
    """Parameters that differ, with both values."""
    one, other = first["parameters"], second["parameters"]
    names = [name for name in one if name in other and one[name] != other[name] and name not in _OWN_NOTES]
    return "; ".join(
        f"{name} {_shown(one[name])} and {_shown(other[name])}" for name in names if (name in _SCORING) == scoring
    )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _own_notes(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Notes of both proposals, each once."""
    one, other = first["notes"], second["notes"]
    return [
        *(note for note in one if note in other),
        *(f"Of the first only: {note}" for note in one if note not in other),
        *(f"Of the second only: {note}" for note in other if note not in one),
    ]
