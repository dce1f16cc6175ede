"""Which schools are open, by the words of their status or the day they closed."""

from __future__ import annotations

import pandas as pd

from clustering.readers.read_table import read_table
from clustering.validation.findings import Findings
from clustering.validation.schools.status import read_status


def statuses(heading: str, *entries: str) -> tuple[list[str | None], list[str]]:
    table = read_table(pd.DataFrame({"school_id": [f"{number}" for number in range(len(entries))], heading: entries}))
    findings = Findings(table=table, role="schools", headings={"school_id": "school_id", "status": heading})
    return read_status(findings).to_pylist(), [problem.message for problem in findings.problems]


def test_words_and_codes_of_a_status() -> None:
    is_open = ["Open", "1", "Active", "Currently operational", "New", "Reopened", "8"]
    is_closed = ["Closed", "2", "6", "7", "Inactive", "Future", "Merged", "Pending", "Not yet open", "Planned"]
    found, problems = statuses("status", *is_open, *is_closed, "")
    assert found == ["open"] * len(is_open) + ["closed"] * len(is_closed) + [None]
    assert problems == []


def test_words_that_are_not_known_count_as_open_and_are_named() -> None:
    found, (message,) = statuses("status", "Open", "Blue", "Under study")
    assert found == ["open"] * 3
    assert message == "Schools with a status that is not known count as open: Blue, Under study."


def test_a_school_with_a_day_of_closing_is_closed() -> None:
    assert statuses("Close Date", "", "06/30/2015", "2019-06-30") == (["open", "closed", "closed"], [])
