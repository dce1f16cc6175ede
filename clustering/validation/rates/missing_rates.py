"""Performance files from which no rate was read: said, with the columns that may hold one."""

from __future__ import annotations

import re

import pandas as pd

from clustering.readers.published.edfacts_vocabulary import ALL_STUDENTS
from clustering.readers.published.rates import parse_rates
from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.likely_columns import NAMED_BESIDE, holds_likely_cells, likely_columns
from clustering.readers.recognition.rate_headings import is_of_group_or_other_years, order_of_rates
from clustering.validation.findings import Findings
from clustering.validation.likely_columns import likely_columns_of

_MAXIMUM_NAMED = 10
# A share of another kind is not offered as a graduation rate, whatever its cells.
_OTHER_SHARE = re.compile(
    r"drop|attend|non_?grad|(^|_)not_|prior|previous|absen|enrol|colou?r|profic|male|white|black|hispanic|asian"
    r"|participation|grade|rank|year$"
    r"|complet|points|index|rating|change|improve|target|goal|gap|growth|_(lo|hi|low|high|lower|upper|midpt)(_|$)"
    r"|(^|_)(id|code|cd|key|order|number|num|no|lat|lon|latitude|longitude|zip|phone|count|cohort)(_|$)"
)
_SHARE_WORDS = re.compile(r"rate|pct|percent|share|result|value|score")
_YEAR = re.compile(r"\d{2,}")  # of columns of several years the latest is offered
_FRACTION = re.compile(r"\d{0,3}\.\d+\s*%?|\d{1,3}\s*%")


def warn_of_missing_rates(findings: Findings, *, has_lists: bool) -> None:
    """
    Warn of a performance file that has no rate, and name its columns of per cents and shares with their option.

    Parameters
    ----------
    findings
        The file, after its rates were looked for; what its columns may be is added to ``likely``.
    has_lists
        Whether columns of the file may serve as official lists; then it is in order without a rate, unless columns
        of it look like one.
    """
    if any(problem.is_error for problem in findings.problems):
        return
    unused = findings.unused_headings()
    kinds = likely_columns(unused, findings.role, found=findings.headings)
    likely = [each for each in likely_columns_of(findings, "graduation_rate") if kinds.get(each) == "graduation_rate"]
    likely = sorted(likely, key=order_of_rates)
    others = {heading for heading, canonical in kinds.items() if canonical in NAMED_BESIDE and heading not in likely}
    shares = likely or sorted((each for each in _columns_of_shares(findings) if each not in others), key=order_of_rates)
    if not shares and (has_lists or others):
        return  # rates within another number of years are named among the columns that were not used
    findings.likely |= dict.fromkeys(shares, "graduation_rate")
    if not shares:
        remedy = "Set columns.graduation_rate=HEADING, with the heading of the rate, or leave the file out."
        findings.note("No rate was read from this file, and no column of it looks like one.", remedy)
        return
    shown = ", ".join(shares[:_MAXIMUM_NAMED]) + (", ..." if len(shares) > _MAXIMUM_NAMED else "")
    latest = max(each for each in shares if _YEAR.sub("", each) == _YEAR.sub("", shares[0]))
    is_clear = latest in likely or len(shares) == 1 or _SHARE_WORDS.search(heading_key(latest))
    remedy = f"Set columns.graduation_rate={latest} if it is the graduation rate."
    if is_of_group_or_other_years(latest) or not is_clear:
        remedy = "Set columns.graduation_rate=HEADING if one of them is the graduation rate of all students."
    findings.note(
        f"No rate was read from this file. These columns hold per cents or shares: {shown}.",
        f"{remedy} If the file only serves as an official list, nothing needs to be done.",
        column=latest,
    )


def warn_of_groups_alone(findings: Findings, rates: pd.DataFrame) -> None:
    """
    Warn of a long table in which no group is that of all students: no school has a graduation rate by it.

    Parameters
    ----------
    findings
        The file, with a column of groups.
    rates
        ``measure`` and ``subgroup`` of its rates.
    """
    groups = rates.loc[rates["measure"] == "graduation_4year", "subgroup"]
    if groups.empty or (groups == ALL_STUDENTS).any() or "subgroup" not in findings.headings:
        return
    heading = findings.headings["subgroup"]
    named = sorted(groups.unique())
    shown = ", ".join(each[:60] for each in named[:_MAXIMUM_NAMED]) + (", ..." if len(named) > _MAXIMUM_NAMED else "")
    findings.note(
        f"No graduation rate of the file is that of all students; its groups are {shown}.",
        f"Call the group of all students All Students in {heading}, if it is among them.",
        column=heading,
    )


def _columns_of_shares(findings: Findings) -> list[str]:
    return [heading for heading in findings.unused_headings() if _holds_shares(findings, heading)]


def _holds_shares(findings: Findings, heading: str) -> bool:
    """Whether a column is called a share or has decimals or per cent signs, and holds shares or per cents alone."""
    key = heading_key(heading)
    if _OTHER_SHARE.search(key):
        return False
    texts = pd.Series(findings.table.column(heading).distinct())
    texts = findings.table.options.marks.plain(texts[(texts != "") & ~texts.str.startswith("-")])  # -1 is a mark
    if not (_SHARE_WORDS.search(key) or texts.str.fullmatch(_FRACTION).mean() > 0.5):
        return False
    if holds_likely_cells("graduation_rate", texts.tolist()) is False:
        return False
    statuses = parse_rates(texts, decimal=findings.table.options.decimal)[0]["status"]
    has_digit = texts.str.contains(r"\d")
    return bool(not ((statuses == "unreadable") & has_digit).any() and statuses.isin(["exact", "range"]).any())
