"""The first school year of a Zone, as its record says it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clustering import InputError, ZoneEntry, ZoneRecord, entries_of_records
from clustering.conditions.progress.entry import first_fall, parse_entries
from tests.examples.zone_records import record_after

ON = date(2026, 11, 30)
PROTECTED = (
    ("stage", {"to": "designated"}),
    ("stage", {"to": "protected", "exception": "By order"}),  # on 7 January 2026, the third day
)


def entry_of(*story: tuple[str, dict[str, Any]], on: date = ON, otherwise: int | None = None) -> ZoneEntry:
    return entries_of_records([record_after(*story)], ["zone-0010"], on=on, otherwise=otherwise)["zone-0010"]


def contract(starts_on: str) -> tuple[str, dict[str, Any]]:
    return ("contract", {"partner": "Partner", "starts_on": starts_on})


@pytest.mark.parametrize(
    ("day", "fall"),
    [("2021-01-10", 2021), ("2021-07-01", 2021), ("2021-10-31", 2021), ("2021-11-01", 2022), ("2021-12-31", 2022)],
)
def test_a_start_late_in_the_year_counts_for_the_next_school_year(day: str, fall: int) -> None:
    assert first_fall(date.fromisoformat(day)) == fall


def test_the_contract_goes_before_the_step_of_protection() -> None:
    assert entry_of(*PROTECTED, contract("2024-08-01")) == ZoneEntry(fall=2024, basis="contract from 2024-08-01")
    assert entry_of(*PROTECTED) == ZoneEntry(fall=2026, basis="protected on 2026-01-07")


def test_a_zone_whose_record_says_no_start_has_not_started_whatever_is_given_for_others() -> None:
    assert entry_of(otherwise=2021) == ZoneEntry(fall=None, basis="it is proposed, without a contract")
    later = entry_of(contract("2026-12-01"))
    assert later == ZoneEntry(fall=None, basis="its contract starts on 2026-12-01")
    assert entry_of(contract("2026-12-01"), on=date(2026, 12, 1)).fall == 2027


def test_zones_without_a_record_take_what_is_given() -> None:
    none: list[ZoneRecord] = []
    assert entries_of_records(none, ["a"], on=ON, otherwise=2021)["a"] == ZoneEntry(fall=2021, basis="as given")
    assert entries_of_records(none, ["a"], on=ON)["a"].fall is None


def test_a_record_whose_life_goes_on_counts_before_one_that_has_ended() -> None:
    ended = record_after(contract("2019-08-01"), ("stage", {"to": "ended"}))
    living = record_after(contract("2024-08-01"))
    for records in ([ended, living], [living, ended]):
        assert entries_of_records(records, ["zone-0010"], on=ON)["zone-0010"].fall == 2024
    assert entries_of_records([ended], ["zone-0010"], on=ON)["zone-0010"].fall == 2019


@pytest.mark.parametrize("given", [21, 2021.5, "2021", True, {}, ZoneEntry(fall=1000, basis="as given")])
def test_what_is_no_fall_is_refused(given: Any) -> None:
    with pytest.raises(InputError):
        parse_entries(given, {"Z": ()})
