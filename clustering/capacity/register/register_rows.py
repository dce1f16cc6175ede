"""The rows of all files of one role together, each with its place, so that checks across files can name it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from clustering.errors import Problem
from clustering.model.plain_text import plain_text
from clustering.readers.recognition.headings import heading_key
from clustering.validation.findings import MAXIMUM_SHOWN_CHARACTERS, Findings
from clustering.validation.identifiers import MAXIMUM_IDENTIFIER_CHARACTERS, SPREADSHEET_NUMBER

# A locked match is written zone=partner, and these separate the identifiers of a list.
SEPARATORS = ";,|="
# Identifiers of NCES, by a part of their heading.
_FEDERAL_DIGITS = {"ncessch": 12, "nces_sch": 12, "nces_id": 12, "leaid": 7}
_BETWEEN = re.compile(r"\s*[;|\n]\s*")
_COMMA = re.compile(r"\s*,\s*")


@dataclass(frozen=True, kw_only=True)
class RegisterRows:
    """
    Rows of several files.

    Parameters
    ----------
    files
        The files, in the order given.
    rows
        One per record used: ``file`` (position in ``files``), ``record`` (position in the file) and values.
    """

    files: tuple[Findings, ...]
    rows: pd.DataFrame

    def mark(
        self,
        marked: pd.Series,
        canonical: str,
        *,
        message: str,
        remedy: str,
        is_error: bool = True,
        values: Mapping[object, str] | None = None,
    ) -> None:
        """
        Note a problem for each marked row.

        Parameters
        ----------
        marked
            Boolean, by the index of ``rows``.
        canonical
            The column with the fault.
        message, remedy
            What is wrong; what to do.
        is_error
            ``False`` for a warning.
        values
            What to show of a row instead of its whole cell: the parts of a list that are wrong.
        """
        file_of, record_of = self.rows["file"], self.rows["record"]
        for key in marked.index[marked.to_numpy(dtype=bool)]:
            findings, record = self.files[int(file_of[key])], int(record_of[key])
            value = values[key] if values is not None else findings.texts(canonical).at(record)
            school_id = findings.texts("school_id").at(record)
            findings.problems.append(
                Problem(
                    table=findings.table.name,
                    row=findings.table.row_of(record),
                    column=findings.headings.get(canonical, canonical),
                    value=value[:MAXIMUM_SHOWN_CHARACTERS],
                    school_id=school_id[:MAXIMUM_SHOWN_CHARACTERS] or None,
                    message=message,
                    remedy=remedy,
                    is_error=is_error,
                )
            )

    def mark_lists(
        self, column: str, is_wrong: Callable[[str], bool], *, message: str, remedy: str, is_error: bool = True
    ) -> None:
        """Note a problem for each row whose list has wrong entries, and show these only."""
        wrong = self.rows[column].map(lambda entries: [entry for entry in entries if is_wrong(entry)])
        shown = {key: "; ".join(entries) for key, entries in wrong.items()}
        self.mark(wrong.map(bool), column, message=message, remedy=remedy, is_error=is_error, values=shown)


def join_files(parts: Sequence[tuple[Findings, pd.DataFrame]]) -> RegisterRows:
    """Put the rows of files below each other; each part has ``record``."""
    rows = [table.assign(file=number) for number, (_, table) in enumerate(parts)]
    return RegisterRows(files=tuple(findings for findings, _ in parts), rows=pd.concat(rows, ignore_index=True))


def read_texts(findings: Findings, canonical: str) -> pd.Series:
    """Text of each record without what cannot be seen; missing where blank."""
    column = findings.texts(canonical)
    texts = column.distinct().map(lambda text: plain_text(text).strip())
    return pd.Series(column.spread(texts.to_numpy(dtype="object")), dtype="str").replace("", None)


def read_lists(findings: Findings, canonical: str) -> pd.Series:
    """The texts of each cell, separated by ``;`` or ``|``, in the order of the file, each once."""
    return _lists(findings, canonical, lambda text: tuple(dict.fromkeys(_BETWEEN.split(text))))


def read_identifier_lists(findings: Findings, canonical: str, *, all_words: frozenset[str] = frozenset()) -> pd.Series:
    """
    Read lists of identifiers, separated by ``;`` or ``|``, or by commas in a cell without these.

    Parameters
    ----------
    findings
        The file; a problem is added for each list with an entry that no agency assigned.
    canonical
        The column.
    all_words
        Cells that stand for all there are.

    Returns
    -------
    lists
        A sorted tuple per record, each identifier once; empty where the cell is blank or stands for all.
    """

    def parts(text: str) -> tuple[str, ...]:
        """Identifiers of one cell."""
        between = _BETWEEN if _BETWEEN.search(text) else _COMMA
        return () if text.lower() in all_words else tuple(sorted(set(between.split(text))))

    lists = _lists(findings, canonical, parts)
    mark_bad_entries(findings, canonical, lists)
    return lists


def mark_bad_entries(findings: Findings, canonical: str, lists: pd.Series) -> None:
    """
    Note identifiers that cannot be what an agency assigned.

    Parameters
    ----------
    findings
        The file; problems are added.
    canonical
        The column; under a heading of NCES an identifier with one digit too few has lost its zero.
    lists
        A tuple of identifiers per record.
    """
    findings.mark(
        lists.map(lambda entries: any(is_bad_identifier(entry) for entry in entries)),
        canonical,
        message="An identifier was turned into a number by a spreadsheet, is too long or has control characters.",
        remedy="Format the column as text, and separate identifiers with semicolons.",
    )
    key = heading_key(findings.headings.get(canonical, ""))
    digits = next((count for word, count in _FEDERAL_DIGITS.items() if word in key), 0)
    findings.mark(
        lists.map(lambda entries: any(entry.isdigit() and len(entry) == digits - 1 for entry in entries)),
        canonical,
        message=f"An identifier has lost its leading zero: under this heading they have {digits} digits.",
        remedy="Format the column as text and write the zero back, or export the file again.",
    )


def _lists(findings: Findings, canonical: str, parts: Callable[[str], tuple[str, ...]]) -> pd.Series:
    column = findings.texts(canonical)
    of_text = [tuple(part for part in parts(plain_text_lines(text)) if part) for text in column.distinct()]
    return pd.Series([of_text[code] for code in column.codes], dtype="object")


def plain_text_lines(text: str) -> str:
    """Text without what cannot be seen; a line break, which workbooks have in cells, becomes ``;``."""
    return plain_text(re.sub(r"[\r\n]+", ";", text)).strip()


def is_bad_identifier(text: str) -> bool:
    """Whether a text cannot be the identifier that an agency assigned."""
    return (
        re.fullmatch(SPREADSHEET_NUMBER, text) is not None
        or len(text) > MAXIMUM_IDENTIFIER_CHARACTERS
        or plain_text(text) != text
    )
