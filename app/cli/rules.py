"""Commands for identification rules: those that ship, and which schools are low-performing by a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import Inputs, with_files
from app.cli.render import progress_bar, screen, show_report, show_written, stopping_on_errors
from app.cli.render_rules import show_cycles, show_identification, show_presets, show_rule_comparison
from app.queries.rule_forms import Answer, Disclosure
from app.queries.rule_questions import CYCLES, IDENTIFICATION, RULE_COMPARISON, RuleAnswer, RuleQuestion
from clustering import (
    InputError,
    Problem,
    Rule,
    json_bytes,
    presets_document,
    read_rule,
    release_name,
    rule_schema,
    write_files,
    write_rule,
)

ANSWERS: tuple[Answer, ...] = ("certain", "possible", "no", "unknown", "excluded")
IN_QUESTION = "certain,possible"
_SHOW: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
    IDENTIFICATION.name: show_identification,
    RULE_COMPARISON.name: show_rule_comparison,
    CYCLES.name: show_cycles,
}


def rules(
    rule: Annotated[str | None, typer.Argument(help="A preset, a file of JSON or TOML, or a rule as text.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Write the form of a rule, as JSON Schema.")] = False,
) -> None:
    """List the rules that ship, or write one in full, as JSON."""
    with stopping_on_errors():
        if schema or rule is not None:
            document = rule_schema() if schema or rule is None else write_rule(_rule_of(rule))
            screen.print_json(json_bytes(document).decode(), highlight=False)
        else:
            show_presets(presets_document())


@with_files
def identify(
    inputs: Inputs,
    rule: Annotated[str, typer.Option(help="A preset, a file of JSON or TOML, or such as graduation_rate<0.67.")],
    year: Annotated[int | None, typer.Option(help="Fall of the last school year looked at; else the newest.")] = None,
    against: Annotated[str | None, typer.Option(help="A second rule, to be compared with the first.")] = None,
    cycles: Annotated[bool, typer.Option("--cycles", help="Follow the schools over the years.")] = False,
    years: Annotated[str, typer.Option(help="Falls that --cycles follows, such as 2012,2015; else all.")] = "",
    only: Annotated[
        str,
        typer.Option(help="Only schools with these answers are shown and written, such as certain,possible; or all."),
    ] = IN_QUESTION,
    out: Annotated[Path | None, typer.Option(help="File for the table, .csv, or for everything, .json.")] = None,
    disclosure: Annotated[
        str, typer.Option(help="protected, or exact for staff who may see exact counts.")
    ] = "protected",
) -> None:
    """Show which schools are low-performing by a rule; schools and their rates are enough."""
    with stopping_on_errors():
        if years and not cycles:
            raise _wrong("years", years, "Only cycles are followed over years.", "Add --cycles, or give one --year.")
        asking = _asking(rule, against, year=year, years=years if cycles else None)
        listed = _answers(only) if asking.question is IDENTIFICATION else ()
        form = {**asking.form, "disclosure": _disclosure(disclosure), "only": listed}
        _check_out(out, form["disclosure"])
        with progress_bar() as progress:
            progress("Reading", 0.0)
            scenario = inputs.scenario(require_flows=False)
            progress("Identifying", 0.5)
            answer = asking.question.answer(scenario, form)
            document = answer.document()
        if out is not None:  # before anything is shown: whoever reads that may stop reading
            write_files({out.name: _written(answer, document, out)}, out.parent)
        show_report(scenario.report)
        _SHOW[asking.question.name](document)
        if out is not None:
            show_written([out])


RULE_COMMANDS = {"rules": rules, "identify": identify}


def _rule_of(text: str) -> Rule:
    """A rule as the command line names it; a file by its ending."""
    return read_rule(Path(text) if text.lower().endswith((".toml", ".json")) else text)


@dataclass(frozen=True)
class _Asking:
    """A question about rules, and its form as far as the rules and years go."""

    question: RuleQuestion
    form: dict[str, Any]


def _asking(rule: str, against: str | None, *, year: int | None, years: str | None) -> _Asking:
    first = _rule_of(rule)
    if years is not None:
        if against is not None or year is not None:
            raise _wrong("cycles", None, "Cycles are of one rule and of several years.", "Give --years, and one rule.")
        return _Asking(CYCLES, {"rule": first, "years": _falls(years)})
    if against is not None:
        return _Asking(RULE_COMPARISON, {"first": first, "second": _rule_of(against), "year": year})
    return _Asking(IDENTIFICATION, {"rule": first, "year": year})


def _falls(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() and len(part) == 4 for part in parts):
        raise _wrong("years", text, "These are not falls of school years.", "Write for example 2012,2015.")
    return [int(part) for part in parts]


def _answers(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if "all" in parts:
        return []
    if unknown := [part for part in parts if part not in ANSWERS]:
        remedy = f"Answers are {', '.join(ANSWERS)}, or all."
        raise _wrong("only", ",".join(unknown), "There is no such answer.", remedy)
    return parts


def _disclosure(text: str) -> Disclosure:
    if text not in ("protected", "exact"):
        raise _wrong("disclosure", text, "There is no such disclosure.", "It is protected or exact.")
    return "exact" if text == "exact" else "protected"


def _check_out(out: Path | None, disclosure: Disclosure) -> None:
    if out is None:
        return
    if out.suffix.lower() not in (".csv", ".json"):
        raise _wrong("out", out.name, "The ending of the file decides its format.", "End it in .csv or .json.")
    if disclosure == "exact" and "exact" not in out.name.lower():
        message = "The file would hold exact counts of students, which are not for release, and its name not say so."
        remedy = f"Call it {release_name(out.name, disclosure)}, or any name with exact in it."
        raise _wrong("out", out.name, message, remedy)


def _written(answer: RuleAnswer, document: dict[str, Any], out: Path) -> bytes:
    return answer.csv() if out.suffix.lower() == ".csv" else json_bytes(document)


def _wrong(option: str, value: str | None, message: str, remedy: str) -> InputError:
    return InputError([Problem(table="parameters", column=option, value=value, message=message, remedy=remedy)])
