"""What is doubtful in a record although it may be kept."""

from __future__ import annotations

import pytest

from clustering import record_warnings
from tests.examples.zone_records import record_after


def doubts(starts_on: str, ends_on: str | None) -> list[str]:
    contract = {"partner": "Partner", "starts_on": starts_on, "ends_on": ends_on}
    return [each.message for each in record_warnings(record_after(("contract", contract)))]


@pytest.mark.parametrize(
    ("ends_on", "length"),
    [
        ("2056-07-31", "about 30 years"),
        ("2032-07-31", "about 6 years"),
        ("2031-07-31", None),  # five years
        ("2031-08-31", None),
        ("2029-06-30", None),  # three school years
        ("2028-07-31", "about 2 years"),
        ("2027-06-30", "about 1 year"),
        ("2026-12-31", "less than a year"),
        (None, None),
    ],
)
def test_a_contract_that_is_not_of_the_usual_length_is_doubtful(ends_on: str | None, length: str | None) -> None:
    messages = doubts("2026-08-01", ends_on)
    assert messages == ([] if length is None else [f"The contract runs for {length}."])


def test_the_usual_length_is_named_with_its_source() -> None:
    record = record_after(("contract", {"partner": "P", "starts_on": "2026-08-01", "ends_on": "2056-07-31"}))
    (warning,) = record_warnings(record)
    assert "usually run 3 to 5 years (Mass Insight, The Lead Partner Playbook)" in warning.remedy
    assert (warning.table, warning.column, warning.value) == ("contract", "ends_on", "2056-07-31")
    assert not warning.is_error


def test_a_partner_that_no_register_has_is_doubtful_only_if_there_is_a_register() -> None:
    record = record_after(("contract", {"partner": "P", "partner_id": "LP-XXX", "starts_on": "2026-08-01"}))
    assert record_warnings(record) == ()
    assert record_warnings(record, partner_ids={"LP-XXX"}) == ()
    (warning,) = record_warnings(record, partner_ids={"LP-001"})
    assert (warning.column, warning.value, warning.is_error) == ("partner_id", "LP-XXX", False)
    unnamed = record_after(("contract", {"partner": "P", "starts_on": "2026-08-01"}))
    assert record_warnings(unnamed, partner_ids=set()) == ()
    assert record_warnings(record_after(), partner_ids=set()) == ()
