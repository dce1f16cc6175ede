"""Tables of the Education Data Portal in which its own packages have written words for the codes."""

from __future__ import annotations

from pathlib import Path

from clustering.readers.published.education_data_portal_tables import translate_portal_table
from clustering.readers.read_table import read_table

TEXT = """year,ncessch,race,disability,lep,cohort_num,grad_rate_low,grad_rate_high,grad_rate_midpt
2018,010000500871,Total,Total,Total,100,80,84,82
2018,010000500871,Black,Total,Total,40,93,93,93
2018,010000500871,Total,Students with disabilities,Total,9,Suppressed data,Suppressed data,Suppressed data
2018,010000500871,Total,Total,,9,50,54,52
"""


def test_codes_in_words_are_read_as_the_numbers_are(tmp_path: Path) -> None:
    (tmp_path / "labelled.csv").write_text(TEXT)
    tables = translate_portal_table(read_table(tmp_path / "labelled.csv", role="performance"))
    (table,) = tables.tables
    found = [table.column(name).series().tolist() for name in ("subgroup", "rate", "cohort_students")]
    assert found == [
        ["all", "MBL", "CWD", "lep blank"],
        ["80-84", "93", "PS", "50-54"],
        ["100", "40", "9", "9"],
    ]
