"""The report of a release as text that people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def release_markdown(report: Mapping[str, Any]) -> str:
    """
    Write the report of a release as Markdown.

    Parameters
    ----------
    report
        ``Release.public_report``.

    Returns
    -------
    text
        What is hidden, how much is left, the policy, and the hash of each file.
    """
    policy = report["policy"]
    lines = [
        f"# Release report: {_plain(report['title'])}",
        "",
        f"Released on {report['released_on']}. {report['guarantee']}",
        "",
        (
            f"Policy: {_plain(policy['title'])} (`{policy['name']}`), least count shown {policy['minimum_students']}."
            f" Method: {report['method']}."
        ),
        "",
        "## What is hidden",
        "",
        *_hidden_lines(report["hidden"]),
        *_assumed_lines(report["assumed_sizes"]),
        "",
        "## What left",
        "",
    ]
    for proposal in report["proposals"]:
        noun = "Zone" if proposal["zones"] == 1 else "Zones"
        lines += [f"### Proposal {proposal['number']}: {proposal['zones']} {noun}", ""]
        lines += ["| file | bytes | SHA-256 |", "|---|---:|---|"]
        lines += [f"| {file['name']} | {file['bytes']:,} | `{file['sha256']}` |" for file in proposal["files"]]
        lines.append("")
    return "\n".join(lines)


def _hidden_lines(hidden: Mapping[str, Any]) -> list[str]:
    if not hidden["cells"]:
        return ["The flows are estimated: they are no counts of students, and nothing of them is hidden."]
    return [
        (
            f"- {hidden['hidden_cells']:,} of {hidden['cells']:,} counts of students ({hidden['hidden_share']:.1%}) are"
            " hidden."
        ),
        f"- They hold from {hidden['hidden_students_least']:,} to {hidden['hidden_students_most']:,} students.",
        (
            f"- At the median a count may be one of {hidden['median_possible_values']:g} values"
            f"{_of_hidden(hidden['median_hidden_values'])}."
        ),
    ]


def _assumed_lines(grades: int) -> list[str]:
    if not grades:
        return []
    return [f"- The sizes of {grades:,} grades of schools are not in the data. They were assumed from the flows."]


def _of_hidden(values: float | None) -> str:
    return "" if values is None else f", and a hidden one of {values:g}"


def _plain(text: str) -> str:
    """Text in one line that Markdown takes for nothing else."""
    marks = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|"})
    return " ".join(text.split()).translate(marks)
