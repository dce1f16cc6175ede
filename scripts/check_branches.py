"""Say how many branches of the library its tests take; fail below 95%. Usage: check_branches.py COVERAGE_JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

LEAST_SHARE = 0.95


def main(report: Path) -> int:
    """Return 0 if enough branches are taken."""
    totals = json.loads(report.read_text(encoding="utf-8"))["totals"]
    taken, branches = totals["covered_branches"], totals["num_branches"]
    print(f"{taken:,} of {branches:,} branches are taken: {taken / branches:.1%}, at least {LEAST_SHARE:.0%} wanted")
    return int(taken < LEAST_SHARE * branches)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
