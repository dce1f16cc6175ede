"""Changes of a record: what each does, what is refused, and that the same changes give the same record."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering import (
    STAGES_AFTER,
    STATES_AFTER,
    Condition,
    InputError,
    RecordChange,
    ZoneRecord,
    apply_change,
    checklist_document,
    follow_record,
    list_checklists,
    record_of,
)
from tests.examples.zone_records import CHECKLIST, START, all_changes, change, created, record_after


def refused(record: ZoneRecord | None, wrong: RecordChange) -> list[tuple[str | None, str]]:
    """The columns and messages of the problems for which a change is refused."""
    with pytest.raises(InputError) as caught:
        apply_change(record, wrong)
    return [(problem.column, problem.message) for problem in caught.value.problems]


def test_a_record_begins_proposed_with_its_zone_and_checklist() -> None:
    record = record_of([created()])
    assert (record.record_id, record.revision, record.stage) == ("r-1", 1, "proposed")
    assert record.zone.school_ids == ("0010", "0001")
    assert record.zone.anchor_ids == ("0010",)
    assert record.checklist == CHECKLIST
    assert record.conditions == ()
    assert record.contract is None
    assert (record.life[0].by, record.life[0].why, record.life[0].at) == ("Ann", "Agreed", START)


def test_a_condition_of_the_checklist_has_its_name_and_area_and_keeps_what_is_not_changed() -> None:
    record = record_after(
        ("condition", {"condition_id": "hire", "holder": "Union", "asked_on": "2026-01-02"}),
        (
            "condition",
            {"condition_id": "hire", "state": "agreed", "agreed_on": "2026-02-01", "note": "Line 1\r\nLine 2"},
        ),
        ("condition", {"condition_id": "hire", "holder": None}),
    )
    (condition,) = record.conditions
    expected = Condition(
        condition_id="hire",
        area="people",
        name="Hiring",
        state="agreed",
        asked_on="2026-01-02",
        agreed_on="2026-02-01",
        note="Line 1\nLine 2",
    )
    assert condition == expected
    assert record.revision == 4


def test_a_condition_of_ones_own_needs_an_area_and_a_name() -> None:
    wrong = change(2, "condition", condition_id="buses", until="soon")
    found = refused(record_of([created()]), wrong)
    assert found == [
        ("area", "This is missing."),
        ("name", "This is missing."),
        ("until", "This is not a day."),
    ]
    right = change(2, "condition", condition_id="buses", area="money", name="Buses", until="2027-06-30")
    assert apply_change(record_of([created()]), right).conditions[0].name == "Buses"


def test_everything_that_is_wrong_with_a_change_is_said_at_once() -> None:
    wrong = replace(change(7, "condition", condition_id="hire", state="done", colour="red"), by=" ", why="")
    assert [column for column, _ in refused(record_of([created()]), wrong)] == ["by", "why", "state", "colour"]


def test_a_change_to_a_revision_that_is_not_the_next_is_refused() -> None:
    wrong = change(3, "condition", condition_id="hire")
    assert refused(record_of([created()]), wrong) == [("revision", "The next revision of the record is 2.")]


@pytest.mark.parametrize("kind", ["created", "condition", "stage", "bogus", 7, None])
def test_a_kind_that_does_not_fit_is_refused(kind: Any) -> None:
    assert refused(None if kind != "created" else record_of([created()]), replace(created(), kind=kind))


@pytest.mark.parametrize("at", [datetime(2026, 1, 5), None, "2026-01-05"])  # noqa: DTZ001 (what is refused)
def test_a_time_without_a_zone_is_refused(at: Any) -> None:
    assert refused(None, replace(created(), at=at)) == [("at", "This is not a time with its zone.")]


@pytest.mark.parametrize("content", [None, [], "x", {1: 2}])
def test_a_content_that_is_no_mapping_is_refused(content: Any) -> None:
    wrong = replace(change(2, "stage", to="protected"), content=content, at=None)  # type: ignore[arg-type]
    assert [column for column, _ in refused(record_of([created()]), wrong)] == ["at", "content"]


def test_a_time_of_another_zone_is_kept_in_utc() -> None:
    at = START.astimezone(timezone(timedelta(hours=-5)))
    assert record_of([replace(created(), at=at)]).changed_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("zone", {"name": "West Zone"}),
        ("condition", {"condition_id": "hire", "state": "asked"}),
        ("contract", {"partner": "Mastery"}),
        ("checklist", checklist_document(CHECKLIST)),
    ],
)
def test_a_change_that_changes_nothing_is_refused(kind: str, content: dict[str, Any]) -> None:
    record = record_after(
        ("condition", {"condition_id": "hire"}), ("contract", {"partner": "Mastery", "starts_on": "2026-08-01"})
    )
    assert refused(record, change(4, kind, **content)) == [("content", "This changes nothing.")]


def test_the_zone_may_grow_and_a_school_that_leaves_takes_its_name_along() -> None:
    record = record_after(("zone", {"school_ids": ["0001", "0002"], "anchor_ids": []}))
    assert record.zone.school_ids == ("0001", "0002")
    assert record.zone.school_names == {}
    assert record.zone.name == "West Zone"


def test_schools_that_do_not_fit_are_refused_together() -> None:
    wrong = created(school_ids=["0001", "0001"], anchor_ids=["0009"], school_names={})
    assert [message for _, message in refused(None, wrong)] == [
        "The school is named twice.",
        "This school is not among the schools of the Zone.",
    ]
    assert refused(None, created(school_ids=[10]))[0][1] == "A school id is a text."


@pytest.mark.parametrize(
    "outline",
    [
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 95], [1, 0], [1, 1], [0, 95]]]},
        {"type": "Polygon", "coordinates": [[["0", 0], [1, 0], [1, 1], ["0", 0]]]},
        {"type": "MultiPolygon", "coordinates": []},
        "POLYGON",
        [1],
    ],
)
def test_an_outline_that_is_no_polygon_is_refused(outline: Any) -> None:
    assert refused(None, created(outline=outline))


@pytest.mark.parametrize("stage", STAGES_AFTER)
@pytest.mark.parametrize("then", STAGES_AFTER)
def test_only_the_steps_that_are_allowed_are_taken(stage: Any, then: Any) -> None:
    record = record_of([created()])
    record = replace(record, life=(replace(record.life[0], stage=stage),))
    step = change(2, "stage", to=then, **({"exception": "War"} if then == "protected" else {}))
    if then in STAGES_AFTER[stage]:
        assert apply_change(record, step).stage == then
        return
    with pytest.raises(InputError) as caught:
        apply_change(record, step)
    (problem,) = caught.value.problems
    assert problem.message == f"The Zone is {stage}, and cannot become {then}."
    assert all(allowed in problem.remedy for allowed in STAGES_AFTER[stage])


@pytest.mark.parametrize("state", STATES_AFTER)
@pytest.mark.parametrize("then", STATES_AFTER)
def test_only_the_states_that_are_allowed_follow(state: Any, then: Any) -> None:
    record = record_after(("condition", {"condition_id": "hire", "state": state}))
    step = change(3, "condition", condition_id="hire", state=then, note="Now")
    if then == state or then in STATES_AFTER[state]:
        assert apply_change(record, step).conditions[0].state == then
    else:
        assert refused(record, step) == [("state", f"The condition is {state}, and cannot become {then}.")]


DESIGNATED = ("stage", {"to": "designated"})
HIRE = ("condition", {"condition_id": "hire", "state": "agreed"})
DAY = ("condition", {"condition_id": "day", "state": "in force", "until": "2026-01-09"})


def test_protected_is_refused_while_required_conditions_are_missing() -> None:
    record = record_after(DESIGNATED, HIRE)
    assert refused(record, change(4, "stage", to="protected")) == [("to", "Longer day (time): not asked for yet.")]


def test_protected_is_granted_once_all_are_agreed_or_in_force() -> None:
    record = record_after(DESIGNATED, HIRE, DAY, ("stage", {"to": "protected"}))
    assert record.stage == "protected"
    assert (record.life[-1].exception, record.life[-1].missing) == (None, ())


def test_protected_is_refused_on_the_day_after_a_condition_lapsed() -> None:
    on_the_last_day = [DESIGNATED, HIRE, DAY, ("stage", {"to": "protected"})]  # revision 5 is of 9 January
    assert record_after(*on_the_last_day).stage == "protected"
    a_day_later = [*on_the_last_day[:3], ("contract", {"partner": "P", "starts_on": "2026-08-01"}), on_the_last_day[3]]
    with pytest.raises(InputError, match="lapsed after 2026-01-09"):
        record_after(*a_day_later)


def test_an_exception_is_kept_with_what_was_missing() -> None:
    record = record_after(DESIGNATED, HIRE, ("stage", {"to": "protected", "exception": "The court ordered it"}))
    step = record.life[-1]
    assert (step.stage, step.exception, step.missing) == ("protected", "The court ordered it", ("day",))
    further = apply_change(record, change(5, "stage", to="under review"))
    assert further.life[:-1] == record.life


def test_an_exception_from_nothing_is_refused() -> None:
    record = record_after(DESIGNATED, HIRE, DAY)
    found = refused(record, change(5, "stage", to="protected", exception="Just so"))
    assert found == [("exception", "No required condition is missing, so there is no exception.")]


def test_after_a_review_a_zone_is_protected_again_only_if_nothing_is_missing() -> None:
    record = record_after(
        DESIGNATED,
        HIRE,
        ("condition", {"condition_id": "day", "state": "agreed"}),
        ("stage", {"to": "protected"}),
        ("stage", {"to": "under review"}),
        ("condition", {"condition_id": "day", "state": "lapsed"}),
    )
    assert refused(record, change(8, "stage", to="protected")) == [("to", "Longer day (time): lapsed.")]


def test_another_checklist_decides_from_then_on() -> None:
    miami = list_checklists()[1]
    record = record_after(HIRE, ("checklist", checklist_document(miami)))
    assert record.checklist == miami
    assert [each.condition_id for each in record.conditions] == ["hire"]


def test_hostile_text_is_kept_as_text_without_invisible_characters() -> None:
    name = "<script>alert('{{7*7}}')</script>\u202e"
    record = record_after(("condition", {"condition_id": "x\u200b", "area": "money", "name": name}))
    assert record.conditions[0].name == "<script>alert('{{7*7}}')</script>"
    # The name that is left without the invisible character is the same condition.
    again = apply_change(record, change(3, "condition", condition_id="x", note="n"))
    assert len(again.conditions) == 1


@pytest.mark.parametrize("text", ["\ud800", "x" * 301, 5, ["x"]])
def test_texts_that_cannot_be_kept_are_refused(text: Any) -> None:
    assert refused(record_of([created()]), change(2, "condition", condition_id="hire", holder=text))


def test_without_changes_there_is_no_record() -> None:
    with pytest.raises(InputError, match="no change"):
        record_of([])


_DAYS = st.sampled_from([None, "2026-01-01", "2026-06-30", "2027-12-31"])
_CONDITIONS = st.fixed_dictionaries(
    {"condition_id": st.sampled_from(["hire", "day", "meals"])},
    optional={
        "state": st.sampled_from(list(STATES_AFTER)),
        "holder": st.sampled_from([None, "Board", "Union"]),
        "asked_on": _DAYS,
        "until": _DAYS,
        "note": st.text(max_size=5),
    },
)
_CONTRACTS = st.fixed_dictionaries(
    {"partner": st.sampled_from(["Mastery", "AUSL"]), "starts_on": st.sampled_from(["2026-08-31", "2027-01-31"])},
    optional={"ends_on": _DAYS, "consequences": st.lists(st.sampled_from(["Closed", "Another partner"]), max_size=2)},
)
_STEPS = st.fixed_dictionaries(
    {"to": st.sampled_from(list(STAGES_AFTER))}, optional={"exception": st.sampled_from(["War", "Flood"])}
)
_KINDS = st.one_of(
    st.tuples(st.just("condition"), _CONDITIONS),
    st.tuples(st.just("contract"), _CONTRACTS),
    st.tuples(st.just("stage"), _STEPS),
    st.tuples(st.just("zone"), st.fixed_dictionaries({"name": st.sampled_from(["West", "East"])})),
)


@given(st.lists(_KINDS, max_size=25))
def test_any_changes_replayed_from_what_was_stored_give_the_same_record(
    wanted: list[tuple[str, dict[str, Any]]],
) -> None:
    changes, record = [created()], record_of([created()])
    for kind, content in wanted:
        candidate = change(record.revision + 1, kind, **content)
        try:
            after = apply_change(record, candidate)
        except InputError:
            assert record == record_of(changes), "what is refused leaves no trace"
            continue
        changes.append(candidate)
        record = after
    stored = [replace(each, content=json.loads(json.dumps(dict(each.content)))) for each in changes]
    assert record_of(stored) == record
    assert [entry.record for entry in follow_record(stored)] == [
        record_of(stored[:count]) for count in range(1, len(stored) + 1)
    ]
    # The record by another way: of each condition the last value of each field counts, of the life every step.
    fields: dict[str, dict[str, Any]] = {}
    for each in changes[1:]:
        if each.kind == "condition":
            fields.setdefault(each.content["condition_id"], {}).update(each.content)
    assert {each.condition_id: each.state for each in record.conditions} == {
        name: values.get("state", "asked") for name, values in fields.items()
    }
    steps = [each.content["to"] for each in changes if each.kind == "stage"]
    assert [step.stage for step in record.life] == ["proposed", *steps]
    assert record.revision == len(changes)


def test_the_same_changes_from_a_list_give_the_same_record() -> None:
    assert record_of(all_changes([HIRE])) == record_after(HIRE)
