"""Feeder tables as files write them, with several schools in a cell or a row, turned into a record for each step."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, pairwise

import pandas as pd
import pyarrow as pa

from clustering.errors import InputError, Problem
from clustering.flows.crosswalk.names import plain_words
from clustering.ingest.files_of_names import listed_names
from clustering.ingest.open_files import InputFiles
from clustering.readers.feeder_tables import ROLE
from clustering.readers.recognition.feeder_columns import FeederColumns, find_feeder_columns, is_share_heading
from clustering.validation.findings import Findings
from clustering.validation.overlong_cells import MAXIMUM_CELL_CHARACTERS

# Signs that stand between schools, and others that also stand in the name of one.
_BETWEEN = re.compile(r"[;/|\r\n]")
_MAYBE_BETWEEN = re.compile(r"[,&+]|\band\b")
_WITH_SHARE = re.compile(r"(?P<school>.*?)[\s:=(-]*(?P<share>\d{1,3}(?:\.\d+)?\s*%)\s*\)?", re.DOTALL)
_AFTER_SHARE = re.compile(r"(?P<share>\d{1,3}(?:\.\d+)?\s*%)\s*(?:to|of|:|=|-)?\s*(?P<school>\S.*)", re.DOTALL)
_IDENTIFIER = re.compile(r"(?=\D*\d)[\w.-]+")
_READ_AS_FLOWS = (
    "The file counts no students and is read as a feeder table: flows are estimated from it and from enrolment.",
    "Set columns.students=HEADING if a column counts the students who go from one to the other.",
)
_READ_AS_PLAN = (
    "The file has no column of Zones and is read as a feeder table: a Zone is a high school and all that feed it.",
    "Set columns.zone=HEADING and columns.school_id=HEADING if a column holds the Zones.",
)
MAXIMUM_STEPS = 500_000
IsSchool = Callable[[str], bool]


@dataclass(frozen=True)
class _Step:
    """One school of a record and the next."""

    record: int
    origin: str
    destination: str
    share: str


def divide_feeder_tables(inputs: InputFiles, schools: pd.DataFrame | None = None) -> None:
    """
    Turn the feeder tables among the inputs into tables with one record for each school and each next school.

    Parameters
    ----------
    inputs
        The files. The tables get the columns ``origin``, ``destination`` and ``share``, as text. Several schools in a
        cell are told apart by ``;``, ``/``, ``|`` or a line break, and by a comma or ``&`` where the parts are all
        schools of the schools files, or all identifiers. A name of a listed school is never divided. A share may
        follow a school: ``Oak Middle (60%)``.
    schools
        As :func:`listed_names` returns them, for a table that is a plan; ``None`` if the schools files are among the
        inputs, and the table tells flows.

    Raises
    ------
    InputError
        The cells of a file name more than ``MAXIMUM_STEPS`` pairs of schools.
    """
    files = inputs.files.get(ROLE, [])
    if not files:
        return
    is_school = (
        _school_test_of_files(inputs.files["schools"])
        if schools is None
        else _school_test(schools, schools["school_id"])
    )
    for findings in files:
        columns = find_feeder_columns(findings.table.headings, findings.table.options.columns)
        if columns is None:
            message = "The file has no columns for a school and the school that it feeds."
            remedy = "Set columns.origin=HEADING and columns.destination=HEADING to name them."
            findings.note(f"{message} It has {', '.join(findings.table.headings[:30])}.", remedy, is_error=True)
            continue
        findings.note(*(_READ_AS_FLOWS if schools is None else _READ_AS_PLAN))
        unused = [
            each for each in findings.table.headings if is_share_heading(each) and each not in columns.used.values()
        ]
        if unused:
            message = "The shares are not used: it cannot be told which next school they are of."
            findings.note(message, "Give each column of next schools a column of shares.", column=unused[0])
        _divide(findings, columns, is_school)


def _school_test_of_files(files: Sequence[Findings]) -> IsSchool:
    """What tells whether a text is a school of the schools files."""
    ids = (
        text
        for findings in files
        for canonical in ("school_id", "state_school_id")
        for text in filter(None, findings.texts(canonical).texts.to_pylist())
    )
    return _school_test(listed_names(files), ids)


def _school_test(schools: pd.DataFrame, identifiers: Iterable[str]) -> IsSchool:
    """What tells whether a text is one of the identifiers, or a name of a school, or words in a row of such a name."""
    ids = frozenset(identifiers)
    names = " | ".join(["", *map(plain_words, schools["name"].unique()), ""])

    @cache
    def is_school(text: str) -> bool:
        return text in ids or ((plain := plain_words(text)) != "" and f" {plain} " in names)

    return is_school


def _divide(findings: Findings, columns: FeederColumns, is_school: IsSchool) -> None:
    """Replace the table of a file by one with a record for each step."""
    table = findings.table
    steps = [*islice(_steps_of(findings, columns, is_school), MAXIMUM_STEPS + 1)]
    if len(steps) > MAXIMUM_STEPS:
        message = (
            f"The cells name more than {MAXIMUM_STEPS:,} pairs of schools: each school of a cell is taken to feed each"
            " school of the next cell."
        )
        remedy = "Write one school and the next in each row."
        raise InputError([Problem(table=table.name, message=message, remedy=remedy)])
    records = pa.array([step.record for step in steps], type=pa.int64())
    encoded = {heading: texts.take(records) for heading, texts in table.encoded.items()}
    ends = [", ".join(heading for each in part for heading in each) for part in (columns.chain[:-1], columns.chain[1:])]
    headings = {**findings.headings}
    for canonical in ("origin", "destination", "share", "elementary_school", "middle_school", "high_school"):
        headings.pop(canonical, None)
    named = dict(zip(("origin", "destination"), ends, strict=True))
    if any(step.share for step in steps):
        named["share"] = next(iter(columns.shares.values()), "share")
    for canonical, heading in named.items():
        encoded[heading] = pa.array([getattr(step, canonical) for step in steps], type=pa.string())
    rows = table.rows_of_records()[records.to_numpy()]
    findings.table = replace(table, encoded=encoded, rows=rows, geometry=None, _trimmed={})
    used = {name: heading for name, heading in columns.used.items() if heading not in named.values()}
    findings.headings = headings | used | named


def _steps_of(findings: Findings, columns: FeederColumns, is_school: IsSchool) -> Iterator[_Step]:
    """The steps of each record; one without a destination for a record that has none."""
    table = findings.table
    texts = {heading: table.column(heading).series().tolist() for heading in columns.used.values()}
    _fill_down(findings, columns, texts)
    schools_of = cache(lambda text: tuple(_schools_in(text, is_school)))
    several = 0
    for record in range(len(table)):
        places = [
            [
                (school, share or (texts[columns.shares[heading]][record] if heading in columns.shares else ""))
                for heading in headings
                for school, share in schools_of(texts[heading][record])
            ]
            for headings in columns.chain
        ]
        filled = [place for place in places if place]
        several += any(len(origins) > 1 and len(destinations) > 1 for origins, destinations in pairwise(filled))
        if len(filled) < 2:
            yield _Step(record, places[0][0][0] if places[0] else "", "", "")
        for origins, destinations in pairwise(filled):
            for origin, _ in origins:
                for destination, share in destinations:
                    if origin != destination:  # a middle school may stand among the middle schools too
                        yield _Step(record, origin, destination, share)
    if several:
        message = (
            f"In {several:,} rows several schools stand beside several next schools: each is taken to feed them all."
        )
        findings.note(message, "Write a row for each school if each of them feeds only some.")


def _fill_down(findings: Findings, columns: FeederColumns, texts: dict[str, list[str]]) -> None:
    """Read blank cells of next schools that stand to the left of the schools as the entry above, as of merged cells."""
    order = findings.table.headings
    origins, *others = columns.chain
    first = min(order.index(heading) for heading in origins)
    later = [heading for place in others for heading in place]
    outline = sorted((each for each in later if order.index(each) < first), key=order.index)
    above, filled, blank = dict.fromkeys(outline, ""), 0, 0
    for record in range(len(findings.table)):
        if not any(texts[heading][record] for heading in origins):
            continue
        before = [texts[heading][record] for heading in outline]
        for number, heading in enumerate(outline):
            if texts[heading][record]:
                above |= dict.fromkeys(outline[number:], "") | {heading: texts[heading][record]}
            texts[heading][record] = above[heading]
        filled += before != [texts[heading][record] for heading in outline]
        blank += not any(texts[heading][record] for heading in later)
    if filled:
        message = f"In {filled:,} rows blank cells were read as the entry above them, as cells merged over rows are."
        findings.note(
            message, "Nothing needs to be done if so. Otherwise delete these rows: their next school is not known."
        )
    if blank:
        message = f"In {blank:,} rows the next school is blank: it counts as not known."
        findings.note(message, "If the cells are merged with those above, write the entry into each of them.")


def _schools_in(text: str, is_school: IsSchool) -> Iterator[tuple[str, str]]:
    """The schools that a cell names, each with the share beside it, or blank."""
    if is_school(text):
        yield text, ""
        return
    if text.startswith("["):
        text = _schools_of_json(text)
    for part in _parts(_BETWEEN, text):
        parts = [_without_share(each) for each in _parts(_MAYBE_BETWEEN, part)]
        schools = [school for school, _ in parts]
        whole = _without_share(part)
        is_several = all(map(is_school, schools)) or all(map(_IDENTIFIER.fullmatch, schools))
        yield from parts if len(parts) > 1 and is_several and not is_school(whole[0]) else [whole]


def _schools_of_json(text: str) -> str:
    """The schools of a list in JSON, one a line; any other text as it is."""
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return "\n".join(map(str, entries))


def _parts(between: re.Pattern[str], text: str) -> list[str]:
    return [part for each in between.split(text) if (part := each.strip())]


def _without_share(text: str) -> tuple[str, str]:
    if len(text) > MAXIMUM_CELL_CHARACTERS:
        return text, ""
    match = _AFTER_SHARE.fullmatch(text) or _WITH_SHARE.fullmatch(text)
    return (match["school"], match["share"]) if match and match["school"] else (text, "")
