"""Files that name schools in words and have no identifiers: found, said, and given identifiers by confirmed matches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.errors import Problem
from clustering.flows.crosswalk.match_names import count_exact
from clustering.ingest.missing_identifiers import name_columns_of_identifiers, option_of_identifiers
from clustering.ingest.open_files import InputFiles
from clustering.readers.recognition.name_columns import district_columns, name_columns
from clustering.readers.text.columns import TextColumn, arrow_texts, numpy_of, text_column
from clustering.validation.findings import Findings, positions_of
from clustering.validation.flows.matrix import is_matrix
from clustering.validation.identifiers import MAXIMUM_IDENTIFIER_CHARACTERS
from clustering.validation.name_matches import validate_name_matches

_ROLES = ("schools", "performance", "catchments", "flows", "feeder_table", "travel_times", "plan")
_NAMED = ("school_id", "origin", "destination", "anchor")
_WORDS = r"[^\W\d]{2,}\W+\w"
# In a feeder table an end is often called Adams alone, and hardly any name is that of the schools files exactly.
_WORD = r"[^\W\d]{3,}"
_SAMPLE = 200
_MOST = 0.5
_MAXIMUM_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class NamesOfSchools:
    """
    A column of names in place of one of identifiers.

    Parameters
    ----------
    findings
        The file.
    canonical
        The column of identifiers that it has not.
    heading
        The column of names.
    district
        The column of the names of districts, if there is one.
    problem
        What was noted of the missing column; ``None`` where the names stand in the column of identifiers.
    """

    findings: Findings
    canonical: str
    heading: str
    district: str | None
    problem: Problem | None

    def pairs(self) -> pd.DataFrame:
        """District and name of each record."""
        table = self.findings.table
        districts = "" if self.district is None else table.column(self.district).series()
        return pd.DataFrame({"school_name": table.column(self.heading).series(), "district_name": districts})[
            ["district_name", "school_name"]
        ]


def listed_names(files: Sequence[Findings]) -> pd.DataFrame:
    """Identifier, name and district of the schools of those schools files that have identifiers and names."""
    columns = ("school_id", "name", "district_id", "district_name")
    parts = [
        pd.DataFrame({name: findings.column(name).astype("str") for name in columns})
        for findings in files
        if {"school_id", "name"} <= findings.headings.keys()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns), dtype="str")


def find_names(inputs: InputFiles, schools: pd.DataFrame | None = None) -> list[NamesOfSchools]:
    """
    Find the columns of names that stand in place of identifiers, in files of every role.

    Parameters
    ----------
    inputs
        The files.
    schools
        As :func:`listed_names` returns them, where they do not come from the schools files.
    """

    @cache
    def listed() -> pd.DataFrame:
        """List them only if a column may hold names."""
        return listed_names(inputs.files["schools"]) if schools is None else schools

    return [
        found
        for role in _ROLES
        for findings in inputs.files.get(role, ())
        for found in _names_of(findings, inputs, listed)
    ]


def _names_of(findings: Findings, inputs: InputFiles, listed: Callable[[], pd.DataFrame]) -> Iterator[NamesOfSchools]:
    headings = findings.table.headings
    names = name_columns(headings, findings.role)
    districts = district_columns(headings, findings.role)
    for each, problem in inputs.heading_errors:
        canonical = str(problem.column)
        if each is findings and canonical in names and not findings.table.column(names[canonical]).has_only_digits():
            yield NamesOfSchools(
                findings=findings,
                canonical=canonical,
                heading=names[canonical],
                district=districts.get(canonical),
                problem=problem,
            )
    if findings.role == "schools" or is_matrix(findings.table.kind):
        return
    for canonical in _NAMED:
        heading = findings.headings.get(canonical)
        if heading is not None and _holds_names(findings.table.column(heading), listed, role=findings.role):
            district = districts.get(canonical)
            yield NamesOfSchools(
                findings=findings, canonical=canonical, heading=heading, district=district, problem=None
            )


def _holds_names(column: TextColumn, listed: Callable[[], pd.DataFrame], *, role: str) -> bool:
    """Whether most entries are names of listed schools, and none is an identifier."""
    sample = column.texts[:_SAMPLE]  # most files have identifiers, and need no closer look
    words = _WORD if role == "feeder_table" else _WORDS
    if not pc.any(pc.match_substring_regex(sample, words)).as_py():
        return False
    texts = column.texts.filter(pc.not_equal(column.texts, ""))
    if not len(texts) or numpy_of(pc.match_substring_regex(texts[:_SAMPLE], words)).mean() < _MOST:
        return False
    schools = listed()
    names, ids = (arrow_texts(schools[name].str.casefold()) for name in ("name", "school_id"))
    lower = pc.utf8_lower(texts)
    is_name, is_id = positions_of(lower, names) >= 0, positions_of(lower, ids) >= 0
    return not is_id.any() and (role == "feeder_table" or bool(is_name.any()))


def join_by_name(inputs: InputFiles, problems: list[Problem], schools: pd.DataFrame | None = None) -> None:
    """
    Give identifiers to the files that name schools in words, as far as the user has confirmed whom the names mean.

    Parameters
    ----------
    inputs
        The files; those joined get a column of identifiers, in which a name without a match stands for itself.
    problems
        What was noted of the missing columns is taken away where a file is joined. Where none of its names is
        confirmed, it says how many could be, and how.
    schools
        As :func:`listed_names` returns them, where they do not come from the schools files.
    """
    found, files = find_names(inputs, schools), inputs.files.get("name_matches", [])
    name_columns_of_identifiers(inputs, problems, of_names=[names.problem for names in found])
    if not found:
        for findings in files:
            message = "Every file has identifiers: the matches of names change nothing."
            findings.note(message, "Leave this file out, unless it is for a plan of Zones.")
        return
    schools = listed_names(inputs.files["schools"]) if schools is None else schools
    matches = validate_name_matches(files, frozenset(schools["school_id"])) if files else None
    for names in found:
        name = names.findings.table.name
        confirmed = None if matches is None else matches[matches["file"].isin(["", name])]
        if confirmed is not None and len(confirmed):
            _join(names, confirmed)
            if names.problem is not None:
                problems.remove(names.problem)
        elif len(schools):
            problem = _explained(names, schools)
            if names.problem is None:
                problems.append(problem)
            else:
                problems[problems.index(names.problem)] = problem


def _join(names: NamesOfSchools, confirmed: pd.DataFrame) -> None:
    """Add the column of identifiers to a file."""
    findings, pairs = names.findings, names.pairs()
    for part in ("district_name", "school_name"):
        confirmed = confirmed.assign(**{part: _as_the_file_writes(confirmed[part], pairs[part])})
    joined = pairs.merge(
        confirmed.sort_values("file", ascending=False).drop_duplicates(["district_name", "school_name"]),
        on=["district_name", "school_name"],
        how="left",
    )
    is_known = joined["school_id"].notna()
    ids = joined["school_id"].where(is_known, _as_identifiers(pairs))
    column = text_column(ids)
    heading = f"{names.heading} (matched)"
    encoded = pa.DictionaryArray.from_arrays(pa.array(column.codes), column.texts)
    findings.table = replace(findings.table, encoded={**findings.table.encoded, heading: encoded})
    findings.headings |= {names.canonical: heading, f"{names.canonical}, in words": names.heading}
    named = pairs.assign(is_known=is_known).query("school_name != ''").drop_duplicates()
    message = (
        "The schools are named in words and joined by the names that you confirmed,"
        f" {int(named['is_known'].sum()):,} of {len(named):,}."
    )
    if left := sorted(set(named["school_name"][~named["is_known"]])):
        shown = ", ".join(each[:60] for each in left[:_MAXIMUM_NAMED]) + (", ..." if len(left) > _MAXIMUM_NAMED else "")
        message += f" Not confirmed: {shown}."
    findings.note(message, "Confirm the others in the table of matches if they are schools.", column=names.heading)


def _as_the_file_writes(texts: pd.Series, written: pd.Series) -> pd.Series:
    """Undo what our own CSV files put before text that a spreadsheet would run."""
    bare = texts.str.removeprefix("'")
    return texts.where(texts.isin(written) | ~bare.isin(written), bare)


def _as_identifiers(pairs: pd.DataFrame) -> pd.Series:
    """Names that stand for themselves, with their district: Elm Middle of two districts is two schools."""
    beside = (" (" + pairs["district_name"] + ")").where(pairs["district_name"] != "", "")
    named = (pairs["school_name"] + beside).str.slice(stop=MAXIMUM_IDENTIFIER_CHARACTERS)
    return named.where(pairs["school_name"] != "", "")


def _explained(names: NamesOfSchools, schools: pd.DataFrame) -> Problem:
    """The problem of a file without identifiers, with the number of names that mean one school."""
    pairs = names.pairs().drop_duplicates().query("school_name != ''")
    exact = count_exact(pairs, schools)
    beside = "" if names.district is None else f", with their districts in {names.district},"
    message = (
        f"The file has no identifiers of schools, but names in {names.heading}: {exact:,} of {len(pairs):,}{beside} are"
        " the name of one school exactly."
    )
    remedy = (
        "Run zones match-names with the same files and --out matches.csv, write yes under confirmed where the match is"
        " right, and give the table back with --name-matches matches.csv (role name_matches)."
    )
    least = (pairs["school_name"].nunique() + 1) // 2
    known = arrow_texts(schools["school_id"].drop_duplicates())
    if option := option_of_identifiers(names.findings, names.canonical, known, least=least, name_heading=names.heading):
        remedy = f"Set {option}, which has identifiers of the schools files. Otherwise r{remedy[1:]}"
        if option.endswith(f"={names.heading}"):
            message = f"Most entries of {names.heading} are identifiers of the schools files, not names."
    elif names.problem is not None:
        remedy += f" Or set columns.{names.canonical}=HEADING, if another column has the identifiers."
    table = names.findings.table
    return Problem(table=table.name, row=table.header_row, column=names.heading, message=message, remedy=remedy)
