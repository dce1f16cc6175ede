"""What is asked of identification rules, the same for the service and the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from clustering import (
    Scenario,
    compare_rules,
    cycles_document,
    cycles_table,
    decisions_table,
    follow_cycles,
    identification_document,
    identify_schools,
    json_bytes,
    rule_comparison_document,
    rule_comparison_table,
    scenario_from_bytes,
    table_bytes,
)

Tell = Callable[[str, float], None]
RuleKind = Literal["identification", "rule-comparison", "cycles"]


@dataclass(frozen=True, kw_only=True)
class RuleAnswer:
    """
    The answer to a question about rules, written when it is asked for.

    Parameters
    ----------
    document
        Gives plain values.
    csv
        Gives the table as bytes of CSV.
    """

    document: Callable[[], dict[str, Any]]
    csv: Callable[[], bytes]


def answer_rule(kind: RuleKind, scenario: Scenario, question: Mapping[str, Any]) -> RuleAnswer:
    """
    Put rules to schools.

    Parameters
    ----------
    kind
        What is asked.
    scenario
        The inputs.
    question
        ``rule``, or ``first`` and ``second``; ``year`` or ``years``; ``disclosure``; what to list: ``only``, ``start``
        and ``limit``, as for ``clustering.identification_document``.

    Returns
    -------
    answer
        Its two forms.

    Raises
    ------
    InputError
        As the library's functions.
    """
    disclosure, only = question["disclosure"], question.get("only", ())
    if kind == "cycles":
        cycles = follow_cycles(scenario, question["rule"], question["years"], disclosure=disclosure)
        return RuleAnswer(document=lambda: cycles_document(cycles), csv=lambda: table_bytes(cycles_table(cycles)))
    asked = {"year": question["year"], "disclosure": disclosure}
    listed = {"only": only, "start": question.get("start", 0), "limit": question.get("limit")}
    if kind == "rule-comparison":
        compared = compare_rules(scenario, question["first"], question["second"], **asked)
        return RuleAnswer(
            document=lambda: rule_comparison_document(compared, **listed),
            csv=lambda: table_bytes(rule_comparison_table(compared, only=only)),
        )
    found = identify_schools(scenario, question["rule"], **asked)
    return RuleAnswer(
        document=lambda: identification_document(found, **listed),
        csv=lambda: table_bytes(decisions_table(found, only=only)),
    )


def ask_rule(tell: Tell, scenario: bytes, kind: RuleKind, question: Mapping[str, Any], as_csv: bool) -> bytes:
    """Answer as :func:`answer_rule` of stored inputs, as JSON or CSV."""
    tell("Identifying", 0.0)
    answer = answer_rule(kind, scenario_from_bytes(scenario), question)
    return answer.csv() if as_csv else json_bytes(answer.document())
