"""Which row of a file holds its headings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clustering.errors import InputError
from clustering.readers.file_options import FileOptions
from clustering.readers.raw_table import NamedFile, RawTable
from clustering.readers.read_table import read_table

KNOWN = "school_id,name,grades\nH1,Oak,9-12\nM1,Elm,6-8\n"
KNOWN_HEADINGS = ["school_id", "name", "grades"]
UNKNOWN = "org,org_title,measure\n0102,Alder High,61\n0103,Birch High,91\n"
NOTES = "".join(f"Note {number} on how the file was made and what it holds.\n" for number in range(1, 31))


def table_of(folder: Path, content: str, role: str = "schools", **options: Any) -> RawTable:
    path = folder / "input.csv"
    path.write_bytes(content.encode())
    return read_table(NamedFile(path, "input.csv"), role=role, options=FileOptions(**options))


@pytest.mark.parametrize(
    ("content", "row", "headings"),
    [
        (KNOWN, 1, KNOWN_HEADINGS),
        # A cell of a record is a known heading, and no heading of the header is.
        (
            "yr,org,org_title,kind,pct\n2023,0102,Alder,4-Year Graduation Rate,61\n2023,0103,Birch,Other,9\n",
            1,
            "yr org",
        ),
        ("org,org_title,kind\nA1,Alder High,School\nA2,Birch High,School\nA3,Cedar,District\n", 1, "org org_title"),
        ("org,org_title,kind\nA1,Alder High,School\nA2,Birch High,Annex\n", 1, "org org_title"),
        # A title of one word that is a known heading, a date, blank rows.
        ("Enrollment\n2/13/2026\n\n" + KNOWN, 4, KNOWN_HEADINGS),
        ("Enrollment,,\n2/13/2026,,\n,,\n" + KNOWN, 4, KNOWN_HEADINGS),
        ("Enrollment\n" + UNKNOWN, 2, "org org_title"),
        ("Date,2/13/2026\nschool_id,graduation_rate\nH1,61\n", 2, ["school_id", "graduation_rate"]),
        # Notes above, more of them than records.
        (NOTES + KNOWN, 31, KNOWN_HEADINGS),
        (NOTES + UNKNOWN, 31, "org org_title"),
        (NOTES.replace(",", ";") + KNOWN.replace(",", "\t"), 31, KNOWN_HEADINGS),
        # A note below that has words of headings.
        (KNOWN + "Note: name, grades, enrollment\n", 1, KNOWN_HEADINGS),
        # Markup and marks before the first heading.
        ("<pre>" + KNOWN, 1, KNOWN_HEADINGS),
        ("<html><body>\n<pre>\n" + KNOWN + "</pre>\n</body></html>\n", 3, KNOWN_HEADINGS),
        ("\ufeff\ufeff" + KNOWN, 1, KNOWN_HEADINGS),
        ("\u00ef\u00bb\u00bf" + KNOWN, 1, KNOWN_HEADINGS),
        ("sep=;\n" + KNOWN.replace(",", ";"), 2, KNOWN_HEADINGS),
        ('"sep=,"\r\n' + KNOWN, 2, KNOWN_HEADINGS),
        # Headings that are years or identifiers.
        ("school_id,2022,2023\nH1,61,62\n", 1, ["school_id", "2022", "2023"]),
        ("code of it,2022,2023\n5201,61,62\n5202,71,72\n", 1, ["code of it", "2022", "2023"]),
    ],
)
def test_the_row_of_the_headings(tmp_path: Path, content: str, row: int, headings: str | list[str]) -> None:
    table = table_of(tmp_path, content)
    wanted = headings.split() if isinstance(headings, str) else headings
    assert table.header_row == row
    assert list(table.headings[: len(wanted)]) == wanted
    assert table.row_of(0) == row + 1


@pytest.mark.parametrize(
    "content", ["0102,Alder High,School,61\n0103,Birch High,School,91\n", "0102,Alder High,*,800\n0103,Birch,12,900\n"]
)
def test_records_without_a_header_are_all_kept(tmp_path: Path, content: str) -> None:
    table = table_of(tmp_path, content)
    assert (table.header_row, len(table)) == (None, 2)
    (warning,) = table.problems
    assert "header_row=1" in warning.remedy


def test_headings_that_the_user_names_settle_the_row(tmp_path: Path) -> None:
    content = "A list,of schools,name\nmade in 2026,by us,grades\norg,title,kind\nH1,Oak,School\n"
    table = table_of(tmp_path, content, columns={"school_id": "org", "name": "title"})
    assert table.header_row == 3
    assert table_of(tmp_path, KNOWN, header_row=2).headings == ("H1", "Oak", "9-12")
    assert table_of(tmp_path, KNOWN, has_header=False).headings == ("column 1", "column 2", "column 3")


def test_a_header_that_is_further_down_is_read_from_the_row_that_the_message_names(tmp_path: Path) -> None:
    content = NOTES * 3 + KNOWN
    with pytest.raises(InputError) as caught:
        table_of(tmp_path, content)
    (problem,) = caught.value.problems
    assert problem.remedy.startswith(f"Set {problem.table}:header_row=91,")
    assert table_of(tmp_path, content, header_row=91).headings == tuple(KNOWN_HEADINGS)


@pytest.mark.parametrize(
    ("upper", "lower", "headings"),
    [
        (",,Graduation Rate,", "school_id,name,2022,2023", "school_id|name|Graduation Rate 2022|Graduation Rate 2023"),
        ("school_id,name,Graduation Rate,", ",,2022,2023", "school_id|name|Graduation Rate 2022|Graduation Rate 2023"),
        ("school_id,name,Rate,Rate", ",,All,EL", "school_id|name|Rate All|Rate EL"),
        ("School,,2022,", "school_id,name,Rate,N", "school_id|School name|2022 Rate|2022 N"),
        (",,Graduation Rate,,2022,", "school_id,name,2021,2022,Rate,Rate", None),
        # A title, a source, and headings that need no group.
        ("Schools of the state,,,", "school_id,name,2022,2023", "school_id|name|2022|2023"),
        ("Source: the state,,made: 2024,", "school_id,name,2022,2023", "school_id|name|2022|2023"),
        (",,Place,", "school_id,name,lat,lon", "school_id|name|lat|lon"),
    ],
)
def test_two_rows_of_headings(tmp_path: Path, upper: str, lower: str, headings: str | None) -> None:
    width = lower.count(",") + 1
    records = "".join(",".join([f"H{number}", "Oak", *["61"] * (width - 2)]) + "\n" for number in range(3))
    table = table_of(tmp_path, f"{upper}\n{lower}\n{records}", role="performance")
    if headings is None:
        assert table.headings[2:] == ("Graduation Rate 2021", "Graduation Rate 2022", "2022 Rate", "2022 Rate (2)")
    else:
        assert "|".join(table.headings) == headings
    assert (table.header_row, len(table)) == (2, 3)
    warned = [problem.message for problem in table.problems if "rows 1 and 2" in problem.message]
    assert bool(warned) == (" ".join(table.headings) != lower.replace(",", " "))


def test_the_row_below_the_headings_is_a_record_unless_it_divides_groups(tmp_path: Path) -> None:
    for header, record in (("school_id,name,,", "H1,Oak,A,B"), ("school_id,note,note,name", "H1,x,y,Oak")):
        table = table_of(tmp_path, f"{header}\n{record}\n{record}\n")
        assert (table.header_row, len(table)) == (1, 2)


def test_a_heading_that_appears_twice_is_told_apart_by_number(tmp_path: Path) -> None:
    table = table_of(tmp_path, "school_id,rate,rate,rate\nH1,1,2,3\n")
    assert table.headings == ("school_id", "rate", "rate (2)", "rate (3)")
    assert table.repeated == ("rate",)
    (warning,) = table.problems
    assert "appears 3 times" in warning.message
    assert table_of(tmp_path, "school_id,rate,rate\nH1,1,1\n").problems == ()


def test_years_alone_below_groups_are_the_lower_row_though_hardly_a_heading_is_known(tmp_path: Path) -> None:
    text = "Unit,Title,Seen,Dropouts,,,Graduates,,\n,,,2019,2020,2021,2019,2020,2021\n"
    table = table_of(tmp_path, text + "5201,Alder,Open,7,6,5,79,80,81\n5202,Birch,Open,27,26,25,57,58,59\n")
    assert list(table.headings)[:5] == ["Unit", "Title", "Seen", "Dropouts 2019", "Dropouts 2020"]
    assert list(table.headings)[-1] == "Graduates 2021"
    assert len(table) == 2
