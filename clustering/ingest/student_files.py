"""Files of student records: promotions derived from them, and their part of the ingest report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.flows.crosswalk import rename_paths
from clustering.flows.records.paths import follow_paths
from clustering.flows.records.promotions import Promotions, derive_promotions
from clustering.ingest.flow_sources import ScenarioFlows
from clustering.ingest.given_options import options_of
from clustering.ingest.unused_options import STUDENT_RECORDS, TakenOptions
from clustering.model.ingest_report import SetAsideRow, SourceFile
from clustering.readers.file_options import FileOptions, Options, options_for
from clustering.readers.raw_table import NamedFile, NamedSource, NamedTable, name_of
from clustering.readers.student_records import read_student_records

_FORMAT_OF_KIND = {
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
        Flows, and what became of every record.
    """

    promotions: Promotions

    @property
    def names(self) -> list[str]:
        """Names of the files."""
        return [file.name for file in self.promotions.files]

    @property
    def problems(self) -> list[Problem]:
        """Warnings; none of them shows a student's id."""
        return list(self.promotions.problems)

    def grade_enrolment(self, school_ids: pd.Index) -> pd.DataFrame:
        """Students by school, year and grade; listed schools and known grades only."""
        table = self.promotions.grade_enrolment
        table = table[table["grade"].notna() & table["school_id"].isin(school_ids)]
        return table.sort_values(["school_id", "year", "grade"], ignore_index=True)

    def source_files(self) -> list[SourceFile]:
        """What was understood of each file."""
        set_aside = self.promotions.set_aside
        return [
            SourceFile(
                role="students",
                name=file.name,
                kind=next(kind for kind, name in _FORMAT_OF_KIND.items() if name == file.record_format),
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
                    for reason, rows in set_aside.loc[set_aside["file"] == file.name, ["reason", "rows"]].itertuples(
                        index=False
                    )
                },
            )
            for file, used in zip(self.promotions.files, self.promotions.rows_used, strict=True)
        ]

    def rows_set_aside(self) -> list[SetAsideRow]:
        """Records that were set aside, with the reason and without any student id."""
        table = self.promotions.rows_set_aside
        return [
            SetAsideRow(file=str(file), row=int(row), reason=str(reason))
            for file, row, reason in table[["file", "row", "reason"]].itertuples(index=False)
        ]

    def accounting(self) -> dict[str, int]:
        """What became of the students: reason to students, exact; not to be shown with protected counts."""
        table = self.promotions.accounting
        of_students = table[table["counted"] != "records"]
        return {str(reason): int(count) for reason, count in of_students[["reason", "count"]].itertuples(index=False)}


def taken_by_records(sources: Sequence[NamedSource]) -> list[TakenOptions]:
    """Name the options that the reader of student records takes of each file."""
    return [TakenOptions(name_of(source), "student records", STUDENT_RECORDS) for source in sources]


def read_students(sources: Sequence[NamedSource], options: Options, problems: list[Problem]) -> StudentFiles | None:
    """
    Read student records of any number of years and derive promotions.

    Parameters
    ----------
    sources
        The files; a table in memory was written as one (``given_sources.named_sources``).
    options
        The user's options of the files. Format, columns, delimiter, year convention and snapshot apply to all files:
        for each, the first file that has it counts.
    problems
        Errors are added.

    Returns
    -------
    student_files
        ``None`` if there are no files or they cannot be read.
    """
    if not len(sources):
        return None
    files = [source for source in sources if not isinstance(source, NamedTable)]
    merged = _merge_options([options_of(source, options) for source in files])
    # Plain paths stay paths: files of the same name are then distinguished by folder, as the sets of OneRoster need.
    named = [source if isinstance(source, NamedFile) else Path(source) for source in files]
    years = {source.name: text for source in named if (text := options_for(source.name, options).school_year)}
    try:
        records = read_student_records(
            named,
            record_format=_FORMAT_OF_KIND.get(merged.kind or "", merged.kind),
            columns=merged.columns or None,
            delimiter=merged.delimiter,
            encoding=merged.encoding,
            year_convention=merged.year_convention,
            school_years=years,
        )
        snapshot = None if merged.snapshot == "none" else merged.snapshot or DEFAULT_SNAPSHOT
        return StudentFiles(derive_promotions(records, snapshot=snapshot))
    except InputError as error:
        problems.extend(error.problems)
        return None


def with_followed_students(
    scenario_flows: ScenarioFlows, files: StudentFiles, schools: pd.DataFrame, crosswalk: pd.DataFrame | None
) -> ScenarioFlows:
    """
    Add the ways over two promotions, once the schools are known.

    Parameters
    ----------
    scenario_flows
        Flows counted from the same records, to which the crosswalk was applied.
    files
        The records.
    schools
        The schools table.
    crosswalk
        The user's; ``None`` if there is none.

    Returns
    -------
    scenario_flows
        The same flows, with paths.
    """
    paths = follow_paths(files.promotions.trajectories, schools["grades_offered"], crosswalk=crosswalk)
    if crosswalk is not None:
        paths = rename_paths(paths, crosswalk, scenario_flows.flows)
    return replace(scenario_flows, paths=paths)


def _merge_options(options: Sequence[FileOptions]) -> FileOptions:
    joined = FileOptions()
    for each in reversed(options):
        settings = {name: value for name, value in vars(each).items() if value not in (None, {})}
        joined = joined.with_changes(**settings)
    return joined
