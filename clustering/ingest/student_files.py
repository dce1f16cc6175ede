"""Student record files to promotions, and what the report says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from clustering.disclosure.protected_base import coarse_students, suppress_flows
from clustering.errors import InputError, Problem
from clustering.flows.records.promotions import Promotions, derive_promotions
from clustering.model.ingest_report import SetAsideRow, SourceFile
from clustering.readers.file_options import FileOptions, Options, options_for
from clustering.readers.raw_table import NamedFile, Source, name_of
from clustering.readers.student_records import read_student_records

_FORM_OF_KIND = {
    "student records": "generic",
    "Ed-Fi StudentSchoolAssociation": "edfi",
    "CALPADS SENR": "calpads",
    "OneRoster": "oneroster",
}
DEFAULT_SNAPSHOT = "10-01"


@dataclass(frozen=True)
class StudentFiles:
    """
    Promotions counted from student records.

    Parameters
    ----------
    promotions
        Flows, and an account of every record.
    """

    promotions: Promotions

    @property
    def names(self) -> list[str]:
        """Names of the files."""
        return [file.name for file in self.promotions.files]

    @property
    def problems(self) -> list[Problem]:
        """Warnings, none of which shows a student's id."""
        return list(self.promotions.problems)

    def grade_enrolment(self, school_ids: pd.Index) -> pd.DataFrame:
        """Students by school, year and grade, of listed schools and known grades."""
        table = self.promotions.grade_enrolment
        table = table[table["grade"].notna() & table["school_id"].isin(school_ids)]
        return table.sort_values(["school_id", "year", "grade"], ignore_index=True)

    def protected_enrolment(self, school_ids: pd.Index) -> pd.DataFrame:
        """
        Students by school, year and grade as the protected promotions have them, for what is shown of an estimate.

        Those of a school in one year, or where the files end with a year, those who arrived in it; suppressed cells at
        the middle of their interval.
        """
        flows = suppress_flows(self.promotions.flows)
        students = flows["students"].fillna((flows["students_low"] + flows["students_high"]) / 2)
        leaving = flows[["origin", "year", "grade"]].assign(students=students)
        arriving = flows[["destination", "year", "next_grade"]].assign(students=students, year=flows["year"] + 1)
        keys = ["school_id", "year", "grade"]
        parts = [part.set_axis([*keys, "students"], axis="columns") for part in (leaving, arriving)]
        sums = [part.dropna().groupby(keys)["students"].sum() for part in parts]
        table = pd.DataFrame(pd.concat(sums)).reset_index().drop_duplicates(keys)
        return table[table["school_id"].isin(school_ids)].sort_values(keys, ignore_index=True)

    def source_files(self) -> list[SourceFile]:
        """What was understood of each file."""
        aside = self.promotions.set_aside
        return [
            SourceFile(
                role="students",
                name=file.name,
                kind=next(kind for kind, form in _FORM_OF_KIND.items() if form == file.form),
                container="text" if file.delimiter else "json",
                sha256=file.sha256,
                encoding=file.encoding,
                delimiter=file.delimiter,
                header_row=file.first_row - 1 or None,
                columns=dict(file.columns),
                unused_columns=tuple(file.unused_columns),
                rows_read=file.rows,
                rows_used=used,
                rows_set_aside=file.rows - used,
                set_aside_reasons={
                    str(reason): int(rows)
                    for reason, rows in aside.loc[aside["file"] == file.name, ["reason", "rows"]].itertuples(
                        index=False
                    )
                },
            )
            for file, used in zip(self.promotions.files, self.promotions.rows_used, strict=True)
        ]

    def rows_set_aside(self) -> list[SetAsideRow]:
        """Records left out, with the reason; none of a student."""
        table = self.promotions.rows_set_aside
        return [
            SetAsideRow(file=str(file), row=int(row), reason=str(reason))
            for file, row, reason in table[["file", "row", "reason"]].itertuples(index=False)
        ]

    def accounting(self) -> dict[str, int | None]:
        """What became of the students, in hundreds; missing below one hundred."""
        table = self.promotions.accounting
        told = table[table["counted"] != "records"]
        return {
            str(reason): coarse_students(int(count)) if count else 0
            for reason, count in told[["reason", "count"]].itertuples(index=False)
        }


def read_students(sources: Sequence[Source], options: Options, problems: list[Problem]) -> StudentFiles | None:
    """
    Read student records of any number of years and derive promotions.

    Parameters
    ----------
    sources
        The files; none is no answer.
    options
        What the user says of them; the form, columns, delimiter, year convention and snapshot of the first file that
        says any are those of all.
    problems
        What is wrong is added.

    Returns
    -------
    counted
        ``None`` where there are no files, or they cannot be read.
    """
    if not len(sources):
        return None
    files = [source for source in sources if not isinstance(source, pd.DataFrame)]
    if len(files) < len(sources):
        message = "Student records are read from files, not from a DataFrame."
        problems.append(Problem(table="students", message=message, remedy="Write the table as CSV first."))
        return None
    if useless := [problem for source in files for problem in _without_effect(name_of(source), options)]:
        problems.extend(useless)
        return None
    said = _joined([options_for(name_of(source), options) for source in files])
    # Plain paths stay so: files of the same name are then told apart by their folders, as OneRoster's sets need.
    named = [source if isinstance(source, NamedFile) else Path(source) for source in files]
    years = {source.name: text for source in named if (text := options_for(source.name, options).school_year)}
    try:
        records = read_student_records(
            named,
            form=_FORM_OF_KIND.get(said.kind or "", said.kind),
            columns=said.columns or None,
            delimiter=said.delimiter,
            encoding=said.encoding,
            year_convention=said.year_convention,
            school_years=years,
        )
        snapshot = None if said.snapshot == "none" else said.snapshot or DEFAULT_SNAPSHOT
        return StudentFiles(derive_promotions(records, snapshot=snapshot))
    except InputError as error:
        problems.extend(error.problems)
        return None


def _joined(said: Sequence[FileOptions]) -> FileOptions:
    joined = FileOptions()
    for each in reversed(said):
        given = {name: value for name, value in vars(each).items() if value not in (None, {})}
        joined = joined.with_changes(**given)
    return joined


def _without_effect(name: str, options: Options) -> list[Problem]:
    """Options said of this very file that reading student records does not know; what is said of all is no fault."""
    said = options.get(name, FileOptions())
    given = {"header_row": said.header_row not in (None, 1), "has_header": said.has_header is False}
    given |= {option: getattr(said, option) is not None for option in ("sheet", "layer", "crs", "repeated", "unit")}
    return [
        Problem(
            table=name,
            column=option,
            message=f"{option} cannot be said of student records: they are text, with their headings in the first row.",
            remedy="Leave the option out; take rows above the headings out of the file, or export it with headings.",
        )
        for option, is_given in given.items()
        if is_given
    ]
