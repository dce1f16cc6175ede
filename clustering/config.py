"""Frozen parameters of a proposal, with defaults and the reasons for them."""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from clustering.errors import InputError, Problem
from clustering.rules import parse_rule

MAXIMUM_TEXT_CHARACTERS = 1_000
MAXIMUM_SHOWN_CHARACTERS = 200
MAXIMUM_LIST_ENTRIES = 1_000

Disclosure = Literal["protected", "exact"]
Method = Literal["exact", "greedy"]


@dataclass(frozen=True, kw_only=True)
class ProposalParameters:
    """
    What a state asks for. Every field can be set by name over HTTP and on the command line.

    Parameters
    ----------
    identification
        Which high schools are low-performing. ``graduation_rate<0.67`` (ESSA sec. 1111(c)(4)(D)(i)(II): fails to
        graduate one third or more; ``<=`` and other thresholds are allowed), or ``official:COLUMN=VALUE``: the
        schools whose COLUMN in the schools or performance file reads VALUE. An official list wins over the rule.
    include_possible
        Also treat as anchors the high schools whose published rate is a range that straddles the threshold.
    years
        Falls of the school years whose flows are averaged; empty means every year in the file.
    leakage_weight
        Score lost per promoted student who leaves the Zone. At 0.25 a feeder earns its place when at least one
        in five of its promoted students stays in the Zone.
    minimum_schools, maximum_schools
        Size of a Zone, anchor included. Mass Insight: at least three schools; no operator of 2010 ran more than ten.
    maximum_steps
        Promotions between a feeder and its anchor: 2 is elementary to middle to high; 3 leaves room for a primary
        or a ninth-grade school in between.
    minimum_link_share
        A flow makes a school a candidate feeder only if it is at least this share of the sender's promoted students
        or of the receiver's entering students [0 to 1]. Below a tenth, practice calls a destination minor.
    maximum_enrolment_students
        Most students enrolled in a Zone; ``None`` is no limit.
    maximum_distance_km
        Farthest a feeder may lie from its anchor, great circle; ``None`` is no limit.
    same_district
        Keep each Zone within its anchor's district.
    force_in, force_out
        School ids that must, or must not, belong to a Zone.
    count_exits
        Count students who left (no destination) in the denominator of send shares and as leakage.
    suppressed_students
        Students assumed in a suppressed cell of 1 to 9 students; 5 is the middle.
    check_suppressed
        Solve again with every suppressed cell at its least and at its greatest, and report which Zones change.
    disclosure
        ``protected``: flows of 1 to 9 students count as suppressed and others are rounded to tens before anything
        is computed, so that no output can reveal a small count. ``exact``: the counts as they are, for staff who
        may see them.
    method
        ``exact`` (optimal, with proof) or ``greedy`` (the named alternative).
    time_limit_s
        Seconds the solver may take; the best audited answer so far is returned with its gap.
    """

    identification: str = "graduation_rate<0.67"
    include_possible: bool = False
    years: tuple[int, ...] = ()
    leakage_weight: float = 0.25
    minimum_schools: int = 3
    maximum_schools: int = 10
    maximum_steps: int = 3
    minimum_link_share: float = 0.10
    maximum_enrolment_students: float | None = None
    maximum_distance_km: float | None = None
    same_district: bool = False
    force_in: tuple[str, ...] = ()
    force_out: tuple[str, ...] = ()
    count_exits: bool = False
    suppressed_students: float = 5.0
    check_suppressed: bool = True
    disclosure: Disclosure = "protected"
    method: Method = "exact"
    time_limit_s: float = 300.0

    def __post_init__(self) -> None:
        problems = list(_out_of_range(self))
        if problems:
            raise InputError(problems)

    def as_dict(self) -> dict[str, object]:
        """Plain values, in the order of the fields, ready for JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def parse_parameters(settings: Mapping[str, object] | Iterable[str]) -> ProposalParameters:
    """
    Build parameters from names and values given as text (``name=value``) or as JSON values.

    Parameters
    ----------
    settings
        A mapping of field name to value, or an iterable of ``name=value`` texts. Lists may be given as JSON lists or
        as comma-separated text; ``none`` or an empty text lifts an optional limit.

    Returns
    -------
    parameters
        Defaults where nothing was said.

    Raises
    ------
    InputError
        Unknown names, unreadable or out-of-range values: all of them at once.
    """
    problems: list[Problem] = []
    pairs = dict(settings) if isinstance(settings, Mapping) else _split(settings, problems)
    hints = typing.get_type_hints(ProposalParameters)
    values: dict[str, object] = {}
    for name, given in pairs.items():
        if name not in hints:
            known = ", ".join(field.name for field in fields(ProposalParameters))
            problems.append(_problem(name, given, "There is no such parameter.", f"Known parameters: {known}."))
            continue
        try:
            values[name] = _convert(_school_years(given) if name == "years" else given, hints[name])
        except ValueError as error:
            problems.append(_problem(name, given, "The value cannot be read.", f"Give {error}."))
    try:
        parameters = ProposalParameters(**values)  # type: ignore[arg-type]
    except InputError as error:
        problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return parameters


def split_settings(texts: Iterable[str]) -> dict[str, object]:
    """
    Split ``name=value`` texts.

    Parameters
    ----------
    texts
        One setting each.

    Returns
    -------
    settings
        Name to value, both text without blanks around.

    Raises
    ------
    InputError
        A text has no ``=``, or a name stands twice.
    """
    problems: list[Problem] = []
    pairs = _split(texts, problems)
    if problems:
        raise InputError(problems)
    return pairs


def _split(texts: Iterable[str], problems: list[Problem]) -> dict[str, object]:
    pairs: dict[str, object] = {}
    for text in texts:
        name, separator, value = (part.strip() for part in text.partition("="))
        if not separator:
            problems.append(_problem(name, None, "A setting must read name=value.", "Write for example a=1."))
        if name in pairs:
            problems.append(_problem(name, value, "The parameter is given twice.", "Give it once, lists with commas."))
        pairs[name] = value
    return pairs


def _school_years(given: object) -> object:
    """Take ``2022-23`` for 2022, the fall of the school year."""
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, (list, tuple)):
        return given
    return [re.sub(r"^(\d{4})[-/]\d{2,4}$", r"\1", part.strip()) if isinstance(part, str) else part for part in parts]


def _problem(name: str, value: object, message: str, remedy: str) -> Problem:
    shown = None if value is None else str(value)[:MAXIMUM_SHOWN_CHARACTERS]
    name = name[:MAXIMUM_SHOWN_CHARACTERS]
    return Problem(table="parameters", column=name, value=shown, message=message, remedy=remedy)


def _convert(given: object, hint: Any) -> object:
    """Read one JSON or text value as the annotated type; the ValueError says what would be accepted."""
    origin, options = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        if given is None or (isinstance(given, str) and given.lower() in ("", "none")):
            return None
        return _convert(given, options[0])
    if origin is tuple:
        parts = given.split(",") if isinstance(given, str) else given
        if not isinstance(parts, (list, tuple)) or len(parts) > MAXIMUM_LIST_ENTRIES:
            raise ValueError(f"a list of at most {MAXIMUM_LIST_ENTRIES:,} entries")
        return tuple(_convert(part, options[0]) for part in parts if str(part).strip())
    if origin is Literal:
        if given not in options:
            raise ValueError(" or ".join(map(str, options)))
        return given
    return _convert_plain(given, hint)


def _convert_plain(given: object, hint: type) -> object:
    if hint is bool:
        named = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if str(given).lower() not in named:
            raise ValueError("true or false")
        return named[str(given).lower()]
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise ValueError("text" if hint is str else "a number")
    if len(str(given)) > MAXIMUM_TEXT_CHARACTERS:
        raise ValueError(f"at most {MAXIMUM_TEXT_CHARACTERS} characters")
    if hint is str:
        return str(given).strip()
    try:
        number = float(given)
    except (ValueError, OverflowError):
        raise ValueError("a number") from None
    if hint is int:
        if not math.isfinite(number) or number != int(number):
            raise ValueError("a whole number")
        return int(number)
    return number


def _out_of_range(given: ProposalParameters) -> Iterable[Problem]:
    """Every field outside its range, and every pair of fields that contradict each other."""
    bounds: dict[str, tuple[float, float]] = {
        "leakage_weight": (0, 1000),
        "minimum_schools": (1, 1000),
        "maximum_schools": (1, 1000),
        "maximum_steps": (1, 13),
        "minimum_link_share": (0, 1),
        "maximum_enrolment_students": (0, 1e9),
        "maximum_distance_km": (0, 20_038),
        "suppressed_students": (1, 9),
        "time_limit_s": (0.1, 86_400),
    }
    for name, (low, high) in bounds.items():
        value = getattr(given, name)
        if value is not None and not low <= value <= high:  # also catches NaN
            remedy = f"Give a number from {low:,g} to {high:,g}."
            yield _problem(name, value, "The value is out of range.", remedy)
    if given.minimum_schools > given.maximum_schools:
        remedy = f"Give at least minimum_schools ({given.minimum_schools})."
        yield _problem("maximum_schools", given.maximum_schools, "It is below minimum_schools.", remedy)
    for school_id in sorted(set(given.force_in) & set(given.force_out)):
        remedy = "Name the school in one of the two only."
        yield _problem("force_in", school_id, "The school is also in force_out.", remedy)
    try:
        parse_rule(given.identification)
    except InputError as error:
        yield from error.problems
    for year in given.years:
        if not 1900 <= year <= 2200:
            yield _problem("years", year, "This is not a school year.", "Give the fall of the year, such as 2023.")
