"""The warnings of a report, kind by kind, with the first rows of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

EXAMPLES_SHOWN = 5


def warnings_of(report: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]]:
    """Each kind of warning with its first examples; the report lists the warnings kind after kind."""
    if "warning_kinds" not in report:  # stored by an earlier version, which counted by message alone
        counts = report["warning_counts"].items()
        return [({"table": "", "message": message, "count": count, "remedy": ""}, ()) for message, count in counts]
    rest = iter(report["warnings"])
    listed = [(kind, list(islice(rest, kind["listed"]))) for kind in report["warning_kinds"]]
    return [(kind, examples[:EXAMPLES_SHOWN]) for kind, examples in listed]
