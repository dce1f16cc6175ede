"""Names that nobody should have, and what would show that one of them ran."""

from __future__ import annotations

import pandas as pd

from tests.examples.toy_district import toy_flows, toy_schools

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
    mark = "" if "\n" in name else name
    return table.assign(
        name=[f"{mark}{number}" if number % 2 else mark for number in range(len(table))],
        district_name=mark,
        status=["Open"] * len(table),
        **{f"list {mark}": [mark if position > 8 else "" for position in range(len(table))]},
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
