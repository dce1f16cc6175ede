"""Forms for changes of a record: what they show at first, and what they ask the service to do."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import request_error
from clustering import AREAS, CONDITION_STATES, Benchmark, Condition, ZoneRecord

# Kinds of changes that have a form, with its heading.
FORMS: Mapping[str, str] = {
    "condition": "Change a condition",
    "stage": "Advance the stage",
    "contract": "Set the contract",
    "zone": "Change the Zone",
    "checklist": "Change the checklist",
}
CONDITION_FIELDS = tuple(Condition.model_fields)
CONTRACT_FIELDS = ("partner", "partner_id", "starts_on", "ends_on", "document_name", "document_link")
BENCHMARK_FIELDS = tuple(Benchmark.model_fields)
BLANK_BENCHMARKS = 3
_FIELDS: Mapping[str, Sequence[str]] = {
    "condition": CONDITION_FIELDS,
    "stage": ("to", "exception"),
    "contract": (*CONTRACT_FIELDS, "reviews_on", "consequences"),
    "zone": ("name", "school_ids", "anchor_ids"),
    "checklist": ("checklist_id",),
}
_LISTS = frozenset({"reviews_on", "consequences", "school_ids", "anchor_ids"})

Sent = Mapping[str, Sequence[str]]


def blank_form(record: ZoneRecord, kind: str, condition_id: str) -> dict[str, Any]:
    """
    Fill a form in with what the record has now.

    Parameters
    ----------
    record
        To be changed.
    kind
        One of ``FORMS``.
    condition_id
        Of the condition to change; blank for a new one.

    Returns
    -------
    form
        Field to text; ``benchmarks`` is a list of mappings.
    """
    values: dict[str, Any]
    if kind == "condition":
        values = _condition_values(record, condition_id)
    elif kind == "contract":
        values = {} if record.contract is None else record.contract.model_dump(mode="json")
    elif kind == "zone":
        values = record.zone.model_dump(mode="json")
    else:
        values = {"checklist_id": record.checklist.checklist_id}
    form: dict[str, Any] = {name: _text(values.get(name)) for name in _FIELDS[kind]}
    benchmarks = [{name: _text(each[name]) for name in BENCHMARK_FIELDS} for each in values.get("benchmarks", ())]
    form["benchmarks"] = [*benchmarks, *_blank_benchmarks()] if kind == "contract" else []
    return {**form, "by": "", "why": ""}


def _condition_values(record: ZoneRecord, condition_id: str) -> dict[str, Any]:
    """Fields of a condition; of a new one, those that are known."""
    condition, item = record.condition(condition_id), record.checklist.item(condition_id)
    if condition is not None:
        return condition.model_dump(mode="json")
    known = {"area": AREAS[0]} if item is None else {"area": item.area, "name": item.title}
    return {"condition_id": condition_id, "state": CONDITION_STATES[0], **known}


def fields_of_form(kind: str, sent: Sent) -> dict[str, Any]:
    """What was typed, to be shown again."""
    return {
        **typed_fields(sent, (*_FIELDS[kind], "by", "why")),
        "benchmarks": [*_benchmarks(sent), *_blank_benchmarks()] if kind == "contract" else [],
    }


@dataclass(frozen=True)
class MergedForm:
    """
    A form to be filled in again after somebody else changed the record.

    Parameters
    ----------
    fields
        What was typed where it was changed, and what the record has now everywhere else.
    clashes
        Fields that both have changed, each to another value: what the record has now.
    """

    fields: dict[str, Any]
    clashes: dict[str, Any]


def merge_forms(
    seen: Mapping[str, Any], typed: Mapping[str, Any], now: Mapping[str, Any], *, chosen: Collection[str] = ()
) -> MergedForm:
    """
    Put what was typed into a record that has changed since, so that saving it takes nothing of the others away.

    Parameters
    ----------
    seen
        The form as it was shown (:func:`blank_form`).
    typed
        As :func:`fields_of_form` gives it.
    now
        The form as it would be shown now.
    chosen
        Fields that count as changed although they are as they were shown: the state of a new condition is a choice.

    Returns
    -------
    merged
        Ready to be shown.
    """
    own = {name for name, value in typed.items() if name in chosen or value != seen.get(name)}
    fields = {name: value if name in own else now.get(name, value) for name, value in typed.items()}
    clashes = {
        name: now[name]
        for name in typed
        if name in own and name in now and now[name] != typed[name] and (name in chosen or now[name] != seen.get(name))
    }
    return MergedForm(fields, clashes)


def content_of_form(kind: str, sent: Sent) -> dict[str, Any]:
    """
    Take the content of a change from a form.

    Parameters
    ----------
    kind
        One of ``FORMS``.
    sent
        Field to the values sent, in their order.

    Returns
    -------
    content
        As ``clustering.apply_change`` takes it. A field that the form does not have is left out.
    """
    typed = typed_fields(sent, [name for name in _FIELDS[kind] if name in sent])
    content: dict[str, Any] = {name: _lines(text) if name in _LISTS else text for name, text in typed.items()}
    if kind == "contract":
        content["benchmarks"] = _benchmarks(sent)
    return content


def typed_fields(sent: Sent, names: Sequence[str]) -> dict[str, str]:
    """The last value of each field, with its lines as the record has them; blank for one that was not sent."""
    return {name: "\n".join(sent[name][-1].splitlines()) if sent.get(name) else "" for name in names}


def seen_of_form(sent: Sent) -> int:
    """The revision that the form was shown for; a ServiceError, 422, if there is none."""
    text = typed_fields(sent, ("seen",))["seen"]
    if re.fullmatch(r"[1-9][0-9]{0,8}", text) is None:
        problem = ("seen", "The form does not say which revision it was shown for.", "Open the form again.")
        raise request_error(422, "The form is not whole.", [problem])
    return int(text)


def _benchmarks(sent: Sent) -> list[dict[str, str]]:
    """Rows of the table of benchmarks in which anything is written."""
    columns = [sent.get(f"benchmark_{name}", ()) for name in BENCHMARK_FIELDS]
    rows = [dict(zip(BENCHMARK_FIELDS, row, strict=True)) for row in zip(*columns, strict=False)]
    return [row for row in rows if any(text.strip() for text in row.values())]


def _blank_benchmarks() -> list[dict[str, str]]:
    return [dict.fromkeys(BENCHMARK_FIELDS, "") for _ in range(BLANK_BENCHMARKS)]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)
