"""The questions about identification rules. To add one, write its form, its function and its entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.queries.rule_forms import CyclesRequest, IdentificationRequest, RuleComparisonRequest, RuleForm
from clustering import (
    Scenario,
    compare_rules,
    cycles_document,
    cycles_table,
    decisions_table,
    follow_cycles,
    identification_document,
    identify_schools,
    rule_comparison_document,
    rule_comparison_table,
    table_bytes,
    with_release_mark,
)


@dataclass(frozen=True, kw_only=True)
class RuleAnswer:
    """
    The answer to a question about rules; each form is written when it is wanted.

    Parameters
    ----------
    document
        Gives plain values.
    csv
        Gives the table as bytes of CSV.
    """

    document: Callable[[], dict[str, Any]]
    csv: Callable[[], bytes]


@dataclass(frozen=True, kw_only=True)
class RuleQuestion:
    """
    A question about rules; its route follows from this.

    Parameters
    ----------
    name
        In the names of files.
    path
        Last part of the address.
    operation
        Name in the HTTP documentation.
    summary, description
        One line, and one sentence, for the HTTP documentation.
    form
        The body of the request.
    answer
        Takes the inputs and the fields of the form, rules as text or as ``clustering.Rule``; calls the library only.
        Fields that choose which schools to list may be missing.
    """

    name: str
    path: str
    operation: str
    summary: str
    description: str
    form: type[RuleForm]
    answer: Callable[[Scenario, Mapping[str, Any]], RuleAnswer]


def identify(scenario: Scenario, form: Mapping[str, Any]) -> RuleAnswer:
    """Put one rule to every school."""
    found = identify_schools(scenario, form["rule"], year=form["year"], disclosure=form["disclosure"])
    return RuleAnswer(
        document=lambda: identification_document(found, **_listing(form)),
        csv=lambda: _csv(decisions_table(found, only=form.get("only", ())), form),
    )


def compare(scenario: Scenario, form: Mapping[str, Any]) -> RuleAnswer:
    """Put two rules to every school."""
    rules = form["first"], form["second"]
    compared = compare_rules(scenario, *rules, year=form["year"], disclosure=form["disclosure"])
    return RuleAnswer(
        document=lambda: rule_comparison_document(compared, **_listing(form)),
        csv=lambda: _csv(rule_comparison_table(compared, only=form.get("only", ())), form),
    )


def follow(scenario: Scenario, form: Mapping[str, Any]) -> RuleAnswer:
    """Follow schools by one rule over the years."""
    cycles = follow_cycles(scenario, form["rule"], form["years"], disclosure=form["disclosure"])
    return RuleAnswer(document=lambda: cycles_document(cycles), csv=lambda: _csv(cycles_table(cycles), form))


def _csv(table: Any, form: Mapping[str, Any]) -> bytes:
    return with_release_mark(".csv", table_bytes(table), form["disclosure"])


def _listing(form: Mapping[str, Any]) -> dict[str, Any]:
    return {"only": form.get("only", ()), "start": form.get("start", 0), "limit": form.get("limit")}


IDENTIFICATION = RuleQuestion(
    name="identification",
    path="identification",
    operation="identify",
    summary="Which schools are low-performing",
    description="An answer for every school, with its numbers and a sentence; what exclusions and an official list"
    " change.",
    form=IdentificationRequest,
    answer=identify,
)
RULE_COMPARISON = RuleQuestion(
    name="rule-comparison",
    path="rule-comparisons",
    operation="compare",
    summary="Two rules side by side",
    description="Which schools the second rule gains and loses against the first.",
    form=RuleComparisonRequest,
    answer=compare,
)
CYCLES = RuleQuestion(
    name="cycles",
    path="cycles",
    operation="cycles",
    summary="Schools followed over the years",
    description="Which schools enter, stay and leave, year by year, by the rule's cycle and exit.",
    form=CyclesRequest,
    answer=follow,
)
RULE_QUESTIONS = (IDENTIFICATION, RULE_COMPARISON, CYCLES)
