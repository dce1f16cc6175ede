"""Web pages and columns of fixed width are refused by name, with what to export."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering import InputError
from clustering.readers.read_table import read_table

PAGE = "<html><body><table><tr><th>School Code</th></tr><tr><td>1001</td></tr></table></body></html>"


def refused(folder: Path, name: str, content: str) -> str:
    (folder / name).write_text(content)
    with pytest.raises(InputError) as caught:
        read_table(folder / name, role="schools")
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PAGE, "web page"),
        ("\n<!DOCTYPE html>\n" + PAGE, "web page"),
        ("<!---->" * 100 + "<!-- of -- a > report --><html>" + PAGE, "web page"),
        ("<html><body>School closed<p>Please <b>log in</b> again</body></html>", "web page"),
        ("<html><body><pre>a</pre><TABLE><tr><td>1001</td></tr></TABLE></body></html>", "web page"),
        ("<table border=1><tr><td>1001</td></tr></table>", "web page"),
        ('<?xml version="1.0"?><Workbook xmlns="x"><Worksheet/></Workbook>', "old form of XML"),
    ],
)
def test_a_page_that_is_called_a_workbook(content: str, said: str, tmp_path: Path) -> None:
    assert said in (message := refused(tmp_path, "export.xls", content))
    assert "save it as CSV" in message


def test_columns_of_fixed_width(tmp_path: Path) -> None:
    text = "ID    NAME            GRADES\n1001  Alder High      9-12\n1002  Birch Elem      K-5\n"
    assert "fixed width" in refused(tmp_path, "directory.txt", text)


@pytest.mark.parametrize(
    "text", ["school_id\n1001\n1002\n", "school_id,Total  KG  (half day)\n1001,5\n", "<b>id</b>,a\n1,2\n"]
)
def test_other_files_are_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "schools.csv").write_text(text)
    assert len(read_table(tmp_path / "schools.csv", role="schools")) == text.count("\n") - 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('<?xml version="1.0"?><gpx version="1.1"><wpt lat="40" lon="-91"/></gpx>', "GPX"),
        ('Version 300\nCharset "WindowsLatin1"\nColumns 1\n  ID Char(10)\nData\n', "MapInfo interchange file"),
        ("!table\n!version 300\nDefinition Table\n", "MapInfo table"),
    ],
)
def test_map_files_of_other_programs(content: str, said: str, tmp_path: Path) -> None:
    assert said in (message := refused(tmp_path, "zones.txt", content))
    assert "save it as GeoJSON" in message
