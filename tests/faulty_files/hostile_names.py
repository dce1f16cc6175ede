"""Names that nobody should have, and what would show that one of them ran."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pandas as pd

from clustering import Scenario
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools

# 7 * 191 in a template, window.ran in a browser, a first sign that a spreadsheet computes.
EVALUATED = "1337"
HOSTILE_NAMES = (
    "{{ 7 * 191 }}",
    "{% print 7 * 191 %}",
    "{%print(7*191)%}",
    "{# {{ 7 * 191 }} #}",
    "{% raw %}{{ 7*191 }}",
    "{% for",
    "{{",
    "}}{{7*191}}{{",
    "&#123;&#123; 7 * 191 }}",
    "#{7*191} ${7*191}",
    "${window.ran = 1}",
    "`${window.ran = 1}`",
    "`; window.ran = 1; //",
    "'; window.ran = 1; //",
    '"; window.ran = 1; //',
    "\\'; window.ran = 1; //",
    '\\"); window.ran = 1; //',
    "<script>window.ran = 1</script>",
    "</script><script>window.ran = 1</script>",
    "</title></style><img src=x onerror='window.ran = 1'>",
    "<img src=x onerror=window.ran=1>",
    '"><svg onload=window.ran=1>',
    "' onmouseover='window.ran=1' x='",
    "<iframe srcdoc='<script>parent.ran=1</script>'>",
    "javascript:window.ran=1",
    "<!-- --><script>window.ran=1</script>",
    "]]><script>window.ran=1</script>",
    "a\u2028window.ran=1\u2029b",
    "a\u202egnp.exe\u202c\u200b",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "%0a<b>",
    "-->&lt;b&gt;&amp;",
)


def hostile_schools(name: str) -> pd.DataFrame:
    """The toy district with a hostile text in every text cell and heading that may hold one."""
    table = toy_schools()
    return table.assign(
        name=[f"{name}{number}" if number % 2 else name for number in range(len(table))],
        district_name=name,
        status=["Open"] * len(table),
        **{f"list {name}": [name if position > 8 else "" for position in range(len(table))]},
    )


def hostile_flows() -> pd.DataFrame:
    """The flows of the toy district with small counts, an unknown school and an exit."""
    return pd.concat(
        [
            toy_flows(),
            pd.DataFrame(
                [("0007", "<b>{{7*191}}", "8", "3", "9", "2022-23")],
                columns=["origin", "destination", "grade", "students", "next_grade", "school_year"],
            ),
        ]
    )


def hostile_state_schools(names: Sequence[str] = HOSTILE_NAMES) -> pd.DataFrame:
    """A toy district for each name, side by side; identifiers begin with the number of the name."""
    districts = []
    for number, name in enumerate(names):
        table = hostile_schools(name)
        school_id, longitude = f"{number:02d}" + table["school_id"], f"{-98 + 0.1 * number:.1f}"
        districts.append(table.assign(school_id=school_id, district_id=f"{number:02d}", lon=longitude))
    return pd.concat(districts, ignore_index=True).fillna("")


def hostile_state_flows(count: int = len(HOSTILE_NAMES)) -> pd.DataFrame:
    """The flows of as many districts; every one also sends to a school that no file lists."""
    districts = []
    for number in range(count):
        flows = hostile_flows()
        is_listed = flows["destination"].str.isdigit()
        districts.append(
            flows.assign(
                origin=f"{number:02d}" + flows["origin"],
                destination=flows["destination"].mask(is_listed, f"{number:02d}" + flows["destination"]),
            )
        )
    return pd.concat(districts, ignore_index=True)


@cache
def hostile_scenario() -> Scenario:
    """The districts of all names, read."""
    return toy_scenario(hostile_state_schools(), hostile_state_flows())
