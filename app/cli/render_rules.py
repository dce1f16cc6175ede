"""Rules, and which schools they find, as text on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.cli.render import count_schools, entry, heading

SHOWN_SCHOOLS = 200
_ANSWER_WORDS = {
    "certain": "low-performing for certain",
    "possible": "possibly",
    "no": "not",
    "unknown": "unknown",
    "excluded": "left out by the rule",
}
_CHANGE_WORDS = {
    "gained": "identified by the second rule only",
    "lost": "by the first only",
    "both": "by both",
    "neither": "by neither",
}


def show_presets(presets: Sequence[Mapping[str, Any]]) -> None:
    """The rules that ship, with their sources."""
    heading("Rules that ship")
    for preset in presets:
        entry(f"{preset['id']}: {preset['title']}", preset["source"])


def show_identification(document: Mapping[str, Any]) -> None:
    """
    Counts, what exclusions and an official list change, and the schools in question.

    Parameters
    ----------
    document
        As ``clustering.identification_document`` writes it.
    """
    heading(_headed("", document))
    _show_counts(document)
    if document["disagreements"]:
        heading("Where the official list and the rates differ")
        _show_schools(document["disagreements"], len(document["disagreements"]), "certainty")
    heading("Schools")
    _show_schools(document["schools"], document["school_count"], "certainty")


def show_rule_comparison(document: Mapping[str, Any]) -> None:
    """
    Two rules side by side, and the schools of which they differ.

    Parameters
    ----------
    document
        As ``clustering.rule_comparison_document`` writes it.
    """
    for side in ("first", "second"):
        heading(_headed(f"{side.capitalize()} rule: ", document[side]))
        _show_counts(document[side])
    heading("From the first rule to the second")
    changes = document["changes"]
    entry(", ".join(f"{changes[name]:,} {words}" for name, words in _CHANGE_WORDS.items()))
    moved = [school for school in document["schools"] if school["change"] in ("gained", "lost")]
    for school in moved[:SHOWN_SCHOOLS]:
        sides = [
            f"{side.capitalize()}: {school[f'explanation_{side}']}" for side in ("first", "second") if school[side]
        ]
        entry(f"{school['name']} ({school['school_id']}): {school['change']}", *sides)
    _show_rest(len(moved))


def show_cycles(document: Mapping[str, Any]) -> None:
    """
    Schools that enter, stay and leave, year by year.

    Parameters
    ----------
    document
        As ``clustering.cycles_document`` writes it.
    """
    heading(f"{document['rule']['title']}, over the years")
    for row in document["counts"]:
        movements = [f"{movement}: {count:,}" for movement, count in row.items() if movement != "year" and count]
        kind = "no rates" if row["year"] in document["gaps"] else ", ".join(movements) or "nobody moves"
        entry_year = ", year of entry" if row["year"] in document["entry_years"] else ""
        entry(f"Fall of {row['year']}{entry_year}: {kind}")
    heading("Schools that move")
    moved = [school for school in document["schools"] if school["movement"] not in (None, "stays")]
    for school in moved[:SHOWN_SCHOOLS]:
        entry(f"{school['name']} ({school['school_id']}), fall of {school['year']}: {school['movement']}")
    _show_rest(len(moved))


def _headed(before: str, document: Mapping[str, Any]) -> str:
    year = "" if document["year"] is None else f", fall of {document['year']}"
    return f"{before}{document['rule']['title']}{year}"


def _show_counts(document: Mapping[str, Any]) -> None:
    counts = document["counts"]
    entry(
        f"{count_schools(counts['identified'])} {'is' if counts['identified'] == 1 else 'are'} identified",
        ", ".join(f"{counts[answer]:,} {words}" for answer, words in _ANSWER_WORDS.items()),
    )
    for effect in document["exclusions"]:
        if effect["schools"]:
            entry(
                f"Left out as {effect['reason']}: {count_schools(effect['schools'])}",
                f"{effect['certain']:,} of them would be certain, {effect['possible']:,} possible",
            )
    for cut in document["cuts"]:
        year = "" if cut["year"] is None else f"Fall of {cut['year']}: "
        entry(f"{year}the lowest are {cut['lowest_schools']:,} of {cut['ranked_schools']:,} schools")
    for note in document["notes"]:
        entry(note)


def _show_schools(schools: Sequence[Mapping[str, Any]], count: int, answer: str) -> None:
    for school in schools[:SHOWN_SCHOOLS]:
        entry(f"{school['name']} ({school['school_id']}): {school[answer]}", school["explanation"])
    if not schools:
        entry("None.")
    _show_rest(count)


def _show_rest(count: int) -> None:
    if count > SHOWN_SCHOOLS:
        entry(f"The first {SHOWN_SCHOOLS} of {count:,} are shown; --out writes all.")
