"""From text, JSON, TOML or a mapping to a rule, and back."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, get_args

from clustering.errors import InputError, Problem
from clustering.identification.rules.checks import is_in_points, rule_problem
from clustering.identification.rules.field_types import Exclusion
from clustering.identification.rules.model import FEDERAL_THRESHOLD, Criterion, ExitRule, OfficialList, Rule
from clustering.identification.rules.presets import preset_document, preset_ids
from clustering.identification.rules.written import WrittenCriterion, WrittenExit, check_written
from clustering.model.grades import HIGH_SCHOOL_GRADES
from clustering.model.parameter_types import plain_value, sound_characters

MAXIMUM_RULE_CHARACTERS = 20_000
_LOWEST = ("bottom_share", "bottom_count")


def read_rule(source: str | Path | Mapping[str, Any]) -> Rule:
    """
    Read a rule.

    Parameters
    ----------
    source
        Fields of ``rule_schema()`` as a mapping, a file of JSON or TOML, or text as for :func:`parse_rule`. With
        ``preset`` a rule starts from that preset, and its other fields replace the preset's own.

    Returns
    -------
    rule
        In parts.

    Raises
    ------
    InputError
        Every field that cannot be used, by name.
    """
    if isinstance(source, Rule):
        return source
    if isinstance(source, Mapping):
        return _rule_of(plain_value(source))
    if isinstance(source, Path):
        try:
            text = source.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError([_no_rule(str(source), f"The file cannot be read ({type(error).__name__}).")]) from None
        return _rule_of(_document_of(text))
    if not isinstance(source, str):
        raise InputError([_no_rule(repr(source), f"A rule is no {type(source).__name__}.", "Give text or fields.")])
    return parse_rule(source)


def parse_rule(text: str) -> Rule:
    """
    Read a rule from text.

    Parameters
    ----------
    text
        The name of a preset; ``graduation_rate<0.67`` or ``graduation_rate<=60%``; ``official:COLUMN=VALUE``, several
        values separated by ``|``; or the fields of ``rule_schema()`` as JSON or TOML.

    Returns
    -------
    rule
        In parts.

    Raises
    ------
    InputError
        The text is none of these, or a field of it cannot be used.
    """
    stripped = text.strip()
    if stripped in preset_ids():
        return _rule_of({"preset": stripped})
    return _threshold_rule(stripped) or _list_rule(stripped) or _rule_of(_document_of(text))


def write_rule(rule: Rule) -> dict[str, Any]:
    """
    Write a rule down in full.

    Parameters
    ----------
    rule
        In parts.

    Returns
    -------
    document
        Fields of ``rule_schema()``, ready for JSON; :func:`read_rule` makes the same rule of it.
    """
    first, *others = [_criterion_document(criterion) for criterion in rule.criteria]
    document: dict[str, Any] = {"id": rule.id, "title": rule.title, "source": rule.source, **first}
    document |= {"grades": list(rule.grades) or "all", "exclude": list(rule.exclude)}
    document |= {"minimum_years_open": rule.minimum_years_open, "range_policy": rule.range_policy}
    if rule.official is not None:
        document["official"] = {"column": rule.official.column, "values": list(rule.official.entries)}
    document["entry_every_years"] = rule.entry_every_years
    leaving: dict[str, Any] = {"threshold": rule.exit.threshold, "minimum_gain_of_gap": rule.exit.minimum_gain_of_gap}
    document["exit"] = {name: value for name, value in leaving.items() if value is not None} | {
        "comparator": "ge" if rule.exit.or_equal else "gt",
        "checked": "every_year" if rule.exit.every_year else "at_entry",
    }
    return document | ({"also": others} if others else {})


def rule_text(rule: object) -> str:
    """
    Write a rule as text, which :func:`parse_rule` reads.

    Parameters
    ----------
    rule
        Text, a :class:`Rule`, or the fields of a rule as an object.

    Returns
    -------
    text
        As it was, without blanks around; of a rule or an object JSON.

    Raises
    ------
    ValueError
        Says what would be accepted.
    """
    if isinstance(rule, Rule):
        rule = write_rule(rule)
    if isinstance(rule, Mapping):
        try:
            rule = json.dumps(plain_value(rule), ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            raise ValueError("an object whose fields are those of a rule") from None
    if not isinstance(rule, str):
        raise ValueError("a rule as text or as an object")
    if len(rule) > MAXIMUM_RULE_CHARACTERS:
        raise ValueError(f"a rule of at most {MAXIMUM_RULE_CHARACTERS:,} characters")
    return str(sound_characters(rule))


def _threshold_rule(text: str) -> Rule | None:
    # No regular expression before the text is short and without blanks: it comes from strangers.
    compact = "".join(text.split())
    match = re.fullmatch(r"graduation_rate(<=?)([0-9]{0,9}\.?[0-9]{1,9})(%?)", compact) if len(compact) < 50 else None
    if match is None:
        return None
    threshold = float(match.group(2) + ("e-2" if match.group(3) else ""))
    if not 0 <= threshold <= 1:
        return None
    criterion = Criterion(threshold=threshold, or_equal=match.group(1) == "<=", years=None)
    return Rule(title=f"Graduation rate {match.group(1)} {threshold:.12g}", criteria=(criterion,))


def _list_rule(text: str) -> Rule | None:
    if not text.startswith("official:"):
        return None
    column, _, entries = text.removeprefix("official:").partition("=")
    values = [value.strip() for value in entries.split("|") if value.strip()]
    if not column.strip() or not values:
        return None
    official = {"column": column.strip(), "values": values}
    return _rule_of({"title": f"Official list {column.strip()}"[:200], "years": "newest", "official": official})


def _document_of(text: str) -> Mapping[str, Any]:
    """Fields of a rule as JSON or TOML."""
    remedy = (
        "Write graduation_rate<0.67 or graduation_rate<67%, official:COLUMN=VALUE, a preset, or a rule as JSON or TOML"
        " (its text, not the name of a file)."
    )
    is_json = text.lstrip().startswith("{")
    if text.strip().startswith("graduation_rate"):
        remedy = f"The threshold is a share from 0 to 1, or has a sign: 0.67 or 67%. {remedy}"
    fault = "" if len(text) <= MAXIMUM_RULE_CHARACTERS else f" It has more than {MAXIMUM_RULE_CHARACTERS:,} characters."
    if not fault and (is_json or ("=" in text and not text.strip().startswith(("graduation_rate", "official:")))):
        try:
            found = _read_json(text) if is_json else tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            fault = f" As {'JSON' if is_json else 'TOML'}: {str(error) or 'too deep'}."
        else:
            return dict(found)
    raise InputError([_no_rule(text, f"The rule cannot be read.{fault}", remedy)])


def _no_rule(value: str, message: str, remedy: str = "Give a file of JSON or TOML.") -> Problem:
    presets = ", ".join(preset_ids())
    return rule_problem("identification", value[:200], message, f"{remedy} Presets: {presets}.")


def _read_json(text: str) -> Any:
    return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_each_name_once)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Fields of an object: of two of the same name Python would drop one in silence."""
    names = [name for name, _ in pairs]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"{twice[0]} stands twice")
    return dict(pairs)


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _rule_of(document: Mapping[str, Any]) -> Rule:
    written, problems = check_written(_on_preset(dict(document)) if "preset" in document else document)
    if problems:
        raise InputError(problems)
    plain = Rule()
    grades, official = written.get("grades", HIGH_SCHOOL_GRADES), written.get("official")
    excluded = written.get("exclude", plain.exclude)
    return Rule(
        id=written.get("id", plain.id),
        title=written.get("title", plain.title),
        source=written.get("source", plain.source),
        criteria=(_criterion_of(written), *map(_criterion_of, written.get("also", ()))),
        grades=() if grades == "all" else tuple(sorted(set(grades))),
        exclude=tuple(name for name in get_args(Exclusion) if name in excluded),
        minimum_years_open=written.get("minimum_years_open", plain.minimum_years_open),
        range_policy=written.get("range_policy", plain.range_policy),
        official=official and OfficialList(column=official["column"], entries=tuple(official["values"])),
        entry_every_years=written.get("entry_every_years", plain.entry_every_years),
        exit=_exit_of(written.get("exit", {})),
    )


def _on_preset(document: dict[str, Any]) -> dict[str, Any]:
    name = document.pop("preset")
    if name not in preset_ids():
        remedy = f"Presets: {', '.join(preset_ids())}."
        _, problems = check_written(document)
        raise InputError([*problems, rule_problem("preset", name, "There is no such preset.", remedy)])
    preset = preset_document(name)
    if document:
        preset |= {"title": f"{preset['title']}, changed", "id": f"{preset['id'][:52]}_changed"}
    # A threshold takes the place of a lowest share, and the other way round; one of shares is none of points.
    if is_in_points(preset) != is_in_points({**preset, **document}):
        preset.pop("threshold", None)
    if "threshold" in document:
        preset = {field: value for field, value in preset.items() if field not in _LOWEST}
    elif set(_LOWEST) & set(document):
        preset.pop("threshold", None)
    return {**preset, **document}


def _criterion_of(document: WrittenCriterion) -> Criterion:
    plain = Criterion()
    measure, subgroup = document.get("measure", list(plain.measures)), document.get("subgroup", "all")
    years, grades = document.get("years", 1), document.get("cut_grades")
    is_lowest = any(name in document for name in _LOWEST)
    return Criterion(
        population=document.get("population", plain.population),
        measures=(measure,) if isinstance(measure, str) else tuple(dict.fromkeys(measure)),
        subgroups=(subgroup,) if isinstance(subgroup, str) else tuple(dict.fromkeys(subgroup)),
        years=None if years == "newest" else years,
        minimum_years=document.get("minimum_years"),
        average=document.get("average", plain.average),
        or_equal=document.get("comparator") == "le",
        threshold=document.get("threshold", None if is_lowest else FEDERAL_THRESHOLD),
        bottom_share=document.get("bottom_share"),
        bottom_count=document.get("bottom_count"),
        cut_population=document.get("cut_population"),
        cut_grades=None if grades is None else tuple(sorted(set(grades))),
        include_ties=document.get("ties", "include") == "include",
        compared_rate=document.get("compared_rate", plain.compared_rate),
        decimals=document.get("decimals"),
        minimum_students=document.get("minimum_students"),
        below_minimum=document.get("below_minimum", plain.below_minimum),
    )


def _exit_of(document: WrittenExit) -> ExitRule:
    return ExitRule(
        threshold=document.get("threshold"),
        or_equal=document.get("comparator", "ge") == "ge",
        minimum_gain_of_gap=document.get("minimum_gain_of_gap"),
        every_year=document.get("checked", "every_year") == "every_year",
    )


def _criterion_document(criterion: Criterion) -> dict[str, Any]:
    """Fields of a test; those that are ``None`` are left out."""
    several = criterion.measures[1:]
    is_group_list = criterion.subgroups[0] not in ("all", "any", "groups") or len(criterion.subgroups) > 1
    grades = criterion.cut_grades
    document = {
        "population": criterion.population,
        "measure": list(criterion.measures) if several else criterion.measures[0],
        "subgroup": list(criterion.subgroups) if is_group_list else criterion.subgroups[0],
        "years": "newest" if criterion.years is None else criterion.years,
        "minimum_years": criterion.minimum_years,
        "average": criterion.average,
        "comparator": "le" if criterion.or_equal else "lt",
        "threshold": criterion.threshold,
        "bottom_share": criterion.bottom_share,
        "bottom_count": criterion.bottom_count,
        "cut_population": criterion.cut_population,
        "cut_grades": None if grades is None else list(grades),
        "ties": "include" if criterion.include_ties else "exclude",
        "compared_rate": criterion.compared_rate,
        "decimals": criterion.decimals,
        "minimum_students": criterion.minimum_students,
        "below_minimum": criterion.below_minimum,
    }
    return {name: value for name, value in document.items() if value is not None}
